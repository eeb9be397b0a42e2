"""Numbers pass every check and can belong to nobody."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import oracle
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.data.core.semantics import checkdigits
from yiwang.data.synth import CityManifest, numbers
from yiwang.data.synth.lists import LISTS
from yiwang.data.synth.places import DEFAULT_TABLE

City = tuple[Path, CityManifest]


@given(st.text("0123456789", min_size=17, max_size=17))
def test_resident_checks_agree_with_the_semantic_types(first17: str) -> None:
    assert numbers.resident_check(first17) == checkdigits.resident_id_check(first17)


@given(st.text(numbers.CREDIT_ALPHABET, min_size=17, max_size=17))
def test_credit_checks_agree_with_the_semantic_types(first17: str) -> None:
    assert numbers.credit_check(first17) == checkdigits.credit_code_check(first17)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_organisation_checks_agree_with_the_semantic_types(first8: str) -> None:
    assert numbers.organisation_check(first8) == checkdigits.organisation_code_check(first8)


@given(st.text("0123456789", min_size=18, max_size=18))
def test_luhn_digits_agree_with_the_semantic_types(digits: str) -> None:
    made = numbers.luhn_checks(np.asarray([[int(digit) for digit in digits]], dtype=np.int64))
    assert str(made[0]) == checkdigits.luhn_check(digits)


def test_published_examples_have_the_check_digits_printed_with_them() -> None:
    # GB 11643-1999, the example of its annex.
    assert numbers.resident_check("11010519491231002") == "X"


@pytest.mark.parametrize("make", [numbers.mobiles, numbers.bank_cards])
def test_no_two_indexes_share_a_number(make: object) -> None:
    index = np.concatenate([np.arange(200_000), 90_000_000 + np.arange(50_000)]).astype(np.int64)
    made = make(index)  # type: ignore[operator]
    assert len(set(made.to_pylist())) == len(index)


def test_no_two_firms_share_a_credit_code() -> None:
    index = np.arange(300_000, dtype=np.int64)
    assert len(set(numbers.credit_codes(index, index % 3 + 1).to_pylist())) == len(index)


def test_the_reserved_prefix_is_no_division_of_the_table() -> None:
    codes = [line.split("\t")[0] for line in DEFAULT_TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    assert codes
    assert not any(code.startswith(numbers.RESIDENT_FAMILY) for code in codes)


def test_every_number_in_the_lists_is_of_a_reserved_pattern(city: City) -> None:
    """Of right and of spoilt numbers alike: a slip of the pen must not make a number that is somebody's."""
    shifted = pq.read_table(city[0] / "errors.parquet", filters=[("class", "=", "shifted_row")]).to_pylist()
    skipped = {(error["list"], error["row"]) for error in shifted}
    starts = {
        "resident-id": numbers.RESIDENT_FAMILY,
        "mobile": numbers.MOBILE_FAMILY,
        "bank-card": numbers.CARD_FAMILY,
    }
    seen = 0
    for spec in LISTS:
        for number, row in enumerate(oracle.rows_of(city[0], spec), 1):
            if (spec.resource, number) in skipped:
                continue
            for field in spec.fields:
                text = re.sub(r"[ -]", "", oracle.plain(row[field.id]))
                if text and field.kind in starts:
                    assert text.startswith(starts[field.kind])
                    seen += 1
                elif text and field.kind == "credit-code":
                    assert text[2:8] == numbers.CREDIT_DIVISION
                    seen += 1
    assert seen > 50_000


def test_numbers_of_real_patterns_are_told_apart() -> None:
    assert numbers.is_synthetic_resident_id("239901197007040012")
    assert not numbers.is_synthetic_resident_id("230881197007040013")
    assert numbers.is_synthetic_mobile("16307654321")
    assert not numbers.is_synthetic_mobile("13907654321")
    assert numbers.is_synthetic_bank_card("9999000003141592657")
    assert not numbers.is_synthetic_bank_card("6222000003141592657")
    assert numbers.is_synthetic_credit_code("91239901012345671F")
    assert not numbers.is_synthetic_credit_code("91230881012345671F")
