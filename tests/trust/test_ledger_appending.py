"""Uses get their place in the tree once, in order, whoever appends and wherever it is killed."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from yiwang.config.place import Place
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import InputError
from yiwang.trust import appending, uses
from yiwang.trust.adapters.sm2 import sm2_verify
from yiwang.trust.appending import append_until, ledger_append_pending, tiles_folder, verifiers
from yiwang.trust.core.merkle import inclusion_proof, leaf_hash, root_of, verify_inclusion
from yiwang.trust.core.note import checkpoint_read, note_holds, note_read
from yiwang.trust.core.tiles import tile_nodes
from yiwang.trust.core.verifier import check_proof
from yiwang.trust.errors import ProofWrong
from yiwang.trust.journal import framed, journal, journal_folder, segments
from yiwang.trust.ledger import use_get, use_proof
from yiwang.trust.models import Entry, EntrySubject, LedgerState, SignedHead
from yiwang.trust.uses import Use, use_note, uses_note
from yiwang.trust.verifying import ledger_verify, proof_bundle

CLERK = system_actor("clerk")
ANNA, BEN = "aa" * 32, "bb" * 32

pytestmark = pytest.mark.django_db


def note(purpose: str = "核对名单", about: tuple[str, ...] = (ANNA,)) -> str:
    return use_note(actor=CLERK, resource="residents", version="3", fields=["name"], about=about, purpose=purpose)


def leaves() -> list[bytes]:
    return [leaf_hash(bytes(leaf)) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]


@pytest.fixture(autouse=True)
def _home(home: Place) -> None:
    """A ledger of one's own."""


def test_what_was_noted_stands_in_the_tree_in_order_and_can_be_proved() -> None:
    ids = [note(f"第{number}次") for number in range(300)]
    assert ledger_append_pending().entries == 300
    assert list(Entry.objects.order_by("index").values_list("index", "use")) == list(enumerate(ids))
    head = SignedHead.objects.get()
    root = root_of(leaves())
    assert bytes(head.root) == root
    proof = inclusion_proof(tile_nodes(tiles_folder(), 300), 299, 300)
    assert verify_inclusion(leaves()[299], 299, 300, proof, root)


def test_a_leaf_says_who_what_about_whom_and_why() -> None:
    use = note()
    ledger_append_pending()
    leaf = json.loads(bytes(Entry.objects.get(use=use).leaf))
    assert leaf["who"] == {"id": "system:clerk", "department": ""}
    assert (leaf["resource"], leaf["version"], leaf["fields"]) == ("residents", "3", ["name"])
    assert (leaf["about"], leaf["purpose"]) == (ANNA, "核对名单")


def test_a_leaf_holds_the_words_of_the_grant_beside_the_code_of_the_purpose() -> None:
    use = use_note(
        actor=CLERK, resource="r", version="1", fields=[], about=[ANNA], purpose="benefit", words=" 高龄津贴资格核对\n"
    )
    ledger_append_pending()
    leaf = json.loads(bytes(Entry.objects.get().leaf))
    assert (leaf["v"], leaf["purpose"], leaf["words"]) == (2, "benefit", "高龄津贴资格核对")
    assert use_get(CLERK, use).words == "高龄津贴资格核对"


def test_a_leaf_of_before_the_words_is_still_read_proved_and_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    written = uses._encoder.encode

    class Before:
        """The encoder as it met leaves of the first version."""

        def encode(self, leaf: dict[str, object]) -> str:
            return written({name: value for name, value in (leaf | {"v": 1}).items() if name != "words"})

    with monkeypatch.context() as patch:
        patch.setattr(uses, "_encoder", Before())
        old = note("核对")
    new = note("核对")
    ledger_append_pending()
    first, second = (json.loads(bytes(one)) for one in Entry.objects.order_by("index").values_list("leaf", flat=True))
    assert (first["v"], "words" in first, second["v"], "words" in second) == (1, False, 2, True)
    assert [use_get(CLERK, one).words for one in (old, new)] == ["", ""]
    assert ledger_verify(CLERK).fault is None
    assert [check_proof(proof_bundle(use_proof(CLERK, one))) for one in (old, new)] == [None, None]


def test_a_leaf_is_written_in_the_one_canonical_way() -> None:
    given = Use(
        CLERK, "residents", "3", ("name", "a\tb"), (ANNA, BEN), '"核对"\n名单', hidden_until=date(2027, 1, 2), rows=7
    )
    uses_note([given])
    ledger_append_pending()
    leaf = bytes(Entry.objects.get().leaf)
    assert canonical_json(json.loads(leaf)) == leaf
    assert json.loads(leaf)["hidden_until"] == "2027-01-02" and json.loads(leaf)["fields"] == ["name", "a\tb"]


def test_a_use_about_many_holds_their_root_and_each_is_found() -> None:
    use = note(about=(BEN, ANNA, BEN))
    ledger_append_pending()
    entry = Entry.objects.get(use=use)
    assert json.loads(bytes(entry.leaf))["about"]["n"] == 2
    found = EntrySubject.objects.filter(entry=entry).order_by("place").values_list("subject", flat=True)
    assert list(found) == [ANNA, BEN]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"purpose": " "}, "purpose"),
        ({"resource": ""}, "resource"),
        ({"about": ["230881199001011234"]}, "about"),
        ({"purpose": "核对\0名单"}, "use"),
        ({"words": "核对\0名单"}, "use"),
        ({"words": "核" * 401}, "words"),
        ({"purpose": "核对\ud800"}, "use"),
        ({"resource": "r" * 121}, "resource"),
        ({"grant": "G" * 41}, "grant"),
        ({"rows": -1}, "rows"),
        ({"rows": 1 << 63}, "rows"),
    ],
)
def test_a_use_that_is_not_said_is_not_let_out(change: dict[str, object], where: str) -> None:
    given: dict[str, object] = {
        "actor": CLERK,
        "resource": "r",
        "version": "1",
        "fields": [],
        "about": [],
        "purpose": "核对",
        **change,
    }
    with pytest.raises(InputError) as refused:
        use_note(**given)  # type: ignore[arg-type]
    assert refused.value.where == where
    assert ledger_append_pending().entries == 0


def test_the_checkpoint_is_signed_twice() -> None:
    note()
    ledger_append_pending()
    signed = note_read(SignedHead.objects.get().note)
    assert checkpoint_read(signed).size == 1
    ed25519, sm2 = verifiers()
    assert note_holds(signed, ed25519) and note_holds(signed, sm2, sm2_verify)
    assert not note_holds(note_read(str(signed).replace("\n1\n", "\n2\n")), ed25519)


def test_appending_again_changes_nothing() -> None:
    note()
    ledger_append_pending()
    assert ledger_append_pending().entries == 0
    assert SignedHead.objects.count() == Entry.objects.count() == 1


def test_an_append_that_fails_midway_is_done_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [note() for _ in range(5)]

    def broken(*_: object) -> None:
        raise ProofWrong(zh="断", en="broken", where="here")

    with monkeypatch.context() as patch:
        patch.setattr(appending, "_mark", broken)
        with pytest.raises(ProofWrong):
            ledger_append_pending()
    assert not Entry.objects.exists()
    assert ledger_append_pending().entries == 5
    assert set(Entry.objects.values_list("use", flat=True)) == set(ids)


def test_tiles_that_were_not_written_are_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        note()

    def full(*_: object) -> int:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(appending, "tiles_write", full)
        with pytest.raises(OSError, match="no space"):
            ledger_append_pending()
    assert Entry.objects.count() == 3 and not SignedHead.objects.exists()
    assert ledger_append_pending().size == 3
    assert SignedHead.objects.get().size == 3


def test_a_torn_last_line_was_never_acknowledged() -> None:
    note()
    journal().close()
    (segment,) = segments(journal_folder())
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[: len(whole) // 2])
    assert ledger_append_pending().entries == 1
    assert segments(journal_folder()) == []


def test_a_damaged_line_with_more_behind_it_is_not_passed_over() -> None:
    note()
    note()
    journal().close()
    (segment,) = segments(journal_folder())
    body = bytearray(segment.read_bytes())
    body[40] ^= 1
    segment.write_bytes(bytes(body))
    with pytest.raises(ProofWrong, match="damaged at byte 0"):
        ledger_append_pending()
    assert segment.exists()


def test_a_damaged_journal_is_not_in_the_way_of_others() -> None:
    before = note("坏处之前")
    journal().close()
    (segment,) = segments(journal_folder())
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole.replace(b"residents", b"RESIDENTS") + whole)
    after = note("别的日志")
    for _ in range(2):
        with pytest.raises(ProofWrong, match=f"damaged at byte {len(whole)}"):
            ledger_append_pending()
    assert list(Entry.objects.order_by("index").values_list("use", flat=True)) == [before, after]
    assert SignedHead.objects.get().size == 2 and segment.exists()


@pytest.mark.parametrize("line", [b"no json", b"[]", b'{"v":1}', b'{"about":1}', b"\xff\t\xff"])
def test_a_line_that_is_no_use_holds_up_its_own_journal_only(line: bytes) -> None:
    before = note("坏处之前")
    journal().close()
    (segment,) = segments(journal_folder())
    whole = segment.read_bytes()
    segment.write_bytes(whole + framed(line) + whole)
    after = note("别的日志")
    for _ in range(2):
        with pytest.raises(ProofWrong, match=f"damaged at byte {len(whole)}"):
            ledger_append_pending()
    assert list(Entry.objects.order_by("index").values_list("use", flat=True)) == [before, after]
    assert SignedHead.objects.get().size == 2 and segment.exists()


def test_a_segment_is_deleted_only_when_nobody_writes_it() -> None:
    note()
    ledger_append_pending()
    assert len(segments(journal_folder())) == 1
    journal().close()
    note()
    assert ledger_append_pending().entries == 1
    assert len(segments(journal_folder())) == 1
    marks = LedgerState.objects.get().marks
    ledger_append_pending()
    assert set(LedgerState.objects.get().marks) <= set(marks)


def test_callers_at_the_same_moment_share_flushes_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    flushes = []
    real = journal()._write
    monkeypatch.setattr(journal(), "_write", lambda lines: (flushes.append(len(lines)), real(lines)))
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend(note() for _ in range(50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger_append_pending()
    assert set(Entry.objects.values_list("use", flat=True)) == set(ids)
    assert len(ids) == 400 and len(flushes) < 400


def test_when_the_disk_refuses_the_caller_is_told_and_the_next_use_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(journal(), "_write", full)
        with pytest.raises(OSError, match="could not be written down"):
            note()
    use = note()
    ledger_append_pending()
    assert list(Entry.objects.values_list("use", flat=True)) == [use]


class Steady(threading.Event):
    """One use comes in before each round; set when asked for the third time. Pauses are counted, not made."""

    asked = pauses = 0

    def is_set(self) -> bool:
        self.asked += 1
        if self.asked == 3:
            return True
        note()
        return False

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses += 1
        return False


@pytest.fixture
def own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop has a thread and a connection of its own; here it runs within the test's."""
    monkeypatch.setattr(appending, "close_old_connections", lambda: None)


def test_uses_that_keep_coming_wait_for_the_checkpoint_of_their_period(own_connection: None) -> None:
    stop = Steady()
    append_until(stop)
    assert (Entry.objects.count(), SignedHead.objects.count(), stop.pauses) == (2, 2, 2)


def test_a_full_batch_is_followed_at_once_by_the_next(monkeypatch: pytest.MonkeyPatch, own_connection: None) -> None:
    monkeypatch.setattr(appending, "BATCH", 1)
    stop = Steady()
    append_until(stop)
    assert (Entry.objects.count(), stop.pauses) == (2, 0)


def test_many_uses_take_one_flush() -> None:
    ids = uses_note([Use(CLERK, "r", "1", (), (ANNA,), "核对") for _ in range(1000)])
    assert len(set(ids)) == 1000
    assert ledger_append_pending().entries == 1000
    assert connection.vendor in ("sqlite", "postgresql")


def test_entries_that_vanish_stop_the_tiles(home: Path) -> None:
    note()
    note()
    ledger_append_pending()
    EntrySubject.objects.filter(entry_id=1).delete()
    Entry.objects.filter(index=1).delete()
    LedgerState.objects.update(tiled=0)
    with pytest.raises(ProofWrong, match="missing from the ledger"):
        ledger_append_pending()


def test_the_city_s_own_look_finds_a_row_that_was_changed_and_a_second_signature_that_fails() -> None:
    note()
    note("另一次")
    ledger_append_pending()
    assert ledger_verify(CLERK).fault is None
    Entry.objects.filter(index=1).update(purpose="别的用途")
    fault = ledger_verify(CLERK).fault
    assert fault is not None and fault.entry == 1
    Entry.objects.filter(index=1).update(purpose="另一次")
    head = SignedHead.objects.get()
    signed = note_read(head.note)
    second = replace(signed.signatures[1], data=bytes(64))
    SignedHead.objects.update(note=str(replace(signed, signatures=(signed.signatures[0], second))))
    fault = ledger_verify(CLERK).fault
    assert fault is not None and "SM2" in fault.en
