"""May this be used, and by which rule not."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import grantcity as city
import pytest
from django.db import connection
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.trust import quotas
from yiwang.trust.errors import UseRefused
from yiwang.trust.models import Grant, GrantDay
from yiwang.trust.selectors import Permit, grant_check, grant_used, quotas_write
from yiwang.trust.service import grant_issue, grant_revoke


@pytest.fixture(autouse=True)
def _city(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    city.describe(monkeypatch)
    city.departments()
    quotas.blocks_forget()


def use(number: str, **changed: Any) -> Permit:
    said: dict[str, Any] = {
        "actor": city.clerk(),
        "grant": number,
        "resource": city.REGISTER,
        "method": "query",
        "fields": ["name"],
        "share": "conditional",
        "purpose": "benefit",
    }
    return grant_check(**{**said, **changed})


def refused(number: str, **changed: Any) -> str:
    with pytest.raises(UseRefused) as raised:
        use(number, **changed)
    assert raised.value.zh and raised.value.en
    return raised.value.where


def test_a_permit_says_fields_masks_purpose_and_basis() -> None:
    permit = use(city.active(masks={"name": "none"}), fields=[])
    assert permit.fields == ("id_number", "division")
    assert permit.masks == {"id_number": "partial", "division": "plain"}
    assert (permit.purpose, permit.basis) == ("benefit", "老年人权益保障法 第三十三条")
    assert permit.department == "civil"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"purpose": " "}, "use.purpose-missing"),
        ({"purpose": "statistics"}, "use.other-purpose"),
        ({"method": "batch"}, "use.method"),
        ({"fields": ["name", "income"]}, "use.field"),
        ({"resource": "weather"}, "use.other-resource"),
        ({"share": "refused"}, "use.not-shared"),
        ({"actor": city.clerk("tax")}, "use.other-department"),
        ({"grant": "G1999-000001"}, "use.grant-unknown"),
        ({"grant": ""}, "use.grant-missing"),
    ],
)
def test_a_use_outside_the_grant_is_refused_by_name(changed: dict[str, Any], rule: str) -> None:
    assert refused(city.active(), **changed) == rule


def test_a_field_that_the_owner_hides_is_not_given() -> None:
    assert refused(city.active(masks={"name": "none"})) == "use.field-hidden"


@pytest.mark.parametrize("made", [city.applied, city.reviewed])
def test_what_nobody_granted_gives_nothing(made: Any) -> None:
    assert refused(made()) == "use.grant-not-active"


def test_a_revoked_grant_gives_nothing() -> None:
    number = city.active()
    grant_revoke(actor=city.steward(), number=number, reason="超范围", basis="办法第九条")
    assert refused(number) == "use.grant-not-active"


def test_a_grant_ends_on_its_day_though_nobody_wrote_it_down() -> None:
    number = city.active()
    until = Grant.objects.get(number=number).valid_until
    noon = timezone.now()
    last = noon + (until - timezone.localdate()) - timedelta(days=1)
    assert use(number, on=last).grant == number
    assert refused(number, on=last + timedelta(days=1)) == "use.grant-expired"


def test_a_grant_begins_on_its_day() -> None:
    number = city.active(valid_from=timezone.localdate() + timedelta(days=3))
    assert refused(number) == "use.grant-early"


def test_a_grant_of_one_client_is_no_other_clients() -> None:
    number = city.active(client="benefits")
    own, other = (Actor(f"client:{name}", name, "client", "civil") for name in ("benefits", "else"))
    assert use(number, actor=own).grant == number
    assert refused(number, actor=other) == "use.other-client"
    assert refused(number) == "use.other-client"


def test_unconditional_data_takes_a_purpose_and_no_grant() -> None:
    permit = use("", resource="weather", share="unconditional", purpose="农时安排")
    assert (permit.grant, permit.masks) == ("", {})
    assert refused("", resource="weather", share="unconditional", purpose="") == "use.purpose-missing"


def test_rows_outside_the_filter_do_not_pass() -> None:
    permit = use(city.active(row_filter='starts with(division, "2308") and income < 900.5'))
    assert permit.row_filter is not None
    assert permit.row_filter.passes({"division": "230881", "income": "900.49"}, permit.on)
    assert not permit.row_filter.passes({"division": "230881", "income": "900.50"}, permit.on)
    assert not permit.row_filter.passes({"division": "230199", "income": "1"}, permit.on)
    assert not permit.row_filter.passes({"division": "230881", "income": None}, permit.on)
    assert "division" in permit.row_filter.sql(permit.on)


def test_a_quota_of_a_day_is_not_passed() -> None:
    number = city.active(quota_per_day=5)
    use(number, rows=3)
    assert refused(number, rows=3) == "use.quota"
    use(number, rows=2)
    assert refused(number) == "use.quota"
    assert use(number, on=timezone.now() + timedelta(days=1)).rows == 1


def test_what_was_not_given_comes_back_to_the_quota() -> None:
    number = city.active(quota_per_day=5)
    grant_used(use(number, rows=5), 1)
    grant_used(use(number, rows=1), 4)
    with pytest.raises(UseRefused) as raised:
        grant_used(use(number, rows=0), 1)
    assert raised.value.where == "use.quota"


@pytest.mark.usefixtures("transactional_db")
def test_blocks_of_several_processes_never_pass_the_quota_together() -> None:
    number, given = city.active(quota_per_day=100), 0
    for _ in range(3):
        quotas.blocks_forget()
        for _ in range(20):
            use(number)
            given += 1
    while True:
        try:
            use(number)
        except UseRefused:
            break
        given += 1
    quotas_write()
    assert 85 <= given <= 100, "what dead processes had reserved is lost, and no more"
    assert GrantDay.objects.get().reserved == 100


@pytest.mark.usefixtures("transactional_db")
def test_threads_never_pass_the_quota_together() -> None:
    number = city.active(quota_per_day=40)
    given: list[int] = []

    def serve() -> None:
        for _ in range(20):
            try:
                given.append(use(number).rows)
            except UseRefused:
                break
        connection.close()

    threads = [threading.Thread(target=serve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 40


@pytest.mark.usefixtures("transactional_db")
def test_a_held_grant_forgets_itself_when_this_process_revokes_it() -> None:
    number = city.active()
    use(number)
    grant_revoke(actor=city.steward(), number=number, reason="超范围", basis="办法第九条")
    assert refused(number) == "use.grant-not-active"


@pytest.mark.usefixtures("transactional_db")
def test_a_revocation_by_another_process_holds_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    number = city.active()
    use(number)
    Grant.objects.filter(number=number).update(state="revoked", reason_basis="办法第九条")
    clock = quotas.monotonic()
    monkeypatch.setattr(quotas, "monotonic", lambda: clock + quotas.HOLD_SECONDS)
    assert refused(number) == "use.grant-not-active"


def test_the_owner_may_tighten_and_never_widen() -> None:
    number = city.reviewed(quota_per_day=50)
    grant_issue(actor=city.steward(), number=number, masks={"name": "hash"}, quota_per_day=10)
    assert use(number).masks == {"name": "hash"}
    assert refused(number, rows=11) == "use.quota"
