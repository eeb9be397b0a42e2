"""Files that can still be read in thirty years and that carry nothing harmful: told by their first bytes, not by their names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from yiwang.kernel.core.text import Text


class Check(StrEnum):
    AUTHENTIC = "authentic"
    WHOLE = "whole"
    USABLE = "usable"
    SAFE = "safe"


CHECKS: dict[Check, Text] = {
    Check.AUTHENTIC: Text(zh="真实性", en="Authentic"),
    Check.WHOLE: Text(zh="完整性", en="Whole"),
    Check.USABLE: Text(zh="可用性", en="Usable"),
    Check.SAFE: Text(zh="安全性", en="Safe"),
}


@dataclass(frozen=True)
class Outcome:
    """`looked_at` in plain words; the first bad part first."""

    check: Check
    looked_at: Text
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.problems


# Ending → how such a file begins; an empty tuple means text in UTF-8. Formats the archives' rules name or that are open.
FORMATS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "ofd": (b"PK\x03\x04",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "wav": (b"RIFF",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "ogg": (b"OggS",),
    "webm": (b"\x1a\x45\xdf\xa3",),
    "mp4": (b"ftyp",),
    "m4a": (b"ftyp",),
    "json": (),
    "xml": (),
    "txt": (),
    "csv": (),
    "bpmn": (),
    "form": (),
}
# An ISO media file begins with the length of its first part.
SKIPPED = {"mp4": 4, "m4a": 4}
# Film and sound run nothing and may be larger than memory: their beginning is looked at. Their digests are of the whole.
BEGINNINGS = frozenset({"mp4", "m4a", "webm", "ogg", "mp3", "wav"})
BEGINNING = 64
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
ACTIVE = (b"/JavaScript", b"/Launch", b"vbaProject.bin")


def looked_at(name: str) -> int:
    """How many bytes of such a file the two checks below are given; -1 is all of it."""
    return BEGINNING if _ending(name) in BEGINNINGS else -1


def readable_problem(name: str, data: bytes) -> str:
    """Why the file may not be readable later; empty when it is in a lasting format and begins as such a file does."""
    ending = _ending(name)
    begins = FORMATS.get(ending)
    if begins is None:
        return f"{name}: no lasting format"
    if begins:
        return "" if data[SKIPPED.get(ending, 0) :].startswith(begins) else f"{name}: does not begin as a .{ending}"
    try:
        text = data.decode("utf-8")
        if ending == "json":
            json.loads(text)
    except (UnicodeDecodeError, ValueError):
        return f"{name}: not readable as .{ending}"
    return ""


def harm_problem(name: str, data: bytes) -> str:
    """Why the file should not be kept beside others: a program, or a document that runs something."""
    if data.startswith(PROGRAMS):
        return f"{name}: a program"
    found = next((mark for mark in ACTIVE if mark in data), None)
    return f"{name}: runs something ({found.decode()})" if found is not None else ""


def _ending(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""
