"""A second, slow reading of the lists: every cell by itself, with nothing taken from the code that spoilt them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import python_calamine

from yiwang.data.core.semantics.checkdigits import (
    credit_code_check,
    luhn_check,
    organisation_code_check,
    resident_id_check,
)
from yiwang.data.synth.lists import LISTS
from yiwang.data.synth.shapes import Field, ListSpec

Finding = tuple[str, int, str, str]
Row = dict[str, str]

_DATES = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"),
    re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)


class Bad(Exception):
    """A value that cannot be read; the message is the reason code."""


def rows_of(folder: Path, spec: ListSpec) -> Iterator[Row]:
    """The data rows of a delivered file, by field id."""
    path = folder / "lists" / spec.file
    headers = [field.header for field in spec.fields]
    if spec.form == "jsonl":
        for text in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(text)
            yield {field.id: record.get(field.header, "") for field in spec.fields}
        return
    if spec.form == "xlsx":
        table = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()[len(spec.heading) :]
        lines = [[_cell(value) for value in row] for row in table]
    else:
        raw = gzip.decompress(path.read_bytes()) if spec.gzip else path.read_bytes()
        decoded = io.StringIO(raw.decode(spec.encoding))
        lines = list(csv.reader(decoded, delimiter="\t" if spec.form == "tsv" else ","))
    assert lines[0] == headers
    for line in lines[1:]:
        yield dict(zip(spec.ids, line, strict=True))


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip()
    return "" if folded == "N/A" else folded


def read_date(text: str) -> date:
    if re.fullmatch(r"\d{5}", text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError as error:
                raise Bad("bad_date") from error
    raise Bad("bad_date")


def read_money(text: str) -> Decimal:
    folded = text.replace(",", "").replace("(", "").replace(")", "").removeprefix("¥").removesuffix("人民币")
    folded = folded.replace("人民币", "").removesuffix("元")
    scale = 10000 if folded.endswith("万") else 1
    if not re.fullmatch(r"-?\d+(\.\d+)?", folded.removesuffix("万")):
        raise Bad("bad_number")
    return Decimal(folded.removesuffix("万")) * scale


def read_resident_id(text: str, today: date) -> str:
    number = text.replace(" ", "").upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise Bad("length")
    if resident_id_check(number[:17]) != number[17]:
        raise Bad("check_digit")
    if read_date(number[6:14]) > today:
        raise Bad("future_date")
    return number


def read_credit_code(text: str) -> str:
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", text):
        raise Bad("length")
    if organisation_code_check(text[8:16]) != text[16] or credit_code_check(text[:17]) != text[17]:
        raise Bad("check_digit")
    return text


def read_card(text: str) -> str:
    number = text.replace(" ", "")
    if not re.fullmatch(r"\d{16,19}", number):
        raise Bad("length")
    if luhn_check(number[:-1]) != number[-1]:
        raise Bad("check_digit")
    return number


def read_mobile(text: str) -> str:
    number = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        raise Bad("length")
    return number


def read(field: Field, text: str, today: date, divisions: set[str]) -> object:
    if field.kind == "resident-id":
        return read_resident_id(text, today)
    if field.kind == "credit-code":
        return read_credit_code(text)
    if field.kind == "bank-card":
        return read_card(text)
    if field.kind == "mobile":
        return read_mobile(text)
    if field.kind == "date":
        day = read_date(text)
        if day > today and not field.ahead:
            raise Bad("future_date")
        return day
    if field.kind in ("money", "integer", "decimal"):
        amount = read_money(text)
        if field.low is not None and not Decimal(str(field.low)) <= amount <= Decimal(str(field.high)):
            raise Bad("range")
        return amount
    if field.kind == "division" and text not in divisions:
        raise Bad("unknown_division")
    if field.choices and text not in field.choices:
        raise Bad("in_list")
    return text


def findings_of_row(spec: ListSpec, row: Row, today: date, divisions: set[str]) -> Iterator[tuple[str, str, object]]:
    """(field, reason, value) of everything wrong in one row; values that can be read have the reason ""."""
    values: dict[str, object] = {}
    for field in spec.fields:
        text = plain(row[field.id])
        if not text:
            if field.required:
                yield field.id, "not_null", None
            continue
        try:
            values[field.id] = read(field, text, today, divisions)
        except Bad as bad:
            yield field.id, str(bad), None
    for name, value in values.items():
        yield name, "", value
    for pairs, reason in ((spec.before, "date_order"), (spec.at_most, "compare")):
        for less, more in pairs:
            if less in values and more in values and values[less] > values[more]:  # type: ignore[operator]
                yield f"{less},{more}", reason, None
    for identity in spec.identities:
        number = values.get(identity.number)
        if number and identity.sex in values and (int(str(number)[16]) % 2 == 1) != (values[identity.sex] == "男"):
            yield f"{identity.sex},{identity.number}", "compare", None
        born = values.get(identity.born)
        if number and isinstance(born, date) and born.strftime("%Y%m%d") != str(number)[6:14]:
            yield f"{identity.born},{identity.number}", "compare", None


def findings(folder: Path, today: date, divisions: set[str]) -> tuple[list[Finding], dict[str, set[object]]]:
    """Everything the lists have wrong, and the values each "resource.field" holds in rows with nothing wrong."""
    found: list[Finding] = []
    held: dict[str, set[object]] = {}
    for spec in LISTS:
        keys: set[object] = set()
        for number, row in enumerate(rows_of(folder, spec), 1):
            results = list(findings_of_row(spec, row, today, divisions))
            wrong = [(name, reason) for name, reason, _ in results if reason]
            values = {name: value for name, reason, value in results if not reason}
            for field in spec.fields:
                if field.references and field.id in values and values[field.id] not in held[field.references]:
                    wrong.append((field.id, "foreign_key"))
            if values.get(spec.key) in keys:
                wrong.append((spec.key, "duplicate_key"))
            keys.add(values.get(spec.key))
            found += [(spec.resource, number, name, reason) for name, reason in wrong]
            if not wrong:
                for name, value in values.items():
                    held.setdefault(f"{spec.resource}.{name}", set()).add(value)
    return found, held
