"""Files by the SHA-256 of their bytes: the same bytes are kept once and are never overwritten.

A file is at `<files>/ab/cd/abcd…`, or sealed at `abcd….sealed` when it holds what people gave; the digest is that of the
plain bytes either way. It is written beside, flushed to the disk, and only then linked to its name, so that
whoever sees the name sees the whole file, also after a power cut.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction

from yiwang.kernel.access import demand, demand_identity
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, FileDamaged, InputError, NotFound, Unavailable
from yiwang.kernel.models import InstalledPack, StoredFile
from yiwang.kernel.sealedfiles import SUFFIX, SealedStream, sealed_write

CHUNK = 1 << 20
LONGEST_NAME = 255
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Asked with a digest before it is destroyed: why it may not be, or None.
Guard = Callable[[str], Text | None]
_guards: list[Guard] = []


def file_guard_declare(guard: Guard) -> None:
    """A room that binds files says, when the program starts, which must stay."""
    if guard not in _guards:
        _guards.append(guard)


def file_put(
    *,
    actor: Actor,
    source: Path | BinaryIO,
    name: str,
    media_type: str = "",
    digest: str = "",
    most_bytes: int | None = None,
    sealed: bool = False,
) -> StoredFile:
    """Keep the bytes of `source` (a path, or a binary file object read to its end) and return their record.

    Memory stays at one chunk of 1 MiB. When this returns, the bytes are on the disk. With `digest`, the content must
    have that SHA-256; with `most_bytes`, no more than that many bytes. `sealed`: what people gave or what is told of them;
    it is read with `file_open` only, its name is not kept here, and a file object must be able to go back to its beginning.
    Raises InputError for either, Unavailable when the disk is full, FileDamaged when the store already has this digest with other bytes.
    """
    demand_identity(actor)
    # What a file that people gave was called says as much of them as what is in it: whoever put it here keeps that, sealed.
    short = "" if sealed else file_title(name)
    with _opened(source) as stream:
        found, size = _store(stream, digest, most_bytes, sealed)
    with transaction.atomic():
        row, is_new = StoredFile.objects.get_or_create(
            digest=found, defaults={"size": size, "media_type": media_type, "name": short, "created_by": actor.id}
        )
        audit(
            actor=actor,
            act="file.put",
            object_kind="file",
            object_id=found,
            details={"name": short, "size": size, "new": is_new, "sealed": sealed},
        )
    return row


def file_path(digest: str) -> Path:
    """Where the bytes are in the open. Raises NotFound, Conflict for a file that lies sealed; does not read them."""
    path, is_sealed = _found(digest)
    if is_sealed:
        raise Conflict(
            zh=f"文件 {digest} 是封存的，不能按路径直接读",
            en=f"the file {digest} lies sealed and cannot be read at its path",
            where="digest",
            hint_zh="请通过系统打开它。",
            hint_en="Open it through the system.",
        )
    return path


def file_open(digest: str, first: int = 0) -> BinaryIO:
    """The bytes from byte `first` on, of a sealed file opened on the way: what lies before it is not read. `first` lies in the
    file. Raises NotFound, and what opening an envelope raises.
    """
    path, is_sealed = _found(digest)
    if is_sealed:
        return cast(BinaryIO, io.BufferedReader(SealedStream(path, digest, first)))
    stream = path.open("rb")
    stream.seek(first)
    return stream


@contextmanager
def file_lent(digest: str) -> Iterator[Path]:
    """A path for programs that read no stream; of a sealed file a copy below the scratch, gone when the block ends."""
    path, is_sealed = _found(digest)
    if not is_sealed:
        yield path
        return
    _make_folder(settings.PLACE.scratch)
    with TemporaryDirectory(prefix="lent-", dir=settings.PLACE.scratch) as folder:
        copy = Path(folder) / digest
        with file_open(digest) as source, copy.open("xb") as target:
            copyfileobj(source, target, CHUNK)
        yield copy


def _found(digest: str) -> tuple[Path, bool]:
    """Where a file lies, and whether it is sealed. One that lies in the open too is read there."""
    if not _DIGEST.fullmatch(digest):
        raise InputError(zh=f"{digest!r} 不是 SHA-256 摘要", en=f"{digest!r} is not a SHA-256 digest", where="digest")
    for is_sealed in (False, True):
        path = _place(digest, is_sealed)
        if path.is_file():
            return path, is_sealed
    raise NotFound(
        zh=f"没有摘要为 {digest} 的文件",
        en=f"there is no file with digest {digest}",
        where="digest",
        hint_zh="请从备份恢复，或重新上传。",
        hint_en="Restore it from a backup, or put it again.",
    )


def file_get(digest: str) -> StoredFile:
    """The record of a file. Raises NotFound."""
    row = StoredFile.objects.filter(digest=digest).first()
    if row is None:
        raise _unknown(digest)
    return row


def file_verify(digest: str) -> int:
    """Read the whole file and return its size. Raises FileDamaged when the bytes are not the ones that were put, and for a
    sealed one what opening an envelope raises.
    """
    with file_open(digest) as stream:
        found, size = _digested(stream, None)
    if found != digest:
        raise _damaged(digest)
    return size


def file_forget(*, actor: Actor, digest: str, purpose: str) -> int:
    """Destroy a file: its bytes and its record. Returns the bytes freed; the audit line keeps name, size and digest.

    When this returns the name is gone from the disk. Killed before that, it can be called again. Raises NotFound for a
    digest the store does not have, Conflict for a file of an installed pack or one that a room says must stay.
    """
    rule = demand(actor, "file.forget").rule
    with transaction.atomic():
        row = _given(digest)
        _unguarded(digest)
        row.delete()
        audit(
            actor=actor,
            act="file.forget",
            object_kind="file",
            object_id=digest,
            rule=rule,
            purpose=purpose,
            details={"name": row.name, "size": row.size},
        )
        # last, so that a failure leaves the record to try again with
        for is_sealed in (False, True):
            _place(digest, is_sealed).unlink(missing_ok=True)
        if _place(digest).parent.is_dir():
            _flush_folder(_place(digest).parent)
    return int(row.size)


def file_seal(*, actor: Actor, digest: str, purpose: str) -> bool:
    """Seal a file that lies in the open; whoever read it at its path cannot any more. False when it lay sealed already.

    Killed on the way, it can be called again. Raises Refused, NotFound, Conflict for a file of an installed pack,
    FileDamaged, Unavailable.
    """
    rule = demand(actor, "file.forget").rule
    path, is_sealed = _found(digest)
    if is_sealed:
        return False
    with transaction.atomic():
        row = _given(digest)
        with path.open("rb") as stream:
            _store(stream, digest, None, sealed=True)
        audit(
            actor=actor,
            act="file.seal",
            object_kind="file",
            object_id=digest,
            rule=rule,
            purpose=purpose,
            details={"name": row.name, "size": row.size},
        )
        path.unlink()
        _flush_folder(path.parent)
    return True


def _given(digest: str) -> StoredFile:
    """A file that is no pack's, locked. Raises NotFound, Conflict."""
    row = StoredFile.objects.select_for_update().filter(digest=digest).first()
    if row is None:
        raise _unknown(digest)
    if any(digest in pack.files.values() for pack in InstalledPack.objects.all()):
        raise Conflict(
            zh=f"文件 {row.name} 属于已安装的应用包，不能销毁或封存",
            en=f"the file {row.name} belongs to an installed pack and cannot be destroyed or sealed",
            where="digest",
            hint_zh="应用包的每个版本都须能读回。",
            hint_en="Every version of a pack must stay readable.",
        )
    return row


def _unguarded(digest: str) -> None:
    why = next((said for guard in _guards if (said := guard(digest)) is not None), None)
    if why is not None:
        raise Conflict(
            zh=f"不能销毁：{why.zh}",
            en=f"it cannot be destroyed: {why.en}",
            where="digest",
            hint_zh="先按保管期限销毁所属办件的档案。",
            hint_en="First destroy the archive of the case it belongs to, when its time is over.",
        )


def _unknown(digest: str) -> NotFound:
    return NotFound(zh=f"没有摘要为 {digest} 的文件", en=f"there is no file with digest {digest}", where="digest")


def _store(stream: BinaryIO, digest: str, most_bytes: int | None, sealed: bool) -> tuple[str, int]:
    beside = settings.PLACE.files / "incoming" / uuid.uuid4().hex
    _make_folder(beside.parent)
    try:
        if sealed:
            begin = stream.tell()
            found, size = _digested(stream, most_bytes)
            stream.seek(begin)
            sealed_write(stream, beside, found)
        else:
            found, size = _write(stream, beside, most_bytes)
        if digest and found != digest:
            raise InputError(
                zh=f"内容的摘要是 {found}，与所说的 {digest} 不符",
                en=f"the content has digest {found}, not {digest} as said",
                where="digest",
                hint_zh="文件在传送中变了，请重新上传。",
                hint_en="The file changed on its way; send it again.",
            )
        _link(beside, _place(found, sealed), found)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(
                zh="磁盘已满，文件没有保存",
                en="the disk is full; the file was not kept",
                where=str(settings.PLACE.files),
                hint_zh="请清理磁盘后重试。",
                hint_en="Free some space and try again.",
            ) from error
        raise
    finally:
        beside.unlink(missing_ok=True)
    return found, size


def _write(stream: BinaryIO, path: Path, most_bytes: int | None) -> tuple[str, int]:
    with path.open("xb") as out:
        found = _digested(stream, most_bytes, out)
        out.flush()
        os.fsync(out.fileno())
    return found


def _digested(stream: BinaryIO, most_bytes: int | None, out: BinaryIO | None = None) -> tuple[str, int]:
    """Digest and size of what is left of a stream, copied to `out` on the way."""
    hasher, size = hashlib.sha256(), 0
    for chunk in _chunks(stream):
        size += len(chunk)
        if most_bytes is not None and size > most_bytes:
            raise InputError(
                zh=f"文件超过 {most_bytes} 字节",
                en=f"the file has more than {most_bytes} bytes",
                where="source",
                hint_zh="请拆分后再上传。",
                hint_en="Split it and send the parts.",
            )
        hasher.update(chunk)
        if out is not None:
            out.write(chunk)
    return hasher.hexdigest(), size


def _link(beside: Path, place: Path, digest: str) -> None:
    """Give the finished file its name unless the store has it; a hard link never overwrites."""
    _make_folder(place.parent)
    try:
        os.link(beside, place)
        place.chmod(place.stat().st_mode & 0o444)
    except FileExistsError:
        # The caller may now drop its copy, so the one in the store has to be good.
        file_verify(digest)
    _flush_folder(place.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and flush the entries of those that are new, from the first old one down."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _place(digest: str, is_sealed: bool = False) -> Path:
    folder: Path = settings.PLACE.files
    return folder / digest[:2] / digest[2:4] / (digest + SUFFIX if is_sealed else digest)


def file_title(name: str) -> str:
    """The last part of what a browser or a command line called it, without control characters, at most 255 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip()[-LONGEST_NAME:]
    if not clean:
        raise InputError(zh="文件没有名称", en="the file has no name", where="name")
    return clean


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(source, Path):
        yield source
        return
    if not source.is_file():
        raise InputError(zh=f"{source} 不是文件", en=f"{source} is not a file", where=str(source))
    with source.open("rb") as stream:
        yield stream


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _damaged(digest: str) -> FileDamaged:
    return FileDamaged(
        zh=f"库中摘要为 {digest} 的文件已损坏",
        en=f"the stored file with digest {digest} is damaged",
        where=str(_place(digest)),
        hint_zh="请从备份恢复这个文件；不要在原处修改。",
        hint_en="Restore this file from a backup; do not edit it where it is.",
    )
