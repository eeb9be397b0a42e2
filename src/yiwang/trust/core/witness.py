"""A second office that remembers: it keeps what was published, signs what only grew, and says which entry was taken back.

The witness mirrors the tiles of leaf hashes (hashes, no data of anybody) and computes every root itself, so it can not only tell that
a log was forked or rolled back but name the first entry that changed. Its folder needs nothing of the city's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yiwang.trust.core.merkle import SIZE, Frontier
from yiwang.trust.core.note import (
    COSIGNATURE,
    Note,
    NoteWrong,
    Verifier,
    checkpoint_read,
    cosignature,
    note_holds,
    note_read,
    verifier_read,
)
from yiwang.trust.core.tiles import WIDTH, tile_path

# The bytes under a path of the log, None where there are none.
Fetch = Callable[[str], bytes | None]
STATE, KEY, LEAVES, NOTE = "witness.json", "witness.key", "leaves", "checkpoint"


@dataclass(frozen=True)
class Seen:
    """What one look gave. `alarm` is empty when all is well; `entry` is then -1, else the first that was changed or taken back."""

    size: int
    before: int
    note: str
    entry: int = -1
    alarm_zh: str = ""
    alarm_en: str = ""


def witness_key(folder: Path, name: str) -> Verifier:
    """The witness's own public key; made at first need, in a file only its owner reads."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEY
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
    return Verifier(name, COSIGNATURE, _key(folder).public_key().public_bytes_raw())


def witness_look(folder: Path, fetch: Fetch, name: str, now: int, trusted: str = "") -> Seen:
    """Fetch the newest checkpoint, check that it only grew, remember and cosign it. Raises NoteWrong for what is no checkpoint.

    `trusted` is the city's verifier key; without it the one published at the first look is kept for ever after.
    """
    own = witness_key(folder, name)
    before, tree, key = _state(folder)
    key = trusted or key or _published_key(fetch)
    note = note_read(_must(fetch, NOTE).decode())
    head = checkpoint_read(note)
    if not note_holds(note, verifier_read(key)):
        text = "检查点不是这座城市的钥匙签的", "the checkpoint is not signed by the city's key"
        return Seen(head.size, before, str(note), before, *text)
    if head.size < before:
        text = (
            f"账本被退回：第 {head.size} 条起没有了",
            f"the log was rolled back: entries from {head.size} on are gone",
        )
        return Seen(head.size, before, str(note), head.size, *text)
    fresh, is_same = _fresh(folder, fetch, before, head.size)
    grown = tree.extend(fresh)
    if not is_same or grown.size != head.size or grown.root() != head.root:
        entry = _first_changed(folder, fetch, before, head.size)
        text = (
            f"账本被改写：从第 {entry} 条起与见过的不同",
            f"the log was forked: from entry {entry} on it is not what was seen",
        )
        return Seen(head.size, before, str(note), entry, *text)
    with (folder / LEAVES).open("ab") as file:
        file.write(b"".join(fresh))
        file.flush()
        os.fsync(file.fileno())
    # What it signed of this head before has come back with it; the newest time stands alone.
    others = Note(note.text, tuple(one for one in note.signatures if one.key_id != own.key_id))
    signed = others.signed(cosignature(name, _key(folder), note.text, now))
    _keep(folder, grown, key, str(signed))
    return Seen(head.size, before, str(signed))


def _state(folder: Path) -> tuple[int, Frontier, str]:
    path = folder / STATE
    if not path.exists():
        (folder / LEAVES).unlink(missing_ok=True)
        return 0, Frontier(), ""
    said = json.loads(path.read_text(encoding="utf-8"))
    size = int(said["size"])
    # leaves that were written before a crash and never remembered are not ours
    os.truncate(folder / LEAVES, size * SIZE)
    return size, Frontier(size, tuple(bytes.fromhex(one) for one in said["peaks"])), str(said["key"])


def _keep(folder: Path, tree: Frontier, key: str, note: str) -> None:
    said = {"size": tree.size, "peaks": [one.hex() for one in tree.peaks], "key": key}
    for name, text in ((NOTE, note), (STATE, json.dumps(said))):
        beside = folder / f".{name}.new"
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)


def _fresh(folder: Path, fetch: Fetch, before: int, size: int) -> tuple[list[bytes], bool]:
    """Leaf hashes from `before` to `size`, and whether those seen before in the same tile are as they were."""
    found: list[bytes] = []
    start = before - before % WIDTH
    for number in range(start // WIDTH, -(-size // WIDTH)):
        found += _tile(fetch, number, min(WIDTH, size - number * WIDTH))
    seen = _seen(folder, start, before)
    return found[before - start :], found[: len(seen)] == seen


def _first_changed(folder: Path, fetch: Fetch, before: int, size: int) -> int:
    """The first leaf that is published otherwise than it was; `before` when all that was seen is the same."""
    for number in range(-(-before // WIDTH)):
        start = number * WIDTH
        published = _tile(fetch, number, min(WIDTH, size - start))
        for at, one in enumerate(_seen(folder, start, min(before, start + WIDTH))):
            if at >= len(published) or published[at] != one:
                return start + at
    return before


def _seen(folder: Path, start: int, end: int) -> list[bytes]:
    if end <= start:
        return []
    with (folder / LEAVES).open("rb") as file:
        file.seek(start * SIZE)
        body = file.read((end - start) * SIZE)
    return [body[at : at + SIZE] for at in range(0, len(body), SIZE)]


def _tile(fetch: Fetch, number: int, width: int) -> list[bytes]:
    body = fetch(tile_path(0, number, width)) or fetch(tile_path(0, number)) or b""
    return [body[at : at + SIZE] for at in range(0, min(width * SIZE, len(body) - len(body) % SIZE), SIZE)]


def _published_key(fetch: Fetch) -> str:
    for line in _must(fetch, "keys").decode().split():
        if verifier_read(line).kind == b"\x01":
            return line
    raise NoteWrong("the log publishes no Ed25519 key")


def _must(fetch: Fetch, path: str) -> bytes:
    body = fetch(path)
    if body is None:
        raise NoteWrong(f"the log has no {path}")
    return body


def _key(folder: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes((folder / KEY).read_bytes())
