"""What goes up to the parent platform and what comes back is counted to the last row, and comes in like any other file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from datacity import SYSTEM, DataCity, one_field, resource

from yiwang.data.adapters.parent import ParentClient
from yiwang.data.adapters.parentstandin import ParentStandin
from yiwang.data.exchange import parents
from yiwang.data.exchange.parents import parent_pull, parent_push
from yiwang.data.exchange.records import shapes_forget
from yiwang.data.models import Load, ParentRun
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, Refused, Unavailable
from yiwang.kernel.models import AuditLine

KEY = "a-key-that-both-of-them-know"
FIELDS = [one_field("code"), one_field("name"), one_field("division")]
HEAD = "code,name,division"


@pytest.fixture
def uses(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []

    def note(**line: Any) -> str:
        lines.append(line)
        return "use"

    monkeypatch.setattr(parents, "use_note", note)
    return lines


@pytest.fixture
def standin() -> Iterator[ParentStandin]:
    rows = [
        {"code": "1", "name": "甲", "division": "230881001"},
        {"code": "2", "name": "乙", "division": "230881002"},
        {"code": "", "name": "丙", "division": "230881003"},
        {"code": "4", "name": "丁", "division": "230900001"},
    ]
    with ParentStandin(KEY, returns={"returned": rows}) as parent:
        yield parent


@pytest.fixture
def linked(city: DataCity, standin: ParentStandin) -> DataCity:
    shapes_forget()
    city.install(resource(fields=FIELDS, rules=[]))
    city.install(resource("returned", fields=FIELDS, rules=[]))
    city.load(f"{HEAD}\n1,张三,230881001\n2,李四,230881002\n3,王五,230881003\n")
    write(city, standin.url)
    return city


def write(city: DataCity, url: str, **changes: Any) -> None:
    said = {
        "name": "jiamusi",
        "url": url,
        "key": KEY,
        "purpose": "supervision",
        "basis": "政务数据共享条例",
        "push": ["people"],
        "pull": [{"resource": "returned", "division": "230881"}],
    }
    (city.place.home / "parent.json").write_text(json.dumps(said | changes), encoding="utf-8")


def test_catalogue_and_rows_go_up_and_every_one_is_accounted_for(
    linked: DataCity, standin: ParentStandin, uses: list[dict[str, Any]]
) -> None:
    entry, rows = parent_push(actor=SYSTEM)
    assert (entry.resource, entry.source, entry.accepted) == ("catalogue", 1, 1)
    assert (rows.resource, rows.source, rows.accepted, rows.rejected) == ("people", 3, 3, 0)
    assert standin.catalogue["TEST/people"]["key"] == ["code"]
    assert {row["name"] for row in standin.rows["people"].values()} == {"张三", "李四", "王五"}
    assert rows.receipt.startswith("r-") and AuditLine.objects.filter(act="exchange.parent").count() == 2
    assert [(line["rows"], line["via"], line["basis"]) for line in uses] == [(3, "export", "政务数据共享条例")]


def test_rows_the_parent_refuses_are_counted_with_its_reasons(
    linked: DataCity, standin: ParentStandin, uses: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parents, "_entry", lambda shape: {"id": shape.file.id, "code": "", "title": "t"})
    entry, rows = parent_push(actor=SYSTEM)
    assert (entry.accepted, entry.rejected, entry.reasons) == (0, 1, {"missing code": 1})
    assert (rows.accepted, rows.rejected, rows.reasons) == (0, 3, {"not in the catalogue": 3})


def test_what_belongs_to_the_city_comes_back_through_the_normal_intake(linked: DataCity) -> None:
    (run,) = parent_pull(actor=SYSTEM)
    assert (run.source, run.accepted, run.rejected) == (3, 2, 1)
    load = Load.objects.get(pk=run.load)
    assert (load.resource_id, load.source, load.rejected) == ("returned", 3, 1) and load.receipt_id
    assert {row[0] for row in linked.rows("returned")} == {"1", "2"}
    again = parent_pull(actor=SYSTEM)[0]
    assert again.load == run.load and ParentRun.objects.count() == 2


def test_with_another_key_nothing_goes_either_way(linked: DataCity, standin: ParentStandin) -> None:
    write(linked, standin.url, key="another-key-than-the-parents")
    for way in (parent_push, parent_pull):
        with pytest.raises(Unavailable):
            way(actor=SYSTEM)
    assert not ParentRun.objects.exists() and standin.catalogue == {}


def test_a_parent_whose_counts_do_not_add_up_is_not_believed(
    linked: DataCity, standin: ParentStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "take", lambda *_: {"accepted": 5, "rejected": []})
    with pytest.raises(Unavailable):
        ParentClient(standin.url, KEY).rows("people", 0, [{"code": "1"}])


def test_settings_that_say_something_unknown_or_nothing_are_refused(linked: DataCity, standin: ParentStandin) -> None:
    for changes in ({"pushed": []}, {"purpose": "curiosity"}, {"key": "short"}):
        write(linked, standin.url, **changes)
        with pytest.raises(InputError):
            parent_push(actor=SYSTEM)
    (linked.place.home / "parent.json").unlink()
    with pytest.raises(InputError):
        parent_pull(actor=SYSTEM)


def test_only_the_data_lead_and_the_shell_may(linked: DataCity) -> None:
    steward = Actor("account:1", "s", "staff", "civil", {Role.STEWARD: frozenset({"civil"})})
    with pytest.raises(Refused):
        parent_push(actor=steward)
