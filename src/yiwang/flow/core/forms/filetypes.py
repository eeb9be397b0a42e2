"""What a file is by its first bytes: its name says nothing that can be relied on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from yiwang.kernel.core.text import Text


@dataclass(frozen=True, slots=True)
class FileType:
    """`tells` is asked with the whole content."""

    media_type: str
    endings: tuple[str, ...]
    title: Text
    tells: Callable[[bytes], bool]


def _starts(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(heads)


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """An ISO media file of one of these brands."""
    return lambda data: data[4:8] == b"ftyp" and any(data[8:12].startswith(brand) for brand in brands)


def _holds(member: str) -> Callable[[bytes], bool]:
    """A ZIP in which this member stands."""

    def tells(data: bytes) -> bool:
        if not data.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return member in archive.namelist()
        except (zipfile.BadZipFile, NotImplementedError):
            return False

    return tells


FILE_TYPES: dict[str, FileType] = {
    "jpg": FileType("image/jpeg", (".jpg", ".jpeg"), Text(zh="JPEG 图片", en="JPEG picture"), _starts(b"\xff\xd8\xff")),
    "png": FileType("image/png", (".png",), Text(zh="PNG 图片", en="PNG picture"), _starts(b"\x89PNG\r\n\x1a\n")),
    "webp": FileType(
        "image/webp",
        (".webp",),
        Text(zh="WebP 图片", en="WebP picture"),
        lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP",
    ),
    "heic": FileType(
        "image/heic",
        (".heic", ".heif"),
        Text(zh="HEIC 图片", en="HEIC picture"),
        _brand(b"heic", b"heix", b"mif1", b"heim"),
    ),
    "pdf": FileType("application/pdf", (".pdf",), Text(zh="PDF 文件", en="PDF file"), _starts(b"%PDF-")),
    "ofd": FileType("application/ofd", (".ofd",), Text(zh="OFD 文件", en="OFD file"), _holds("OFD.xml")),
    "docx": FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        Text(zh="Word 文档", en="Word document"),
        _holds("word/document.xml"),
    ),
    "xlsx": FileType(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        Text(zh="Excel 表格", en="Excel sheet"),
        _holds("xl/workbook.xml"),
    ),
    "mp4": FileType(
        "video/mp4",
        (".mp4", ".m4v", ".mov"),
        Text(zh="MP4 视频", en="MP4 video"),
        _brand(b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V", b"qt  "),
    ),
    "mp3": FileType(
        "audio/mpeg",
        (".mp3",),
        Text(zh="MP3 录音", en="MP3 recording"),
        _starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    ),
    "wav": FileType(
        "audio/wav",
        (".wav",),
        Text(zh="WAV 录音", en="WAV recording"),
        lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE",
    ),
}


def file_type(data: bytes) -> str | None:
    """The name of the type; None when it is none of those that can be told."""
    return next((name for name, kind in FILE_TYPES.items() if kind.tells(data)), None)


def file_problem(data: bytes, name: str, accept: tuple[str, ...]) -> Text | None:
    """What is wrong with a file whose content and name these are; None when nothing is."""
    found = file_type(data)
    known_zh = "、".join(FILE_TYPES[one].title.zh for one in accept)
    known_en = ", ".join(FILE_TYPES[one].title.en for one in accept)
    if found is None or found not in accept:
        what = Text(zh="认不出的文件", en="no known type") if found is None else FILE_TYPES[found].title
        return Text(zh=f"{name} 是{what.zh}；可以上传 {known_zh}", en=f"{name} is {what.en}; there may be {known_en}")
    if not name.lower().endswith(FILE_TYPES[found].endings):
        return Text(
            zh=f"{name} 的内容是{FILE_TYPES[found].title.zh}，与后缀不符",
            en=f"{name} holds a {FILE_TYPES[found].title.en}, which its ending does not say",
        )
    return None
