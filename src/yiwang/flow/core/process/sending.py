"""退回 and 撤回: the ways back. Each is refused, with the reason, where it would lose a token or make two of one."""

from __future__ import annotations

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.effects import (
    ActionAsked,
    CallAsked,
    CallDropped,
    Closing,
    DecisionAsked,
    Ended,
    MessageSent,
    SignalSent,
    Stuck,
)
from yiwang.flow.core.process.events import SentBack, TakenBack, WorkDone
from yiwang.flow.core.process.loops import body_of
from yiwang.flow.core.process.refusals import forbidden
from yiwang.flow.core.process.scopes import close_work, drop_token
from yiwang.flow.core.process.state import Past, Token, Undo
from yiwang.flow.core.process.walking import Walk
from yiwang.flow.core.process.works import held
from yiwang.flow.errors import StepForbidden

# What has left the case cannot be called back.
_GONE = (ActionAsked, DecisionAsked, MessageSent, SignalSent, CallAsked, CallDropped, Ended, Stuck)


# 退回 -------------------------------------------------------------------------------------------------------------------


def send_back(walk: Walk, event: SentBack) -> None:
    """Raises NotWaiting or StepForbidden."""
    work = held(walk, event.work)
    token = body_of(walk, walk.state.tokens[work.token])
    node = walk.node(token)
    past = walk.state.past.get(event.to)
    if not isinstance(node, n.UserTask) or event.to not in node.send_back:
        raise forbidden(
            f"流程不允许从这里退回到“{event.to}”。",
            f"The process does not let this step be sent back to {event.to}.",
            token.node,
            f"可退回：{'、'.join(node.send_back) or '无'}。" if isinstance(node, n.UserTask) else "",
            f"It may go back to: {', '.join(node.send_back) or 'none'}." if isinstance(node, n.UserTask) else "",
        )
    # A task that this case went around may still be sent to when the diagram says so; straight back needs somebody who did it.
    if not event.redo and (past is None or past.work is None):
        raise forbidden(
            f"“{event.to}”还没有办理过，不能直接退回；可以重走。",
            f"{event.to} has not been done yet in this case; it can be walked again, not returned straight.",
            token.node,
        )
    if token.owner is not None:
        raise forbidden("补偿中的工作不能退回。", "Work that undoes other work cannot be sent back.", token.node)
    if event.redo and token.back:
        raise forbidden(
            "这是不重走的退回，办完须回到退回它的环节，不能再要求重走。",
            "It was sent back here to return straight, so it must return before anything can be walked again.",
            token.node,
            "请办完后由对方退回，或改用不重走的退回。",
            "Finish it and let the other send it back, or send it back without walking the way again.",
        )
    leaving = _outermost(walk, token, event) if event.redo else token
    if walk.definition.nodes[event.to].scope != walk.state.runs[leaving.run].scope:
        raise forbidden(
            "只能退回到同一（子）流程内的环节。", "It can go back only within the same (sub-)process.", token.node
        )
    if event.redo:
        _redo(walk, leaving, event.to)
    back = None if event.redo else [*(token.back or ()), [token.node, work.id]]
    close_work(walk, work, Closing.SENT_BACK)
    drop_token(walk, leaving)
    again = walk.put(event.to, leaving.run)
    again.back = back
    if past is not None:
        past.who = []
        again.again = past.work
    walk.count("sent_back")


def _outermost(walk: Walk, token: Token, event: SentBack) -> Token:
    """The token to move: that of the sub-process around the work, where nothing else goes on in it."""
    wanted = walk.definition.nodes[event.to].scope
    while walk.state.runs[token.run].scope != wanted:
        run = walk.state.runs[token.run]
        if run.host is None or len(walk.tokens_of(run.id)) > 1 or walk.runs_in(run.id):
            raise forbidden(
                "子流程中还有其他工作，退回会使其丢失。",
                "Other work goes on in the sub-process and would be lost.",
                token.node,
                "请先办结或等待其他工作。",
                "Finish or await the other work first.",
            )
        token = body_of(walk, walk.state.tokens[run.host])
    return token


def _redo(walk: Walk, token: Token, to: str) -> None:
    """Walking again all between `to` and here must meet no join that waits for ever and make no token twice."""
    plan, definition = walk.plan, walk.definition
    below = plan.downstream_of(to, token.node)
    if token.node not in below:
        raise forbidden(
            f"从“{to}”走不到这里，不能重走。",
            f"No way leads from {to} to here, so nothing can be walked again.",
            token.node,
        )
    between = (below & plan.before(token.node, to)) | {to}
    others = {each.place for each in walk.tokens_of(token.run) if each is not token}
    for each in between - {token.node}:
        node = definition.nodes[each]
        if _is_missed(walk, token, to, node):
            raise forbidden(
                f"退回“{to}”后，“{each}”会永远等不到并行的另一支。",
                f"Sent back to {to}, the join {each} would wait for ever for the other branch.",
                token.node,
                "请改用不重走的退回。",
                "Send it back without walking the way again.",
            )
        if _splits(node) and not others.isdisjoint(plan.downstream_of(each, token.node)):
            raise forbidden(
                f"并行的另一支还在进行，重走“{each}”会把它再开一遍。",
                f"Another branch is still under way; walking {each} again would begin it a second time.",
                token.node,
                "请改用不重走的退回，或等另一支到达。",
                "Send it back without walking the way again, or wait for the other branch.",
            )
    for each in below | {to}:
        past: Past | None = walk.state.past.get(each)
        if past is not None:
            past.who = []


def _is_missed(walk: Walk, token: Token, to: str, node: n.Node) -> bool:
    """Whether a token from `to` would come to a parallel join by some of its flows only."""
    if not isinstance(node, n.Gateway) or node.branching is not n.Branching.PARALLEL or len(node.incoming) < 2:
        return False
    met = walk.plan.downstream_of(to, token.node, node.id) | {to}
    return any(walk.definition.flows[flow].source not in met for flow in node.incoming)


def _splits(node: n.Node) -> bool:
    if isinstance(node, n.Gateway):
        return len(node.outgoing) > 1 and node.branching in (n.Branching.PARALLEL, n.Branching.INCLUSIVE)
    return len(node.outgoing) > 1


# 撤回 -------------------------------------------------------------------------------------------------------------------


def remember(walk: Walk, event: WorkDone, token: Token, since: int) -> None:
    """After a step that finished a task: keep what followed, if all of it can be taken away again."""
    if token.votes is not None or walk.mixed or any(isinstance(each, _GONE) for each in walk.effects):
        return
    if token.id in walk.state.tokens:
        return
    followed = [each for each in walk.state.tokens if each >= since]
    if followed:
        walk.state.undo[event.work] = Undo(token.node, token.run, event.who, followed)


def forget(walk: Walk) -> None:
    """A work can be taken back only while all that followed stands where it was."""
    state = walk.state
    for number in [number for number, each in state.undo.items() if any(at not in state.tokens for at in each.tokens)]:
        del state.undo[number]


def take_back(walk: Walk, event: TakenBack) -> None:
    """Raises StepForbidden."""
    state = walk.state
    undo = state.undo.pop(event.work, None)
    if undo is None:
        raise _too_late(
            event.work, "后续已经办理、汇合或已产生外部影响", "what followed was done, merged or has left the case"
        )
    if undo.who != event.who:
        raise _too_late(event.work, "只有原办理人可以撤回", "only whoever finished it may take it back")
    if any(work.begun or work.kind.value != "task" for work in state.works.values() if work.token in undo.tokens):
        raise _too_late(event.work, "后续环节已经有人开始办理", "somebody has begun what followed")
    for number in undo.tokens:
        token = state.tokens.get(number)
        if token is not None:
            drop_token(walk, token, Closing.TAKEN_BACK)
    past = state.past[undo.node]
    past.rounds -= 1
    past.who = []
    again = walk.put(undo.node, undo.run)
    again.again = event.work
    walk.count("taken_back")


def _too_late(work: int, zh: str, en: str) -> StepForbidden:
    return forbidden(
        f"不能撤回：{zh}。",
        f"It cannot be taken back: {en}.",
        str(work),
        "可请现办理人退回。",
        "Ask whoever has it now to send it back.",
    )
