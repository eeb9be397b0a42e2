"""Recordings that a browser plays by itself, told by their first bytes: a name says nothing that can be relied on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yiwang.kernel.core.text import Text

# What `media_kind` is asked with.
HEAD = 64


@dataclass(frozen=True, slots=True)
class Media:
    media_type: str
    endings: tuple[str, ...]
    title: Text
    tells: Callable[[bytes], bool]


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """An ISO media file of one of these brands."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12].startswith(brands)


def _ogg_sound(head: bytes) -> bool:
    """Ogg holds films too; the first packet says which codec it is."""
    return head.startswith(b"OggS") and any(mark in head for mark in (b"\x01vorbis", b"OpusHead", b"\x7fFLAC"))


MEDIA: dict[str, Media] = {
    "mp4": Media(
        "video/mp4",
        (".mp4", ".m4v"),
        Text(zh="MP4 视频", en="MP4 video"),
        _brand(b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V", b"MSNV", b"dash"),
    ),
    "webm": Media(
        "video/webm",
        (".webm",),
        Text(zh="WebM 视频", en="WebM video"),
        lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head,
    ),
    "m4a": Media("audio/mp4", (".m4a",), Text(zh="M4A 录音", en="M4A recording"), _brand(b"M4A", b"M4B")),
    "mp3": Media(
        "audio/mpeg",
        (".mp3",),
        Text(zh="MP3 录音", en="MP3 recording"),
        lambda head: head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ),
    "wav": Media(
        "audio/wav",
        (".wav",),
        Text(zh="WAV 录音", en="WAV recording"),
        lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    ),
    "ogg": Media("audio/ogg", (".ogg", ".oga", ".opus"), Text(zh="Ogg 录音", en="Ogg recording"), _ogg_sound),
}
ENDINGS = tuple(ending for kind in MEDIA.values() for ending in kind.endings)


def media_kind(head: bytes) -> str | None:
    """The name of the type; None when no browser plays it or it cannot be told."""
    return next((name for name, kind in MEDIA.items() if kind.tells(head[:HEAD])), None)


def media_problem(head: bytes, name: str) -> Text | None:
    """What is wrong with a recording that begins so and is called so; None when nothing is."""
    found = media_kind(head)
    if found is None:
        known_zh = "、".join(kind.title.zh for kind in MEDIA.values())
        known_en = ", ".join(kind.title.en for kind in MEDIA.values())
        return Text(
            zh=f"{name} 的内容不是浏览器能播放的录音录像；可以是 {known_zh}",
            en=f"what {name} holds is no recording that a browser plays; there may be {known_en}",
        )
    kind = MEDIA[found]
    if not name.lower().endswith(kind.endings):
        return Text(
            zh=f"{name} 的内容是{kind.title.zh}，与后缀不符",
            en=f"{name} holds a {kind.title.en}, which its ending does not say",
        )
    return None
