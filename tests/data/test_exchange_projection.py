"""Records follow their table: what was loaded can be had one at a time, what went away cannot, and nothing lies open."""

from __future__ import annotations

from typing import Any

import pytest
from datacity import HEADER, SYSTEM, DataCity, one_field, resource

from yiwang.data import service
from yiwang.data.exchange import projection
from yiwang.data.exchange.projection import projection_fill, projections_behind
from yiwang.data.exchange.records import Held, record_get, shapes_forget
from yiwang.data.models import Projection, Record
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import events_deliver
from yiwang.trust.errors import SealBroken

FIELDS = [
    one_field("id_number", "resident-id", required=True),
    one_field("name", "person-name"),
    one_field("town"),
    one_field("paid", "decimal"),
    one_field("since", "date"),
]
HEAD = "id_number,name,town,paid,since"


def number(first: str) -> str:
    """The identity number with these 17 digits and its own last one."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


A, B, C = (number(f"2308331990030712{n}") for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def _no_definition_of_another_test() -> None:
    shapes_forget()


def people(city: DataCity, mode: str = "merge") -> DataCity:
    share = {"type": "conditional", "condition": {"zh": "有", "en": "some"}, "methods": []}
    city.install(resource(fields=FIELDS, rules=[], key=["id_number"], share=share, load={"mode": mode}))
    return city


def got(key: str, field: str = "id_number") -> Held | None:
    return record_get("people", {field: key})


def values(key: str) -> dict[str, Any]:
    held = got(key)
    assert held is not None
    return dict(held.values)


def test_a_load_is_followed_by_its_records_once_events_are_delivered(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1.50,2020-03-01\n{B},王五,,,\n")
    assert got(A) is None
    events_deliver()
    assert values(A) == {"id_number": A, "name": "李小江", "town": "永安", "paid": "1.500000", "since": "2020-03-01"}
    assert values(B)["town"] is None
    state = Projection.objects.get(pk="people")
    assert (state.version, state.records) == (0, 2)


def test_doing_it_again_writes_nothing(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n")
    first, again = projection_fill("people"), projection_fill("people")
    assert first is not None and again is not None
    assert (first.written, again.written, again.version) == (1, 0, 0)


def test_only_what_changed_is_written_and_carries_its_version(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n{B},王五,永安,1,2020-03-01\n")
    projection_fill("people")
    city.load(f"{HEAD}\n{B},王五,新城,1,2020-03-01\n{C},赵六,新城,1,2020-03-01\n", "second.csv")
    filled = projection_fill("people")
    assert filled is not None and (filled.written, filled.gone) == (2, 0)
    held = {key: got(key) for key in (A, B, C)}
    assert {key: h.version for key, h in held.items() if h} == {A: 0, B: 1, C: 1}
    assert values(B)["town"] == "新城"


def test_of_rows_that_went_away_nothing_stays_but_that_they_are_gone(city: DataCity) -> None:
    people(city, "replace").load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n{B},王五,永安,1,2020-03-01\n")
    projection_fill("people")
    city.load(f"{HEAD}\n{B},王五,永安,1,2020-03-01\n", "second.csv")
    filled = projection_fill("people")
    assert filled is not None and (filled.written, filled.gone) == (0, 1)
    assert got(A) is None and got(B) is not None
    left = Record.objects.get(is_gone=True)
    assert (left.plain, left.mark, bytes(left.sealed)) == ("", "", b"")
    city.load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n{C},赵六,永安,1,2020-03-01\n", "third.csv")
    projection_fill("people")
    assert values(A)["name"] == "李小江"


def test_of_a_resource_that_only_grows_the_newest_row_of_a_key_is_served(city: DataCity) -> None:
    people(city, "append").load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n")
    city.load(f"{HEAD}\n{A},李小江,新城,1,2020-03-01\n", "second.csv")
    projection_fill("people")
    assert values(A)["town"] == "新城"
    assert Record.objects.count() == 1


def test_a_filling_that_was_cut_off_goes_on_where_it_was(city: DataCity, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{number(f'2308331990030{n:04}')},李,永安,1,2020-03-01\n" for n in range(1000, 1009))
    people(city).load(f"{HEAD}\n{rows}")
    monkeypatch.setattr(projection, "BATCH", 4)
    write, calls = projection._write, []

    def dying(*given: Any) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return write(*given)

    monkeypatch.setattr(projection, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        projection_fill("people")
    assert Record.objects.count() == 8 and Projection.objects.get().version is None
    filled = projection_fill("people")
    assert filled is not None and filled.written == 1 and Record.objects.count() == 9
    assert set(Record.objects.values_list("turn", flat=True)) == {1}


def test_what_is_above_grade_two_is_sealed_and_bound_to_its_record(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n{B},王五,永安,1,2020-03-01\n")
    projection_fill("people")
    one, other = Record.objects.order_by("id")
    kept = "".join(f"{r.pk}{r.plain}{r.mark}" for r in (one, other)) + bytes(one.sealed).decode("latin-1")
    assert A not in kept and "李" not in kept and "永安" in kept
    Record.objects.filter(pk=one.pk).update(sealed=other.sealed)
    with pytest.raises(SealBroken):
        [got(key) for key in (A, B)]


def test_a_field_whose_grade_rises_is_sealed_afterwards(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n")
    projection_fill("people")
    fields = [f | {"grade": 3} if f["id"] == "town" else f for f in FIELDS]
    city.install(resource(fields=fields, rules=[], key=["id_number"]))
    assert projections_behind() == ("people",)
    projection_fill("people")
    assert projections_behind() == () and "永安" not in Record.objects.get().plain
    shapes_forget()
    assert values(A)["town"] == "永安"


def test_a_destroyed_resource_serves_nothing_from_that_moment(city: DataCity) -> None:
    people(city).load(f"{HEAD}\n{A},李小江,永安,1,2020-03-01\n")
    projection_fill("people")
    service.data_destroy(actor=SYSTEM, resource_id="people", basis="到期销毁", confirm_code="TEST/people")
    assert got(A) is None and not Record.objects.exists()
    city.load(f"{HEAD}\n{B},王五,永安,1,2020-03-01\n", "after.csv")
    projection_fill("people")
    shapes_forget()
    assert got(A) is None and got(B) is not None


def test_of_a_resource_that_is_not_shared_nothing_is_kept(city: DataCity) -> None:
    city.load(f"{HEADER}\n1,张三,男\n")
    projection_fill("people")
    assert Record.objects.count() == 1
    city.install(resource(share={"type": "refused", "basis": "保密法"}))
    projection_fill("people")
    assert not Record.objects.exists()


def test_a_key_is_given_whole_and_small_letters_of_a_number_are_no_other_person(city: DataCity) -> None:
    someone = next(n for n in (number(f"2308331990030712{i}") for i in range(10)) if n.endswith("X"))
    people(city).load(f"{HEAD}\n{someone},李小江,永安,1,2020-03-01\n")
    projection_fill("people")
    assert got(someone.lower()) is not None
    for key in ({}, {"id_number": someone, "name": "李"}, {"id_number": None}, {"id_number": ""}, {"id_number": True}):
        with pytest.raises(InputError):
            record_get("people", key)
