"""Files by content: kept once, never overwritten, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from yiwang.kernel import files
from yiwang.kernel.core.actor import ANONYMOUS, Actor
from yiwang.kernel.errors import FileDamaged, InputError, NotFound, Refused, Unavailable
from yiwang.kernel.models import AuditLine, StoredFile
from yiwang.kernel.selectors import file_get, file_path, file_verify
from yiwang.kernel.service import file_put

pytestmark = pytest.mark.django_db
BYTES = "姓名,金额\n".encode()
DIGEST = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.PLACE = SimpleNamespace(files=tmp_path / "files")
    return tmp_path / "files"


def put(actor: Actor, content: bytes = BYTES, **kwargs: Any) -> StoredFile:
    return file_put(actor=actor, source=io.BytesIO(content), name="表.csv", **kwargs)


def leftovers(store: Path) -> list[Path]:
    return list((store / "incoming").iterdir())


def test_a_file_is_found_under_the_digest_of_its_bytes(system: Actor, store: Path) -> None:
    row = put(system, media_type="text/csv")
    assert (row.digest, row.size, row.name) == (DIGEST, len(BYTES), "表.csv")
    assert file_path(DIGEST) == store / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert file_path(DIGEST).read_bytes() == BYTES
    assert file_verify(DIGEST) == len(BYTES)
    assert leftovers(store) == []
    assert AuditLine.objects.get(act="file.put").object_id == DIGEST


def test_a_path_and_a_stream_give_the_same_file(system: Actor, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(BYTES)
    by_path = file_put(actor=system, source=source, name=str(source))
    assert by_path == put(system)
    assert by_path.name == "in.csv"


def test_the_same_bytes_are_kept_once_under_their_first_name(system: Actor) -> None:
    put(system)
    before = file_path(DIGEST).stat().st_mtime_ns
    again = file_put(actor=system, source=io.BytesIO(BYTES), name="other.csv")
    assert (StoredFile.objects.count(), again.name) == (1, "表.csv")
    assert file_path(DIGEST).stat().st_mtime_ns == before


def test_content_that_is_not_what_was_said_is_refused(system: Actor, store: Path) -> None:
    with pytest.raises(InputError):
        put(system, digest="0" * 64)
    assert leftovers(store) == [] and not StoredFile.objects.exists()
    assert put(system, digest=DIGEST).digest == DIGEST


def test_a_file_over_the_limit_is_refused_before_it_is_read_whole(system: Actor, store: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(InputError):
        file_put(actor=system, source=endless, name="x", most_bytes=3 << 20)  # type: ignore[arg-type]
    assert endless.given <= 4 << 20
    assert leftovers(store) == []


def test_damage_is_found_on_demand_and_when_the_same_bytes_come_again(system: Actor) -> None:
    put(system)
    path = file_path(DIGEST)
    path.chmod(0o600)
    path.write_bytes(BYTES[:-1] + b"!")
    with pytest.raises(FileDamaged):
        file_verify(DIGEST)
    with pytest.raises(FileDamaged):
        put(system)
    assert path.read_bytes().endswith(b"!")


def test_the_bytes_and_the_folder_are_flushed_before_the_answer(
    system: Actor, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        flushed.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        real(handle)

    monkeypatch.setattr(files.os, "fsync", fsync)
    put(system)
    assert flushed[-1] == DIGEST[2:4]
    assert {"incoming", "files"} & set(flushed)
    assert any(len(name) == 32 for name in flushed)


def test_a_full_disk_is_said_and_leaves_nothing(system: Actor, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    (store / "incoming").mkdir(parents=True)
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(Unavailable):
        put(system)
    assert leftovers(store) == [] and not StoredFile.objects.exists()


def test_a_source_that_breaks_off_leaves_nothing(system: Actor, store: Path) -> None:
    class Broken(io.RawIOBase):
        parts: Iterator[bytes] = iter([b"some"])

        def read(self, size: int = -1) -> bytes:
            try:
                return next(self.parts)
            except StopIteration:
                raise ConnectionError("gone") from None

    with pytest.raises(ConnectionError):
        file_put(actor=system, source=Broken(), name="x")  # type: ignore[arg-type]
    assert leftovers(store) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [("C:\\Users\\a\\表.xlsx", "表.xlsx"), ("../../etc/passwd", "passwd"), ("a\x00b\n.csv", "ab.csv")],
)
def test_a_name_is_only_a_name(system: Actor, said: str, kept: str) -> None:
    assert file_put(actor=system, source=io.BytesIO(BYTES), name=said).name == kept


def test_a_file_without_name_or_from_nobody_is_refused(system: Actor) -> None:
    with pytest.raises(InputError):
        file_put(actor=system, source=io.BytesIO(BYTES), name="/")
    with pytest.raises(Refused):
        file_put(actor=ANONYMOUS, source=io.BytesIO(BYTES), name="x")


def test_a_digest_that_is_none_or_unknown_is_an_error() -> None:
    with pytest.raises(InputError):
        file_path("../../etc/passwd")
    with pytest.raises(NotFound):
        file_path("0" * 64)
    with pytest.raises(NotFound):
        file_get("0" * 64)
