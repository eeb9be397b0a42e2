"""Whether a case that runs may follow another version of its process: safe, with consent, or not at all, and why.

Safe: nothing it stands on, has passed or can still pass is said otherwise. Consent: something is, and the case can go on. Forbidden: it
stands where the new version has no place for it, or would wait for ever, or has ended: a decision is not reopened by a new diagram.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.differing import Difference, Turn, differences, title
from yiwang.flow.core.process.state import Run, State, Token
from yiwang.kernel.core.text import Text


class Verdict(StrEnum):
    SAFE = "safe"
    CONSENT = "consent"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Reason:
    verdict: Verdict
    element: str
    text: Text


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reasons` tell only of what is not safe, the gravest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


# What says nothing to whoever follows the diagram.
_WORDS_ONLY = frozenset({"name"})
# What a case that stands there cannot change under way.
_FIXED = frozenset({"kind", "scope", "inner", "branching", "host", "compensates", "process", "loop", "signing"})


def judge(state: State, old: n.Definition, new: n.Definition, passed: Collection[str] = ()) -> Judgement:
    """`passed` are the nodes the case has entered and the flows it has taken, as its history tells."""
    reasons = {(one.element, one.text.en): one for one in _Judge(state, old, new, passed).reasons()}
    order = sorted(reasons.values(), key=lambda one: one.verdict is not Verdict.FORBIDDEN)
    return Judgement(order[0].verdict if order else Verdict.SAFE, tuple(order))


def carried(state: State, new: n.Definition) -> State:
    """The state as the new version keeps it: the same, but for work at tasks that are gone, which nobody can take back any more."""
    kept = state.copy()
    kept.undo = {number: undo for number, undo in kept.undo.items() if undo.node in new.nodes}
    return kept


_SET_AT_THE_START = frozenset({"timer", "keyed"})


class _Judge:
    def __init__(self, state: State, old: n.Definition, new: n.Definition, passed: Collection[str]) -> None:
        self.state, self.old, self.new = state, old, new
        self.passed = set(passed)
        self.standing = {token.node for token in state.tokens.values()}
        self.changes = [one for one in differences(old, new) if one.part not in _WORDS_ONLY]

    def reasons(self) -> Iterator[Reason]:
        if self.state.ended is not None:
            zh, en = "办件已经结束，不再随流程改变", "the case has ended; no new version reopens it"
            yield _reason(Verdict.FORBIDDEN, self.old.root, zh, en)
            return
        yield from self._tokens()
        if any(run.scope not in self.new.scopes for run in self.state.runs.values()):
            return  # where it stands is gone, which the tokens in it have told
        yield from self._listeners()
        yield from self._undone()
        yield from self._joins()
        yield from self._changed()

    # Where it stands ---------------------------------------------------------------------------------------------------

    def _tokens(self) -> Iterator[Reason]:
        for run in self.state.runs.values():
            if (
                run.scope not in self.new.scopes
                or self.new.scopes[run.scope].kind is not self.old.scopes[run.scope].kind
            ):
                yield _reason(
                    Verdict.FORBIDDEN,
                    run.scope,
                    f"所在的子流程 {run.scope} 没有了",
                    f"the sub-process {run.scope} it runs in is gone",
                )
        for token in self.state.tokens.values():
            node = self.old.nodes[token.node]
            if token.node not in self.new.nodes:
                yield _about(
                    Verdict.FORBIDDEN, node, "办件停在{zh}，新版本里没有了", "the case stands at {en}, which is gone"
                )
                continue
            if token.flow is not None and token.flow not in self.new.nodes[token.node].incoming:
                yield _about(
                    Verdict.FORBIDDEN,
                    node,
                    "它从一条已没有的连线来到{zh}等待",
                    "it waits at {en}, come by a flow that is gone",
                )
            for one, _ in token.back or ():
                if one not in self.new.nodes:
                    yield _about(
                        Verdict.FORBIDDEN,
                        self.old.nodes[one],
                        "退回后要返回的{zh}没有了",
                        "{en}, to which it returns, is gone",
                    )

    def _listeners(self) -> Iterator[Reason]:
        """Timers that are set and keys that are known must have their place; nothing new is set for what began before."""
        for token in self.state.tokens.values():
            if token.node in self.new.nodes:
                yield from self._heard(token, _events_at(self.old, token.node), _events_at(self.new, token.node))
        for run in self.state.runs.values():
            yield from self._heard(run, _events_around(self.old, run.scope), _events_around(self.new, run.scope))

    def _heard(self, listener: Token | Run, before: set[str], after: set[str]) -> Iterator[Reason]:
        own = {listener.node} if isinstance(listener, Token) else set()
        for one in sorted({*(listener.timers or ()), *(listener.keys or ())} - own - after):
            yield _about(
                Verdict.FORBIDDEN, self.old.nodes[one], "正在等待的{zh}没有了", "{en}, which it waits for, is gone"
            )
        for one in sorted((before & after) | own):
            if _kind(_trigger(self.old, one)) != _kind(_trigger(self.new, one)):
                zh, en = "正在等待的{zh}改等别的了", "{en} waits for something else"
                yield _about(Verdict.FORBIDDEN, self.old.nodes[one], zh, en)
        for one in sorted(after - before):
            if _kind(_trigger(self.new, one)) in _SET_AT_THE_START:
                zh, en = (
                    "新增的{zh}从一开始就要设定，这件已经开始了",
                    "{en} is new and is set at the beginning, which is over here",
                )
                yield _about(Verdict.FORBIDDEN, self.new.nodes[one], zh, en)

    def _undone(self) -> Iterator[Reason]:
        """What was done and may have to be undone is undone as the old version says."""
        was, now = (_handlers(one) for one in (self.old, self.new))
        done = {one for run in self.state.runs.values() for one in _done(run.done)}
        done |= {one for token in self.state.tokens.values() for one in _queued(token.queue)}
        for one in sorted(done):
            if one in was and was[one] != now.get(one):
                yield _about(
                    Verdict.FORBIDDEN,
                    self.old.nodes[one],
                    "已办的{zh}不能再照原来的办法补偿",
                    "{en} is done and could no longer be undone as agreed",
                )

    def _joins(self) -> Iterator[Reason]:
        """A parallel join that would wait for a branch nothing can come by any more, and did not before."""
        for one in sorted(self._stuck(self.new) - self._stuck(self.old)):
            yield _about(
                Verdict.FORBIDDEN,
                self.new.nodes[one],
                "{zh}要等的分支不会再来了",
                "{en} would wait for a branch that can no longer come",
            )

    def _stuck(self, definition: n.Definition) -> set[str]:
        found: set[str] = set()
        for node in definition.nodes.values():
            if not isinstance(node, n.Gateway) or node.branching is not n.Branching.PARALLEL or len(node.incoming) < 2:
                continue
            here = {token.flow for token in self.state.tokens.values() if token.node == node.id}
            begun = {one for one in self.standing - {node.id} if one in definition.nodes}
            reached = _reached(definition, begun, stop=node.id)
            comes = {flow for flow in node.incoming if flow in here or definition.flows[flow].source in reached}
            if comes and comes != set(node.incoming):
                found.add(node.id)
        return found

    # What is said otherwise --------------------------------------------------------------------------------------------

    def _changed(self) -> Iterator[Reason]:
        ahead = self._ahead(self.old) | self._ahead(self.new)
        names = {name for one in (self.old, self.new) for scope in one.scopes.values() for name in scope.data}
        for one in self.changes:
            if one.element in self.standing:
                yield from self._at(one)
            elif one.element in self.passed:
                yield _told(Verdict.CONSENT, one, "已经走过的部分变了", "what it has passed differs")
            elif one.element in ahead or one.element in names:
                yield _told(Verdict.CONSENT, one, "今后要走的部分变了", "what lies ahead differs")

    def _at(self, change: Difference) -> Iterator[Reason]:
        if change.turn is Turn.REMOVED:
            return  # told where it stands
        if change.part in _FIXED:
            zh, en = "办件正停在这里，不能改", "the case stands here and this cannot change under way"
            yield _told(Verdict.FORBIDDEN, change, zh, en)
        else:
            yield _told(Verdict.CONSENT, change, "正在办的变了", "what is being worked on differs")

    def _ahead(self, definition: n.Definition) -> set[str]:
        """Nodes and flows the case can still come to."""
        begun = {one for one in self.standing if one in definition.nodes}
        scopes = {run.scope for run in self.state.runs.values() if run.scope in definition.scopes}
        return _reached(definition, begun, scopes=scopes) - begun


def _reached(
    definition: n.Definition, begun: Collection[str], stop: str = "", scopes: Collection[str] = ()
) -> set[str]:
    """Everything that can be come to from `begun`, itself included, without going through `stop`; with what scopes around catch."""
    seen: set[str] = set()
    waiting = [*begun]
    for scope in scopes:
        waiting.extend(_events_around(definition, scope))
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        node = definition.nodes.get(one)
        if node is None or one == stop:
            continue
        seen.update(node.outgoing)
        waiting.extend(definition.flows[flow].target for flow in node.outgoing)
        if isinstance(node, n.Activity):
            waiting.extend(node.boundaries)
            handler = definition.scopes[node.scope].compensations.get(one)
            waiting.extend([handler] if handler else [])
        # Of a sub-process that runs, the tokens in it tell where it is.
        if isinstance(node, n.SubProcess) and (one not in begun or node.loop is not None):
            waiting.extend(definition.scopes[node.inner].starts)
            waiting.extend(_events_around(definition, node.inner))
        # From inside a sub-process the case comes out where it ends.
        around = definition.scopes[node.scope]
        if not node.outgoing and around.kind is n.ScopeKind.SUB:
            waiting.append(around.id)
    return seen


def _events_at(definition: n.Definition, one: str) -> set[str]:
    """The events a token at a node listens for besides itself."""
    node = definition.nodes[one]
    if isinstance(node, n.Activity):
        return set(node.boundaries)
    if isinstance(node, n.Gateway) and node.branching is n.Branching.EVENT:
        return {definition.flows[flow].target for flow in node.outgoing}
    return set()


def _events_around(definition: n.Definition, scope: str) -> set[str]:
    return {start for one in definition.scopes[scope].event_subs for start in definition.scopes[one].starts}


def _trigger(definition: n.Definition, one: str) -> object:
    node = definition.nodes.get(one)
    return node.message if isinstance(node, n.ReceiveTask) else getattr(node, "trigger", None)


def _kind(trigger: object) -> str:
    """What it takes to wait for something: a timer is set, a key is worked out, anything else is only listened for."""
    match trigger:
        case n.Timer():
            return "timer"
        case n.Message():
            return "message" if trigger.key is None else "keyed"
    return type(trigger).__name__


def _handlers(definition: n.Definition) -> dict[str, str]:
    return {one: handler for scope in definition.scopes.values() for one, handler in scope.compensations.items()}


def _done(done: list[Any] | None) -> Iterator[str]:
    """The activities in a list of what was done: [activity, what its sub-process left]."""
    for activity, inner in done or ():
        yield activity
        yield from _queued(inner)


def _queued(queue: list[Any] | None) -> Iterator[str]:
    """In what a thrower has still to undo ([activity, inner, run]) or a sub-process left ([data, done])."""
    for each in queue or ():
        if isinstance(each[0], str):
            yield each[0]
            yield from _queued(each[1])
        else:
            yield from _done(each[1])


def _reason(verdict: Verdict, element: str, zh: str, en: str) -> Reason:
    return Reason(verdict, element, Text(zh=zh, en=en))


def _about(verdict: Verdict, node: n.Node, zh: str, en: str) -> Reason:
    named = title(node)
    return _reason(verdict, node.id, zh.replace("{zh}", named.zh), en.replace("{en}", named.en))


def _told(verdict: Verdict, change: Difference, zh: str, en: str) -> Reason:
    return _reason(verdict, change.element, f"{zh}：{change.text.zh}", f"{en}: {change.text.en}")
