"""A credential in hand is genuine, altered, no longer in force, or nobody can tell: planted bad examples of each."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta

import pytest
from certificates import SHELL, given, holder, office_opened
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor
from yiwang.trust import credentials
from yiwang.trust import service as trust
from yiwang.trust.core.signedtext import base64url, from_base64url, read_signed, signed_text
from yiwang.trust.core.verdict import SD_JWT, VC, Answer, Verdict, credential_verdict
from yiwang.trust.credentialreads import credential_check, credential_keys, credential_status_text, credential_text
from yiwang.trust.models import Credential

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def who(home: Place) -> Actor:
    office_opened()
    return holder()


def verdict(text: str, status: str, days: int = 0) -> Verdict:
    now = timezone.localtime() + timedelta(days=days)
    return credential_verdict(text, credential_keys(), status, now, now.date())


def resigned(text: str, key: Ed25519PrivateKey) -> str:
    """The same statement by somebody else under the city's key id."""
    signed = read_signed(text.split("~")[0])
    return signed_text(signed.payload, key, signed.key, str(signed.header["typ"]))


@pytest.mark.parametrize("form", ["vc", "sd-jwt"])
def test_what_was_given_is_genuine(who: Actor, form: str) -> None:
    number = given()
    found = credential_check(credential_text(who, number, form))
    assert (found.answer, found.number, found.kind) == (Answer.GENUINE, number, "stall-card")
    assert found.fields == {"name": "林某（模拟）", "goods": "煎饼", "place": "中央街早市 12 号"}


def test_every_altered_letter_of_the_statement_is_found(who: Actor) -> None:
    text, status = credential_text(who, given(), "vc"), credential_status_text()
    head, body, _ = (len(part) for part in text.split("."))
    wrong = {Answer.ALTERED, Answer.UNKNOWN}
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert verdict(changed, status).answer in wrong, place
    in_body = head + 1 + body // 2
    changed = text[:in_body] + ("A" if text[in_body] != "A" else "B") + text[in_body + 1 :]
    assert verdict(changed, status).answer is not Answer.GENUINE


def test_a_changed_word_under_the_old_signature_is_altered(who: Actor) -> None:
    head, body, signature = credential_text(who, given(), "vc").split(".")
    said = json.loads(from_base64url(body))
    said["credentialSubject"]["goods"] = "烤肠"
    forged = f"{head}.{base64url(json.dumps(said).encode())}.{signature}"
    found = verdict(forged, credential_status_text())
    assert (found.answer, dict(found.fields)) == (Answer.ALTERED, {})


def test_another_key_under_the_citys_name_is_altered(who: Actor) -> None:
    forged = resigned(credential_text(who, given(), "vc"), Ed25519PrivateKey.generate())
    assert verdict(forged, credential_status_text()).answer is Answer.ALTERED


def test_a_key_nobody_knows_tells_nothing(who: Actor) -> None:
    signed = read_signed(credential_text(who, given(), "vc"))
    foreign = signed_text(signed.payload, Ed25519PrivateKey.generate(), "credential-1-00000000", VC)
    assert verdict(foreign, credential_status_text()).answer is Answer.UNKNOWN


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256"])
def test_another_algorithm_is_never_genuine(who: Actor, alg: str) -> None:
    head, body, signature = credential_text(who, given(), "vc").split(".")
    header = {**json.loads(from_base64url(head)), "alg": alg}
    for tail in (signature, ""):
        forged = f"{base64url(json.dumps(header).encode())}.{body}.{tail}"
        assert verdict(forged, credential_status_text()).answer is not Answer.GENUINE


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "~", "..", "e30.e30.", "{}", "\ud800", "é.é.é"])
def test_what_is_no_credential_tells_nothing(who: Actor, text: str) -> None:
    assert verdict(text, credential_status_text()).answer is Answer.UNKNOWN


def test_a_withdrawn_one_says_since_when_and_held_before_that(who: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        then = timezone.localtime() - timedelta(days=10)
        earlier.setattr(credentials.timezone, "localtime", lambda: then)
        number = given()
    text, day = credential_text(who, number, "vc"), TODAY - timedelta(days=3)
    trust.credential_revoke(actor=SHELL, number=number, case="C-2", reason="停业", day=day)
    found = credential_check(text)
    assert (found.answer, found.since) == (Answer.REVOKED, day)
    assert credential_check(text, on=day).answer is Answer.REVOKED
    assert credential_check(text, on=day - timedelta(days=1)).answer is Answer.GENUINE


def test_an_expired_one_says_when(who: Actor) -> None:
    text = credential_text(who, given(), "sd-jwt")
    row = Credential.objects.get()
    assert row.valid_until is not None
    days = (row.valid_until - TODAY).days + 1
    found = verdict(text, credential_status_text(), days)
    assert (found.answer, found.since) == (Answer.REVOKED, row.valid_until)


@pytest.mark.parametrize("status", ["", "x.y.z", "no list"])
def test_without_a_list_of_withdrawn_ones_nobody_can_tell(who: Actor, status: str) -> None:
    found = verdict(credential_text(who, given(), "vc"), status)
    assert (found.answer, "list" in found.reason.en) == (Answer.UNKNOWN, True)


def test_an_old_list_tells_nothing_but_what_it_withdrew(who: Actor) -> None:
    kept, withdrawn = given("C-1"), given("C-2")
    trust.credential_revoke(actor=SHELL, number=withdrawn, case="C-3", reason="停业")
    status = credential_status_text()
    assert verdict(credential_text(who, kept, "vc"), status, days=3).answer is Answer.GENUINE
    assert verdict(credential_text(who, kept, "vc"), status, days=8).answer is Answer.UNKNOWN
    assert verdict(credential_text(who, withdrawn, "vc"), status, days=8).answer is Answer.REVOKED


def test_a_forged_list_is_no_list(who: Actor) -> None:
    text = credential_text(who, given(), "vc")
    forged = resigned(credential_status_text(), Ed25519PrivateKey.generate())
    assert verdict(text, forged).answer is Answer.UNKNOWN
    # a credential is no list, though the same key signed it
    assert verdict(text, text).answer is Answer.UNKNOWN


def test_what_is_left_out_cannot_be_read_and_the_rest_still_holds(who: Actor) -> None:
    narrow = credential_text(who, given(), "sd-jwt", disclose=["goods"])
    found = credential_check(narrow)
    assert (found.answer, dict(found.fields)) == (Answer.GENUINE, {"goods": "煎饼", "place": "中央街早市 12 号"})
    hidden = "".join(
        base64.urlsafe_b64decode(p + "==").decode("utf-8", "ignore") for p in narrow.replace("~", ".").split(".")
    )
    assert "林某" not in hidden


def test_a_disclosure_that_was_never_signed_is_altered(who: Actor) -> None:
    narrow = credential_text(who, given(), "sd-jwt", disclose=[])
    invented = base64url(json.dumps(["salt", "goods", "金条"]).encode())
    found = credential_check(f"{narrow}{invented}~")
    assert (found.answer, "goods" in found.reason.en) == (Answer.ALTERED, True)


def test_an_independent_reader_agrees_on_the_selective_form(who: Actor) -> None:
    text = credential_text(who, given(), "sd-jwt", disclose=["name"])

    def key_of(_: str, header: dict[str, str]) -> JWK:
        return JWK(kty="OKP", crv="Ed25519", x=base64url(credential_keys()[header["kid"]]))

    told = SDJWTVerifier(text, key_of).get_verified_payload()
    assert (told["name"], told["place"], "goods" in told) == ("林某（模拟）", "中央街早市 12 号", False)
    assert read_signed(text.split("~")[0]).header["typ"] == SD_JWT


def test_a_credential_from_before_a_rotation_stays_genuine(who: Actor) -> None:
    number = given()
    trust.key_rotate(actor=SHELL, purpose="credential")
    assert credential_check(credential_text(who, number, "vc")).answer is Answer.GENUINE
    assert len(credential_keys()) == 2


def test_a_day_before_it_was_given_tells_nothing(who: Actor) -> None:
    found = credential_check(credential_text(who, given(), "vc"), on=date(2020, 1, 1))
    assert found.answer is Answer.UNKNOWN
