"""What happens to a case beside its works: suspended, resumed, withdrawn, extended, supervised, told of, spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.flow.carrying import timer_moment
from yiwang.flow.casework import case_locked, demand_running, keep, moment, take, turn_of
from yiwang.flow.clocks import due_of, extended_by, looks, rung_dues, suspensions_of
from yiwang.flow.core.process.events import ActionRetried, MessageCame, Resumed, SignalCame, Suspended, Withdrawn
from yiwang.flow.errors import NotWaiting, StepForbidden
from yiwang.flow.models import Case, CaseClock, CaseNote, Due, Pause, Wait, Work, note_words
from yiwang.flow.scopes import BY_CODE, demand_case, words_bounded
from yiwang.flow.turns import APPLICANT
from yiwang.flow.waiting import key_text
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.clock import Budget, Reason
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import city_calendar
from yiwang.kernel.service import RoleAt, audit, message_send

LONGEST_TEXT = 400


@transaction.atomic
def case_suspend(*, actor: Actor, number: str, reason: str, text: str = "") -> None:
    """挂起: the case's clocks stand still until it is resumed. `reason` is one of the kernel's; `other` needs words."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case)
    why = _reason(reason, text)
    turn = turn_of(case, actor, moment())
    _demand_taken(take(turn, Suspended(actor.id, why.value, text)), case)
    Pause.objects.create(case=case, begin=turn.now, reason=why.value, text=text[:LONGEST_TEXT], by=actor.id)
    case.status = Case.Status.SUSPENDED
    said = f"：{text}" if text else ""
    turn.note(
        "suspended", Text(zh=f"已暂停（{why.label.zh}）{said}", en=f"suspended ({why.label.en}){said}"), public=True
    )
    keep(turn, act="case.suspend", rule=rule, details={"reason": why.value})
    clocks_refresh(case, turn.now)


@transaction.atomic
def case_resume(*, actor: Actor, number: str) -> None:
    """恢复: the clocks go on, later by as long as it stood still."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case)
    turn = turn_of(case, actor, moment())
    _demand_taken(take(turn, Resumed(actor.id)), case)
    Pause.objects.filter(case=case, end=None).update(end=turn.now)
    if turn.changes.ended is None:
        case.status = Case.Status.OPEN
    turn.note("resumed", Text(zh="已恢复办理", en="resumed"), public=True)
    keep(turn, act="case.resume", rule=rule)
    if turn.case.status == Case.Status.OPEN:
        clocks_refresh(case, turn.now)


@transaction.atomic
def case_withdraw(*, actor: Actor, number: str, reason: str, code: str = "") -> None:
    """The applicant (with the code), or the department accountable for it, ends the case before its end: whoever merely has a
    piece of work in it sends that back or refuses it.
    """
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case, code, whole=True)
    if not reason.strip():
        raise InputError(zh="请写明理由", en="give a reason", where="reason")
    who = APPLICANT if rule == BY_CODE else actor.id
    turn = turn_of(case, actor, moment())
    _demand_taken(take(turn, Withdrawn(who, reason.strip()[:LONGEST_TEXT])), case)
    keep(turn, act="case.withdraw", rule=rule, details={"reason": reason.strip()[:LONGEST_TEXT]})


@transaction.atomic
def case_extend(*, actor: Actor, number: str, budget: str, reason: str, basis: str) -> None:
    """Add to the case's limit, with the reason and the article that allows it. Raises InputError for another unit."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.supervise", case, whole=True)
    demand_running(case)
    if not (reason.strip() and basis.strip()):
        raise InputError(
            zh="延长须写明理由和依据", en="an extension needs its reason and its legal basis", where="basis"
        )
    extend(case, actor, budget, reason.strip(), basis.strip(), moment())
    audit(
        actor=actor,
        act="case.extend",
        object_kind="case",
        object_id=number,
        rule=rule,
        details={"budget": budget, "reason": reason.strip(), "basis": basis.strip()},
    )


def extend(case: Case, actor: Actor, budget: str, reason: str, basis: str, now: datetime) -> None:
    """Add to the case's own clock and look again at all that hangs on it."""
    clock = CaseClock.objects.filter(case=case, work=None, stopped_at=None).first()
    if clock is None:
        raise NotWaiting(
            zh=f"办件 {case.number} 没有在走的时限", en=f"case {case.number} has no running limit", where="clock"
        )
    extended_by(clock, budget)
    added = Budget.parse(budget)
    clock.extended = [*clock.extended, [str(added), reason[:300], basis[:300], actor.name, now.isoformat()]]
    clock.save(update_fields=["extended"])
    CaseNote.objects.create(
        case=case,
        at=now,
        kind="extended",
        **note_words(
            zh=f"办理时限延长{added.name.zh}：{reason}（{basis}）",
            en=f"the limit was extended by {added.name.en}: {reason} ({basis})",
        ),
        is_public=True,
        by=actor.name[:120],
    )
    clocks_refresh(case, now)


@transaction.atomic
def case_supervise(*, actor: Actor, number: str, text: str, budget: str = "") -> None:
    """督办: those who have the case are told, and with `budget` every open work of it gets a limit of its own from now."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.supervise", case, whole=True)
    demand_running(case)
    if not text.strip():
        raise InputError(zh="请写明督办要求", en="say what is demanded", where="text")
    now = moment()
    works = list(Work.objects.filter(case=case, closed_at=None).select_related("clock"))
    if budget:
        _limit_works(case, works, str(Budget.parse(budget)), actor, now)
    CaseNote.objects.create(
        case=case, at=now, kind="supervised", **note_words(zh=text.strip(), en=text.strip()), by=actor.name[:120]
    )
    title = Text(zh=f"督办：{case.title}"[:200], en=f"Supervised: {case.title}"[:200])
    said = Text(zh=text.strip(), en=text.strip())
    for department in dict.fromkeys(work.department for work in works):
        message_send(
            actor=actor, to=RoleAt(Role.STAFF, department), title=title, body=said, link=f"/work/cases/{number}/"
        )
    audit(
        actor=actor, act="case.supervise", object_kind="case", object_id=number, rule=rule, details={"budget": budget}
    )
    clocks_refresh(case, now)


def _limit_works(case: Case, works: list[Work], budget: str, actor: Actor, now: datetime) -> None:
    rungs = [{"key": "supervised", "kind": "breach", "when": "0", "role": "leader", "department": ""}]
    for work in works:
        if work.assignee == APPLICANT:
            continue
        Due.objects.filter(case=case, clock__work=work).delete()
        clock, _ = CaseClock.objects.update_or_create(
            case=case,
            work=work,
            defaults={
                "budget": budget,
                "basis": f"督办 {actor.name}"[:300],
                "rungs": rungs,
                "extended": [],
                "started_at": now,
                "stopped_at": None,
            },
        )
        Due.objects.bulk_create(rung_dues(clock, list(case.pauses.all()), city_calendar(), now))


@transaction.atomic
def case_note(*, actor: Actor, number: str, text: str, public: bool, code: str = "") -> None:
    """Say something about a case; `public` is read by the applicant. With `code` it is the applicant who speaks."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.work", case, code)
    if not text.strip():
        raise InputError(zh="请写内容", en="write something", where="text")
    words_bounded(text)
    by_applicant = rule == BY_CODE
    CaseNote.objects.create(
        case=case,
        at=moment(),
        kind="applicant" if by_applicant else "note",
        **note_words(zh=text.strip(), en=text.strip()),
        is_public=public or by_applicant,
        by="" if by_applicant else actor.name[:120],
    )
    audit(actor=actor, act="case.note", object_kind="case", object_id=number, rule=rule, details={"public": public})


@transaction.atomic
def message_to_case(*, actor: Actor, name: str, key: Any = None, values: Mapping[str, Any] | None = None) -> str:
    """Give a message to the case that waits for it and answer its number. Raises NotWaiting when none does, Refused."""
    taken = message_deliver(actor, name, key, values or {})
    if taken is None:
        raise NotWaiting(
            zh=f"没有办件在等消息“{name}”（{key}）", en=f"no case waits for the message {name} ({key})", where="message"
        )
    return taken


def message_deliver(actor: Actor, name: str, key: Any, values: Mapping[str, Any]) -> str | None:
    """The first of those that wait for it takes it: a message is meant for one."""
    waiting = Wait.objects.filter(kind=Wait.Kind.MESSAGE, name=name, key=key_text(key))
    for number in waiting.order_by("case_id").values_list("case_id", flat=True).distinct():
        case = case_locked(pk=number)
        rule = demand_case(actor, "case.work", case)
        turn = turn_of(case, actor, moment())
        if take(turn, MessageCame(name, key, dict(values))):
            keep(turn, act="case.message", rule=rule, details={"message": name})
            return case.number
    return None


@transaction.atomic
def signal_send(*, actor: Actor, name: str, values: Mapping[str, Any] | None = None) -> int:
    """Give a signal to every case that waits for it and the actor may work on; how many took it."""
    demand(actor, "case.work")
    taken = 0
    for number in signal_waits(name):
        case = case_locked(pk=number)
        rule = demand_case(actor, "case.work", case)
        taken += signal_take(case, actor, name, values or {}, rule)
    audit(actor=actor, act="signal.send", object_kind="signal", object_id=name, details={"cases": taken})
    return taken


def signal_waits(name: str) -> list[int]:
    waiting = Wait.objects.filter(kind=Wait.Kind.SIGNAL, name=name)
    return sorted(set(waiting.values_list("case_id", flat=True)))


def signal_take(case: Case, actor: Actor, name: str, values: Mapping[str, Any], rule: str) -> bool:
    """Whether the locked case took it."""
    turn = turn_of(case, actor, moment())
    if not take(turn, SignalCame(name, dict(values))):
        return False
    keep(turn, act="case.signal", rule=rule, details={"signal": name})
    return True


@transaction.atomic
def action_retry(*, actor: Actor, number: str, token: int) -> None:
    """Try again what failed and stopped the case at `token`. Raises NotWaiting when nothing stands still there."""
    case = case_locked(number=number)
    rule = demand_case(actor, "case.supervise", case, whole=True)
    turn = turn_of(case, actor, moment())
    _demand_taken(take(turn, ActionRetried(token)), case)
    keep(turn, act="action.retry", rule=rule, details={"token": token})


def clocks_refresh(case: Case, now: datetime) -> None:
    """After a pause, an extension or a new limit: when the tick looks again, and where works stand in lists.

    A rung that fired has no row any more and does not come back.
    """
    calendar, pauses = city_calendar(), list(case.pauses.all())
    stands = any(pause.end is None for pause in pauses)
    clocks = list(case.clocks.filter(stopped_at=None).select_related("work"))
    at: dict[tuple[int | None, str], datetime | None]
    at = {(clock.pk, one.key): one.look_at for clock in clocks for one in looks(clock, pauses, calendar, now)}
    dues = list(case.dues.all())
    for due in dues:
        if due.kind == Due.Kind.RUNG:
            due.look_at = at.get((due.clock_id, due.spec["rung"]), now)
        elif stands:
            due.look_at = None
        else:
            # A case held back must not fire its timers at once for the time it stood still.
            started = datetime.fromisoformat(due.spec["set_at"])
            due.look_at = timer_moment(due.spec, suspensions_of(started, pauses), lambda: calendar)
    Due.objects.bulk_update(dues, ["look_at", "spec"])
    _sort_works(case, clocks, {clock.pk: due_of(clock, pauses, calendar) for clock in clocks})


def _sort_works(case: Case, clocks: list[CaseClock], ends: Mapping[int, datetime | None]) -> None:
    whole = next((ends[clock.pk] for clock in clocks if clock.work_id is None), None)
    own = {clock.work_id: ends[clock.pk] for clock in clocks if clock.work_id is not None}
    works = list(case.works.filter(closed_at=None))
    for work in works:
        work.sort_due = min((end for end in (own.get(work.pk), whole) if end), default=None)
    Work.objects.bulk_update(works, ["sort_due"])


def _demand_taken(taken: bool, case: Case) -> None:
    if not taken:
        raise StepForbidden(
            zh=f"办件 {case.number} 现在不能这样办", en=f"case {case.number} does not allow this now", where="case"
        )


def _reason(reason: str, text: str) -> Reason:
    if reason not in {one.value for one in Reason}:
        raise InputError(
            zh=f"没有“{reason}”这个暂停事由",
            en=f"there is no reason {reason!r} to suspend",
            where="reason",
            hint_zh="、".join(f"{one.value}（{one.label.zh}）" for one in Reason),
            hint_en=", ".join(Reason),
        )
    if Reason(reason) is Reason.OTHER and not text.strip():
        raise InputError(zh="“其他”须写明事由", en="“other” needs its reason in words", where="text")
    return Reason(reason)
