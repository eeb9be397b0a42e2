"""A parameter holds from a day to a day, says where it comes from, and has no value where nobody set one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from decisioncity import RATE, install, pack

from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import NotFound, PackError
from yiwang.rules.errors import NotCovered
from yiwang.rules.schema import ParameterFile
from yiwang.rules.selectors import parameter_get, parameter_list


def read(text: str) -> ParameterFile:
    return model_read(ParameterFile, text, "rate.yaml")


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), 80),
        (date(2025, 12, 31), 80),
        (date(2026, 1, 1), 100),
        (date(2027, 12, 31), 100),
        (date(2028, 1, 1), None),
    ],
)
def test_a_value_holds_from_its_day_until_the_next(on: date, value: int | None) -> None:
    found = read(RATE).find(on)
    assert (found.value if found else None) == (None if value is None else Decimal(value))


def test_a_number_is_the_decimal_that_was_written() -> None:
    assert read(RATE.replace("value: 80", "value: 0.1")).values[0].value == Decimal("0.1")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("assumption: {zh: 假定, en: assumed}", "", "exactly one of them"),
        ("from: 2026-01-01", "from: 2024-01-01", "in the order"),
        ("from: 2026-01-01", "from: 2025-01-01", "each day once"),
        ("until: 2028-01-01", "until: 2026-01-01", "after the last"),
        ("value: 100", "value: 一百", "of one type"),
        ("value: 100", "value: [1]", "a number, a text"),
        ("id: rate", "id: rate\nunknown: 1", "Extra inputs"),
    ],
)
def test_a_file_that_says_something_wrong_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        read(RATE.replace(old, new).replace(", }", "}"))


def test_the_selector_gives_the_value_of_the_day_and_refuses_other_days(db: None) -> None:
    install()
    row = parameter_get("rate", date(2026, 5, 1))
    assert (row.value.value, row.unit.en, row.pack) == (Decimal(100), "yuan a month", "trial")
    with pytest.raises(NotCovered) as refused:
        parameter_get("rate", date(2028, 1, 1))
    assert "2028-01-01" in refused.value.en and "标准" in refused.value.zh
    with pytest.raises(NotFound, match="Did you mean rate"):
        parameter_get("rat", date(2026, 5, 1))


def test_the_list_shows_parameters_without_a_value_too(db: None) -> None:
    install()
    assert [row.value for row in parameter_list(date(2030, 1, 1))] == [None]


def test_a_new_pack_brings_new_values(db: None) -> None:
    install()
    install(pack("1.1.0", rate=RATE.replace("value: 100", "value: 120")))
    assert parameter_get("rate", date(2026, 5, 1)).value.value == Decimal(120)
