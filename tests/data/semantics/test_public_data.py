"""The types against the public data: what is bad there is found, and nothing else."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from agreement import OPTIONS, by_sql, connect, disagreements

from yiwang.data.core.semantics import semantic_type

Rows = list[dict[str, str]]
NOT_SHIFTED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(path: Path) -> Rows:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def firms(shared_data: Path) -> Rows:
    return read(shared_data / "enterprise" / "hlj_1978_2004.csv.gz")


@pytest.fixture(scope="module")
def unshifted(firms: Rows) -> Rows:
    return [row for row in firms if NOT_SHIFTED.fullmatch(row["注册日期"])]


def reasons(name: str, values: list[str], **changes: object) -> Counter[str]:
    """How often each reason is given by SQL, which must agree with the reference on every value."""
    kind, options = semantic_type(name), replace(OPTIONS, **changes)  # type: ignore[arg-type]
    connection = connect()
    assert disagreements(connection, kind, values, options) == []
    places = [row[-2] for row in by_sql(connection, kind, values, options)]
    return Counter(kind.reasons[place - 1].code for place in places if isinstance(place, int) and place)


def test_the_bad_credit_codes_are_found_and_no_good_one_is(unshifted: Rows) -> None:
    found = reasons("credit-code", [row["统一社会信用代码"] for row in unshifted])
    assert found == {"credit_code_characters": 16, "credit_code_organisation_check": 2}


def test_the_shifted_rows_are_refused_by_date_and_by_code(firms: Rows, unshifted: Rows) -> None:
    shifted = [row for row in firms if row not in unshifted]
    assert len(shifted) == 10
    assert sum(reasons("date", [row["注册日期"] for row in shifted]).values()) == 10
    assert sum(reasons("credit-code", [row["统一社会信用代码"] for row in shifted]).values()) == 10
    assert reasons("text", [row["企业名称"] for row in shifted]) == {"text_damaged": 10}


def test_every_date_name_and_address_of_the_other_rows_is_accepted(unshifted: Rows) -> None:
    for name, column in (("date", "注册日期"), ("text", "企业名称"), ("address", "注册地址"), ("text", "经营范围")):
        assert reasons(name, [row[column] for row in unshifted]) == {}


def test_every_registered_capital_of_the_other_rows_is_read(unshifted: Rows) -> None:
    kind, values = semantic_type("money"), [row["注册资金"] for row in unshifted]
    assert reasons("money", values) == {}
    rows = by_sql(connect(), kind, values, OPTIONS)
    currencies = {None: 6760, "CNY": 12137, "USD": 75, "HKD": 5, "AUD": 3}
    assert Counter(row[1] for row in rows) == currencies
    for text, (amount, *_) in zip(values, rows, strict=True):
        if amount is not None:
            figure = re.match("[0-9.,]+", text)
            assert figure and amount == Decimal(figure.group().replace(",", "")) * 10_000


def test_months_reported_together_keep_both_ends(shared_data: Path) -> None:
    values = [row["time"] for row in read(shared_data / "stats" / "china_retail_monthly_2012_2017.csv")]
    assert reasons("month", values) == {}
    rows = dict(zip(values, by_sql(connect(), semantic_type("month"), values, OPTIONS), strict=True))
    assert rows["2012年1-2月"] == (date(2012, 2, 1), date(2012, 1, 1), 0, 0)
    assert rows["2012年3月"] == (date(2012, 3, 1), date(2012, 3, 1), 0, 0)


def test_statistics_are_read(shared_data: Path) -> None:
    macro = read(shared_data / "stats" / "china_macro_monthly_long.csv")
    assert reasons("month", [row["date"] for row in macro]) == {}
    assert reasons("decimal", [row["value"] for row in macro], scale=16) == {}
    gdp = read(shared_data / "stats" / "hlj_county_gdp_2022_2023.csv")
    assert reasons("division-code", [row["code"] for row in gdp]) == {}
    assert reasons("integer", [row["per_capita_gdp_yuan"] for row in gdp]) == {}


def test_water_readings_are_read_in_the_year_of_the_delivery(shared_data: Path) -> None:
    water = read(shared_data / "env" / "cnemc_water_20260821_480sections.csv")
    assert reasons("datetime", [row["监测时间"] for row in water], year=2026) == {}
    assert sum(reasons("datetime", [row["监测时间"] for row in water]).values()) > 0
    figures = [column for column in water[0] if "(" in column]
    for column in figures:
        assert reasons("decimal", [row[column] for row in water]) == {}


@pytest.mark.parametrize(
    "name", ["vonng2016_tongjiang_230881.csv", "vonng2016_heilongjiang_all5levels.csv.gz", "modood_streets_all.csv.gz"]
)
def test_every_division_code_is_accepted_with_its_level(shared_data: Path, name: str) -> None:
    rows = read(shared_data / "admin" / name)
    values = [row["code"] for row in rows]
    assert reasons("division-code", values) == {}
    levels = [row[1] for row in by_sql(connect(), semantic_type("division-code"), values, OPTIONS)]
    assert set(levels) <= {0, 1, 2, 3, 4, 5}
    if "level" in rows[0]:
        names = {"country": 0, "province": 1, "city": 2, "county": 3, "town": 4, "village": 5}
        assert [level for row, level in zip(rows, levels, strict=True) if names[row["level"]] != level] == []
