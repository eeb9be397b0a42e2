"""Equal values have equal bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.core.canonical import CanonicalError, canonical_digest, canonical_json
from yiwang.kernel.core.text import Text

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(scalars | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Point:
    y: int
    x: int


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical_json({"b": 1, "a": [True, None, "中"]}) == '{"a":[true,null,"中"],"b":1}'.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 22), '"2026-11-22"'),
        (datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=8))), '"2026-11-22T00:00:00Z"'),
        (datetime(2026, 11, 22, 0, 0, 0, 5, tzinfo=UTC), '"2026-11-22T00:00:00.000005Z"'),
        (Decimal("1.50"), '"1.50"'),
        (Decimal("1E+3"), '"1000"'),
        (Colour.RED, '"red"'),
        ({Colour.RED: 1}, '{"red":1}'),
        (Point(1, 2), '{"x":2,"y":1}'),
        (Text(zh="甲", en="a"), '{"en":"a","zh":"甲"}'),
        ((1, 2.5), "[1,2.5]"),
    ],
)
def test_each_type_has_one_spelling(value: object, text: str) -> None:
    assert canonical_json(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        {1: "a"},
        {1, 2},
        b"raw",
        datetime(2026, 1, 1),  # noqa: DTZ001
        "\ud800",
        object(),
        [{"deep": {"er": {3}}}],
    ],
)
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_json(value)


def test_a_refusal_names_the_path() -> None:
    with pytest.raises(CanonicalError, match=r"\$\.a\[1\]"):
        canonical_json({"a": [0, {1}]})


@given(values)
def test_reading_back_and_writing_again_gives_the_same_bytes(value: object) -> None:
    once = canonical_json(value)
    assert canonical_json(json.loads(once)) == once


@given(st.dictionaries(texts, scalars, min_size=2))
def test_the_order_of_keys_does_not_change_the_digest(value: dict[str, object]) -> None:
    assert canonical_digest(dict(reversed(value.items()))) == canonical_digest(value)
