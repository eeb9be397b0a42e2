"""The offline verifier: this one file, Python and `cryptography`, no database and no other part of the program.

    python verifier.py PROOF.json          one use: does its leaf stand in the tree that the checkpoint signs?
    python verifier.py FOLDER              a whole log as `yiwang verify --export` wrote it: every entry, tile and checkpoint

It computes everything anew, with code of its own: an auditor who reads only this file has read all that is believed.
Exit code 0 when everything holds, 1 with the first bad entry otherwise. SM2 signatures are counted, Ed25519 ones checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256


@dataclass(frozen=True)
class Fault:
    """What does not hold first. `entry` is the first bad one, or the first of those that may be; -1 when it is none of them."""

    entry: int
    zh: str
    en: str


@dataclass(frozen=True)
class Found:
    entries: int
    heads: int
    root: str
    fault: Fault | None = None


def hash_leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Roots of a growing list of leaves."""

    def __init__(self) -> None:
        self.size, self.peaks = 0, list[tuple[int, bytes]]()

    def add(self, hashed: bytes) -> None:
        level = 0
        while self.peaks and self.peaks[-1][0] == level:
            hashed, level = hash_node(self.peaks.pop()[1], hashed), level + 1
        self.peaks.append((level, hashed))
        self.size += 1

    def root(self) -> bytes:
        found = b""
        for _, peak in reversed(self.peaks):
            found = hash_node(peak, found) if found else peak
        return found or hashlib.sha256().digest()


def root_by_path(hashed: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root a proof leads to; None when it has not the length of one."""
    steps: list[tuple[bool, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        is_right = index >= middle
        steps.append((is_right, middle))
        start, end = (middle, end) if is_right else (start, middle)
    if not 0 <= index < size or len(steps) != len(path) or any(len(one) != 32 for one in path):
        return None
    for (is_right, _), other in zip(reversed(steps), path, strict=True):
        hashed = hash_node(other, hashed) if is_right else hash_node(hashed, other)
    return hashed


def signed_head(note: str, keys: Sequence[str]) -> tuple[int, bytes] | str:
    """Size and root of a checkpoint that one of the keys signed with Ed25519; else why not, in a word."""
    body, _, lines = note.rpartition("\n\n")
    text, parts = body + "\n", body.split("\n")
    if len(parts) < 3 or not parts[1].isdigit():
        return "form"
    for key in keys:
        name, key_id, coded = key.split("+", 2)
        raw = base64.b64decode(coded)
        if raw[:1] != b"\1" or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:
            continue
        for line in lines.splitlines():
            if not line.startswith(f"— {name} "):
                continue
            said = base64.b64decode(line.rpartition(" ")[2])
            if said[:4].hex() == key_id and _signed(raw[1:], said[4:], text):
                return int(parts[1]), base64.b64decode(parts[2])
    return "signature"


def cosigners(note: str, witnesses: Sequence[str]) -> tuple[list[tuple[str, int]], str]:
    """Who of the witnesses signed a checkpoint too, with the second since 1970; and the first whose signature does not hold."""
    body, _, lines = note.rpartition("\n\n")
    found: list[tuple[str, int]] = []
    for key in witnesses:
        name, key_id, coded = key.split("+", 2)
        raw = base64.b64decode(coded)
        if raw[:1] != b"\4" or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:
            return found, name
        for line in lines.splitlines():
            said = base64.b64decode(line.rpartition(" ")[2]) if line.startswith(f"— {name} ") else b""
            if said[:4].hex() != key_id:
                continue
            at = int.from_bytes(said[4:12], "big")
            if not _signed(raw[1:], said[12:], f"cosignature/v1\ntime {at}\n{body}\n"):
                return found, name
            found.append((name, at))
            break
    return found, ""


def _signed(public: bytes, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def check_proof(said: Any) -> Fault | None:
    """One bundle, as `use_proof` gives it: hashes and subject in hex, leaf in base64. What is no bundle proves nothing."""
    try:
        return _proof_fault(said)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as wrong:
        text = f"{type(wrong).__name__}: {wrong}"
        return Fault(-1, f"不是完整的证明（{text}）", f"this is no whole proof ({text})")


def _proof_fault(said: dict[str, Any]) -> Fault | None:
    index, leaf = int(said["index"]), base64.b64decode(said["leaf"])
    head = signed_head(said["checkpoint"], said["keys"])
    if isinstance(head, str):
        return Fault(-1, f"检查点不成立（{head}）", f"the checkpoint does not hold ({head})")
    liar = cosigners(said["checkpoint"], said.get("witnesses", ()))[1]
    if liar:
        return Fault(-1, *_not_witnessed(liar))
    path = [bytes.fromhex(one) for one in said["hashes"]]
    if head[0] != said["size"] or root_by_path(hash_leaf(leaf), index, head[0], path) != head[1]:
        return Fault(index, f"第 {index} 条不在检查点的树里", f"entry {index} is not in the tree the checkpoint signs")
    if said.get("subject"):
        about = json.loads(leaf)["about"]
        if isinstance(about, str):
            return None if about == said["subject"] else _not_about(index)
        own, others = hash_leaf(bytes.fromhex(said["subject"])), [bytes.fromhex(one) for one in said["others"]]
        found = root_by_path(own, int(said["place"]), int(about["n"]), others)
        if found is None or found.hex() != about["root"]:
            return _not_about(index)
    return None


def _not_witnessed(name: str) -> tuple[str, str]:
    return f"见证方 {name} 的签名不成立", f"the signature of the witness {name} does not hold"


def _not_about(index: int) -> Fault:
    return Fault(index, f"第 {index} 条说的不是这个人", f"entry {index} is not about this person")


def check_folder(folder: Path, keys: Sequence[str] = ()) -> Found:
    """A whole exported log. `keys` are those one trusts; without them those in the folder, which then must be compared by hand.
    What is no exported log has a fault."""
    try:
        return _folder_found(folder, keys)
    except (OSError, ValueError, TypeError, AttributeError) as wrong:
        text = f"{type(wrong).__name__}: {wrong}"
        return Found(0, 0, "", Fault(-1, f"不是完整的导出账本（{text}）", f"this is no whole exported log ({text})"))


def _folder_found(folder: Path, keys: Sequence[str]) -> Found:
    trusted = list(keys) or (folder / "keys").read_text(encoding="utf-8").split()
    heads = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    others = folder / "witnesses"
    witnesses = others.read_text(encoding="utf-8").split() if others.is_file() else []
    return check_log(_entries(folder / "entries"), heads, trusted, folder, witnesses)


def check_log(
    entries: Iterable[tuple[int, bytes]],
    heads: Sequence[str],
    keys: Sequence[str],
    tiles: Path,
    witnesses: Sequence[str] = (),
) -> Found:
    """Every entry against its place, its tile and the heads signed over it; the first that does not hold ends the check."""
    signed, bad = _heads(heads, keys, witnesses)
    tree, good, row = Tree(), 0, list[bytes]()
    for index, leaf in entries:
        if index != tree.size:
            return _found(tree, signed, Fault(tree.size, f"缺少第 {tree.size} 条", f"entry {tree.size} is missing"))
        hashed = hash_leaf(leaf)
        if index % WIDTH == 0:
            row = _tile(tiles, index // WIDTH)
        if index % WIDTH < len(row) and row[index % WIDTH] != hashed:
            text = f"第 {index} 条与当时公布的不同", f"entry {index} is not what was published then"
            return _found(tree, signed, Fault(index, *text))
        tree.add(hashed)
        if tree.size in signed:
            if signed[tree.size] != tree.root():
                return _found(tree, signed, Fault(good, *_between(good, tree.size)))
            good = tree.size
    last = max(signed, default=0)
    if tree.size < last:
        return _found(tree, signed, Fault(tree.size, f"缺少第 {tree.size} 条", f"entry {tree.size} is missing"))
    if len(_tile(tiles, tree.size // WIDTH)) > tree.size % WIDTH:
        return _found(tree, signed, Fault(tree.size, f"缺少第 {tree.size} 条", f"entry {tree.size} is missing"))
    return _found(tree, signed, bad)


def _heads(
    heads: Sequence[str], keys: Sequence[str], witnesses: Sequence[str]
) -> tuple[dict[int, bytes], Fault | None]:
    """Roots by size of the heads that are signed, and the first head, or signature of a witness, that does not hold."""
    signed: dict[int, bytes] = {}
    bad: Fault | None = None
    for note in heads:
        after = max(signed, default=0)
        head = signed_head(note, keys)
        if isinstance(head, str):
            text = (
                f"第 {after} 条之后的检查点不成立（{head}）",
                f"the checkpoint after entry {after} does not hold ({head})",
            )
            bad = bad or Fault(after, *text)
            continue
        signed[head[0]] = head[1]
        liar = cosigners(note, witnesses)[1]
        if liar:
            bad = bad or Fault(after, *_not_witnessed(liar))
    return signed, bad


def _between(good: int, size: int) -> tuple[str, str]:
    return (
        f"第 {good} 至 {size - 1} 条中有一条与签过的根不符",
        f"one of the entries {good} to {size - 1} is not what was signed",
    )


def _found(tree: Tree, signed: dict[int, bytes], fault: Fault | None) -> Found:
    return Found(tree.size, len(signed), tree.root().hex(), fault)


def _entries(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for line in file:
            index, _, leaf = line.rstrip(b"\n").partition(b" ")
            yield int(index), leaf


def _tile(folder: Path, number: int) -> list[bytes]:
    """The leaf hashes of a tile, the widest there is; none where it was never published."""
    rest, parts = number, [f"{number % 1000:03d}"]
    while rest >= 1000:
        rest //= 1000
        parts.insert(0, f"x{rest % 1000:03d}")
    full = folder / "tile/0" / "/".join(parts)
    partial = full.with_name(full.name + ".p")
    wide = (
        sorted((int(p.name) for p in partial.glob("*") if p.name.isdigit()), reverse=True) if partial.is_dir() else []
    )
    place = full if full.is_file() else partial / str(wide[0]) if wide else None
    body = place.read_bytes() if place else b""
    return [body[at : at + 32] for at in range(0, len(body), 32)]


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    path = Path(arguments[0])
    if path.is_dir():
        found = check_folder(path)
        fault, said = found.fault, f"{found.entries} entries, {found.heads} checkpoints, root {found.root}"
    else:
        try:
            bundle = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as wrong:
            sys.stderr.write(f"{path}: {wrong}\n")
            return 2
        fault, said = check_proof(bundle), ""
        if fault is None:
            said = f"entry {bundle['index']} of {bundle['size']}"
            held = cosigners(bundle["checkpoint"], bundle.get("witnesses", ()))[0]
            said += "".join(f", also signed by {name} at {at}" for name, at in held)
    sys.stdout.write(f"{fault.zh} / {fault.en}\n" if fault else f"成立 / holds: {said}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
