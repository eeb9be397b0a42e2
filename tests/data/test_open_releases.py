"""Open data goes through three people, and what must not leave does not, whoever clicks."""

from __future__ import annotations

import csv
import json
from typing import Any

import duckdb
import pytest
from datacity import DataCity, one_field, resource
from django.db import IntegrityError, transaction
from openworld import LEAD, LEADER, STEWARD, STOP_ROWS, STOPS, OpenWorld, stops, words

from yiwang.data.errors import OpenBlocked
from yiwang.data.models import Release, Resource, SensitiveFinding
from yiwang.data.opening.tasks import renew_task
from yiwang.data.selectors import open_file, open_get, open_history, open_list, open_rows, open_usage, release_list
from yiwang.data.service import (
    finding_decide,
    open_count,
    release_offer,
    release_publish,
    release_renew,
    release_review,
    release_withdraw,
)
from yiwang.kernel.core.actor import ANONYMOUS, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine


@pytest.fixture
def world(city: DataCity) -> OpenWorld:
    city.install(stops())
    city.load(STOP_ROWS, resource_id="stops")
    return OpenWorld(city)


def identity_number(serial: int) -> str:
    body = f"23080319900101{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def blocked(world: OpenWorld, *fields: str, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(OpenBlocked) as caught:
        world.offer(*fields, **more)
    assert all(b.reason.zh in caught.value.zh and b.reason.en in caught.value.en for b in caught.value.blocks)
    assert not Release.objects.exists()
    return [(b.field, b.rule) for b in caught.value.blocks]


def test_what_three_people_agreed_to_is_public(world: OpenWorld) -> None:
    row = world.publish()
    found, _ = open_list(ANONYMOUS)
    assert [r.id for r in found.items] == ["bus-stops"]
    assert (row.offered_by, row.reviewed_by, row.published_by) == (STEWARD.id, LEAD.id, LEADER.id)
    acts = AuditLine.objects.filter(object_kind="release").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["open.offer", "open.review", "open.publish"]


def test_nothing_is_public_before_the_last_stage(world: OpenWorld) -> None:
    row = world.offer()
    release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
    assert open_list(ANONYMOUS)[0].total == 0
    with pytest.raises(NotFound):
        open_get(ANONYMOUS, "bus-stops")


def test_the_stages_are_done_by_three_different_people(world: OpenWorld) -> None:
    lead_also_offers = release_offer(actor=LEAD, resource_id="stops", words=words(), fields=["name"])
    with pytest.raises(Refused, match="three different people"):
        release_review(actor=LEAD, release_id=lead_also_offers.pk, agree=True, reason="")
    release_withdraw(actor=LEAD, release_id=lead_also_offers.pk, reason="重来")
    row = world.offer()
    release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
    with pytest.raises(Refused, match="three different people"):
        release_publish(actor=LEAD, release_id=row.pk, agree=True, reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=row.pk).update(published_by=LEAD.id)


def test_each_stage_takes_its_right(world: OpenWorld) -> None:
    with pytest.raises(Refused):
        release_offer(actor=LEADER, resource_id="stops", words=words(), fields=["name"])
    row = world.offer()
    with pytest.raises(Refused):
        release_review(actor=STEWARD, release_id=row.pk, agree=True, reason="")
    with pytest.raises(Conflict):
        release_publish(actor=LEADER, release_id=row.pk, agree=True, reason="")


def test_a_refusal_gives_its_reason_and_lets_the_owner_offer_again(world: OpenWorld) -> None:
    row = world.offer()
    with pytest.raises(InputError):
        release_review(actor=LEAD, release_id=row.pk, agree=False, reason=" ")
    release_review(actor=LEAD, release_id=row.pk, agree=False, reason="名称不规范")
    (told,) = release_list(STEWARD).items
    assert (told.state, told.opinions[0]["reason"]) == ("refused", "名称不规范")
    assert world.offer().number == 2


def test_a_set_has_one_release_under_way(world: OpenWorld) -> None:
    world.offer()
    with pytest.raises(Conflict):
        world.offer()


def test_what_was_reviewed_is_byte_for_byte_what_is_given_out(world: OpenWorld) -> None:
    offered = world.offer().files
    world.city.load(STOP_ROWS + "4,新站,9,2023-01-01\n", resource_id="stops")
    row = Release.objects.get()
    release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
    release_publish(actor=LEADER, release_id=row.pk, agree=True, reason="")
    assert Release.objects.get().files == offered
    assert open_get(ANONYMOUS, "bus-stops").release.rows == 3


def test_the_three_formats_hold_the_same_rows_and_no_other_field(world: OpenWorld) -> None:
    world.publish()
    _, _, parquet = open_file(ANONYMOUS, "bus-stops", "parquet")
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{parquet}')")
    assert rows.columns == ["name", "line"]
    _, _, text = open_file(ANONYMOUS, "bus-stops", "json")
    assert [tuple(r.values()) for r in json.loads(text.read_text())] == rows.fetchall()
    _, _, table = open_file(ANONYMOUS, "bus-stops", "csv")
    lines = list(csv.reader(table.read_text("utf-8-sig").splitlines()))
    assert lines[0] == ["name", "line"]
    assert sorted(line[0] for line in lines[1:]) == ["'=勤得利", "八岔", "街津口"], "no formula runs in a spreadsheet"


def test_a_field_of_grade_3_is_blocked_by_name(world: OpenWorld) -> None:
    world.city.install(stops(fields=[*STOPS, one_field("keeper", "person-name"), one_field("plan", grade=3)]))
    assert blocked(world, "name", "keeper", "plan") == [("keeper", "grade"), ("plan", "grade")]


@pytest.mark.parametrize("confirm", [None, True])
def test_a_field_with_a_finding_is_blocked_until_somebody_says_it_is_none(
    world: OpenWorld, confirm: bool | None
) -> None:
    load = world.city.load(STOP_ROWS + "5,x,1,\n", resource_id="stops")
    finding = SensitiveFinding.objects.create(
        resource_id="stops", load=load, field="line", semantic="mobile", grade=3, declared_grade=1, evidence=[]
    )
    if confirm:
        finding_decide(actor=LEAD, finding_id=finding.pk, confirm=True)
    assert ("line", "finding") in blocked(world, "name", "line")
    if confirm is None:
        finding_decide(actor=LEAD, finding_id=finding.pk, confirm=False, note="是线路编号")
        assert world.offer("name", "line").state == "offered"


@pytest.mark.parametrize(
    "value",
    [identity_number(7), f"户主{identity_number(8)}（本人）", "联系13812345678", f"{identity_number(9)[:-1]}x".lower()],
)
def test_one_value_in_the_last_row_is_enough(world: OpenWorld, value: str) -> None:
    if value[-1] == "x" and identity_number(9)[-1] != "X":
        value = identity_number(9).lower()
    many = "".join(f"{n},站{n},1,2020-01-01\n" for n in range(100, 400))
    world.city.load(STOP_ROWS + many + f"999,{value},1,2020-01-01\n", resource_id="stops")
    SensitiveFinding.objects.all().delete()
    assert blocked(world, "name", "line") == [("name", "values")]
    assert world.offer("line", set=words("lines")).state == "offered", "only what would leave is looked at"


def test_names_of_people_are_found_by_two_signs(world: OpenWorld) -> None:
    fields = [*STOPS, {"id": "contact", "title": {"zh": "联系人", "en": "Contact"}}]
    world.city.install(stops(fields=fields))
    rows = "".join(f"{n},站{n},1,2020-01-01,{name}\n" for n, name in enumerate(("王小江", "李冬雪", "赵永利", "陈刚")))
    world.city.load("code,name,line,built,联系人\n" + rows, resource_id="stops")
    SensitiveFinding.objects.all().delete()
    assert blocked(world, "name", "contact") == [("contact", "values")]


def test_rows_about_persons_leave_as_counts_only(world: OpenWorld) -> None:
    world.city.install(stops(fields=[*STOPS, one_field("owner", "resident-id")]))
    assert blocked(world, "name", "line") == [("owner", "person-rows")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"open": {"allowed": False, "basis": "一部法"}}, "open"),
        ({"share": {"type": "refused", "basis": "保密法"}}, "share"),
    ],
)
def test_what_the_catalogue_keeps_closed_stays_closed(world: OpenWorld, changes: dict[str, Any], rule: str) -> None:
    world.city.install(stops(**changes))
    assert blocked(world, "name") == [("", rule)]


def test_a_retired_resource_is_not_opened(world: OpenWorld) -> None:
    Resource.objects.filter(pk="stops").update(is_retired=True)
    assert blocked(world, "name") == [("", "retired")]


@pytest.mark.parametrize("stage", ["review", "publish"])
def test_a_block_that_came_later_stops_the_next_stage(world: OpenWorld, stage: str) -> None:
    row = world.offer()
    if stage == "publish":
        release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
    world.city.install(stops(open={"allowed": False}))
    act, actor = (release_review, LEAD) if stage == "review" else (release_publish, LEADER)
    with pytest.raises(OpenBlocked):
        act(actor=actor, release_id=row.pk, agree=True, reason="一定要发")


def test_a_public_set_is_held_back_from_the_moment_something_is_found(world: OpenWorld) -> None:
    world.publish()
    load = world.city.load(STOP_ROWS + "6,y,1,\n", resource_id="stops")
    SensitiveFinding.objects.create(
        resource_id="stops", load=load, field="line", semantic="mobile", grade=3, declared_grade=1, evidence=[]
    )
    assert open_get(ANONYMOUS, "bus-stops").held
    for read in (lambda: open_file(ANONYMOUS, "bus-stops", "csv"), lambda: open_rows(ANONYMOUS, "bus-stops")):
        with pytest.raises(NotFound, match="held back"):
            read()


def test_a_withdrawn_set_is_gone_with_its_reason(world: OpenWorld) -> None:
    row = world.publish()
    release_withdraw(actor=STEWARD, release_id=row.pk, reason="有误")
    with pytest.raises(NotFound):
        open_file(ANONYMOUS, "bus-stops", "csv")
    assert [r.opinions[-1]["reason"] for r in open_history(ANONYMOUS, "bus-stops")] == ["有误"]


def test_counts_say_how_often_and_never_who(world: OpenWorld) -> None:
    world.publish()
    for way in ("csv", "csv", "api"):
        open_count(set_id="bus-stops", way=way)
    assert open_usage(ANONYMOUS, "bus-stops") == {"api": 1, "csv": 2}
    row = open_get(ANONYMOUS, "bus-stops")
    assert (row.downloads, row.calls) == (2, 1)


def test_rows_are_searched_and_paged(world: OpenWorld) -> None:
    world.publish()
    assert open_rows(ANONYMOUS, "bus-stops", search="八岔")[1:] == (1, [{"name": "八岔", "line": "1"}])
    _, total, page = open_rows(ANONYMOUS, "bus-stops", offset=2, limit=5)
    assert (total, len(page)) == (3, 1)
    with pytest.raises(InputError):
        open_rows(ANONYMOUS, "bus-stops", limit=10**9)


def test_people_are_opened_as_counts_with_small_ones_hidden(world: OpenWorld) -> None:
    fields = [one_field("id", "resident-id"), one_field("village"), one_field("sex")]
    world.city.install(resource("folk", open={"allowed": True}, fields=fields, rules=[], key=["id"]))
    rows = [("a", "男")] * 30 + [("a", "女")] * 3 + [("b", "男")] * 25 + [("b", "女")] * 40 + [("c", "男")] * 20
    text = "".join(f"{identity_number(n)},{v},{s}\n" for n, (v, s) in enumerate(rows, 100))
    world.city.load("id,village,sex\n" + text, resource_id="folk")
    row = world.publish("village", "sex", counts=True, resource_id="folk")
    _, _, told = open_rows(ANONYMOUS, "bus-stops")
    hidden = [(r["village"], r["sex"]) for r in told if r["hidden"]]
    assert ("a", "女") in hidden and len(hidden) > 1 and row.suppressed == len(hidden)
    assert all((r["count"] is None) == r["hidden"] for r in told)
    assert next(r["count"] for r in told if r["kind"] == "grand-total") == 118


def test_counts_of_too_few_are_blocked(world: OpenWorld) -> None:
    assert blocked(world, "line", counts=True) == [("", "cells")]


def test_a_new_version_is_released_only_when_somebody_offers_it(world: OpenWorld) -> None:
    world.publish()
    assert release_renew(actor=STEWARD, set_id="bus-stops") is None
    world.city.load(STOP_ROWS + "7,新站,3,2023-01-01\n", resource_id="stops")
    assert renew_task.func("stops") == []
    renewed = release_renew(actor=STEWARD, set_id="bus-stops")
    assert renewed is not None and renewed.state == "offered"
    assert open_get(ANONYMOUS, "bus-stops").release.rows == 3


def test_a_set_declared_automatic_follows_under_the_same_checks(world: OpenWorld) -> None:
    first = world.publish(set=words(automatic=True))
    world.city.load(STOP_ROWS + "7,新站,3,2023-01-01\n", resource_id="stops")
    assert renew_task.func("stops") == ["bus-stops published"]
    row = Release.objects.get(number=2)
    assert (row.follows_id, row.rows) == (first.pk, 4)
    assert Release.objects.get(number=1).state == "superseded"
    world.city.load(STOP_ROWS + f"8,{identity_number(5)},3,2023-01-01\n", resource_id="stops")
    assert renew_task.func("stops") == ["bus-stops blocked"]
    stopped = Release.objects.get(number=3)
    assert "“name”的取值里有" in stopped.reasons[1]["reason"]
    assert open_get(ANONYMOUS, "bus-stops").release.number == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"set": words("Bus Stops")},
        {"set": words(licence="mine")},
        {"set": words(theme="misc")},
        {"fields": ("name", "name")},
        {"counts": True, "fields": ("name", "line", "code")},
        {"counts": True, "threshold": 2},
    ],
)
def test_what_is_not_on_the_closed_lists_is_refused(world: OpenWorld, wrong: dict[str, Any]) -> None:
    fields = wrong.pop("fields", ("name",))
    with pytest.raises(InputError):
        world.offer(*fields, **wrong)


def test_a_steward_of_another_department_neither_offers_nor_sees(world: OpenWorld) -> None:
    row = world.offer()
    stranger = type(STEWARD)(id="account:other", name="other", department="x", scopes={Role.STEWARD: frozenset({"x"})})
    assert release_list(stranger).total == 0
    with pytest.raises(Refused):
        release_withdraw(actor=stranger, release_id=row.pk, reason="x")
