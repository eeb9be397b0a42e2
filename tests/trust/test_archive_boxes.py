"""A closed matter is packed, checked four ways, handed over, kept as long as its item says, and destroyed by two people."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine, Event
from yiwang.kernel.selectors import file_open
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust
from yiwang.trust.archivechecks import outcomes
from yiwang.trust.core.fourchecks import Check
from yiwang.trust.core.signedtext import read_signed
from yiwang.trust.keys import public_keys
from yiwang.trust.models import ArchiveBox, ArchiveCheck

SHELL = system_actor("tests")
CLERK = Actor(id="account:1", name="c", scopes={Role.STAFF: frozenset({"civil"})})
LEAD = Actor(id="account:2", name="d", scopes={Role.DATA_LEAD: frozenset({"civil"})})
STRANGER = Actor(id="account:3", name="s", scopes={Role.STAFF: frozenset({"water"})})
MATTER = trust.Matter(
    number="A-2026-1",
    title="低保申请",
    department="civil",
    result="completed",
    closed_on=date(2026, 3, 1),
    retention="10y",
    basis="机关文件材料归档范围和文书档案保管期限规定",
    facts={"item": "relief"},
)
PARTS: dict[str, bytes] = {
    "case.json": json.dumps({"number": "A-2026-1"}).encode(),
    "files/照片.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 32,
    "files/statement.pdf": b"%PDF-1.4 text",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def packed(**changes: object) -> ArchiveBox:
    parts = changes.pop("parts", PARTS)
    return trust.archive_pack(actor=CLERK, matter=replace(MATTER, **changes), parts=parts)  # type: ignore[arg-type]


def problems(tar: Path, digest: str) -> dict[Check, tuple[str, ...]]:
    keys = {key.id: key.ed25519 for key in public_keys("archive")}
    return {one.check: one.problems for one in outcomes(tar, digest, keys)}


def whole(box: ArchiveBox) -> bytes:
    """The package as it goes out."""
    with file_open(box.digest) as stream:
        return stream.read()


def lying(home: Place, box: ArchiveBox) -> Path:
    """Where it lies, sealed."""
    (found,) = Path(home.files).glob(f"*/*/{box.digest}*")
    return found


def rewritten(source: bytes, target: Path, **changes: bytes | None) -> Path:
    """The same tar with parts changed or left out, by the end of their name."""
    with tarfile.open(fileobj=io.BytesIO(source)) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            found = next((key for key in changes if member.name.endswith(key.replace("__", "."))), None)
            data = changes[found] if found else old.extractfile(member).read()  # type: ignore[union-attr]
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return target


def test_a_package_holds_and_can_be_read_without_this_program(tmp_path: Path) -> None:
    box = packed()
    assert ArchiveCheck.objects.get().holds is True
    assert (box.keep_until, box.state) == (date(2037, 1, 1), "packed")
    with tarfile.open(fileobj=io.BytesIO(whole(box))) as tar:
        names = {member.name for member in tar.getmembers()}
    assert {"A-2026-1/bagit.txt", "A-2026-1/data/files/照片.png", "A-2026-1/manifest-sha256.txt"} <= names


def test_film_and_sound_pass_by_their_beginning(tmp_path: Path) -> None:
    heads = {
        "a.mp4": b"\0\0\0\x18ftypmp42",
        "a.m4a": b"\0\0\0\x18ftypM4A ",
        "a.ogg": b"OggS",
        "a.webm": b"\x1a\x45\xdf\xa3",
    }
    packed(parts={"case.json": b"{}"} | {name: head + b"/JavaScript".rjust(200) for name, head in heads.items()})
    assert ArchiveCheck.objects.get().holds is True


def test_packed_twice_it_is_one_package() -> None:
    assert packed().pk == packed().pk
    assert AuditLine.objects.filter(act="archive.pack").count() == 1


@pytest.mark.parametrize("retention", ["", "soon", "0y", "100y", "10"])
def test_without_a_declared_retention_nothing_is_packed(retention: str) -> None:
    with pytest.raises(InputError, match="no retention"):
        packed(retention=retention)
    with pytest.raises(InputError, match="no retention"):
        packed(basis=" ")
    assert not ArchiveBox.objects.exists()


@pytest.mark.parametrize("name", ["../x.json", "/x.json", "a/../x.json", "facts.json", "a//b.json", "a\nb.json", ""])
def test_a_part_may_not_lie_outside(name: str) -> None:
    with pytest.raises(InputError):
        packed(parts={name: b"{}"})


def test_every_byte_of_the_package_counts(tmp_path: Path) -> None:
    box = packed()
    held = whole(box)
    for place in range(0, len(held), 97):
        changed = tmp_path / "changed.tar"
        changed.write_bytes(held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :])
        assert problems(changed, box.digest)[Check.AUTHENTIC] != (), place


def test_the_four_checks_name_the_first_bad_part(tmp_path: Path) -> None:
    box = packed()
    source, target = whole(box), tmp_path / "changed.tar"

    def found(**changes: bytes | None) -> dict[Check, tuple[str, ...]]:
        return problems(rewritten(source, target, **changes), box.digest)

    assert "statement.pdf" in found(statement__pdf=b"%PDF-1.4 other")[Check.WHOLE][0]
    assert "statement.pdf" in found(statement__pdf=None)[Check.WHOLE][0]
    assert "signs another content" in found(**{"manifest-sha256__txt": b"0" * 64})[Check.AUTHENTIC][-1]
    assert "missing" in found(signature__jws=None)[Check.AUTHENTIC][-1]
    assert "not this city" in found(signature__jws=b"e30.e30.AA")[Check.AUTHENTIC][-1]


@pytest.mark.parametrize(
    ("name", "data", "check"),
    [
        ("a.exe", b"MZ..", Check.SAFE),
        ("a.pdf", b"%PDF-1.4 /JavaScript (x)", Check.SAFE),
        ("a.txt", b"#!/bin/sh", Check.SAFE),
        ("a.pdf", b"no pdf", Check.USABLE),
        ("a.json", b"{", Check.USABLE),
        ("a.xyz", b"?", Check.USABLE),
        ("a.mp4", b"ftypmp42", Check.USABLE),
        ("a.webm", b"MZ..", Check.SAFE),
        ("a.txt", b"\xff\xfe", Check.USABLE),
    ],
)
def test_what_will_not_last_or_is_harmful_is_named_and_kept_from_going_out(
    tmp_path: Path, name: str, data: bytes, check: Check
) -> None:
    box = packed(parts={"case.json": b"{}", name: data})
    (tmp_path / "out.tar").write_bytes(whole(box))
    assert name in problems(tmp_path / "out.tar", box.digest)[check][0]
    with pytest.raises(Conflict, match="four checks"):
        trust.archive_transfer(actor=CLERK, number=box.number, office="市档案馆")


def test_a_package_lies_sealed_and_a_changed_or_missing_one_does_not_pass(home: Place) -> None:
    box = packed()
    place = lying(home, box)
    sealed = place.read_bytes()
    assert b"A-2026-1" not in sealed and "照片".encode() not in sealed
    place.chmod(0o644)
    place.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    changed = trust.archive_check(actor=CLERK, number=box.number)
    assert (changed.holds, "changed" in changed.results[0]["problems"][0]) == (False, True)
    place.unlink()
    assert trust.archive_check(actor=CLERK, number=box.number).holds is False


def test_it_is_handed_over_and_the_receipt_noted() -> None:
    box = packed()
    with pytest.raises(Conflict, match="waits"):
        trust.archive_received(actor=CLERK, number=box.number, receipt="R-1")
    out = trust.archive_transfer(actor=CLERK, number=box.number, office="市档案馆")
    assert out.read_bytes() == whole(box)
    trust.archive_received(actor=CLERK, number=box.number, receipt="R-1")
    view = reads.archive_get(CLERK, box.number)
    assert (view.row.state, view.transfers[0].receipt) == ("transferred", "R-1")


def test_before_its_time_and_for_good_nothing_is_destroyed() -> None:
    packed(closed_on=timezone.localdate())
    packed(number="A-2", retention="permanent", closed_on=date(1990, 1, 1))
    for number in ("A-2026-1", "A-2"):
        with pytest.raises(Conflict, match="is kept"):
            trust.archive_destroy_propose(actor=CLERK, number=number, reason="到期")


def test_two_people_destroy_what_has_outlived_its_time_and_a_certificate_remains() -> None:
    box = packed(closed_on=timezone.localdate() - timedelta(days=366 * 12))
    assert reads.archive_over(LEAD) == 1
    with pytest.raises(Conflict, match="nobody proposed"):
        trust.archive_destroy_approve(actor=LEAD, number=box.number)
    trust.archive_destroy_propose(actor=LEAD, number=box.number, reason="保管期满")
    with pytest.raises(Refused, match="whoever proposed"):
        trust.archive_destroy_approve(actor=LEAD, number=box.number)
    with pytest.raises(Refused):
        trust.archive_destroy_approve(actor=CLERK, number=box.number)
    certificate = trust.archive_destroy_approve(actor=SHELL, number=box.number)
    signed = read_signed(certificate)
    assert signed.holds({key.id: key.ed25519 for key in public_keys("archive")}[signed.key])
    assert (signed.payload["digest"], signed.payload["proposed_by"]) == (box.digest, LEAD.id)
    with pytest.raises(NotFound):
        file_open(box.digest)
    assert reads.archive_get(LEAD, box.number).certificate == certificate
    assert Event.objects.filter(name="archive.destroyed").count() == 1
    with pytest.raises(Conflict, match="destroyed"):
        trust.archive_check(actor=LEAD, number=box.number)


def test_another_office_neither_packs_nor_sees_it() -> None:
    box = packed()
    with pytest.raises(Refused):
        trust.archive_pack(actor=STRANGER, matter=replace(MATTER, number="A-3"), parts=PARTS)
    with pytest.raises(NotFound):
        reads.archive_get(STRANGER, box.number)
    with pytest.raises(NotFound):
        reads.archive_file(STRANGER, box.number, purpose="x")
    assert reads.archive_list(STRANGER).total == 0
    assert [row.holds for row in reads.archive_list(CLERK).items] == [True]


def test_reading_a_package_takes_a_purpose_and_leaves_a_line() -> None:
    box = packed()
    with pytest.raises(InputError):
        reads.archive_file(CLERK, box.number, purpose=" ")
    with reads.archive_file(CLERK, box.number, purpose="复查") as tar:
        assert tar.read() == whole(box)
    assert AuditLine.objects.get(act="archive.read").purpose == "复查"


def test_scratch_is_left_empty(home: Place) -> None:
    packed()
    assert list(home.scratch.iterdir()) == []
