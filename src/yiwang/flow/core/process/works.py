"""Works: opened for a user task, begun, handed over, finished; with those added to them and those that help."""

from __future__ import annotations

from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process import signing
from yiwang.flow.core.process.effects import Closing, WorkClosed, WorkKind, WorkMoved, WorkOpened, WorkWaits
from yiwang.flow.core.process.events import AssistAsked, HandedOver, SignerAdded, WorkBegun, WorkDone
from yiwang.flow.core.process.expressions import text_of, write
from yiwang.flow.core.process.refusals import forbidden, not_waiting
from yiwang.flow.core.process.scopes import close_work
from yiwang.flow.core.process.state import Past, Token, Work
from yiwang.flow.core.process.walking import Errand, Walk


def held(walk: Walk, number: int) -> Work:
    """An open work. Raises NotWaiting."""
    found = walk.state.works.get(number)
    if found is None:
        raise not_waiting("待办", "work", number)
    return found


def open_works(walk: Walk, token: Token, node: n.UserTask) -> bool:
    """Open what the task asks for; True when nothing is left to do because whoever should had agreed before. Raises Halt."""
    department = text_of(walk, node.department, token.run)
    if node.signing is not None:
        signers = signing.signers(walk, token, node.signing)
        signing.begin(walk, token, node, signers, department, _round(walk, token))
        token.again = None
        return signing.settle(walk, token, node)
    assignee = text_of(walk, node.assignee, token.run)
    times = _round(walk, token)
    number = walk.number()
    walk.tell(
        WorkOpened(
            number,
            token.id,
            node.id,
            WorkKind.TASK,
            department,
            node.role or "",
            assignee,
            node.form or "",
            node.budget,
            None,
            times,
            token.again,
        )
    )
    is_first, token.again = token.again is None, None
    if node.same_passes and is_first and signing.has_agreed(walk, assignee):
        walk.tell(WorkClosed(number, Closing.PASSED))
        walk.count("passed")
        _done_by(walk, token, number, assignee)
        return True
    walk.state.works[number] = Work(number, token.id)
    return False


def _round(walk: Walk, token: Token) -> int:
    """How often the case came here; the instances of one multi-instance are one coming."""
    past = walk.state.past.setdefault(token.node, Past())
    run = walk.state.runs[token.run]
    if not (run.index and run.own):
        past.rounds += 1
    return past.rounds


def _done_by(walk: Walk, token: Token, work: int, who: str) -> None:
    past = walk.state.past[token.node]
    past.work = work
    past.who = [who]


# Steps ------------------------------------------------------------------------------------------------------------------


def begin(walk: Walk, event: WorkBegun) -> None:
    held(walk, event.work).begun = True


def finish(walk: Walk, event: WorkDone) -> None:
    """Raises NotWaiting, and StepForbidden while somebody added or asked must still answer. A Halt leaves nothing changed."""
    state = walk.state
    work = held(walk, event.work)
    if blockers(walk, work.id):
        raise forbidden(
            "还有加签或必须答复的协办没有完成，暂不能办结。",
            "Somebody who was added before or must answer has not done so yet.",
            str(work.id),
            "请等待对方完成。",
            "Wait until they have.",
        )
    token = state.tokens[work.token]
    node = walk.node(token)
    if work.kind is WorkKind.SIGN and isinstance(node, n.UserTask):
        signing.vote(walk, token, node, event)
        state.past[token.node].work = work.id
    else:
        write(walk, token.run, event.values)
        if work.kind is WorkKind.TASK:
            _done_by(walk, token, work.id, event.who)
    close_work(walk, work, Closing.DONE)
    for helper in [each for each in state.works.values() if each.of == work.id]:
        close_work(walk, helper, Closing.CANCELLED)
    for signer in work.after or ():
        _open(walk, token, node, WorkKind.ADDED, signer, work.id, must=False)
    if work.must and work.of is not None and not blockers(walk, work.of):
        walk.tell(WorkWaits(work.of, False))
    if work.kind is WorkKind.SIGN and isinstance(node, n.UserTask):
        signing.settle(walk, token, node)
    if not any(each.token == token.id for each in state.works.values()):
        walk.later(Errand.DONE, token)


def blockers(walk: Walk, work: int) -> list[Work]:
    return [each for each in walk.state.works.values() if each.of == work and each.must]


def _open(walk: Walk, token: Token, node: n.Node, kind: WorkKind, who: str, of: int, *, must: bool) -> None:
    number = walk.number()
    walk.state.works[number] = Work(number, token.id, kind, of, must)
    form = node.form or "" if isinstance(node, n.UserTask) and kind is WorkKind.ADDED else ""
    times = walk.state.past[token.node].rounds
    walk.tell(WorkOpened(number, token.id, node.id, kind, assignee=who, form=form, of=of, round=times))


def add_signer(walk: Walk, event: SignerAdded) -> None:
    """加签. One added after is remembered until the work is done; one added before starts at once."""
    work = held(walk, event.work)
    if not event.signer:
        raise forbidden("请指明加签人。", "Name who is to sign as well.", str(work.id))
    if event.before:
        _ask(walk, work, (event.signer,), WorkKind.ADDED, must=True)
    else:
        work.after = [*(work.after or ()), event.signer]
    walk.count("signer_added")


def ask_assist(walk: Walk, event: AssistAsked) -> None:
    """协办."""
    work = held(walk, event.work)
    if not event.helpers or not all(event.helpers):
        raise forbidden("请指明协办人。", "Name who is to help.", str(work.id))
    _ask(walk, work, event.helpers, WorkKind.ASSIST, must=event.must)
    walk.count("assist_asked")


def _ask(walk: Walk, work: Work, whom: tuple[str, ...], kind: WorkKind, *, must: bool) -> None:
    token = walk.state.tokens[work.token]
    waited = bool(blockers(walk, work.id))
    for who in whom:
        _open(walk, token, walk.node(token), kind, who, work.id, must=must)
    if must and not waited:
        walk.tell(WorkWaits(work.id, True))


def hand_over(walk: Walk, event: HandedOver) -> None:
    work = held(walk, event.work)
    if not event.to and not event.department:
        raise forbidden("请指明转给谁或哪个部门。", "Name whom or which department it goes to.", str(work.id))
    walk.tell(WorkMoved(work.id, event.department, event.to))
    walk.count("handed_over")
