"""Work on a case: begun, finished, sent back, handed over, shared, taken back. Every service locks the case, so of two hands
on one piece of work one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.flow.casework import demand_running, keep, moment, take, turn_of
from yiwang.flow.core.process.events import (
    AssistAsked,
    Event,
    HandedOver,
    SentBack,
    SignerAdded,
    TakenBack,
    WorkBegun,
    WorkDone,
)
from yiwang.flow.drafts import answers_clean
from yiwang.flow.errors import NotWaiting
from yiwang.flow.forms import form_of, form_version
from yiwang.flow.locking import Standing, work_locked
from yiwang.flow.models import Case, Work
from yiwang.flow.opening import files_add
from yiwang.flow.recordinggaps import gap_noted
from yiwang.flow.scopes import BY_CODE, demand_work, known_hands
from yiwang.flow.turns import APPLICANT, Turn
from yiwang.kernel.access import verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import plain
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import department_get

LONGEST_REASON = 400


@transaction.atomic
def work_begin(*, actor: Actor, work_id: int) -> None:
    """Take a piece of work in hand: from here what came before it can no longer be taken back."""
    case, work, standing = _held(work_id)
    rule = demand_work(actor, work, case)
    turn = turn_of(case, actor, moment(), standing)
    _taken(turn, WorkBegun(work.number, actor.id), work)
    turn.changes.updates.setdefault(work.number, {})["begun_by"] = actor.id
    keep(turn, act="work.begin", rule=rule, details=_which(work))


@transaction.atomic
def work_done(
    *,
    actor: Actor,
    work_id: int,
    answers: Mapping[str, Any] | None = None,
    note: str = "",
    code: str = "",
    at: datetime | None = None,
    form_number: int | None = None,
) -> None:
    """Finish a piece of work; the process knows the answers by name. `code` is the applicant's, for work asked of them.
    `form_number` is the version of its form they were asked by, the published one by default.

    `at` is for taking in history from elsewhere: only the system may tell of the past. Raises NotWaiting, CaseClosed,
    StepForbidden, Refused, AnswersWrong.
    """
    case, work, standing = _held(work_id)
    rule = demand_work(actor, work, case, code)
    turn = turn_of(case, actor, _when(actor, case, at), standing)
    who = APPLICANT if rule == BY_CODE else actor.id
    _taken(turn, WorkDone(work.number, who, _judged(turn, work, answers or {}, form_number)), work)
    gap_noted(turn, work)
    if note.strip():
        turn.note("note", Text(zh=note.strip(), en=note.strip()))
    keep(turn, act="work.done", rule=rule, details=_which(work))


@transaction.atomic
def work_send_back(*, actor: Actor, work_id: int, to: str, redo: bool, reason: str) -> None:
    """退回指定环节: to a task the diagram allows. `redo` True walks again all that lies between, False returns straight here."""
    case, work, standing = _held(work_id)
    rule = demand_work(actor, work, case)
    _reasoned(reason)
    turn = turn_of(case, actor, moment(), standing)
    _taken(turn, SentBack(work.number, actor.id, to, redo, reason.strip()[:LONGEST_REASON]), work)
    _said(turn, "sent_back", f"退回到“{turn.title(to).zh}”", f"sent back to {turn.title(to).en}", reason)
    keep(turn, act="work.send-back", rule=rule, details={**_which(work), "to": to, "redo": redo})


@transaction.atomic
def work_sign_add(*, actor: Actor, work_id: int, signer: str, before: bool, reason: str) -> None:
    """加签: `signer` (an account or a department) works before this goes on, or after it is done."""
    case, work, standing = _held(work_id)
    rule = demand_work(actor, work, case)
    _reasoned(reason)
    _known(signer)
    turn = turn_of(case, actor, moment(), standing)
    _taken(turn, SignerAdded(work.number, actor.id, signer, before, reason.strip()[:LONGEST_REASON]), work)
    _said(turn, "signer_added", "加签" + ("（前）" if before else "（后）"), "a signer was added", reason)
    keep(turn, act="work.sign-add", rule=rule, details={**_which(work), "signer": signer, "before": before})


@transaction.atomic
def work_hand_over(*, actor: Actor, work_id: int, to: str = "", department: str = "", reason: str) -> None:
    """转办: other hands, the same clock. By whoever has the work, or whoever hands over what a department owes."""
    case, work, standing = _held(work_id)
    rule = _may_hand_over(actor, work, case)
    _reasoned(reason)
    if not to and not department:
        raise InputError(zh="须指明转给谁或哪个部门", en="say to whom or to which department", where="to")
    _known(to or department)
    if department:
        department_get(department)
    turn = turn_of(case, actor, moment(), standing)
    _taken(turn, HandedOver(work.number, actor.id, to, department, reason.strip()[:LONGEST_REASON]), work)
    _said(turn, "handed_over", f"转办给 {to or department}", f"handed over to {to or department}", reason)
    keep(turn, act="work.hand-over", rule=rule, details={**_which(work), "to": to, "department": department})


@transaction.atomic
def work_assist_ask(*, actor: Actor, work_id: int, helpers: Sequence[str], must: bool, reason: str) -> None:
    """协办: accounts or departments help; with `must` the work cannot be finished before they have answered."""
    case, work, standing = _held(work_id)
    rule = demand_work(actor, work, case)
    _reasoned(reason)
    if not helpers:
        raise InputError(zh="须指明协办的人或部门", en="say who is to help", where="helpers")
    for helper in helpers:
        _known(helper)
    turn = turn_of(case, actor, moment(), standing)
    event = AssistAsked(work.number, actor.id, tuple(helpers), must, reason.strip()[:LONGEST_REASON])
    _taken(turn, event, work)
    _said(turn, "assist_asked", "请求协办", "help was asked for", reason)
    keep(turn, act="work.assist-ask", rule=rule, details={**_which(work), "helpers": list(helpers), "must": must})


@transaction.atomic
def work_take_back(*, actor: Actor, work_id: int, reason: str) -> None:
    """撤回: whoever finished the work takes it back while nobody has begun what followed."""
    case, work, standing = _held(work_id, open_only=False)
    if work.closed_by != actor.id and not actor.is_system:
        raise Refused(
            zh="只能撤回自己办完的工作", en="only whoever finished it may take it back", where=f"work {work_id}"
        )
    demand_running(case)
    turn = turn_of(case, actor, moment(), standing)
    who = work.closed_by if actor.is_system else actor.id
    _taken(turn, TakenBack(work.number, who, reason.strip()[:LONGEST_REASON]), work)
    _said(turn, "taken_back", f"撤回“{work.title_zh}”", f"{work.title_en} was taken back", reason)
    keep(turn, act="work.take-back", rule="own", details=_which(work))


def _held(work_id: int, *, open_only: bool = True) -> tuple[Case, Work, Standing]:
    """The locked case, then its work as it stands under the lock. Raises NotFound, CaseClosed, NotWaiting."""
    case, work, standing = work_locked(work_id)
    if open_only:
        demand_running(case)
        if work.closed_at is not None:
            raise NotWaiting(
                zh=f"“{work.title_zh}”已经办完",
                en=f"{work.title_en} is done already",
                where=f"work {work_id}",
                hint_zh="请刷新页面查看办件现状。",
                hint_en="Reload the page to see how the case stands.",
            )
    return case, work, standing


def _taken(turn: Turn, event: Event, work: Work) -> None:
    if not take(turn, event):
        raise NotWaiting(
            zh=f"办件没有在等“{work.title_zh}”",
            en=f"the case does not wait for {work.title_en}",
            where=f"work {work.pk}",
        )


def _when(actor: Actor, case: Case, at: datetime | None) -> datetime:
    now = moment()
    if at is None:
        return now
    told = moment(at)
    if not actor.is_system or told > now or told < moment(case.opened_at):
        raise InputError(
            zh="只有系统导入可以写明过去的时刻，且不早于受理",
            en="only the system may tell of a past moment, and of none before intake",
            where="at",
        )
    return told


def _may_hand_over(actor: Actor, work: Work, case: Case) -> str:
    assigns = verdict(actor, "case.assign", work.department)
    return assigns.rule if assigns else demand_work(actor, work, case)


def _known(hands: str) -> None:
    """An account as `account:7`, else a department's code."""
    if hands.startswith("account:"):
        known_hands([hands])
    elif hands:
        department_get(hands)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InputError(zh="请写明理由", en="give a reason", where="reason")


def _said(turn: Turn, kind: str, zh: str, en: str, reason: str) -> None:
    why = reason.strip()[:LONGEST_REASON]
    turn.note(kind, Text(zh=f"{zh}：{why}", en=f"{en}: {why}"))


def _judged(turn: Turn, work: Work, answers: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    """The answers its form asks for and no others, hidden ones dropped; work without a form takes what it is given."""
    if not work.form_id:
        return _json(answers)
    form = form_of(work.form_id, form_version(work.form_id, number).number)
    told, files, _ = answers_clean(form, _json(answers), turn.now)
    files_add(turn.case, files, turn.actor, turn.now)
    return told


def _which(work: Work) -> dict[str, object]:
    return {"work": work.pk, "node": work.node}


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        said = plain(dict(values))
    except ValueError as error:
        raise InputError(zh=f"答案含有无法保存的值：{error}", en=f"answers: {error}", where="answers") from error
    assert isinstance(said, dict)
    return said


def work_row(work_id: int) -> Work:
    """Raises NotFound."""
    row = Work.objects.select_related("case__process", "case__item", "clock").filter(pk=work_id).first()
    if row is None:
        raise NotFound(zh=f"没有待办 {work_id}", en=f"there is no work {work_id}", where="work")
    return row
