"""Files the exchange holds ready: sealed piece by piece, so that neither memory nor disk ever has the whole in the open."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.lake import sync_file
from yiwang.trust.selectors import key_secret, open_bytes, seal_bytes

SEAL = "sealed"
PIECE = 1 << 20
_LENGTH = struct.Struct(">I")


def vault_path(name: str) -> Path:
    folder = Path(settings.PLACE.home) / "exchange"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.sealed"


def vault_write(name: str, parts: Iterable[bytes]) -> tuple[str, int]:
    """Keep what `parts` say in order. Returns the SHA-256 and the length of the plain bytes."""
    digest, length, number, held = hashlib.sha256(), 0, 0, bytearray()
    path = vault_path(name)
    half = path.with_suffix(".half")
    # Outside any transaction the key is then in memory.
    key_secret(SEAL)
    with half.open("wb") as file:
        for part in parts:
            digest.update(part)
            length += len(part)
            held += part
            if len(held) >= PIECE:
                file.write(_closed(name, number, held))
                number, held = number + 1, bytearray()
        file.write(_closed(name, number, held))
    half.replace(path)
    sync_file(path)
    return digest.hexdigest(), length


def vault_read(name: str) -> Iterator[bytes]:
    """The plain bytes, piece by piece. Raises SealBroken at a piece that was changed, moved or taken from another file."""
    with vault_path(name).open("rb") as file:
        number = 0
        while head := file.read(_LENGTH.size):
            yield open_bytes(SEAL, file.read(_LENGTH.unpack(head)[0]), _about(name, number))
            number += 1


def vault_drop(name: str) -> None:
    for path in (vault_path(name), vault_path(name).with_suffix(".half")):
        path.unlink(missing_ok=True)


def _closed(name: str, number: int, held: bytes | bytearray) -> bytes:
    sealed = seal_bytes(SEAL, bytes(held), _about(name, number))
    return _LENGTH.pack(len(sealed)) + sealed


def _about(name: str, number: int) -> str:
    return f"file {name} {number}"
