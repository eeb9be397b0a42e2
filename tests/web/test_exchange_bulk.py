"""Many records at once: a batch is a masked file with a signed word about it; a subscriber misses nothing and gets no more."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from django.utils import timezone
from exchangecity import HEAD, LI, REGISTER, ROWS, SYSTEM, WU, ZHAO, ExchangeCity, found, person
from receiver import Receiver

from yiwang.config.place import Place
from yiwang.data.exchange import uses, vault
from yiwang.data.exchange.batches import batch_make
from yiwang.data.exchange.deliveries import MOST_ATTEMPTS, deliveries_send, exchange_tidy
from yiwang.data.exchange.posting import parcel_hmac
from yiwang.data.exchange.records import shapes_forget
from yiwang.data.exchange.subscriptions import deliveries_cut
from yiwang.data.models import Delivery, ExchangeBatch, Subscription
from yiwang.data.service import CrossingArguments, crossing_approve, crossing_revoke, data_destroy
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.trust.clients import clients_forget
from yiwang.trust.errors import SealBroken
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import grant_revoke


@pytest.fixture
def city(db: None, home: Place, monkeypatch: pytest.MonkeyPatch) -> ExchangeCity:
    clients_forget()
    shapes_forget()
    made = found(home.home / "inbox")

    def note(**line: Any) -> str:
        made.lines.append(line)
        return f"use-{len(made.lines)}"

    monkeypatch.setattr(uses, "use_note", note)
    return made


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.EXCHANGE_LOCAL = True
    with Receiver() as made:
        yield made


def ordered(city: ExchangeCity, grant: str, **more: Any) -> Any:
    answer = city.post(f"resources/{REGISTER}/batches", {"grant": grant, "purpose": "benefit"} | more)
    assert answer.status_code == 202, answer.content
    return city.get(f"batches/{answer.json()['id']}").json()


def file_of(city: ExchangeCity, batch: Any) -> bytes:
    return b"".join(city.get(f"batches/{batch['id']}/file").streaming_content)


def test_a_batch_holds_the_granted_rows_masked_and_its_manifest_is_signed(city: ExchangeCity) -> None:
    grant = city.grant(fields=["id_number", "name", "town"], masks={"name": "plain"}, row_filter='town = "永安"')
    batch = ordered(city, grant)
    assert (batch["state"], batch["rows"], batch["version"]) == ("done", 2, 0)
    content = file_of(city, batch)
    rows = sorted((json.loads(line) for line in content.splitlines()), key=lambda row: row["name"])
    assert [row["name"] for row in rows] == ["李小江", "赵六"]
    assert all(row["id_number"].startswith("2308****") and set(row) == {"id_number", "name", "town"} for row in rows)
    manifest = batch["manifest"]
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest() and manifest["bytes"] == len(content)
    assert (manifest["use"], manifest["rows"], manifest["grant"]) == ("use-1", 2, grant)
    keys = {key["id"]: key["public"] for key in Client().get("/api/exchange/keys").json()["keys"]}
    said = re.fullmatch(r'keyid="([^"]+)", alg="ed25519", sig="([^"]+)"', batch["signature"])
    assert said is not None
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[said[1]]))
    public.verify(base64.b64decode(said[2]), canonical_json(manifest))
    (line,) = city.lines
    assert (line["via"], line["rows"]) == ("batch", 2)
    assert set(line["about"]) == {subject_hash("resident", LI), subject_hash("resident", ZHAO)}


def test_a_batch_as_a_table_is_harmless_and_every_cell_is_there(city: ExchangeCity) -> None:
    batch = ordered(city, city.grant(masks={"name": "plain", "income": "plain"}), format="csv")
    table = list(csv.reader(io.StringIO(file_of(city, batch).decode())))
    assert table[0] == ["id_number", "name", "town", "born", "income"]
    assert {row[1]: row[4] for row in table[1:]} == {"李小江": "1200.500000", "吴五": "900.000000", "赵六": ""}


def test_a_batch_past_the_quota_fails_as_a_whole_and_leaves_no_line(city: ExchangeCity) -> None:
    batch = ordered(city, city.grant(quota_per_day=2))
    assert batch["state"] == "failed" and batch["error"]["where"] == "use.quota"
    assert city.lines == [] and city.get(f"batches/{batch['id']}/file").status_code == 409


def test_a_batch_is_its_clients_alone_and_lies_sealed(city: ExchangeCity) -> None:
    batch = ordered(city, city.grant(masks={"name": "plain"}))
    other = city.client("second")
    for path in (f"batches/{batch['id']}", f"batches/{batch['id']}/file"):
        assert city.get(path, token=other).status_code == 404
    path = vault.vault_path(batch["id"])
    assert "李小江".encode() not in path.read_bytes()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(SealBroken):
        file_of(city, batch)


def test_files_go_after_seven_days_and_an_order_whose_maker_died_is_taken_up(city: ExchangeCity) -> None:
    batch = ordered(city, city.grant())
    ExchangeBatch.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert exchange_tidy()["batches"] == 1
    assert city.get(f"batches/{batch['id']}").json()["state"] == "expired"
    assert not vault.vault_path(batch["id"]).exists()
    ExchangeBatch.objects.update(state="waiting", created_at=timezone.now() - timedelta(hours=1))
    assert exchange_tidy()["stranded"] == 1
    assert ExchangeBatch.objects.get().state == "done"
    assert batch_make(batch["id"]) == "done"


def test_the_same_order_twice_is_one_batch(city: ExchangeCity) -> None:
    body = {"grant": city.grant(), "purpose": "benefit"}
    answers = [city.post(f"resources/{REGISTER}/batches", body, idempotency_key="order-001") for _ in range(2)]
    assert answers[0].content == answers[1].content and ExchangeBatch.objects.count() == 1


def subscribed(city: ExchangeCity, grant: str, **more: Any) -> Any:
    answer = city.post("subscriptions", {"resource": REGISTER, "grant": grant, "purpose": "benefit"} | more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def pulled(city: ExchangeCity, one: Any, cursor: str = "", limit: int = 200) -> Any:
    answer = city.get(f"subscriptions/{one['id']}/changes?cursor={cursor}&limit={limit}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(told: Any) -> list[tuple[str, str]]:
    return sorted((one["change"], one["fields"].get("name", "")) for one in told["changes"])


def test_who_pulls_gets_all_that_is_there_and_then_what_changes(city: ExchangeCity) -> None:
    one = subscribed(city, city.grant(fields=["name", "town"], masks={"name": "plain"}))
    first = pulled(city, one, limit=2)
    rest = pulled(city, one, first["cursor"])
    assert first["more"] and not rest["more"]
    assert names({"changes": first["changes"] + rest["changes"]}) == [
        ("set", "吴五"),
        ("set", "李小江"),
        ("set", "赵六"),
    ]
    refs = {c["fields"]["name"]: c["ref"] for c in first["changes"] + rest["changes"]}
    assert pulled(city, one, rest["cursor"])["changes"] == [] and len(city.lines) == 2
    city.load(f"{HEAD}\n{LI},李小江,新城,1990-03-07,1\n{ZHAO},赵六,永安,1970-05-06,\n")
    later = pulled(city, one, rest["cursor"])
    assert names(later) == [("gone", ""), ("set", "李小江")]
    assert {c["ref"] for c in later["changes"]} == {refs["李小江"], refs["吴五"]}
    assert (city.lines[-1]["rows"], city.lines[-1]["about"]) == (1, (subject_hash("resident", LI),))


def test_a_record_that_leaves_the_granted_rows_is_gone_for_the_subscriber(city: ExchangeCity) -> None:
    one = subscribed(city, city.grant(masks={"name": "plain"}, row_filter='town = "永安"'))
    first = pulled(city, one)
    assert names(first) == [("set", "李小江"), ("set", "赵六")]
    city.load(ROWS.replace("李小江,永安", "李小江,新城"))
    assert names(pulled(city, one, first["cursor"])) == [("gone", "")]


def test_references_of_two_subscribers_cannot_be_laid_side_by_side(city: ExchangeCity) -> None:
    grant = city.grant()
    first, second = (pulled(city, subscribed(city, grant)) for _ in range(2))
    assert not {c["ref"] for c in first["changes"]} & {c["ref"] for c in second["changes"]}


def test_a_cursor_of_before_a_destruction_is_refused_with_what_to_do(city: ExchangeCity) -> None:
    one = subscribed(city, city.grant())
    cursor = pulled(city, one)["cursor"]
    data_destroy(actor=SYSTEM, resource_id=REGISTER, basis="到期", confirm_code=f"TEST/{REGISTER}")
    shapes_forget()
    answer = city.get(f"subscriptions/{one['id']}/changes?cursor={cursor}")
    assert answer.status_code == 409 and answer.json()["error"]["where"] == "cursor"
    assert city.get(f"subscriptions/{one['id']}/changes?cursor=1.2.x").status_code == 400


def test_a_stopped_subscription_and_a_revoked_grant_give_nothing(city: ExchangeCity) -> None:
    grant = city.grant()
    one, two = subscribed(city, grant), subscribed(city, grant)
    assert city.delete(f"subscriptions/{one['id']}").status_code == 204
    assert city.get(f"subscriptions/{one['id']}/changes").status_code == 409
    grant_revoke(actor=SYSTEM, number=grant, reason="用途改变", basis="数据安全法 第三十八条")
    assert city.get(f"subscriptions/{two['id']}/changes").status_code == 403
    assert city.get(f"subscriptions/{two['id']}", token=city.client("third")).status_code == 404


def test_a_parcel_is_brought_once_signed_with_the_secret_both_know(city: ExchangeCity, receiver: Receiver) -> None:
    one = subscribed(city, city.grant(masks={"name": "plain"}), url=receiver.url)
    assert deliveries_send() == (1, 0) and deliveries_send() == (0, 0)
    (got,) = receiver.got
    assert got.headers["Yiwang-Hmac"] == parcel_hmac(one["secret"], got.headers["Yiwang-Timestamp"], got.body)
    told = json.loads(got.body)
    assert (told["delivery"], told["number"], told["use"]) == (got.headers["Yiwang-Delivery"], 1, "use-1")
    assert names(told) == [("set", "吴五"), ("set", "李小江"), ("set", "赵六")]
    city.load(ROWS.replace("吴五", "吴六"))
    deliveries_cut(REGISTER)
    assert deliveries_send() == (1, 0)
    assert names(json.loads(receiver.got[1].body)) == [("set", "吴六")]
    assert city.get("subscriptions").json()["items"][0]["secret"] == ""


def test_a_parcel_that_is_not_taken_comes_again_under_its_number_with_one_line_of_use(
    city: ExchangeCity, receiver: Receiver
) -> None:
    subscribed(city, city.grant(), url=receiver.url)
    receiver.answers = [500, 302]
    pauses = []
    for _ in range(2):
        assert deliveries_send() == (0, 1)
        row = Delivery.objects.get()
        pauses.append(row.due_at - timezone.now())
        assert deliveries_send() == (0, 0), "it waits"
        Delivery.objects.update(due_at=timezone.now())
    assert pauses[1] > pauses[0] and "HTTP 302" in Delivery.objects.get().last_error
    assert deliveries_send() == (1, 0)
    assert len({got.headers["Yiwang-Delivery"] for got in receiver.got}) == 1
    assert [got.headers["Yiwang-Attempt"] for got in receiver.got] == ["1", "2", "3"]
    assert len(city.lines) == 1


def approved(fields: str, **more: Any) -> str:
    """An approval that these fields go to one country, as a case's process registers it."""
    said: dict[str, Any] = {
        "case": "20261122-000001",
        "by": "account:leader",
        "resource": REGISTER,
        "fields": fields,
        "recipient": "Vostok Bus",
        "country": "RU",
        "purpose": "口岸客运衔接",
        "route": "assessment",
        "assessment": "已经安全评估，范围限于所列信息项。",
        "until": timezone.localdate() + timedelta(days=30),
    }
    process = system_actor("process:cross-border")
    return crossing_approve(actor=process, decision=CrossingArguments(**said | more)).number


@pytest.mark.parametrize("number", ["", "X2020-000001"])
def test_nothing_is_subscribed_to_abroad_without_an_approval(
    city: ExchangeCity, receiver: Receiver, number: str
) -> None:
    body = {"resource": REGISTER, "grant": city.grant(), "purpose": "benefit", "country": "RU", "crossing": number}
    for more in ({}, {"url": receiver.url}):
        answer = city.post("subscriptions", body | more)
        assert answer.status_code == 403 and answer.json()["error"]["where"] == "crossing"
    assert not Subscription.objects.exists()


def test_an_approval_that_leaves_a_field_out_lets_nothing_out(city: ExchangeCity, receiver: Receiver) -> None:
    body = {"resource": REGISTER, "grant": city.grant(), "purpose": "benefit", "url": receiver.url, "country": "RU"}
    answer = city.post("subscriptions", body | {"crossing": approved("name")})
    assert answer.status_code == 403 and "does not cover" in answer.content.decode()
    elsewhere = city.post("subscriptions", body | {"crossing": approved("name", country="JP"), "fields": ["name"]})
    assert elsewhere.status_code == 403 and not Subscription.objects.exists()


def test_what_goes_abroad_goes_until_the_approval_is_taken_back(city: ExchangeCity, receiver: Receiver) -> None:
    number, grant = approved("name\ntown"), city.grant()
    abroad = {"country": "RU", "crossing": number, "fields": ["name", "town"]}
    one, other = subscribed(city, grant, url=receiver.url, **abroad), subscribed(city, grant, **abroad)
    assert (one["country"], one["crossing"]) == ("RU", number)
    deliveries_cut(REGISTER)
    assert deliveries_send() == (1, 0) and len(receiver.got) == 1
    cursor = pulled(city, other)["cursor"]
    crossing_revoke(actor=SYSTEM, number=number, reason="目的变更")
    city.load(ROWS.replace("吴五", "吴六"))
    deliveries_cut(REGISTER)
    lines = len(city.lines)
    assert deliveries_send() == (0, 1) and len(receiver.got) == 1
    assert "taken back" in Delivery.objects.get(number=2).last_error
    assert city.get(f"subscriptions/{other['id']}/changes?cursor={cursor}").status_code == 403
    assert len(city.lines) == lines


def test_what_is_never_taken_ends_as_a_dead_letter_and_the_next_one_follows(
    city: ExchangeCity, receiver: Receiver
) -> None:
    one = subscribed(city, city.grant(), url=receiver.url)
    city.load(ROWS.replace("吴五", "吴六"))
    deliveries_cut(REGISTER)
    Delivery.objects.filter(number=1).update(attempts=MOST_ATTEMPTS - 1)
    receiver.answers = [503]
    assert deliveries_send() == (0, 1)
    assert Delivery.objects.get(number=1).state == "dead"
    assert deliveries_send() == (1, 0)
    assert json.loads(receiver.got[-1].body)["number"] == 2
    told = city.get(f"subscriptions/{one['id']}").json()
    assert (told["dead"], told["waiting"]) == (1, 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "http://[::1]/",
        "http://169.254.169.254/",
        "http://u:p@example.org/",
    ],
)
def test_nothing_is_brought_to_this_machine_itself(city: ExchangeCity, url: str) -> None:
    body = {"resource": REGISTER, "grant": city.grant(), "purpose": "benefit", "url": url}
    answer = city.post("subscriptions", body)
    assert answer.status_code == 400 and answer.json()["error"]["where"] == "url"
    assert not Subscription.objects.exists()


def test_somebody_unknown_is_in_no_file(city: ExchangeCity) -> None:
    batch = ordered(city, city.grant(masks={"id_number": "plain"}))
    content = file_of(city, batch).decode()
    assert WU in content and person(99) not in content
