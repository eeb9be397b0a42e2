"""退单 by the rules of 12345: who refuses a ticket says by which duty, and who it thinks is responsible.

The ticket goes back to the dispatcher with its clock running. A topic that is refused again and again opens a case that asks
for a ruling; the ruling is a duty like those of the pack, so the next ticket goes right the first time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from yiwang.flow.core.process.nodes import UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.duties import DutyRow, duty_row, settings_of, topic_known
from yiwang.flow.dutyfile import DutyBasis
from yiwang.flow.errors import StepForbidden
from yiwang.flow.models import Case, CaseLink, Duty, DutyGap, Refusal, Topic, Work
from yiwang.flow.opening import case_open
from yiwang.flow.scopes import cases_seen, demand_case, demand_work
from yiwang.flow.works import work_row, work_send_back
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import department_get, department_names
from yiwang.kernel.service import audit, emit, event_declare


class DutyRuled(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topic: str
    department: str
    case: str


DUTY_RULED = event_declare("duty.ruled", DutyRuled, Text(zh="裁定了职责", en="a duty was ruled"))


@dataclass(frozen=True)
class RefusalRow:
    """One refusal: who refused, by which duty, and whom it thinks responsible."""

    case: str
    topic: str
    department: Text
    proposed: str
    proposed_name: Text
    basis: DutyBasis
    reason: str
    at: datetime
    by: str
    gap: str


@dataclass(frozen=True)
class RefusalMade:
    """`gap` is the number of the case that asks who is responsible; empty when the topic has not bounced often enough."""

    case: str
    to: str
    gap: str


@dataclass(frozen=True)
class GapRow:
    """A topic that bounced again and again, the case that asks for a ruling, and the ruling."""

    topic: str
    title: Text
    case: str
    opened_at: datetime
    ruled_at: datetime | None
    duty: DutyRow | None
    refusals: tuple[RefusalRow, ...]


def duty_basis(*, law: str = "", article: str = "", rule: Text | None = None) -> DutyBasis:
    """A basis from what a person wrote. Raises InputError when it names neither an article nor a rule, or both."""
    try:
        return DutyBasis(law=law.strip(), article=article.strip(), rule=rule)
    except ValueError as error:
        raise InputError(
            zh="须写明职责依据：法律和条款，或本市的规定",
            en="give the duty basis: a law with its article, or a rule of the city",
            where="basis",
            hint_zh="例如：城市供热条例 第五条。",
            hint_en="Such as: Rules on city heating, article 5.",
        ) from error


@transaction.atomic
def work_refuse(
    *, actor: Actor, work_id: int, basis: DutyBasis | None, proposed_department: str, reason: str
) -> RefusalMade:
    """退单: back to the first task the diagram lets this one be sent back to, and walked again from there.

    The clock goes on. Raises InputError without a basis or a counter-proposal that exists and is another department,
    StepForbidden where the diagram allows no sending back, and what work_send_back raises.
    """
    work = work_row(work_id)
    case = work.case
    rule = demand_work(actor, work, case)
    _proposal(work, basis, proposed_department)
    assert basis is not None  # _proposal raised otherwise
    to = _back_to(work)
    names = department_names()
    told = f"{reason.strip()}（依据：{basis.say().zh}；建议由{names[proposed_department].zh}办理）"
    work_send_back(actor=actor, work_id=work_id, to=to, redo=True, reason=told if reason.strip() else "")
    refusal = Refusal.objects.create(
        case=case,
        work=work,
        topic=case.topic,
        department=work.department,
        proposed=proposed_department,
        basis=basis.model_dump(mode="json"),
        reason=reason.strip(),
        at=timezone.now(),
        by=actor.id,
    )
    audit(
        actor=actor,
        act="work.refuse",
        object_kind="case",
        object_id=case.number,
        rule=rule,
        details={"work": work_id, "proposed": proposed_department, "basis": basis.say().zh, "topic": case.topic},
    )
    gap = _gap_for(case.topic, refusal.at) if case.topic else None
    return RefusalMade(case.number, to, gap.case.number if gap else "")


@transaction.atomic
def duty_rule(
    *,
    actor: Actor,
    topic: str,
    department: str,
    basis: DutyBasis,
    case: str,
    division: str = "",
    on: date | None = None,
) -> DutyRow:
    """Rule who answers for a topic, from today on unless another day is said. `case` is the number of its duty gap case.

    The same ruling again changes nothing. Raises Refused, NotFound, Conflict when the case has ruled otherwise already.
    """
    rule = demand(actor, "duty.rule").rule
    known = topic_known(topic)
    department_get(department)
    gap = DutyGap.objects.select_related("duty").filter(topic=known, case__number=case).first()
    if gap is None:
        raise NotFound(
            zh=f"办件 {case} 不是主题 {topic} 的职责空白",
            en=f"the case {case} is no duty gap of the topic {topic}",
            where="case",
        )
    if gap.duty is not None:
        return _ruled_before(gap.duty, known, department, division)
    now = timezone.now()
    duty, _ = Duty.objects.update_or_create(
        topic=known,
        division=division,
        valid_from=on or timezone.localdate(now),
        ruling=case,
        defaults={"department": department, "basis": basis.model_dump(mode="json"), "ruled_by": actor.id},
    )
    gap.duty, gap.ruled_at = duty, now
    gap.save(update_fields=["duty", "ruled_at"])
    audit(
        actor=actor,
        act="duty.rule",
        object_kind="topic",
        object_id=topic,
        rule=rule,
        details={"department": department, "basis": basis.say().zh, "case": case, "division": division},
    )
    emit(DUTY_RULED, {"topic": topic, "department": department, "case": case})
    return duty_row(duty, known, department_names())


def refusal_list(actor: Actor, number: str) -> tuple[RefusalRow, ...]:
    """The refusals of a case, the oldest first: what the dispatcher reads before sending it on. Raises NotFound, Refused."""
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    demand_case(actor, "case.read", case)
    return _refusals(case.refusals.order_by("at", "id"))


def duty_gap_list(actor: Actor, *, is_open: bool | None = None) -> tuple[GapRow, ...]:
    """The duty gaps the actor may read the cases of, the newest first. Raises Refused."""
    demand(actor, "duty.read")
    rows = DutyGap.objects.select_related("topic", "case", "duty__topic").order_by("-opened_at", "-id")
    if is_open is not None:
        rows = rows.filter(ruled_at__isnull=is_open)
    names = department_names()
    return tuple(
        GapRow(
            topic=gap.topic_id,
            title=Text(zh=gap.topic.title_zh, en=gap.topic.title_en),
            case=gap.case.number,
            opened_at=gap.opened_at,
            ruled_at=gap.ruled_at,
            duty=duty_row(gap.duty, gap.topic, names) if gap.duty else None,
            refusals=_refusals(
                gap.refusals.filter(case__in=Case.objects.filter(cases_seen(actor))).order_by("at", "id")
            ),
        )
        for gap in rows
    )


def _proposal(work: Work, basis: DutyBasis | None, proposed: str) -> None:
    if basis is None:
        raise InputError(
            zh="退单须写明职责依据",
            en="a refusal must give its duty basis",
            where="basis",
            hint_zh="写明哪部法律的哪一条，或本市的哪项规定。",
            hint_en="Name the article of a law, or the rule of the city.",
        )
    if not proposed.strip():
        raise InputError(
            zh="退单须提出应由哪个部门负责",
            en="a refusal must say which department is responsible",
            where="proposed_department",
            hint_zh="请选择一个部门。",
            hint_en="Choose a department.",
        )
    department_get(proposed)
    if proposed == work.department:
        raise InputError(
            zh="提出的负责部门不能是本部门",
            en="the department proposed must be another one",
            where="proposed_department",
            hint_zh="本部门负责的，请直接办理。",
            hint_en="What is your own, please do.",
        )


def _back_to(work: Work) -> str:
    node = definition_of(work.case.process).nodes.get(work.node)
    allowed = node.send_back if isinstance(node, UserTask) else ()
    if not allowed:
        raise StepForbidden(
            zh=f"流程不允许从“{work.title_zh}”退回",
            en=f"the process does not let {work.title_en} be sent back",
            where=f"work {work.pk}",
            hint_zh="流程图中此环节没有可退回的环节（yw:sendBack）。",
            hint_en="In the diagram this task names no task to send back to (yw:sendBack).",
        )
    return allowed[0]


def _gap_for(topic_id: str, now: datetime) -> DutyGap | None:
    """The open gap of a topic that bounced often enough; its case is opened when there is none yet."""
    # Locked, so that of two refusals at once only one counts them to the end.
    topic = Topic.objects.select_for_update(of=("self",)).select_related("of").filter(pk=topic_id).first()
    if topic is None:
        return None
    gap = DutyGap.objects.select_related("case").filter(topic=topic, ruled_at=None).first()
    if gap is None:
        settings = settings_of(topic.of).gap
        ruled = DutyGap.objects.filter(topic=topic).order_by("-ruled_at").values_list("ruled_at", flat=True).first()
        since = max(filter(None, (now - timedelta(days=settings.days), ruled)))
        recent = Refusal.objects.filter(topic=topic_id, at__gte=since, gap=None)
        if recent.count() < settings.bounces:
            return None
        return _gap_open(topic, list(recent.select_related("case").order_by("at", "id")), now)
    Refusal.objects.filter(topic=topic_id, gap=None, at__gte=gap.opened_at).update(gap=gap)
    return gap


def _gap_open(topic: Topic, refusals: list[Refusal], now: datetime) -> DutyGap:
    settings, names = settings_of(topic.of).gap, department_names()
    by = system_actor("duties")

    def named(codes: list[str]) -> str:
        return "、".join(names[code].zh for code in dict.fromkeys(codes))

    opened = case_open(
        actor=by,
        item_id=settings.item,
        title=f"职责空白：{topic.title_zh}",
        department=settings.department,
        answers={
            "topic": topic.pk,
            "topic_title": topic.title_zh,
            "refusals": len(refusals),
            # All that are named, so that a diagram can ask each of them.
            "departments": list(dict.fromkeys(code for one in refusals for code in (one.department, one.proposed))),
            "refused_by": named([one.department for one in refusals]),
            "proposed": named([one.proposed for one in refusals]),
            "numbers": "、".join(dict.fromkeys(one.case.number for one in refusals)),
        },
        topic=topic.pk,
        key=f"duty-gap:{topic.pk}:{refusals[0].pk}",
    )
    case = Case.objects.get(number=opened.number)
    gap = DutyGap.objects.create(topic=topic, case=case, opened_at=now)
    Refusal.objects.filter(pk__in=[one.pk for one in refusals]).update(gap=gap)
    CaseLink.objects.bulk_create(
        CaseLink(case=one, other=case, kind=CaseLink.Kind.RELATED, reason="职责空白", at=now, by=by.id)
        for one in {refusal.case_id: refusal.case for refusal in refusals}.values()
    )
    return gap


def _ruled_before(duty: Duty, topic: Topic, department: str, division: str) -> DutyRow:
    if (duty.department, duty.division) != (department, division):
        raise Conflict(
            zh=f"办件 {duty.ruling} 已裁定由 {duty.department} 负责",
            en=f"the case {duty.ruling} has ruled that {duty.department} is responsible",
            where="case",
            hint_zh="要改变裁定，须另有新的职责空白办件。",
            hint_en="To rule otherwise takes a new duty gap case.",
        )
    return duty_row(duty, topic, department_names())


def _refusals(rows: QuerySet[Refusal]) -> tuple[RefusalRow, ...]:
    names = department_names()
    return tuple(
        RefusalRow(
            case=row.case.number,
            topic=row.topic,
            department=names[row.department],
            proposed=row.proposed,
            proposed_name=names[row.proposed],
            basis=DutyBasis.model_validate(row.basis),
            reason=row.reason,
            at=row.at,
            by=row.by,
            gap=row.gap.case.number if row.gap else "",
        )
        for row in rows.select_related("case", "gap__case")
    )
