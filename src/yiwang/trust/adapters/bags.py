"""BagIt packages (RFC 8493) as one tar: the one place that knows the library.

The same parts and facts give the same bytes: names in order, no clock, no owner.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import bagit

MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
MOST_MEMBERS = 100_000
Opener = Callable[[], BinaryIO]


class BagBroken(ValueError):
    """The package does not hold; the text names the first bad part."""


def bag_make(folder: Path, parts: Mapping[str, bytes | Opener], facts: Mapping[str, str]) -> Path:
    """A bag of these parts below `folder` (new). A part's name is a plain relative path; a part is bytes, or opened when its turn comes."""
    folder.mkdir(parents=True)
    for name, source in sorted(parts.items()):
        place = folder / name
        if not place.resolve().is_relative_to(folder.resolve()):
            raise BagBroken(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            place.write_bytes(source)
        else:
            with source() as stream, place.open("xb") as target:
                copyfileobj(stream, target)
    bagit.make_bag(str(folder), bag_info=dict(facts), checksums=["sha256"])
    return folder


def bag_add(folder: Path, name: str, data: bytes) -> None:
    """Put a tag file beside the manifests and take it up in the manifest of tags."""
    (folder / name).write_bytes(data)
    bag = bagit.Bag(str(folder))
    bag.save()


def bag_tar(folder: Path, name: str, target: Path) -> None:
    """The bag as one tar under `name`/."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(f"{name}/{path.relative_to(folder).as_posix()}")
            entry.size, entry.mode = path.stat().st_size, 0o444
            with path.open("rb") as stream:
                out.addfile(entry, stream)


def bag_unpack(tar: Path, folder: Path) -> Path:
    """Unpack below `folder` and return the bag's own folder. Raises BagBroken for anything but plain files in one folder."""
    try:
        with tarfile.open(tar, "r:") as archive:
            members = archive.getmembers()
            tops = {member.name.split("/", 1)[0] for member in members}
            if not members or len(members) > MOST_MEMBERS or len(tops) != 1:
                raise BagBroken("not one folder")
            if strange := next((m.name for m in members if not m.isfile()), None):
                raise BagBroken(strange)
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BagBroken(str(error)[:200]) from error
    return folder / tops.pop()


def bag_check(folder: Path) -> int:
    """Validate every manifest and count; returns how many payload files there are. Raises BagBroken with the first bad part."""
    try:
        bag = bagit.Bag(str(folder))
        # The count alone would be looked at first, and names no part.
        total = bag.info.pop("Payload-Oxum", "")
        bag.validate()
        bag.info["Payload-Oxum"] = total
        bag.validate(fast=True)
    except bagit.BagValidationError as error:
        raise BagBroken("; ".join(map(str, error.details or [error]))[:400]) from error
    except (bagit.BagError, OSError, ValueError) as error:
        raise BagBroken(str(error)[:400]) from error
    return sum(1 for _ in bag.payload_files())


def bag_facts(folder: Path) -> dict[str, str]:
    """What bag-info.txt says."""
    return {str(name): str(value) for name, value in bagit.Bag(str(folder)).info.items()}


def read_part(tar: Path, name: str) -> bytes:
    """One part of a packed bag. Raises BagBroken when it is not there."""
    with tarfile.open(tar, "r:") as archive:
        for member in archive:
            if member.name.split("/", 1)[-1] == name:
                stream = archive.extractfile(member)
                return stream.read() if stream is not None else io.BytesIO().getvalue()
    raise BagBroken(name)
