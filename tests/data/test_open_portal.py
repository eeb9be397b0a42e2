"""What is open here stands on the parent's portal too, and nothing else does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from datacity import SYSTEM, DataCity, one_field, resource
from openworld import LEAD, STEWARD, STOP_ROWS, OpenWorld, stops, words

from yiwang.data.adapters.parent import ParentClient, Reply
from yiwang.data.adapters.parentstandin import ParentStandin
from yiwang.data.models import OpenSet, ParentRun
from yiwang.data.opening import portal
from yiwang.data.opening.licences import LICENCES
from yiwang.data.opening.portal import portal_is_set, portal_list, portal_push
from yiwang.data.service import release_withdraw
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Refused, Unavailable
from yiwang.kernel.models import AuditLine

KEY = "a-key-that-both-of-them-know"
HEAD = Actor("account:head", "h", "staff", "city", {Role.DATA_LEAD: frozenset({"city"})})


@pytest.fixture
def standin() -> Iterator[ParentStandin]:
    with ParentStandin(KEY, licences=tuple(LICENCES)) as parent:
        yield parent


@pytest.fixture
def world(city: DataCity, standin: ParentStandin) -> OpenWorld:
    city.install(stops())
    city.load(STOP_ROWS, resource_id="stops")
    said(city, standin.url)
    return OpenWorld(city)


def said(city: DataCity, url: str, **changes: Any) -> None:
    settings = {"name": "heilongjiang", "url": url, "key": KEY, "purpose": "supervision", "basis": "公共数据开放办法"}
    (city.place.home / "parent.json").write_text(json.dumps(settings | {"open": True} | changes), encoding="utf-8")


def test_a_published_set_goes_up_with_its_licence_fields_grade_and_files(
    world: OpenWorld, standin: ParentStandin
) -> None:
    world.publish()
    (run,) = portal_push(actor=SYSTEM)
    assert (run.direction, run.resource, run.source, run.accepted) == ("open", "bus-stops", 1, 1)
    there = standin.opened["bus-stops"]
    assert (there["licence"], there["title"], there["grade"]) == ("CC-BY-4.0", "公交站点", 1)
    assert [(f["id"], f["grade"]) for f in there["fields"]] == [("name", 1), ("line", 1)]
    assert {f["format"]: f["digest"] for f in there["files"]} == {
        name: hashlib.sha256(body).hexdigest() for (_, name), body in standin.files.items()
    }
    assert "街津口" in standin.files["bus-stops", "csv"].decode("utf-8-sig")
    assert run.receipt.startswith("r-") and AuditLine.objects.filter(act="exchange.parent").count() == 1


def test_what_did_not_change_is_not_sent_again_and_what_changed_is(world: OpenWorld, standin: ParentStandin) -> None:
    world.publish()
    portal_push(actor=SYSTEM)
    assert portal_push(actor=SYSTEM) == ()
    OpenSet.objects.update(summary_zh="改了")
    assert [run.accepted for run in portal_push(actor=SYSTEM)] == [1]
    assert standin.opened["bus-stops"]["summary"] == "改了"


def test_only_what_is_public_goes_and_what_is_withdrawn_here_is_withdrawn_there(
    world: OpenWorld, standin: ParentStandin
) -> None:
    release = world.publish()
    world.offer(set=words("only-offered"))
    portal_push(actor=SYSTEM)
    assert set(standin.opened) == {"bus-stops"}
    standin.opened["of-another-program"] = {"mark": "x"}
    release_withdraw(actor=LEAD, release_id=release.pk, reason="有误")
    (run,) = portal_push(actor=SYSTEM)
    assert (run.direction, run.resource, run.accepted) == ("withdraw", "bus-stops", 1)
    assert set(standin.opened) == {"of-another-program"} and standin.files == {}
    (row,) = portal_list(SYSTEM)
    assert (row.is_public, row.act, row.is_accepted) == (False, "withdraw", True)


def test_a_set_held_back_since_is_taken_away_there(
    world: OpenWorld, standin: ParentStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish()
    portal_push(actor=SYSTEM)
    graded = [one_field("code"), one_field("name", grade=4), one_field("line"), one_field("built", "date")]
    world.city.install(resource("stops", open={"allowed": True}, fields=graded, rules=[]))
    (run,) = portal_push(actor=SYSTEM)
    assert run.direction == "withdraw" and standin.opened == {}


def test_a_push_that_was_stopped_goes_on_and_one_that_fails_does_not_stop_the_others(
    world: OpenWorld, standin: ParentStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish()
    world.publish(set=words("other-stops", title=Text(zh="其他站点", en="Other stops")))
    sent = ParentClient.open_set

    def broken(client: ParentClient, set_id: str, told: Any) -> Reply:
        if set_id == "bus-stops":
            raise Unavailable(zh="断了", en="broken", where="parent")
        return sent(client, set_id, told)

    monkeypatch.setattr(portal.ParentClient, "open_set", broken)
    first, second = portal_push(actor=SYSTEM)
    assert (first.rejected, first.reasons, second.accepted) == (1, {"断了": 1}, 1)
    assert {row.set_id: (row.is_accepted, row.reasons) for row in portal_list(SYSTEM)} == {
        "bus-stops": (False, ("断了",)),
        "other-stops": (True, ()),
    }
    monkeypatch.setattr(portal.ParentClient, "open_set", sent)
    (again,) = portal_push(actor=SYSTEM)
    assert (again.resource, again.accepted) == ("bus-stops", 1) and set(standin.opened) == {"bus-stops", "other-stops"}


def test_what_the_parent_refuses_is_kept_with_its_reason(world: OpenWorld, standin: ParentStandin) -> None:
    world.publish()
    standin.licences = frozenset({"CC0-1.0"})
    (run,) = portal_push(actor=SYSTEM)
    assert (run.accepted, run.reasons) == (0, {"unknown licence CC-BY-4.0": 1})
    assert ParentRun.objects.get().rejected == 1 and standin.opened == {}


def test_bytes_that_are_not_those_of_the_digest_are_refused(
    world: OpenWorld, standin: ParentStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish()
    keep = standin.keep
    monkeypatch.setattr(standin, "keep", lambda path, body: keep(path, body + b" "))
    (run,) = portal_push(actor=SYSTEM)
    assert "digest" in next(iter(run.reasons)) and standin.opened == {}


def test_without_the_setting_or_the_right_nothing_goes(world: OpenWorld, standin: ParentStandin) -> None:
    world.publish()
    for who in (STEWARD, Actor("account:1", "c", "staff", "civil", {Role.STAFF: frozenset({"civil"})})):
        with pytest.raises(Refused):
            portal_push(actor=who)
        with pytest.raises(Refused):
            portal_list(who)
    assert portal_is_set() and portal_list(HEAD)[0].at is None
    said(world.city, standin.url, open=False)
    assert not portal_is_set()
    with pytest.raises(InputError):
        portal_push(actor=HEAD)
    said(world.city, standin.url, key="another-key-than-the-parents")
    with pytest.raises(Unavailable):
        portal_push(actor=HEAD)
    assert standin.opened == {} and not ParentRun.objects.exists()
