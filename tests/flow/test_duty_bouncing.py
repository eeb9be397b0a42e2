"""退单: a refusal gives its basis and a counter-proposal; a topic that bounces is ruled; the next ticket goes right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from casecity import SYSTEM, CaseCity, finish, open_works, work_at
from dutycity import install
from hotlinecity import LAW, Hotline

from yiwang.flow.errors import NotWaiting, StepForbidden
from yiwang.flow.models import Case, CaseClock, CaseLink, DutyGap, Refusal
from yiwang.flow.selectors import case_get, duty_basis, duty_gap_list, duty_of, refusal_list
from yiwang.flow.service import duty_rule, work_refuse
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.selectors import audit_list


@pytest.fixture
def hotline(cases: CaseCity) -> Hotline:
    made = Hotline(cases)
    made.build()
    return made


def test_a_refusal_goes_back_to_the_dispatcher_and_the_clock_goes_on(hotline: Hotline) -> None:
    case = hotline.at("lamp", "urban")
    before = CaseClock.objects.get(case=case, work=None)
    made = hotline.refused(case, "housing")
    assert (made.to, made.gap) == ("dispatch", "")
    assert [work.node for work in open_works(case)] == ["dispatch"]
    after = CaseClock.objects.get(case=case, work=None)
    assert (after.started_at, after.stopped_at, after.budget) == (before.started_at, None, before.budget)


def test_the_dispatcher_reads_who_refused_why_and_whom_they_propose(hotline: Hotline) -> None:
    case = hotline.at("lamp", "urban")
    hotline.refused(case, "housing", reason="小区内路灯归物业主管部门")
    (row,) = refusal_list(SYSTEM, case.number)
    assert (row.department.zh, row.proposed, row.basis.article) == ("urban局", "housing", "第八条")
    (note,) = [one for one in case_get(SYSTEM, case.number).notes if one.kind == "sent_back"]
    assert "公路法 第八条" in note.text.zh and "housing局" in note.text.zh and not note.is_public
    assert [line.act for line in audit_list(SYSTEM, act="work.refuse").items] == ["work.refuse"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"basis": None}, "must give its duty basis"),
        ({"to": ""}, "which department is responsible"),
        ({"to": "urban"}, "must be another one"),
        ({"to": "moon"}, "no department moon"),
        ({"reason": " "}, "give a reason"),
    ],
)
def test_a_refusal_that_lacks_something_changes_nothing(hotline: Hotline, more: dict[str, object], told: str) -> None:
    case = hotline.at("lamp", "urban")
    with pytest.raises((InputError, NotFound), match=told):
        hotline.refused(case, **({"to": "housing"} | more))  # type: ignore[arg-type]
    assert [work.node for work in open_works(case)] == ["handle"]
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("said", [{}, {"law": "公路法"}, {"article": "第八条"}, {"law": " ", "article": " "}])
def test_a_basis_names_law_and_article(said: dict[str, str]) -> None:
    with pytest.raises(InputError, match="give the duty basis"):
        duty_basis(**said)


def test_where_the_diagram_lets_nothing_be_sent_back_there_is_no_refusal(hotline: Hotline) -> None:
    case = hotline.ticket()
    with pytest.raises(StepForbidden, match="sent back"):
        work_refuse(
            actor=SYSTEM, work_id=work_at(case, "dispatch").pk, basis=LAW, proposed_department="water", reason="x"
        )


def test_only_those_who_have_the_work_may_refuse_it_and_only_once(hotline: Hotline) -> None:
    case = hotline.at("lamp", "urban")
    stranger, hands = hotline.city.person("stranger", "water"), hotline.city.person("hands", "urban")
    work = work_at(case, "handle").pk
    said = {"work_id": work, "basis": LAW, "proposed_department": "housing", "reason": "非本部门职责"}
    with pytest.raises(Refused):
        work_refuse(actor=stranger, **said)  # type: ignore[arg-type]
    work_refuse(actor=hands, **said)  # type: ignore[arg-type]
    with pytest.raises(NotWaiting):
        work_refuse(actor=hands, **said)  # type: ignore[arg-type]


def bounced(hotline: Hotline, times: int = 2, topic: str = "lamp") -> list[str]:
    """The numbers of the gaps each refusal led to."""
    return [hotline.refused(hotline.at(topic, "urban"), "housing").gap for _ in range(times)]


def test_the_second_refusal_of_a_topic_opens_a_gap_and_the_third_joins_it(hotline: Hotline) -> None:
    first, second, third = bounced(hotline, 3)
    assert first == "" and second and third == second
    gap = DutyGap.objects.get()
    assert gap.case.item is not None and gap.case.item.item_id == "duty-gap" and gap.case.department == "hotline"
    assert gap.case.answers["topic"] == "lamp" and gap.case.answers["refused_by"] == "urban局"
    assert gap.case.answers["departments"] == ["urban", "housing"]
    assert gap.refusals.count() == 3
    assert CaseLink.objects.filter(other=gap.case, kind="related").count() == 2
    (row,) = duty_gap_list(SYSTEM, is_open=True)
    assert (row.case, len(row.refusals), row.duty) == (second, 3, None)


def test_refusals_of_other_topics_or_long_ago_do_not_count(hotline: Hotline) -> None:
    bounced(hotline, 1, "lamp")
    assert bounced(hotline, 1, "road") == [""]
    Refusal.objects.filter(topic="lamp").update(at=Refusal.objects.first().at - timedelta(days=91))  # type: ignore[union-attr]
    assert bounced(hotline, 1, "lamp") == [""]


def test_the_ruling_of_the_gap_case_is_where_the_next_ticket_goes(hotline: Hotline) -> None:
    assert duty_of("lamp").department == "urban"
    number = bounced(hotline)[-1]
    leader = hotline.city.person("leader", "hotline", Role.LEADER)
    finish(Case.objects.get(number=number), "rule", leader, department="housing", law="城市照明规定", article="第九条")
    found = duty_of("lamp")
    assert (found.department, found.ruling, found.basis.article) == ("housing", number, "第九条")
    assert Case.objects.get(number=number).status == Case.Status.COMPLETED
    (row,) = duty_gap_list(SYSTEM, is_open=False)
    assert row.duty is not None and row.duty.department == "housing"


def test_a_ruling_outlives_the_pack_that_is_installed_again(hotline: Hotline) -> None:
    number = bounced(hotline)[-1]
    duty_rule(actor=SYSTEM, topic="lamp", department="housing", basis=LAW, case=number)
    install(version="1.0.1")
    assert duty_of("lamp").department == "housing"


def test_the_same_ruling_again_changes_nothing_and_another_is_refused(hotline: Hotline) -> None:
    number = bounced(hotline)[-1]
    first = duty_rule(actor=SYSTEM, topic="lamp", department="housing", basis=LAW, case=number)
    assert duty_rule(actor=SYSTEM, topic="lamp", department="housing", basis=LAW, case=number) == first
    with pytest.raises(Conflict, match="has ruled that housing"):
        duty_rule(actor=SYSTEM, topic="lamp", department="water", basis=LAW, case=number)


def test_after_a_ruling_it_takes_as_many_refusals_again_to_open_another_gap(hotline: Hotline) -> None:
    number = bounced(hotline)[-1]
    duty_rule(actor=SYSTEM, topic="lamp", department="housing", basis=LAW, case=number)
    assert [bool(gap) for gap in bounced(hotline)] == [False, True]
    assert DutyGap.objects.filter(topic="lamp").count() == 2


def test_a_ruling_names_its_gap_case_and_takes_the_right_to_rule(hotline: Hotline) -> None:
    case = hotline.ticket()
    with pytest.raises(NotFound, match="is no duty gap"):
        duty_rule(actor=SYSTEM, topic="lamp", department="housing", basis=LAW, case=case.number)
    number = bounced(hotline)[-1]
    with pytest.raises(Refused):
        staff = hotline.city.person("staff", "hotline")
        duty_rule(actor=staff, topic="lamp", department="housing", basis=LAW, case=number)
