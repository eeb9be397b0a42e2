"""Outsiders read the log: its checkpoint, its hashes, its proofs, and never a leaf."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.test import Client

from yiwang.config.place import Place
from yiwang.kernel.core.actor import system_actor
from yiwang.trust.core.merkle import verify_consistency, verify_inclusion
from yiwang.trust.core.note import checkpoint_read, note_holds, note_read, verifier_read
from yiwang.trust.core.witness import witness_look
from yiwang.trust.service import ledger_append_pending, use_note

CLERK = system_actor("clerk")
pytestmark = pytest.mark.django_db


@pytest.fixture
def log(home: Place, client: Client) -> Client:
    """A log of three entries, then of five."""
    for size in (3, 2):
        for number in range(size):
            use_note(actor=CLERK, resource="r", version="1", fields=["a"], about=["ab" * 32], purpose=f"核对{number}")
        ledger_append_pending()
    return client


def text(log: Client, path: str) -> str:
    answer = log.get(path)
    assert answer.status_code == 200, path
    return bytes(answer.content).decode()


def hashes(log: Client, path: str) -> list[bytes]:
    return [base64.b64decode(one) for one in log.get(path).json()["hashes"]]


def test_the_checkpoint_is_read_without_an_account_and_holds_by_the_published_key(log: Client) -> None:
    note = note_read(text(log, "/ledger/checkpoint"))
    keys = [verifier_read(line) for line in text(log, "/ledger/keys").split()]
    assert checkpoint_read(note).size == 5 and note_holds(note, keys[0])


def test_proofs_are_given_out_and_hold(log: Client) -> None:
    head = checkpoint_read(note_read(text(log, "/ledger/checkpoint")))
    tile = log.get("/ledger/tile/0/000.p/5")
    leaf = bytes(tile.content)[:32]
    assert tile["Cache-Control"].endswith("immutable") and len(tile.content) == 5 * 32
    assert verify_inclusion(leaf, 0, 5, hashes(log, "/ledger/inclusion/0/5/"), head.root)
    assert not verify_inclusion(leaf, 1, 5, hashes(log, "/ledger/inclusion/0/5/"), head.root)
    three = bytes(log.get("/ledger/tile/0/000.p/3").content)
    assert three == bytes(tile.content)[:96]
    assert verify_consistency(5, 5, head.root, head.root, hashes(log, "/ledger/consistency/5/5/"))
    assert len(hashes(log, "/ledger/consistency/3/5/")) > 0


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/entries",
        "/ledger/tile/entries/000.p/5",
        "/ledger/tile/0/../../../keys/master.key",
        "/ledger/tile/0/001",
        "/ledger/.checkpoint.1",
        "/ledger/inclusion/5/5/",
        "/ledger/inclusion/0/6/",
        "/ledger/consistency/0/5/",
        "/ledger/consistency/3/6/",
    ],
)
def test_nothing_else_is_given_out(log: Client, path: str) -> None:
    assert log.get(path).status_code == 404


def test_a_witness_reads_the_log_over_http(log: Client, tmp_path: Path) -> None:
    def fetch(path: str) -> bytes | None:
        answer = log.get(f"/ledger/{path}")
        return bytes(answer.content) if answer.status_code == 200 else None

    seen = witness_look(tmp_path / "witness", fetch, "audit.example", 1_800_000_000)
    assert (seen.size, seen.entry, seen.alarm_en) == (5, -1, "")
