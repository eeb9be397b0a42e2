"""Whoever changes what was acknowledged is found, and the first entry that was touched is named."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yiwang.trust.core.merkle import Frontier, leaf_hash
from yiwang.trust.core.note import Checkpoint, Note, Verifier, note_read, signature_ed25519
from yiwang.trust.core.tiles import WIDTH, tiles_write
from yiwang.trust.core.verifier import check_folder, check_log, check_proof, main
from yiwang.trust.core.witness import Seen, witness_look

ENTRIES, HEADS, TAMPERINGS = 10_000, 12, 200
ORIGIN = "city.example/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = str(Verifier(ORIGIN, b"\x01", KEY.public_key().public_bytes_raw()))
KINDS = ("edit", "delete", "reorder", "re-sign", "roll back", "fork", "edit all but the signature")
DAY = 3_000


@dataclass
class Log:
    """A city's ledger as it stands: rows, signed heads and published tiles."""

    leaves: list[bytes]
    heads: list[str]
    tiles: Path

    def head(self, size: int, key: Ed25519PrivateKey = KEY) -> str:
        tree = Frontier().extend([leaf_hash(one) for one in self.leaves[:size]])
        text = Checkpoint(ORIGIN, size, tree.root()).text()
        return str(Note(text, (signature_ed25519(ORIGIN, key, text),)))

    def publish(self, key: Ed25519PrivateKey = KEY) -> None:
        shutil.rmtree(self.tiles / "tile", ignore_errors=True)
        tiles_write(self.tiles, 0, [leaf_hash(one) for one in self.leaves], 0)
        (self.tiles / "checkpoint").write_text(self.head(len(self.leaves), key), encoding="utf-8")

    def first_fault(self) -> int | None:
        found = check_log(enumerate_rows(self.leaves), self.heads, [VKEY], self.tiles)
        return None if found.fault is None else found.fault.entry


def enumerate_rows(leaves: list[bytes]) -> list[tuple[int, bytes]]:
    """Rows with the index their place in the table had; an empty leaf stands for a row that was deleted."""
    return [(index, leaf) for index, leaf in enumerate(leaves) if leaf]


def fetcher(folder: Path) -> Callable[[str], bytes | None]:
    return lambda path: (folder / path).read_bytes() if (folder / path).is_file() else None


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Log:
    chance = random.Random(5)
    leaves = [json.dumps({"id": number, "purpose": chance.random()}).encode() for number in range(ENTRIES)]
    log = Log(leaves, [], tmp_path_factory.mktemp("log"))
    sizes = sorted({*chance.sample(range(1, ENTRIES), HEADS), ENTRIES - DAY, ENTRIES})
    log.heads = [log.head(size) for size in sizes]
    log.publish()
    (log.tiles / "keys").write_text(f"{VKEY}\n", encoding="utf-8")
    return log


@pytest.fixture(scope="module")
def witness(sound: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witness")
    assert witness_look(folder, fetcher(sound.tiles), "audit.example", 1).alarm_zh == ""
    return folder


def test_a_sound_log_holds(sound: Log) -> None:
    assert sound.first_fault() is None


def look(witness: Path, tiles: Path, scratch: Path) -> Seen:
    return witness_look(Path(shutil.copytree(witness, scratch)), fetcher(tiles), "audit.example", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_is_found_and_its_first_entry_named(
    sound: Log, witness: Path, tmp_path: Path, kind: str
) -> None:
    for turn in range(TAMPERINGS // len(KINDS) + 1):
        chance = random.Random(f"{kind}{turn}")
        log = Log(list(sound.leaves), list(sound.heads), sound.tiles)
        at = chance.randrange(ENTRIES - 1)
        scratch = tmp_path / str(turn)
        assert SPOIL[kind](log, at, chance, witness, scratch) == wanted(kind, at), (kind, turn, at)


def wanted(kind: str, at: int) -> int:
    return ENTRIES - DAY if kind == "roll back" else at


def inside(spoil: Callable[[Log, int, random.Random], None]) -> Any:
    """What the city's own verifier finds, with the tiles that were published."""

    def run(log: Log, at: int, chance: random.Random, witness: Path, scratch: Path) -> int | None:
        spoil(log, at, chance)
        return log.first_fault()

    return run


def outside(spoil: Callable[[Log, int, random.Random], Ed25519PrivateKey]) -> Any:
    """What the witness finds when tiles and checkpoint were made anew as well."""

    def run(log: Log, at: int, chance: random.Random, witness: Path, scratch: Path) -> int:
        key = spoil(log, at, chance)
        log.tiles = scratch / "log"
        log.publish(key)
        seen = look(witness, log.tiles, scratch / "witness")
        assert seen.alarm_zh and seen.alarm_en
        return seen.entry

    return run


def edit(log: Log, at: int, chance: random.Random) -> None:
    log.leaves[at] = log.leaves[at].replace(b"purpose", b"pretext")


def delete(log: Log, at: int, chance: random.Random) -> None:
    log.leaves[at] = b""


def reorder(log: Log, at: int, chance: random.Random) -> None:
    other = chance.randrange(at + 1, ENTRIES)
    log.leaves[at], log.leaves[other] = log.leaves[other], log.leaves[at]


def resign(log: Log, at: int, chance: random.Random) -> None:
    """Edit, then sign every head over it anew: the tiles that were published still tell."""
    edit(log, at, chance)
    log.heads = [log.head(int(note_read(one).text.split("\n")[1])) for one in log.heads]


def roll_back(log: Log, at: int, chance: random.Random) -> Ed25519PrivateKey:
    del log.leaves[ENTRIES - DAY :]
    return KEY


def fork(log: Log, at: int, chance: random.Random) -> Ed25519PrivateKey:
    """Another history from there on, longer than the one that was seen, signed with the city's own key."""
    log.leaves[at:] = [b'{"other":%d}' % number for number in range(ENTRIES - at + chance.randrange(1, 2 * WIDTH))]
    return KEY


def rewrite(log: Log, at: int, chance: random.Random) -> Ed25519PrivateKey:
    """Everything made anew over an edit, of the same size, with the city's own key."""
    edit(log, at, chance)
    return KEY


SPOIL: dict[str, Any] = {
    "edit": inside(edit),
    "delete": inside(delete),
    "reorder": inside(reorder),
    "re-sign": inside(resign),
    "roll back": outside(roll_back),
    "fork": outside(fork),
    "edit all but the signature": outside(rewrite),
}


def test_a_head_signed_by_another_key_is_refused(sound: Log, witness: Path, tmp_path: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    log = Log(list(sound.leaves), [*sound.heads[:-1], sound.head(ENTRIES, other)], sound.tiles)
    assert log.first_fault() == int(note_read(sound.heads[-2]).text.split("\n")[1])
    log.tiles = tmp_path / "log"
    log.publish(other)
    assert "not signed by the city" in look(witness, log.tiles, tmp_path / "witness").alarm_en


def test_a_witness_goes_on_where_the_log_only_grew(sound: Log, witness: Path, tmp_path: Path) -> None:
    log = Log([*sound.leaves, b"one", b"two"], [], tmp_path / "log")
    log.publish()
    seen = look(witness, log.tiles, tmp_path / "witness")
    assert (seen.before, seen.size, seen.alarm_zh) == (ENTRIES, ENTRIES + 2, "")
    assert "audit.example" in seen.note


@pytest.mark.parametrize(
    "said", [{}, [], "proof", {"index": "x"}, {"index": 0, "leaf": "!", "checkpoint": 1, "keys": 2}]
)
def test_what_is_no_proof_proves_nothing(said: Any, tmp_path: Path) -> None:
    fault = check_proof(said)
    assert fault is not None and fault.zh and fault.en and fault.entry == -1
    (tmp_path / "p.json").write_text(json.dumps(said), encoding="utf-8")
    assert main([str(tmp_path / "p.json")]) == 1


def test_a_folder_or_file_that_is_no_log_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = check_folder(tmp_path)
    assert found.fault is not None and found.entries == 0 and str(tmp_path) in found.fault.en
    (tmp_path / "keys").write_text(VKEY, encoding="utf-8")
    (tmp_path / "heads.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "entries").write_text("one {}\n", encoding="utf-8")
    assert check_folder(tmp_path).fault is not None
    assert main([str(tmp_path / "none.json")]) == 2 and "none.json" in capsys.readouterr().err
