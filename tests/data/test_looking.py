"""Whoever looks at rows of people leaves a line that each of them can find."""

from __future__ import annotations

from typing import Any

from datacity import PEOPLE_FIELDS, SYSTEM, DataCity, resource

from yiwang.data.core.semantics.checkdigits import resident_id_check
from yiwang.data.selectors import record_trace, resource_sample
from yiwang.data.service import export_file
from yiwang.trust.models import Entry, EntrySubject
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import ledger_append_pending

WITH_NUMBER: list[dict[str, Any]] = [
    *PEOPLE_FIELDS,
    {"id": "id_number", "title": {"zh": "身份证号", "en": "ID number"}, "semantic": "resident-id"},
]


def number(serial: int) -> str:
    first = f"23088119900101{serial:03d}"
    return first + resident_id_check(first)


def people(city: DataCity, count: int = 3) -> None:
    city.install(resource(fields=WITH_NUMBER))
    rows = "".join(f"{n},某人,男,{number(2 * n + 1)}\n" for n in range(count))
    city.load(f"编号,姓名,性别,身份证号\n{rows}")


def lines() -> list[tuple[str, str, int | None]]:
    ledger_append_pending()
    return list(Entry.objects.order_by("index").values_list("resource", "purpose", "rows"))


def test_a_look_at_a_sample_is_found_by_everybody_it_showed(city: DataCity) -> None:
    people(city)
    resource_sample(SYSTEM, "people", purpose="核对名单")
    assert lines() == [("people", "核对名单", 3)]
    wanted = {subject_hash("resident", number(2 * n + 1)) for n in range(3)}
    assert set(EntrySubject.objects.values_list("subject", flat=True)) == wanted


def test_tracing_one_record_is_found_by_its_person_alone(city: DataCity) -> None:
    people(city)
    record_trace(SYSTEM, "people", key={"code": "1"}, purpose="查记录来源")
    assert lines() == [("people", "查记录来源", 1)]
    assert EntrySubject.objects.get().subject == subject_hash("resident", number(3))


def test_a_list_that_leaves_as_a_file_is_found_by_everybody_on_it(city: DataCity) -> None:
    people(city, 5)
    export_file(actor=SYSTEM, resource_id="people", format="csv", purpose="核对名单")
    assert lines() == [("people", "核对名单", 5)]
    assert EntrySubject.objects.count() == 5
    assert Entry.objects.get().via == "export"


def test_a_list_that_names_nobody_leaves_its_audit_line_only(city: DataCity) -> None:
    city.load("编号,姓名,性别\n1,某人,男\n")
    resource_sample(SYSTEM, "people", purpose="核对名单")
    assert lines() == []
