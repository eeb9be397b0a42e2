"""Signed notes, checkpoints and cosignatures as C2SP writes them (signed-note, tlog-checkpoint, tlog-cosignature v1).

A note is text that ends in a newline, an empty line, and lines of signatures: "— name base64(key id, signature)". A checkpoint is
a note of three lines: origin, size, root. SM2 has no number of its own there; its keys are of the type 0xff with a name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = b"\x01", b"\x04"
SM2 = b"\xffyiwang/sm2-sm3/v1"
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_DASH = "— "


class NoteWrong(ValueError):
    """A text that is no signed note, or no checkpoint."""


@dataclass(frozen=True)
class Signature:
    """`data` is what follows the four bytes of the key's id."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"


@dataclass(frozen=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line() for one in self.signatures)

    def signed(self, *more: Signature) -> Note:
        return Note(self.text, (*self.signatures, *more))


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key of a known type, as a vkey line says it: name+id+base64(type, key)."""

    name: str
    kind: bytes
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"


def verifier_read(line: str) -> Verifier:
    """Raises NoteWrong for a line that is no verifier key of a known type, or whose id is another key's."""
    name, _, rest = line.strip().partition("+")
    key_id, _, body = rest.partition("+")
    raw = _unbase(body)
    for kind in (SM2, ED25519, COSIGNATURE):
        if raw.startswith(kind):
            found = Verifier(name, kind, raw[len(kind) :])
            if found.key_id.hex() != key_id or not _NAME.fullmatch(name):
                raise NoteWrong(f"the key id of {name!r} is not this key's")
            return found
    raise NoteWrong(f"a key of an unknown type: {line[:80]!r}")


def note_read(text: str) -> Note:
    """Raises NoteWrong."""
    body, found, rest = text.rpartition("\n\n")
    if not found or not rest.endswith("\n"):
        raise NoteWrong("no signatures after an empty line")
    signatures = []
    for line in rest[:-1].split("\n"):
        if not line.startswith(_DASH):
            raise NoteWrong(f"no signature line: {line[:80]!r}")
        name, _, coded = line.removeprefix(_DASH).partition(" ")
        raw = _unbase(coded)
        if not _NAME.fullmatch(name) or len(raw) < 5:
            raise NoteWrong(f"no signature line: {line[:80]!r}")
        signatures.append(Signature(name, raw[:4], raw[4:]))
    return Note(body + "\n", tuple(signatures))


def checkpoint_read(note: Note) -> Checkpoint:
    """Raises NoteWrong for a note that is no checkpoint."""
    lines = note.text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):
        raise NoteWrong("a checkpoint is three lines: origin, size, root")
    root = _unbase(lines[2])
    if len(root) != 32:
        raise NoteWrong("the root of a checkpoint has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def signature_ed25519(name: str, key: Ed25519PrivateKey, text: str) -> Signature:
    verifier = Verifier(name, ED25519, key.public_key().public_bytes_raw())
    return Signature(name, verifier.key_id, key.sign(text.encode()))


def cosignature(name: str, key: Ed25519PrivateKey, text: str, at: int) -> Signature:
    """A witness says that it saw this checkpoint at `at` (seconds since 1970), consistent with all it saw before."""
    verifier = Verifier(name, COSIGNATURE, key.public_key().public_bytes_raw())
    return Signature(name, verifier.key_id, struct.pack(">Q", at) + key.sign(_cosigned(text, at)))


def note_holds(note: Note, verifier: Verifier, sm2: object = None) -> bool:
    """True when the note carries a signature by this key that holds. `sm2` checks SM2: (public, data, signature) → bool."""
    for one in note.signatures:
        if one.name == verifier.name and one.key_id == verifier.key_id:
            return _holds(note.text, one.data, verifier, sm2)
    return False


def cosigned_at(note: Note, verifier: Verifier) -> int | None:
    """When a witness signed, None when it did not or its signature does not hold."""
    for one in note.signatures:
        if one.name == verifier.name and one.key_id == verifier.key_id and _holds(note.text, one.data, verifier, None):
            return int(struct.unpack(">Q", one.data[:8])[0])
    return None


def _holds(text: str, data: bytes, verifier: Verifier, sm2: object) -> bool:
    if verifier.kind == SM2:
        return bool(callable(sm2) and sm2(verifier.public, text.encode(), data))
    body, said = data, text.encode()
    if verifier.kind == COSIGNATURE:
        if len(data) != 72:
            return False
        body, said = data[8:], _cosigned(text, struct.unpack(">Q", data[:8])[0])
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(body, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _unbase(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteWrong(f"no base64: {text[:40]!r}") from error
