"""Runs of scopes: begun, ended when nothing stands in them, dropped with everything inside."""

from __future__ import annotations

from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.arming import arm, disarm
from yiwang.flow.core.process.effects import CallDropped, Closing, Ended, Mark, Outcome, Passed, WorkClosed
from yiwang.flow.core.process.state import ROOT, Run, Token, Work
from yiwang.flow.core.process.walking import Errand, Halt, Walk


def open_run(walk: Walk, scope: str, parent: int | None, host: int | None, data: dict[str, Any]) -> Run:
    """A run that holds nothing yet; its event sub-processes listen. Raises Halt."""
    run = Run(ROOT if parent is None else walk.number(), scope, parent, host, data)
    walk.state.runs[run.id] = run
    try:
        for start in event_starts(walk, run):
            arm(walk, run, start)
    except Halt:
        drop_run(walk, run)
        raise
    return run


def event_starts(walk: Walk, run: Run) -> list[n.Start]:
    """The starts of the event sub-processes of a run's scope; an instance of a loop has none of its own."""
    if run.index is not None:
        return []
    scopes = walk.definition.scopes
    found = [walk.definition.nodes[start] for each in scopes[run.scope].event_subs for start in scopes[each].starts]
    return [node for node in found if isinstance(node, n.Start)]


def begin_run(walk: Walk, run: Run) -> None:
    for start in walk.plan.starts_of(run.scope):
        walk.put(start, run.id)
    walk.later(Errand.CLOSE, run)


def close_run(walk: Walk, run: Run) -> None:
    """End a run in which nothing stands any more: its host is done, or the run around it may be over too, or the case."""
    if walk.tokens_of(run.id) or walk.runs_in(run.id):
        return
    if run.id == ROOT:
        end_case(walk, Outcome.COMPLETED)
        return
    walk.mixed = True
    disarm(walk, run)
    del walk.state.runs[run.id]
    if run.host is not None:
        host = walk.state.tokens[run.host]
        _remember(walk, host, run)
        walk.later(Errand.DONE, host)
    elif run.parent is not None:
        walk.later(Errand.CLOSE, walk.state.runs[run.parent])


def _remember(walk: Walk, host: Token, run: Run) -> None:
    """What a sub-process leaves behind for its compensation, kept at its host until the activity is done."""
    if run.index is not None or not isinstance(walk.definition.nodes[host.node], n.SubProcess):
        return
    if run.done or any(isinstance(start.trigger, n.Compensation) for start in event_starts(walk, run)):
        host.queue = [*(host.queue or ()), [run.data, run.done or []]]


def drop_token(walk: Walk, token: Token, how: Closing = Closing.CANCELLED, *, silent: bool = False) -> None:
    """Take a token away with all it holds: works, timers, what runs inside it, the called case, its compensation."""
    if walk.state.tokens.pop(token.id, None) is None:
        return
    empty(walk, token, how)
    disarm(walk, token)
    if not silent:
        walk.tell(Passed(Mark.DROPPED, token.node, token.id))


def empty(walk: Walk, token: Token, how: Closing = Closing.CANCELLED) -> None:
    """End what goes on inside a token; the token stays."""
    state = walk.state
    for work in [each for each in state.works.values() if each.token == token.id]:
        close_work(walk, work, how)
    node = walk.definition.nodes[token.node]
    if isinstance(node, n.Call) and token.loop is None and token.stuck is None:
        walk.tell(CallDropped(token.id))
    if isinstance(node, n.Activity | n.Throw | n.End):
        for run in walk.runs_of(token.id):
            drop_run(walk, run, how)
        for each in [each for each in state.tokens.values() if each.owner == token.id]:
            drop_token(walk, each, how)


def drop_run(walk: Walk, run: Run, how: Closing = Closing.CANCELLED) -> None:
    empty_run(walk, run, how)
    disarm(walk, run)
    walk.state.runs.pop(run.id, None)
    walk.mixed = True


def empty_run(walk: Walk, run: Run, how: Closing = Closing.CANCELLED) -> None:
    """Take away all that stands in a run; its event sub-processes' runs too."""
    for token in walk.tokens_of(run.id):
        drop_token(walk, token, how)
    for inner in walk.runs_in(run.id):
        drop_run(walk, inner, how)


def close_work(walk: Walk, work: Work, how: Closing) -> None:
    if walk.state.works.pop(work.id, None) is not None:
        walk.tell(WorkClosed(work.id, how))


def end_case(walk: Walk, outcome: Outcome, error: str = "") -> None:
    """Nothing is left but the data."""
    state = walk.state
    root = state.runs[ROOT]
    empty_run(walk, root)
    disarm(walk, root)
    walk.errands.clear()
    root.done = None
    state.status, state.error = outcome.value, error
    state.undo.clear()
    walk.tell(Ended(outcome, error, dict(root.data)))
