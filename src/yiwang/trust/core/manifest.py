"""The list of what a backup holds: every file with size and SHA-256, every table with its rows, and the head of the ledger.

The manifest is written last: a folder without one is a backup that was not finished.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yiwang.kernel.core.canonical import canonical_digest
from yiwang.trust.core.disk import folder_flush
from yiwang.trust.errors import ProofWrong

NAME = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Filed:
    """A file of the backup: bytes and SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`files` by path within the backup; `rows` by table; `marks` by part, what the part says of itself (table → version)."""

    made_at: str
    program: str
    engine: str
    database: str
    rows: Mapping[str, int]
    ledger_size: int
    ledger_root: str
    marks: Mapping[str, Mapping[str, str]]
    excluded: tuple[str, ...]
    files: Mapping[str, Filed] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return canonical_digest(self)


def manifest_write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with its own digest and flush it with its folder."""
    body = json.loads(json.dumps(_plain(manifest)))
    text = json.dumps({"format": FORMAT, "digest": manifest.digest, **body}, ensure_ascii=False, indent=1)
    with (folder / NAME).open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    folder_flush(folder)


def manifest_read(folder: Path) -> Manifest:
    """Raises ProofWrong for a folder without a manifest, or with one that was changed."""
    path = folder / NAME
    if not path.is_file():
        raise ProofWrong(
            zh=f"{folder} 里没有清单，备份没有做完或不是备份",
            en=f"there is no manifest in {folder}: the backup was not finished, or this is none",
            where=str(path),
            hint_zh="请用另一份备份。",
            hint_en="Use another backup.",
        )
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise ValueError("another format")
        digest = said.pop("digest")
        files = {name: Filed(int(one["size"]), str(one["sha256"])) for name, one in said.pop("files").items()}
        manifest = Manifest(**{**said, "excluded": tuple(said["excluded"])}, files=files)
        same = manifest.digest == digest
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _changed(path, str(error)) from error
    if not same:
        raise _changed(path, "digest")
    return manifest


def faults(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(file, what is wrong: missing, size, content or extra) of everything that is not as the manifest says, by path."""
    for name, filed in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            yield name, "missing"
        elif path.stat().st_size != filed.size:
            yield name, "size"
        elif digest_of(path) != filed.sha256:
            yield name, "content"
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME and name not in manifest.files:
            yield name, "extra"


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copied(source: Path, target: Path) -> Filed:
    """Copy one file and flush it; what is counted and hashed is what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("wb") as write:
        while chunk := read.read(_CHUNK):
            hasher.update(chunk)
            size += len(chunk)
            write.write(chunk)
        write.flush()
        os.fsync(write.fileno())
    shutil.copystat(source, target)
    return Filed(size, hasher.hexdigest())


def _plain(manifest: Manifest) -> dict[str, object]:
    said = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    said["files"] = {name: {"size": one.size, "sha256": one.sha256} for name, one in sorted(manifest.files.items())}
    return said


def _changed(path: Path, why: str) -> ProofWrong:
    return ProofWrong(
        zh=f"清单 {path} 被改动过（{why}）",
        en=f"the manifest {path} was changed ({why})",
        where=str(path),
        hint_zh="请用另一份备份。",
        hint_en="Use another backup.",
    )
