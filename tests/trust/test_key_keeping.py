"""Keys are made once, wrapped under a file outside the database, rotated, and never told."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from django.db import transaction

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.trust import keys
from yiwang.trust.core.envelope import CIPHERS
from yiwang.trust.errors import KeysLocked, SealBroken
from yiwang.trust.master import VARIABLE, master_file, master_state
from yiwang.trust.models import Key

SHELL = system_actor("test")
ADMIN = Actor(id="1", name="a", scopes={Role.ADMIN: frozenset({"x"})})
CLERK = Actor(id="2", name="b", scopes={Role.STAFF: frozenset({"x"})})

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(home: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("YIWANG_CIPHER", raising=False)
    return home


def test_the_first_need_makes_the_master_key_and_a_line() -> None:
    first = keys.key_secret("exchange")
    assert len(first) == 32
    assert keys.key_secret("exchange") == first
    assert master_file().stat().st_mode & 0o777 == 0o600
    assert AuditLine.objects.get(act="key.make").object_id == "exchange/1"


def test_each_purpose_and_each_use_has_a_key_of_its_own() -> None:
    said = {keys.key_secret("exchange"), keys.key_secret("ledger"), keys.signing_key("ledger").private_bytes_raw()}
    assert len(said) == 3


def test_a_word_that_is_no_purpose_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no purpose"):
        keys.key_secret("Not A Purpose")


def test_the_key_table_holds_no_key(own_home: Place) -> None:
    secret = keys._key("exchange", 0).secret
    row = Key.objects.get()
    assert secret not in bytes(row.wrapped)
    assert secret.hex() not in repr(vars(row))
    assert bytes.fromhex(master_file().read_text()) not in bytes(row.wrapped)


def test_a_missing_master_key_is_named_and_never_made_anew() -> None:
    keys.key_secret("exchange")
    keys.keys_forget()
    master_file().unlink()
    with pytest.raises(KeysLocked, match="missing"):
        keys.key_secret("exchange")
    with pytest.raises(KeysLocked, match="missing"):
        keys.key_secret("ledger")
    assert not master_file().exists()


def test_another_master_key_is_refused() -> None:
    keys.key_secret("exchange")
    keys.keys_forget()
    master_file().write_text("ab" * 32)
    with pytest.raises(KeysLocked, match="another master key"):
        keys.keys_check()


def test_a_changed_row_of_the_key_ledger_is_refused() -> None:
    keys.key_secret("exchange")
    keys.keys_forget()
    Key.objects.update(purpose="ledger")
    with pytest.raises(KeysLocked, match="ledger/1"):
        keys.key_secret("ledger")


def test_a_master_key_open_to_others_is_refused() -> None:
    keys.key_secret("exchange")
    master_file().chmod(0o640)
    with pytest.raises(KeysLocked, match="chmod 600"):
        master_state()


@pytest.mark.parametrize("text", ["", "ab" * 31, "not hexadecimal", "schlüssel"])
def test_a_file_that_is_no_key_is_refused(text: str) -> None:
    keys.key_secret("exchange")
    keys.keys_forget()
    master_file().write_text(text, encoding="utf-8")
    with pytest.raises(KeysLocked):
        keys.key_secret("exchange")


def test_the_master_key_may_be_kept_elsewhere(own_home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = own_home.home / "mounted"
    elsewhere.write_text("cd" * 32)
    monkeypatch.setenv(VARIABLE, str(elsewhere))
    keys.key_secret("exchange")
    assert not (own_home.home / "keys").exists()
    elsewhere.unlink()
    keys.keys_forget()
    with pytest.raises(KeysLocked, match="missing"):
        keys.key_secret("exchange")
    assert not elsewhere.exists()


@pytest.mark.parametrize("cipher", CIPHERS)
def test_what_was_sealed_opens_for_its_own_matter_only(cipher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_CIPHER", cipher)
    sealed = keys.seal_bytes("sealed", "身份证号".encode(), "case 1/applicant")
    assert keys.open_bytes("sealed", sealed, "case 1/applicant").decode() == "身份证号"
    with pytest.raises(SealBroken):
        keys.open_bytes("sealed", sealed, "case 2/applicant")
    with pytest.raises(SealBroken):
        keys.open_bytes("identity", sealed, "case 1/applicant")


def test_every_changed_byte_of_an_envelope_is_found() -> None:
    sealed = keys.seal_bytes("sealed", b"a grade-4 field", "row 1")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            keys.open_bytes("sealed", changed, "row 1")
    with pytest.raises(SealBroken):
        keys.open_bytes("sealed", sealed[:20], "row 1")


def test_an_unknown_cipher_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_CIPHER", "rot13")
    with pytest.raises(KeysLocked, match="rot13"):
        keys.key_secret("exchange")


def test_after_a_rotation_the_old_still_opens_and_the_new_closes() -> None:
    old_public = keys.public_keys("sealed")[0]
    sealed = keys.seal_bytes("sealed", b"old", "row 1")
    row = keys.key_rotate(actor=ADMIN, purpose="sealed", cipher="sm4-gcm")
    assert (row.version, row.algorithm) == (2, "sm4-gcm")
    assert keys.open_bytes("sealed", sealed, "row 1") == b"old"
    again = keys.seal_bytes("sealed", b"new", "row 1")
    assert (keys.sealed_version(sealed), keys.sealed_version(again)) == (1, 2)
    assert [key.version for key in keys.public_keys("sealed")] == [2, 1]
    assert keys.public_keys("sealed")[1].ed25519 == old_public.ed25519
    assert [(line.retired_at is None) for line in keys.key_list(ADMIN)] == [True, False]


def test_the_key_that_people_are_found_by_is_not_rotated() -> None:
    keys.key_secret("subjects")
    with pytest.raises(Conflict, match="subjects"):
        keys.key_rotate(actor=ADMIN, purpose="subjects")


def test_a_rotation_that_cannot_be_is_refused() -> None:
    keys.key_secret("exchange")
    with pytest.raises(Refused):
        keys.key_rotate(actor=CLERK, purpose="exchange")
    with pytest.raises(InputError):
        keys.key_rotate(actor=ADMIN, purpose="exchange", cipher="rot13")
    with pytest.raises(NotFound):
        keys.key_rotate(actor=ADMIN, purpose="nothing")
    with pytest.raises(NotFound):
        keys.key_secret("exchange", 7)
    with pytest.raises(Refused):
        keys.key_list(CLERK)


def test_neither_errors_nor_logs_nor_lines_tell_a_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    held = keys._key("sealed", 0)
    secrets = (held.secret.hex(), master_file().read_text().strip(), repr(held.secret))
    sealed = keys.seal_bytes("sealed", b"x", "row 1")
    with pytest.raises(SealBroken) as caught:
        keys.open_bytes("sealed", sealed, "row 2")
    told = [caplog.text, repr(held), repr(keys.sm2_key("sealed")), str(caught.value), repr(caught.value.__cause__)]
    told += [str(line.details) for line in AuditLine.objects.all()]
    assert [secret for secret in secrets if any(secret in text for text in told)] == []


@pytest.mark.django_db(transaction=True)
def test_a_key_of_an_undone_transaction_is_not_used_again() -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        lost = keys.key_secret("exchange")
        raise Undone
    assert keys.key_secret("exchange") != lost
    assert Key.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_learns_of_a_rotation_by_another(own_home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.keys_prepare()
    keys.key_rotate(actor=SHELL, purpose="sealed")
    monkeypatch.setattr(keys, "NEWEST_FOR_SECONDS", 0.0)
    keys.keys_forget()
    assert keys.key_version("sealed") == 2
    Key.objects.filter(purpose="sealed", version=2).update(version=3)
    with pytest.raises(KeysLocked):
        keys.key_version("sealed")


def test_two_homes_never_share_what_is_held(own_home: Place, settings: object) -> None:
    keys.key_secret("exchange")
    settings.PLACE = replace(own_home, home=own_home.home / "other")  # type: ignore[attr-defined]
    with pytest.raises(KeysLocked, match="missing"):
        keys.key_secret("exchange")
