"""Messages of one matter become one topic; its heat counts people, not messages."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from routingworld import EXAMPLES

from yiwang.flow.core.routing.grams import folded
from yiwang.flow.core.routing.hot import Message, Topic, topics

MIXER = (
    "滨江花园旁边的搅拌站夜里噪音很大，灰尘也大",
    "滨江花园业主投诉搅拌站噪音扰民，夜里不能睡",
    "搅拌站紧挨滨江花园，灰尘满天，窗户不敢开",
    "滨江花园附近搅拌站违规开工，噪音和灰尘扰民",
)
PARKING = (
    "阳光城开发商捆绑销售车位，不买车位不给钥匙",
    "买阳光城的房子必须买车位，捆绑销售车位合法吗",
    "阳光城强制捆绑车位，开发商不讲理",
)


def messages(texts: tuple[str, ...], name: str, **more: int) -> list[Message]:
    return [
        Message(f"{name}-{at}", text, f"{name}{at}", date(2026, 3, 1 + at), **more) for at, text in enumerate(texts)
    ]


WINDOW = [
    *messages(MIXER, "mixer"),
    *messages(PARKING, "parking"),
    *messages(tuple(one.text for one in EXAMPLES[::3]), "other"),
]


def by_first(found: list[Topic]) -> dict[str, Topic]:
    return {topic.members[0].partition("-")[0]: topic for topic in found}


def test_messages_of_one_matter_are_one_topic_and_the_rest_is_none() -> None:
    found = by_first(topics(WINDOW))
    assert set(found) == {"mixer", "parking"}
    assert set(found["mixer"].members) == {f"mixer-{at}" for at in range(4)}
    assert set(found["parking"].members) == {f"parking-{at}" for at in range(3)}


def test_a_title_is_of_words_that_most_of_the_messages_hold() -> None:
    topic = by_first(topics(WINDOW))["mixer"]
    assert "搅拌站" in topic.title and topic.title == "·".join(topic.terms)
    for term in topic.terms:
        assert sum(term in text for text in MIXER) >= 2


def test_a_title_names_no_person() -> None:
    named = tuple(f"王小明，{text}" for text in MIXER)
    (topic,) = topics(messages(named, "mixer"))
    assert "搅拌站" in topic.title and "王小明" not in topic.title


def test_the_same_messages_in_another_order_give_the_same_topics() -> None:
    assert topics(list(reversed(WINDOW))) == topics(WINDOW)


def test_one_person_who_writes_often_is_one_person() -> None:
    once = [Message(f"m{at}", text, "same", date(2026, 3, 1)) for at, text in enumerate(MIXER)]
    unknown = [Message(f"m{at}", text, "", date(2026, 3, 1)) for at, text in enumerate(MIXER)]
    assert topics(once)[0].people == 1 and topics(unknown)[0].people == 4
    assert topics(once)[0].heat < topics(unknown)[0].heat


def test_heat_is_people_and_a_tenth_of_the_likes_thinned_by_the_months_between() -> None:
    (topic,) = topics(messages(MIXER, "mixer", likes=5))
    assert (topic.people, topic.likes, topic.days) == (4, 20, 3)
    assert (topic.first, topic.last) == (date(2026, 3, 1), date(2026, 3, 4))
    assert topic.heat == pytest.approx((4 + 2) / (1 + 3 / 30), abs=1e-6)


def test_the_hottest_comes_first() -> None:
    found = topics([*messages(MIXER, "mixer"), *messages(PARKING, "parking", likes=100)])
    assert [topic.members[0].partition("-")[0] for topic in found] == ["parking", "mixer"]


def test_fewer_than_the_least_are_no_topic() -> None:
    assert by_first(topics(WINDOW, least=4)).keys() == {"mixer"}
    assert topics(WINDOW, least=5) == []


def test_a_chain_of_half_alike_messages_does_not_join_two_matters() -> None:
    bridge = Message("bridge", "滨江花园的搅拌站吵，阳光城的车位也捆绑销售", "b", date(2026, 3, 2))
    found = [set(topic.members) for topic in topics([*WINDOW, bridge])]
    assert not any({"mixer-0", "parking-0"} <= members for members in found)


def test_messages_without_days_texts_or_company_are_borne() -> None:
    (topic,) = topics([Message(str(at), "搅拌站噪音扰民", likes=1) for at in range(3)])
    assert (topic.first, topic.last, topic.days) == (None, None, 0) and set(topic.members) == {"0", "1", "2"}
    assert topics([]) == [] and topics([Message("a", "？"), Message("b", "")], least=1) != []
    with pytest.raises(ValueError, match="same key"):
        topics([Message("a", "路灯"), Message("a", "井盖")])


def test_copies_of_a_public_message_lie_in_one_topic(shared_data: Path) -> None:
    path = shared_data / "complaints" / "tipdm2020_a3_hot_4326.csv.gz"
    if not path.is_file():
        pytest.skip("complaints/tipdm2020_a3_hot_4326.csv.gz is absent")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = topics(
        [Message(row["留言编号"], row["留言主题"] + "。" + row["留言详情"], row["留言用户"]) for row in rows], least=1
    )
    topic_of = {key: at for at, topic in enumerate(found) for key in topic.members}
    assert len(topic_of) == len(rows) == sum(len(topic.members) for topic in found)
    copies = defaultdict(list)
    for row in rows:
        copies[folded(row["留言主题"] + "。" + row["留言详情"])].append(row["留言编号"])
    pairs = [keys for keys in copies.values() if len(keys) > 1]
    apart = Counter(len({topic_of[key] for key in keys}) for keys in pairs)
    assert len(pairs) > 20 and apart[1] == len(pairs)
