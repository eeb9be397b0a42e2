"""What people hand in lies sealed on the disk, piece by piece; the digest stays that of the plain bytes."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from yiwang.config.place import Place
from yiwang.kernel import sealedfiles
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Unavailable
from yiwang.kernel.models import StoredFile
from yiwang.kernel.sealedfiles import PIECE, sealed_write
from yiwang.kernel.selectors import file_lent, file_open, file_path, file_verify
from yiwang.kernel.service import file_forget, file_put
from yiwang.trust import keys
from yiwang.trust.errors import KeysLocked, SealBroken
from yiwang.trust.master import master_file

SHELL = system_actor("tests")
NAME = "欧阳试名 11010519491231002X".encode()

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def put(data: bytes = NAME, **more: bool) -> str:
    return str(file_put(actor=SHELL, source=io.BytesIO(data), name="card.pdf", **({"sealed": True} | more)).digest)  # type: ignore[arg-type]


def lying(home: Place, digest: str) -> Path:
    (found,) = Path(home.files).glob(f"*/*/{digest}*")
    return found


def read(digest: str) -> bytes:
    with file_open(digest) as stream:
        return stream.read()


def altered(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_every_size_comes_back_as_it_was(home: Place, size: int) -> None:
    data = (NAME * (size // len(NAME) + 1))[:size]
    digest = put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert read(digest) == data
    assert file_verify(digest) == size == StoredFile.objects.get(digest=digest).size
    with file_open(digest) as stream:
        assert b"".join(iter(lambda: stream.read(1000), b"")) == data


@pytest.mark.parametrize("first", [0, 5, PIECE - 1, PIECE, 2 * PIECE + 7, 3 * PIECE - 1])
@pytest.mark.parametrize("sealed", [True, False])
def test_it_is_read_from_any_byte_on(home: Place, first: int, sealed: bool) -> None:
    data = (NAME * (3 * PIECE // len(NAME) + 1))[: 3 * PIECE]
    with file_open(put(data, sealed=sealed), first) as stream:
        assert stream.read(100) == data[first : first + 100]
        assert stream.read() == data[first + 100 :]


def test_pieces_before_what_is_asked_are_not_opened(home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, opened = put(b"x" * 3 * PIECE), []
    held = sealedfiles._declared[0]

    def noted(sealed: bytes, about: str) -> bytes:
        opened.append(about)
        return held.open(sealed, about)

    monkeypatch.setattr(sealedfiles, "_declared", [sealedfiles.Sealer(held.close, noted)])
    with file_open(digest, 2 * PIECE) as stream:
        assert stream.read(10) == b"x" * 10
    assert opened == [f"file {digest} 2 last"]


def test_nothing_below_the_home_shows_what_was_handed_in(home: Place) -> None:
    digest = put()
    with file_lent(digest) as path:
        assert path.read_bytes() == NAME
    assert not path.exists()
    lain = b"".join(path.read_bytes() for path in Path(home.home).rglob("*") if path.is_file())
    assert len(lain) > len(NAME)
    assert NAME not in lain and NAME[:12] not in lain


def test_a_sealed_file_has_no_path_to_be_read_at(home: Place) -> None:
    with pytest.raises(Conflict, match="lies sealed") as told:
        file_path(put())
    assert "封存" in told.value.zh


def test_put_twice_it_is_kept_once_and_looked_at(home: Place) -> None:
    digest = put()
    before = lying(home, digest).read_bytes()
    assert put() == digest
    assert lying(home, digest).read_bytes() == before
    altered(lying(home, digest), before[:-1] + bytes([before[-1] ^ 1]))
    with pytest.raises(SealBroken):
        put()


def test_what_somebody_else_needs_in_the_open_is_kept_so_too(home: Place) -> None:
    digest = put()
    assert put(sealed=False) == digest
    assert file_path(digest).read_bytes() == NAME == read(digest)
    file_forget(actor=SHELL, digest=digest, purpose="test")
    assert list(Path(home.files).glob(f"*/*/{digest}*")) == []
    with pytest.raises(NotFound):
        file_open(digest)


def test_a_changed_cut_or_exchanged_file_does_not_open(home: Place) -> None:
    one, other = put(NAME * 60_000), put(b"x" * 10)
    path = lying(home, one)
    sealed = path.read_bytes()
    first = 4 + int.from_bytes(sealed[:4], "big")
    assert len(NAME * 60_000) > PIECE
    for changed in (
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed[:first],
        sealed[first:],
        sealed[: first + 2],
        sealed + sealed[first:],
        b"\xff\xff\xff\xff" + sealed[4:],
        b"",
        lying(home, other).read_bytes(),
    ):
        altered(path, changed)
        with pytest.raises(SealBroken):
            file_verify(one)
    altered(path, sealed)
    assert file_verify(one) == len(NAME) * 60_000


def test_a_file_sealed_before_a_rotation_opens_after_it(home: Place) -> None:
    digest = put()
    keys.key_rotate(actor=SHELL, purpose="files", cipher="sm4-gcm")
    keys.keys_forget()
    assert read(digest) == NAME
    assert read(put(b"later")) == b"later"


def test_without_the_key_it_does_not_open_and_says_why(home: Place) -> None:
    digest = put()
    keys.keys_forget()
    master_file().unlink()
    with pytest.raises(KeysLocked) as locked:
        file_open(digest)
    assert "主密钥" in locked.value.zh and "master key" in locked.value.en


def test_a_program_that_cannot_seal_keeps_nothing(home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealedfiles, "_declared", [])
    with pytest.raises(Unavailable, match="cannot|can seal"):
        put()
    assert [path for path in Path(home.files).rglob("*") if path.is_file()] == []
    assert not StoredFile.objects.exists()


def test_a_source_that_changes_on_the_way_is_not_kept(home: Place, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="changed while"):
        sealed_write(io.BytesIO(b"other"), tmp_path / "x", hashlib.sha256(NAME).hexdigest())
    with pytest.raises(InputError, match="more than 3"):
        file_put(actor=SHELL, source=io.BytesIO(NAME), name="a", most_bytes=3, sealed=True)
    assert not StoredFile.objects.exists()
