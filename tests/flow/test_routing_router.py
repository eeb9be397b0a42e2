"""A router learns from few examples, says how sure it is and why, and comes back from its bytes as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from routingworld import EXAMPLES, LAMPS, WAGES, examples_of

from yiwang.flow.core.routing.errors import ExamplesWrong, RouterDamaged
from yiwang.flow.core.routing.packing import router_bytes, router_digest, router_from
from yiwang.flow.core.routing.router import Example, Router, Suggestion


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.train(EXAMPLES)


def suggested(router: Router, text: str) -> str:
    return router.suggest(text).label


def test_a_ticket_goes_where_tickets_like_it_went(router: Router) -> None:
    assert suggested(router, "江边步道的路灯整晚不亮") == "市政"
    assert suggested(router, "老板三个月没有发工资") == "劳动"
    assert suggested(router, "河里漂着死鱼，水发臭") == "环保"


def test_a_suggestion_names_whole_words_of_the_text_heaviest_first(router: Router) -> None:
    reasons = router.suggest("请问公司拖欠工资，劳动合同也不给，应该找谁？").reasons
    terms = [reason.term for reason in reasons]
    assert "拖欠工资" in terms and all(term in "请问公司拖欠工资，劳动合同也不给，应该找谁？" for term in terms)
    assert "请问" not in terms and all(len(term) > 1 for term in terms)
    weights = [reason.weight for reason in reasons]
    assert weights == sorted(weights, reverse=True) and min(weights) > 0


def test_a_word_that_stands_there_twice_is_one_reason(router: Router) -> None:
    terms = [reason.term for reason in router.suggest("工资，工资，还是工资").reasons]
    assert terms.count("工资") == 1


def test_the_next_likely_labels_are_told_and_the_chosen_is_not_among_them(router: Router) -> None:
    one = router.suggest("路灯坏了")
    assert len(one.runners_up) == 2 and {one.label, *one.runners_up} == {"市政", "劳动", "环保"}


def test_confidence_lies_between_nothing_and_certainty(router: Router) -> None:
    for one in router.suggest_many([example.text for example in EXAMPLES]):
        assert 0 < one.confidence < 1


def test_what_the_router_knows_no_character_of_goes_to_a_person(router: Router) -> None:
    for text in ("", "？？？", "zzz", "\ud800"):
        one = router.suggest(text)
        assert (one.confidence, one.sure, one.reasons) == (0.0, False, ())


def test_a_text_of_two_matters_is_less_sure_than_a_plain_one(router: Router) -> None:
    plain, mixed = router.suggest_many(["公司拖欠工资不发", "路灯坏了，工资没发，河水发臭"])
    assert plain.confidence > mixed.confidence


def test_the_spelling_of_width_case_numbers_and_blanks_does_not_matter(router: Router) -> None:
    first, second = router.suggest_many(["路灯 １２ 号不亮ＡＢ", "路灯7号不亮ab"])
    assert (first.label, first.confidence, first.runners_up) == (second.label, second.confidence, second.runners_up)


def test_many_at_once_are_what_each_is_alone(router: Router) -> None:
    texts = [example.text for example in EXAMPLES] * 10 + ["", "电梯"]
    together = router.suggest_many(texts)
    for text, one in zip(texts[-30:], together[-30:], strict=True):
        alone = router.suggest(text)
        assert one.label == alone.label and one.confidence == pytest.approx(alone.confidence, abs=1e-12)
        assert [reason.term for reason in one.reasons] == [reason.term for reason in alone.reasons]


def test_a_lower_share_for_the_machine_asks_for_more_confidence(router: Router) -> None:
    thresholds = [router.threshold_for(share) for share in (1.0, 0.8, 0.5, 0.1)]
    assert thresholds == sorted(thresholds) and thresholds[0] < thresholds[-1]


def test_the_share_that_was_asked_for_is_about_the_share_that_is_sure() -> None:
    router = Router.train(EXAMPLES, coverage=0.5)
    reached = (router.confidences >= router.threshold_for(0.5)).mean()
    assert 0.4 <= reached <= 0.6


def test_sure_means_at_least_the_threshold(router: Router) -> None:
    threshold = router.threshold_for(router.coverage)
    found: list[Suggestion] = router.suggest_many(
        [example.text for example in EXAMPLES] + ["路灯坏了，工资没发，河水发臭"]
    )
    assert {one.sure for one in found} == {True, False}
    assert all(one.sure == (one.confidence >= threshold) for one in found)


def test_two_labels_are_enough() -> None:
    router = Router.train(examples_of(市政=LAMPS, 劳动=WAGES))
    assert suggested(router, "路灯不亮") == "市政" and suggested(router, "工资没发") == "劳动"
    assert len(router.suggest("路灯不亮").runners_up) == 1


def test_a_label_of_one_example_is_learned_too() -> None:
    router = Router.train([*EXAMPLES, Example("殡葬", "公墓涨价，骨灰盒也涨价")])
    assert suggested(router, "公墓涨价") == "殡葬"
    assert router.examples[router.labels.index("殡葬")] == 1


def test_the_same_examples_give_the_same_bytes_whatever_was_trained_before(router: Router) -> None:
    assert router_bytes(Router.train(EXAMPLES)) == router_bytes(router)
    fewer = Router.train(EXAMPLES[1:])
    assert router_digest(fewer) != router_digest(router)


def test_nothing_is_learned_from_nothing_or_from_one_label() -> None:
    with pytest.raises(ExamplesWrong, match="no examples"):
        Router.train([])
    with pytest.raises(ExamplesWrong, match="nothing to tell apart"):
        Router.train(examples_of(市政=LAMPS))
    with pytest.raises(ExamplesWrong, match="example 2"):
        Router.train([Example("a", "路灯"), Example("b", "？！")])
    with pytest.raises(ExamplesWrong, match="above 0"):
        Router.train(EXAMPLES, coverage=0)


def test_a_saved_router_suggests_exactly_what_it_did(router: Router) -> None:
    back = router_from(router_bytes(router))
    texts = [example.text for example in EXAMPLES] + ["路灯坏了，工资没发"]
    assert back.suggest_many(texts) == router.suggest_many(texts)
    assert router_digest(back) == router_digest(router)


def test_another_format_and_changed_bytes_are_refused(router: Router) -> None:
    data = router_bytes(router)
    for broken, told in (
        (data.replace(b"yiwang-router 1", b"yiwang-router 2", 1), "of this version"),
        (b"", "of this version"),
        (data[:-1], "digest"),
        (data + b"\0", "digest"),
        (data[:200] + bytes([data[200] ^ 1]) + data[201:], "digest"),
    ):
        with pytest.raises(RouterDamaged, match=told):
            router_from(broken, "router.bin")


def test_a_true_digest_over_arrays_that_cannot_be_is_refused(router: Router) -> None:
    changes: list[tuple[Callable[[bytes], bytes], str]] = [
        (lambda body: body[:-4], "cut short"),
        (lambda body: body + b"\0\0\0\0", "should"),
        (lambda body: body[:-4] + b"\xff\xff\xff\xff", "should"),
        (lambda body: body.replace(b'"steep"', b'"steeq"', 1), "head"),
        (lambda body: body.replace(b'"labels":["', b'"labels":["x","', 1), "labels"),
    ]
    for change, told in changes:
        with pytest.raises(RouterDamaged, match=told):
            router_from(resigned(router_bytes(router), change))


def resigned(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The bytes with a changed body under the digest of that body."""
    magic, _, body = data.split(b"\n", 2)
    changed = change(body)
    return b"\n".join([magic, hashlib.sha256(changed).hexdigest().encode(), changed])
