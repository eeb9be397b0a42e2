"""Passkeys: a device signs our challenge, for our site, and a copied device is found out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.errors import Conflict, InputError, SignInLocked, SignInRefused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import account_create
from yiwang.trust import passkeys
from yiwang.trust.factors import factor_list, factor_remove
from yiwang.trust.models import Passkey

pytestmark = pytest.mark.django_db
SHELL = system_actor("test")
SITE = passkeys.Site("city.example", "https://city.example")


@dataclass
class Device:
    """An authenticator, by the book: WebAuthn level 2, §6.1 and §6.5."""

    id: bytes = b"device-one-credential"
    count: int = 0
    origin: str = SITE.origin
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def head(self, flags: int) -> bytes:
        return hashlib.sha256(SITE.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def said(self, kind: str, challenge: Any) -> bytes:
        text = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        return json.dumps({"type": kind, "challenge": text, "origin": self.origin}).encode()

    def answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        told = {name: websafe_encode(value) for name, value in response.items()}
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        statement = {"fmt": "none", "attStmt": {}, "authData": self.head(0x45) + held}
        return self.answer(
            {
                "clientDataJSON": self.said("webauthn.create", asked["publicKey"]["challenge"]),
                "attestationObject": cbor.encode(statement),
            }
        )

    def sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        told = self.said("webauthn.get", asked["publicKey"]["challenge"])
        head = self.head(0x05)
        signature = self.key.sign(head + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        return self.answer({"clientDataJSON": told, "authenticatorData": head, "signature": signature})


@pytest.fixture
def owner(home: Place, db: None) -> Actor:
    row = account_create(actor=SHELL, username="wang", display_name="王", password="a-long-and-rare-one")
    return actor_again(f"account:{row.pk}", "")


def registered(owner: Actor, device: Device) -> tuple[str, ...]:
    asked, state = passkeys.passkey_begin(actor=owner, site=SITE)
    return passkeys.passkey_add(actor=owner, site=SITE, state=state, answer=device.make(asked), label="电脑")


def signed(owner: Actor, device: Device, **changed: Any) -> None:
    number = int(owner.id[8:])
    asked, state = passkeys.passkey_ask(account=number, site=SITE)
    passkeys.passkey_use(
        account=number, site=SITE, state=changed.get("state", state), answer=device.sign(asked), address="::1"
    )


def test_a_device_is_registered_and_signs_in(owner: Actor) -> None:
    device = Device()
    assert len(registered(owner, device)) == 10
    assert factor_list(owner).kinds == ("passkey", "recovery")
    device.count = 1
    signed(owner, device)
    assert Passkey.objects.get().sign_count == 1 and Passkey.objects.get().used_at is not None
    assert AuditLine.objects.filter(act="factor.add").count() == 1
    assert AuditLine.objects.get(act="account.second-factor").rule == "passkey"


def test_a_device_that_does_not_count_signs_in_again_and_again(owner: Actor) -> None:
    device = Device()
    registered(owner, device)
    signed(owner, device)
    signed(owner, device)


def test_a_copy_of_a_device_is_found_by_its_counter(owner: Actor) -> None:
    device = Device()
    registered(owner, device)
    device.count = 7
    signed(owner, device)
    for copied in (7, 3, 0):
        device.count = copied
        with pytest.raises(SignInRefused):
            signed(owner, device)


def test_another_key_another_site_and_an_old_question_are_refused(owner: Actor) -> None:
    device = Device()
    registered(owner, device)
    old = passkeys.passkey_ask(account=int(owner.id[8:]), site=SITE)[1]
    for wrong, changed in (
        (Device(), {}),
        (Device(key=device.key, origin="https://evil.example"), {}),
        (Device(key=device.key, id=b"device-two-credential"), {}),
        (device, {"state": old}),
    ):
        with pytest.raises(SignInRefused):
            signed(owner, wrong, **changed)
    with pytest.raises(SignInRefused):
        signed(owner, device, state={})
    with pytest.raises(SignInLocked):
        signed(owner, device)


def test_a_registration_that_does_not_fit_the_question_is_refused(owner: Actor) -> None:
    asked, state = passkeys.passkey_begin(actor=owner, site=SITE)
    good = Device().make(asked)
    bad = Device(origin="http://city.example").make(asked)
    for answer, kept in (
        (bad, state),
        (good, {}),
        ({}, state),
        (good | {"response": {}}, state),
        (good | {"id": 1}, state),
    ):
        with pytest.raises(InputError):
            passkeys.passkey_add(actor=owner, site=SITE, state=kept, answer=answer, label="电脑")
    assert not Passkey.objects.exists()


def test_a_passkey_belongs_to_one_account_and_can_be_taken_away(owner: Actor) -> None:
    device = Device()
    registered(owner, device)
    with pytest.raises(Conflict):
        registered(owner, device)
    row = account_create(actor=SHELL, username="li", display_name="李", password="a-long-and-rare-one")
    with pytest.raises(Conflict):
        registered(actor_again(f"account:{row.pk}", ""), device)
    factor_remove(actor=owner, kind="passkey", id=Passkey.objects.get().pk)
    assert factor_list(owner).kinds == ()
