"""What a ticket is about: learnt from the pack's examples, sure or left to a person, the same matter found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from casecity import CITIZEN, SYSTEM, CaseCity, at
from dutycity import list_body
from hotlinecity import Hotline

from yiwang.flow.core.routing.errors import ExamplesWrong
from yiwang.flow.models import Case, CaseNote, DutyGap, DutyList, RouterModel, Topic
from yiwang.flow.selectors import (
    case_link_list,
    hot_topics,
    router_list,
    ticket_similar,
    ticket_suggest,
)
from yiwang.flow.service import case_link, router_train
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import file_verify, receipt_get
from yiwang.kernel.service import action_run

WORDS = ("很久", "最近", "已经", "一直", "又", "仍然", "还是", "突然", "前天", "昨天", "早就", "全都")
LAMP = "楼下的路灯坏了，晚上不亮，没人修"
EXAMPLES = {
    "heat-cold": "暖气不热{}，家里只有十几度，老人孩子冻得不行",
    "heat-fee": "取暖费{}收得不合理，请退还多收的供热费用",
    "road": "马路{}有大坑，路面塌陷，车轮陷进去没有人修",
    "lamp": "路灯{}坏了，晚上不亮，路灯没人修一片漆黑",
}


def taught() -> dict[str, object]:
    """The list with a dozen examples a topic: enough to be sure of clear cases."""
    body = list_body(suggest={"sure": 0.5, "same_days": 14, "same_metres": 500})
    for topic in body["topics"]:
        if topic["id"] in EXAMPLES:
            topic["examples"] = [EXAMPLES[topic["id"]].format(word) for word in WORDS]
    return body


@pytest.fixture
def hotline(cases: CaseCity) -> Hotline:
    made = Hotline(cases)
    made.build(taught())
    return made


def test_without_a_router_a_person_decides(hotline: Hotline) -> None:
    found = ticket_suggest(SYSTEM, LAMP)
    assert (found.sure, found.best, found.receipt) == (False, None, "")
    assert "no router" in found.why.en


def test_a_clear_ticket_is_sure_with_who_answers_and_why(hotline: Hotline) -> None:
    trained = router_train(actor=SYSTEM, duty_list="city")
    found = ticket_suggest(SYSTEM, LAMP)
    assert found.sure and found.best is not None and found.best.duty is not None
    assert (found.best.topic, found.best.duty.department) == ("lamp", "urban")
    assert any("路灯" in one.term for one in found.reasons)
    assert found.receipt == trained.receipt and 0.5 <= found.confidence <= 1
    assert found.best.topic not in [one.topic for one in found.others]


@pytest.mark.parametrize("text", ["", "   ", "ẞθ", "你好"])
def test_what_says_nothing_is_never_sure(hotline: Hotline, text: str) -> None:
    router_train(actor=SYSTEM, duty_list="city")
    assert not ticket_suggest(SYSTEM, text).sure


def test_the_list_says_from_which_confidence_it_is_sure(hotline: Hotline) -> None:
    router_train(actor=SYSTEM, duty_list="city")
    row = DutyList.objects.get()
    row.body["suggest"]["sure"] = 1
    row.save()
    found = ticket_suggest(SYSTEM, LAMP)
    assert found.best is not None and not found.sure and "not sure enough" in found.why.en


def test_a_topic_whose_duty_is_being_ruled_goes_to_a_person(hotline: Hotline) -> None:
    router_train(actor=SYSTEM, duty_list="city")
    for _ in range(2):
        hotline.refused(hotline.at("lamp", "urban"), "housing")
    assert DutyGap.objects.filter(topic="lamp").count() == 1
    found = ticket_suggest(SYSTEM, LAMP)
    assert not found.sure and "being ruled" in found.why.en


def test_a_training_is_a_stored_file_with_a_receipt_and_the_same_again_is_the_same_file(hotline: Hotline) -> None:
    first, second = (router_train(actor=SYSTEM, duty_list="city") for _ in range(2))
    assert (first.digest, first.receipt) == (second.digest, second.receipt)
    assert file_verify(first.digest) > 0
    body = receipt_get(first.receipt).body
    assert body["outputs"]["router"] == first.digest and body["inputs"]["authored"] == 48
    assert [row.digest for row in router_list(SYSTEM)] == [first.digest] * 2
    assert RouterModel.objects.count() == 2


def test_history_teaches_what_the_pack_did_not_know(hotline: Hotline) -> None:
    for _ in range(3):
        hotline.solved("lamp", "urban")
    hotline.at("lamp", "urban")
    trained = router_train(actor=SYSTEM, duty_list="city", from_history=True)
    assert (trained.from_history, trained.examples) == (3, 51)


def test_a_list_without_examples_cannot_be_learnt(cases: CaseCity) -> None:
    body = list_body()
    body["topics"] = [{**topic, "examples": []} for topic in body["topics"]]
    Hotline(cases).build(body)
    with pytest.raises(ExamplesWrong):
        router_train(actor=SYSTEM, duty_list="city")
    with pytest.raises(NotFound):
        router_train(actor=SYSTEM, duty_list="town")


def test_training_takes_the_right_to_rule(hotline: Hotline) -> None:
    with pytest.raises(Refused):
        router_train(actor=hotline.city.person("staff", "hotline"), duty_list="city")


def test_a_diagram_asks_by_actions(hotline: Hotline) -> None:
    router_train(actor=SYSTEM, duty_list="city")
    told = action_run(name="ticket.suggest", arguments={"text": LAMP}, actor=SYSTEM, key="k1")
    assert isinstance(told, dict) and (told["sure"], told["topic"], told["department"]) == (True, "lamp", "urban")
    duty = action_run(name="duty.find", arguments={"topic": "road"}, actor=SYSTEM, key="k2")
    assert isinstance(duty, dict) and (duty["found"], duty["department"]) == (True, "transport")
    none = action_run(name="duty.find", arguments={"topic": ""}, actor=SYSTEM, key="k3")
    assert isinstance(none, dict) and (none["found"], none["department"]) == (False, "")


def test_the_same_again_is_found_with_how_far_and_how_long_ago(hotline: Hotline) -> None:
    case = hotline.ticket(text=LAMP, place=(132.51, 47.65))
    hotline.ticket("road", text="马路塌陷有个大坑没有人修")
    (found,) = [one for one in ticket_similar(SYSTEM, LAMP, topic="lamp", place=(132.511, 47.65)) if one.again]
    assert (found.number, found.likeness, found.days) == (case.number, 1.0, 0)
    assert found.metres is not None and 70 <= found.metres <= 80


@pytest.mark.parametrize("more", [{"place": (132.6, 47.65)}, {"topic": "road"}])
def test_elsewhere_or_of_another_topic_it_is_alike_and_not_the_same(hotline: Hotline, more: dict[str, object]) -> None:
    hotline.ticket(text=LAMP, place=(132.51, 47.65))
    (found,) = ticket_similar(SYSTEM, LAMP, **more)  # type: ignore[arg-type]
    assert found.likeness == 1.0 and not found.again


def test_what_was_long_ago_or_is_the_ticket_itself_is_not_shown(hotline: Hotline) -> None:
    case = hotline.ticket(text=LAMP)
    assert ticket_similar(SYSTEM, LAMP, number=case.number) == ()
    Case.objects.filter(pk=case.pk).update(opened_at=case.opened_at - timedelta(days=15))
    assert ticket_similar(SYSTEM, LAMP) == ()


def test_similar_tickets_are_shown_to_those_who_may_read_them(hotline: Hotline) -> None:
    hotline.ticket(text=LAMP)
    assert ticket_similar(hotline.city.person("staff", "hotline"), LAMP)
    assert ticket_similar(hotline.city.person("other", "water"), LAMP) == ()
    with pytest.raises(Refused):
        ticket_similar(CITIZEN, LAMP)


def test_a_duplicate_is_a_link_and_its_applicant_is_told(hotline: Hotline) -> None:
    first, second, third = (hotline.ticket(text=LAMP) for _ in range(3))
    case_link(actor=SYSTEM, number=second.number, other=first.number, kind="duplicate", reason="同一盏灯")
    chained = case_link(actor=SYSTEM, number=third.number, other=second.number, kind="duplicate")
    assert chained.other == first.number
    assert Case.objects.filter(status=Case.Status.OPEN).count() == 3
    note = CaseNote.objects.get(case=second, kind="linked")
    assert note.is_public and first.number in note.text_zh
    assert {row.case for row in case_link_list(SYSTEM, first.number)} == {second.number, third.number}


def test_a_link_said_twice_is_one_link_and_a_circle_is_none(hotline: Hotline) -> None:
    first, second = hotline.ticket(text=LAMP), hotline.ticket(text=LAMP)
    rows = [case_link(actor=SYSTEM, number=second.number, other=first.number, kind="duplicate") for _ in range(2)]
    assert rows[0] == rows[1] and CaseNote.objects.filter(kind="linked").count() == 1
    for number, other in ((first, second), (first, first)):
        with pytest.raises(InputError, match="with itself"):
            case_link(actor=SYSTEM, number=number.number, other=other.number, kind="duplicate")
    with pytest.raises(InputError, match="no kind of link"):
        case_link(actor=SYSTEM, number=first.number, other=second.number, kind="twin")


def test_many_tickets_of_one_matter_are_a_hot_topic(hotline: Hotline) -> None:
    for where in ("东风路", "建设街", "中心小区"):
        hotline.ticket("heat-cold", text=f"{where}供热管道爆裂停暖，家里暖气冰凉", applicant={"name": where})
    for topic, text in (("road", "人行道地砖破损绊倒老人"), ("lamp", LAMP), ("heat-fee", "取暖费发票开不出来")):
        hotline.ticket(topic, text=text)
    (hot,) = hot_topics(SYSTEM, at("2020-01-01T00:00"), at("2099-01-01T00:00"))
    assert (hot.topic, hot.people, len(hot.numbers)) == ("heat-cold", 3, 3)
    assert hot.terms and hot.title is not None and hot.title.en == "Too cold at home"


@pytest.mark.parametrize("many", [4, 8])
def test_a_matter_that_fills_the_week_is_found_beside_how_people_speak(hotline: Hotline, many: int) -> None:
    lamp = Topic.objects.get(pk="lamp")
    lamp.body["examples"] = [f"{n}号路灯晚上不亮，请派人维修" for n in range(300)]
    lamp.save()
    streets = ("东风路", "建设街", "中心小区", "火车站", "通江街", "沿江路", "平安里", "粮库")
    for where in streets[:many]:
        hotline.ticket("road", text=f"{where}自来水停水三天了，居民没水做饭", applicant={"name": where})
    (hot,) = hot_topics(SYSTEM, at("2020-01-01T00:00"), at("2099-01-01T00:00"))
    assert hot.people == many and "停水" in "".join(hot.terms)


def test_one_person_who_files_three_times_is_one_person(hotline: Hotline) -> None:
    for day in ("周一", "周二", "周三"):
        hotline.ticket("road", text=f"{day}自来水停水，居民没水做饭", applicant={"name": "甲"})
    assert [one.people for one in hot_topics(SYSTEM, at("2020-01-01T00:00"), at("2099-01-01T00:00"))] == [1]


def test_the_hot_topics_of_a_span_hold_its_tickets_only(hotline: Hotline) -> None:
    for _ in range(3):
        hotline.ticket("road", text="自来水停水三天了，居民没水做饭")
    assert hot_topics(SYSTEM, at("2020-01-01T00:00"), at("2020-02-01T00:00")) == ()
