"""Programs use data by grant: what the grant gives, masked, signed, once a key, and never without a line."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from exchangecity import FIELDS, LI, REGISTER, SYSTEM, WEATHER, WU, ExchangeCity, found, person

from yiwang.config.place import Place
from yiwang.data.exchange import uses
from yiwang.data.exchange.records import shapes_forget
from yiwang.data.models import ExchangeAnswer, Projection, Record
from yiwang.trust.clients import clients_forget
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import grant_revoke
from yiwang.web.api import exchangedoor


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


def test_a_granted_record_comes_masked_by_grade_with_a_line_of_the_use(city: ExchangeCity) -> None:
    grant = city.grant()
    answer = city.query(grant=grant, acting_for="王办事员")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["found"] and told["version"] == 0 and told["use"] == "use-1"
    assert told["fields"] == {
        "id_number": "2308****" + LI[-2:],
        "name": "李****",
        "town": "永安",
        "born": "1990-**-**",
        "income": "****",
    }
    (line,) = city.lines
    assert line["actor"].id == "client:desk" and line["actor"].department == "civil"
    assert (line["resource"], line["version"], line["grant"], line["rows"]) == (REGISTER, "0", grant, 1)
    assert line["about"] == (subject_hash("resident", LI),)
    assert (line["purpose"], line["words"], line["acting_for"], line["basis"]) == (
        "benefit",
        "高龄津贴资格核对",
        "王办事员",
        "老年人权益保障法 第三十三条",
    )
    assert list(line["fields"]) == [f["id"] for f in FIELDS]


def test_the_masks_and_fields_are_those_of_the_grant(city: ExchangeCity) -> None:
    grant = city.grant(
        fields=["name", "born", "town", "income"],
        masks={"name": "plain", "born": "year", "town": "hash", "income": "none"},
    )
    fields = city.query(grant=grant).json()["fields"]
    assert fields == {"name": "李小江", "born": "1990", "town": fields["town"]}
    assert re.fullmatch("[0-9a-f]{32}", fields["town"])
    assert city.query(person(3), grant=grant).json()["fields"]["town"] == fields["town"]
    assert city.query(grant=grant, fields=["name"]).json()["fields"] == {"name": "李小江"}
    for hidden in ("income", "id_number"):
        assert city.query(grant=grant, fields=[hidden]).status_code == 403


def test_a_row_the_grant_does_not_cover_is_as_one_that_is_not_there(city: ExchangeCity) -> None:
    grant = city.grant(row_filter='town = "永安"')
    inside, outside, nobody = (city.query(n, grant=grant).json() for n in (LI, WU, person(77)))
    assert inside["found"] and not outside["found"]
    same = ("found", "version", "fields", "resource", "grant", "purpose")
    assert [outside[k] for k in same] == [nobody[k] for k in same]
    assert [line["rows"] for line in city.lines] == [1, 0, 0]
    assert city.lines[1]["about"] == (subject_hash("resident", WU),)


def test_verifying_says_yes_or_no_and_gives_no_value(city: ExchangeCity) -> None:
    grant = city.grant(methods=["verify"])
    asked = {"name": "李小江", "born": "1990-03-07", "income": "1200.5", "town": "新城"}
    body = {"key": {"id_number": LI}, "values": asked, "grant": grant, "purpose": "benefit"}
    answer = city.post(f"resources/{REGISTER}/verify", body)
    assert answer.json()["matches"] == {"name": True, "born": True, "income": True, "town": False}
    assert "永安" not in answer.content.decode() and "fields" not in answer.json()
    nobody = city.post(f"resources/{REGISTER}/verify", body | {"key": {"id_number": person(77)}}).json()
    assert (nobody["found"], nobody["matches"]) == (False, {})
    assert city.query(grant=grant).status_code == 403


def test_data_shared_without_conditions_takes_no_grant_but_a_purpose_and_a_line(city: ExchangeCity) -> None:
    body = {"key": {"day": "2026-05-01"}, "purpose": "statistics"}
    told = city.post(f"resources/{WEATHER}/query", body).json()
    assert told["fields"] == {"day": "2026-05-01", "rain": "3.500000"} and told["grant"] == ""
    assert (city.lines[0]["purpose"], city.lines[0]["about"]) == ("statistics", ())
    assert city.post(f"resources/{WEATHER}/query", body | {"purpose": "curiosity"}).status_code == 400
    assert city.post(f"resources/{WEATHER}/query", {"key": {"day": "2026-05-01"}}).status_code == 422
    assert len(city.lines) == 1


def refused(answer: Any) -> str:
    assert answer.status_code == 403, answer.content
    error = answer.json()["error"]
    assert set(error) == {"code", "zh", "en", "where", "hint_zh", "hint_en"} and error["zh"] and error["en"]
    return str(error["where"])


def test_each_refusal_names_its_rule_and_leaves_no_line_and_no_quota_taken(city: ExchangeCity) -> None:
    grant = city.grant(quota_per_day=2)
    other = city.client("taxes", "tax")
    assert refused(city.query()) == "use.grant-missing"
    assert refused(city.query(grant="G2020-000999")) == "use.grant-unknown"
    assert refused(city.query(grant=grant, purpose="audit")) == "use.other-purpose"
    body = {"key": {"id_number": LI}, "grant": grant, "purpose": "benefit"}
    assert refused(city.post(f"resources/{REGISTER}/query", body, token=other)) == "use.other-department"
    assert city.query(grant=grant, key={"town": "永安"}).status_code == 400
    assert city.lines == []
    assert [city.query(grant=grant).status_code for _ in range(2)] == [200, 200]
    assert refused(city.query(grant=grant)) == "use.quota"


def test_a_revoked_grant_gives_nothing_any_more(city: ExchangeCity) -> None:
    grant = city.grant()
    assert city.query(grant=grant).status_code == 200
    grant_revoke(actor=SYSTEM, number=grant, reason="用途改变", basis="数据安全法 第三十八条")
    assert refused(city.query(grant=grant)) == "use.grant-not-active"


def test_the_signature_holds_for_these_bytes_and_no_others(city: ExchangeCity) -> None:
    answer = city.query(grant=city.grant())
    keys = Client().get("/api/exchange/keys")
    named = {key["id"]: base64.b64decode(key["public"]) for key in keys.json()["keys"]}
    said = re.fullmatch(r'keyid="([^"]+)", alg="ed25519", sig="([^"]+)"', answer.headers["Yiwang-Signature"])
    assert said is not None
    public, signature = Ed25519PublicKey.from_public_bytes(named[said[1]]), base64.b64decode(said[2])
    public.verify(signature, answer.content)
    with pytest.raises(InvalidSignature):
        public.verify(signature, answer.content.replace("永安".encode(), "新城".encode()))


def test_the_same_key_gets_the_same_answer_and_does_the_work_once(city: ExchangeCity) -> None:
    grant = city.grant()
    body = {"key": {"id_number": LI}, "grant": grant, "purpose": "benefit"}
    path = f"resources/{REGISTER}/query"
    first, again = (city.post(path, body, idempotency_key="call-0001") for _ in range(2))
    assert (first.content, first.headers["Yiwang-Signature"]) == (again.content, again.headers["Yiwang-Signature"])
    assert again.headers["Idempotency-Replayed"] == "true" and len(city.lines) == 1
    other = city.post(path, body | {"fields": ["name"]}, idempotency_key="call-0001")
    assert other.status_code == 409 and other.json()["error"]["where"] == "Idempotency-Key"
    assert city.post(path, body, idempotency_key="short").status_code == 400
    assert "李" not in bytes(ExchangeAnswer.objects.get().answer).decode("latin-1")


def test_what_was_refused_may_be_tried_again_with_its_key(city: ExchangeCity) -> None:
    path = f"resources/{REGISTER}/query"
    body = {"key": {"id_number": LI}, "grant": "G2020-000001", "purpose": "benefit"}
    assert city.post(path, body, idempotency_key="call-0002").status_code == 403
    assert not ExchangeAnswer.objects.exists()


def test_after_a_crash_the_same_call_with_its_key_is_done_and_answered(
    city: ExchangeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"key": {"id_number": LI}, "grant": city.grant(), "purpose": "benefit"}
    path = f"resources/{REGISTER}/query"
    with monkeypatch.context() as crash:
        # As a process that dies with the answer in its hands: nothing is kept, nothing is let go.
        crash.setattr(exchangedoor.data, "answer_keep", lambda **_: (_ for _ in ()).throw(RuntimeError("killed")))
        crash.setattr(exchangedoor.data, "answer_drop", lambda **_: None)
        assert city.post(path, body, idempotency_key="call-0003").status_code == 500
    busy = city.post(path, body, idempotency_key="call-0003")
    assert busy.status_code == 409
    row = ExchangeAnswer.objects.get()
    ExchangeAnswer.objects.update(at=row.at.replace(year=2020))
    answer = city.post(path, body, idempotency_key="call-0003")
    assert answer.status_code == 200 and answer.json()["found"]
    assert city.post(path, body, idempotency_key="call-0003").content == answer.content


def test_a_client_that_asks_too_often_is_told_when_to_come_back(city: ExchangeCity, settings: Any) -> None:
    settings.EXCHANGE_PER_SECOND = 2
    exchangedoor._BUCKETS.clear()
    answers = [city.query() for _ in range(8)]
    assert {a.status_code for a in answers} == {403, 429}
    late = next(a for a in answers if a.status_code == 429)
    assert late.headers["Retry-After"] == "1" and late.json()["error"]["code"] == "too_often"
    exchangedoor._BUCKETS.clear()


def test_nobody_comes_in_without_a_token(city: ExchangeCity) -> None:
    body = '{"key": {"id_number": "1"}, "purpose": "benefit"}'
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic YTpi"}):
        answer = Client().post(f"/api/exchange/resources/{REGISTER}/query", body, "application/json", headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["error"]["code"] == "client_refused"


def test_what_is_misshapen_is_told_in_the_one_shape(city: ExchangeCity) -> None:
    assert city.get("no/such/address").status_code == 404
    assert city.query(extra=1).status_code == 422
    token = {"authorization": f"Bearer {city.token}"}
    broken = Client().post(f"/api/exchange/resources/{REGISTER}/query", "{", "application/json", headers=token)
    assert broken.status_code in (400, 422) and broken.json()["error"]["code"] == "bad_input"
    assert city.post("resources/no-such/query", {"key": {"a": "b"}, "purpose": "benefit"}).status_code == 404


def test_a_resource_nobody_loaded_says_so(city: ExchangeCity) -> None:
    grant = city.grant()
    Record.objects.all().delete()
    Projection.objects.update(version=None)
    answer = city.query(grant=grant)
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "no_data"
