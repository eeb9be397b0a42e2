"""Where a case stands: tokens in runs of scopes, the open works, and what later steps must know. A few hundred bytes of JSON.

A state is never changed once it was given out; a step works on a copy. Tokens, runs and works share one count of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.flow.core.process.effects import Outcome, WorkKind

VERSION = 1
ROOT = 0
OPEN, SUSPENDED = "open", "suspended"
# What enters a state was JSON or FEEL before, which know no circles.
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False).encode


@dataclass(slots=True)
class Loop:
    """How far a loop is. `items` is what a multi-instance runs over, `found` what was collected, by instance."""

    total: int
    begun: int = 0
    done: int = 0
    items: list[Any] | None = None
    found: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """`run` numbers the run of the scope it stands in; `flow` is the one it came by, kept where a join waits.

    `owner` is the thrower whose compensation it carries out, `queue` what that thrower has still to undo. `timers`: node → round
    (a cycle's with its text); `keys`: node → the key its message must have; `votes` of a countersigned task: [who, agreed,
    values]. `back`: where it returns to when its task is done, last first. `stuck` is what to try again; `again` the work that
    was done here before.
    """

    id: int
    node: str
    run: int
    flow: str | None = None
    owner: int | None = None
    timers: dict[str, Any] | None = None
    keys: dict[str, Any] | None = None
    loop: Loop | None = None
    votes: list[Any] | None = None
    queue: list[Any] | None = None
    back: list[Any] | None = None
    stuck: str | None = None
    again: int | None = None

    @property
    def place(self) -> str:
        """Where it will go on: one that must return straight counts as standing where it returns to at last."""
        return str(self.back[0][0]) if self.back else self.node


@dataclass(slots=True)
class Run:
    """A scope that runs. `host` is the token at the activity that opened it; `parent` the run it lies in.

    `index` numbers an instance of a loop, whose scope is that of its parent; `own` keeps what is written in it there. `done`: the
    activities that can be compensated, in order, a sub-process with what was done and known in it. `cut`: an interrupting event
    sub-process took it over.
    """

    id: int
    scope: str
    parent: int | None
    host: int | None
    data: dict[str, Any]
    index: int | None = None
    own: bool = True
    timers: dict[str, Any] | None = None
    keys: dict[str, Any] | None = None
    done: list[Any] | None = None
    cut: bool = False


@dataclass(slots=True)
class Work:
    """`must`: the work `of` waits for it. `after`: signers whose turn comes when it is done."""

    id: int
    token: int
    kind: WorkKind = WorkKind.TASK
    of: int | None = None
    must: bool = False
    begun: bool = False
    after: list[str] | None = None


@dataclass(slots=True)
class Past:
    """What is remembered of a user task: how often the case came, the last work done, who agreed there."""

    rounds: int = 0
    work: int | None = None
    who: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Undo:
    """A finished work that can still be taken back: while `tokens`, all that followed, stand untouched."""

    node: str
    run: int
    who: str
    tokens: list[int]


@dataclass(slots=True)
class State:
    """`status` is empty before the start, then open or suspended, then the outcome. `counts`: kind of step → how often."""

    seq: int = 1
    status: str = ""
    error: str = ""
    tokens: dict[int, Token] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    works: dict[int, Work] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)
    undo: dict[int, Undo] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def ended(self) -> Outcome | None:
        return None if self.status in ("", OPEN, SUSPENDED) else Outcome(self.status)

    @property
    def works_open(self) -> Mapping[int, Work]:
        return self.works

    @property
    def values(self) -> Mapping[str, Any]:
        """The process's own data, that of its root."""
        root = self.runs.get(ROOT)
        return {} if root is None else root.data

    def copy(self) -> State:
        """One to work on: values are shared, since nothing changes a value in place."""
        return State(
            self.seq,
            self.status,
            self.error,
            {number: _token_copy(token) for number, token in self.tokens.items()},
            {number: _run_copy(run) for number, run in self.runs.items()},
            {number: _work_copy(work) for number, work in self.works.items()},
            {node: Past(past.rounds, past.work, list(past.who)) for node, past in self.past.items()},
            dict(self.undo),
            dict(self.counts),
        )

    def dumps(self) -> str:
        """Compact JSON; what says nothing is left out, so equal states have equal texts."""
        said: dict[str, Any] = {"v": VERSION, "n": self.seq, "s": self.status}
        if self.error:
            said["e"] = self.error
        if self.tokens:
            said["t"] = [_token_said(token) for token in self.tokens.values()]
        if self.runs:
            said["r"] = [_run_said(run) for run in self.runs.values()]
        if self.works:
            said["w"] = [_work_said(work) for work in self.works.values()]
        if self.past:
            said["p"] = {node: [past.rounds, past.work, *past.who] for node, past in self.past.items()}
        if self.undo:
            said["u"] = [[number, each.node, each.run, each.who, *each.tokens] for number, each in self.undo.items()]
        if self.counts:
            said["c"] = self.counts
        return _dump(said)

    @staticmethod
    def loads(text: str) -> State:
        """Raises ValueError for a text that `dumps` of this version did not write."""
        said = json.loads(text)
        if said.get("v") != VERSION:
            raise ValueError(f"a state of version {said.get('v')!r}, not {VERSION}")
        return State(
            said["n"],
            said["s"],
            said.get("e", ""),
            {each[0]: _token_read(each) for each in said.get("t", ())},
            {each[0]: _run_read(each) for each in said.get("r", ())},
            {each[0]: _work_read(each) for each in said.get("w", ())},
            {node: Past(each[0], each[1], each[2:]) for node, each in said.get("p", {}).items()},
            {each[0]: Undo(each[1], each[2], each[3], each[4:]) for each in said.get("u", ())},
            said.get("c", {}),
        )


# Tokens -----------------------------------------------------------------------------------------------------------------

_PLAIN = {
    "f": "flow",
    "o": "owner",
    "t": "timers",
    "k": "keys",
    "v": "votes",
    "q": "queue",
    "b": "back",
    "s": "stuck",
    "a": "again",
}


def _token_copy(token: Token) -> Token:
    loop = token.loop
    return Token(
        token.id,
        token.node,
        token.run,
        token.flow,
        token.owner,
        None if token.timers is None else dict(token.timers),
        None if token.keys is None else dict(token.keys),
        None if loop is None else Loop(loop.total, loop.begun, loop.done, loop.items, dict(loop.found)),
        None if token.votes is None else list(token.votes),
        None if token.queue is None else list(token.queue),
        None if token.back is None else list(token.back),
        token.stuck,
        token.again,
    )


def _token_said(token: Token) -> list[Any]:
    said: list[Any] = [token.id, token.node, token.run]
    more = {short: value for short, name in _PLAIN.items() if (value := getattr(token, name)) is not None}
    if token.loop is not None:
        loop = token.loop
        more["l"] = [loop.total, loop.begun, loop.done, loop.items, loop.found]
    if more:
        said.append(more)
    return said


def _token_read(said: list[Any]) -> Token:
    token = Token(said[0], said[1], said[2])
    if len(said) > 3:
        for short, value in said[3].items():
            if short == "l":
                token.loop = Loop(*value)
            else:
                setattr(token, _PLAIN[short], value)
    return token


# Runs and works ---------------------------------------------------------------------------------------------------------


def _run_copy(run: Run) -> Run:
    return Run(
        run.id,
        run.scope,
        run.parent,
        run.host,
        dict(run.data),
        run.index,
        run.own,
        None if run.timers is None else dict(run.timers),
        None if run.keys is None else dict(run.keys),
        None if run.done is None else list(run.done),
        run.cut,
    )


def _run_said(run: Run) -> list[Any]:
    more: dict[str, Any] = {}
    if run.index is not None:
        more["i"] = run.index
    if not run.own:
        more["o"] = 0
    for short, value in (("t", run.timers), ("k", run.keys), ("d", run.done)):
        if value:
            more[short] = value
    if run.cut:
        more["c"] = 1
    said: list[Any] = [run.id, run.scope, run.parent, run.host, run.data]
    return [*said, more] if more else said


def _run_read(said: list[Any]) -> Run:
    run = Run(said[0], said[1], said[2], said[3], said[4])
    if len(said) > 5:
        more = said[5]
        run.index, run.own, run.cut = more.get("i"), "o" not in more, "c" in more
        run.timers, run.keys, run.done = more.get("t"), more.get("k"), more.get("d")
    return run


def _work_copy(work: Work) -> Work:
    return Work(
        work.id, work.token, work.kind, work.of, work.must, work.begun, None if work.after is None else list(work.after)
    )


def _work_said(work: Work) -> list[Any]:
    said: list[Any] = [work.id, work.token]
    if work.kind is WorkKind.TASK and not work.begun and not work.after:
        return said
    return [*said, work.kind.value, work.of, int(work.must), int(work.begun), *(work.after or ())]


def _work_read(said: list[Any]) -> Work:
    if len(said) == 2:
        return Work(said[0], said[1])
    return Work(said[0], said[1], WorkKind(said[2]), said[3], bool(said[4]), bool(said[5]), said[6:] or None)
