"""Whether a file carries a virus, asked of ClamAV's daemon before a byte of it is kept.

`SCANNER_URL` says where the daemon is: `clamd://host:port` or `clamd:///run/clamav/clamd.ctl`. Without one the stand-in
answers: it knows nothing but the EICAR test file, so that the way of a refusal can be tried. A daemon that is named and does
not answer is a refusal too; nothing passes unseen.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from yiwang.kernel.errors import InputError, Unavailable

CHUNK = 1 << 16
SECONDS = 30
MAX_REPLY = 4096
# The European Institute for Computer Antivirus Research's harmless test file, in two halves so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class VirusFound(InputError):
    """A scanner refused the file; `where` is its name."""

    code = "virus_found"


class Scanner(Protocol):
    def scan(self, source: BinaryIO) -> str | None:
        """The name of what was found; None when nothing was. Raises Unavailable when nobody could look."""


@dataclass(frozen=True)
class StandIn:
    """Knows the EICAR test file and nothing else."""

    def scan(self, source: BinaryIO) -> str | None:
        kept = b""
        while chunk := source.read(CHUNK):
            kept = kept[-len(EICAR) :] + chunk
            if EICAR in kept:
                return "Eicar-Test-Signature"
        return None


@dataclass(frozen=True)
class Clamd:
    """The daemon's INSTREAM command: chunks with their length in front, ended by an empty one."""

    host: str = ""
    port: int = 0
    path: str = ""

    def scan(self, source: BinaryIO) -> str | None:
        with self._connected() as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := source.read(CHUNK):
                line.sendall(struct.pack("!L", len(chunk)) + chunk)
            line.sendall(struct.pack("!L", 0))
            reply = _reply(line)
        words = reply.removeprefix("stream: ")
        if words.endswith(" FOUND"):
            return words.removesuffix(" FOUND")
        if words == "OK":
            return None
        raise _away(reply)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        family, place = (socket.AF_UNIX, self.path) if self.path else (socket.AF_INET, (self.host, self.port))
        try:
            with socket.socket(family, socket.SOCK_STREAM) as line:
                line.settimeout(SECONDS)
                line.connect(place)
                yield line
        except OSError as error:
            raise _away(str(error)) from error


def _reply(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MAX_REPLY:
        part = line.recv(1024)
        if not part:
            break
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def scanner() -> Scanner:
    """The scanner of this city. Raises ValueError for an address that is none."""
    url = getattr(settings, "SCANNER_URL", "")
    if not url:
        return StandIn()
    parts = urlsplit(url)
    if parts.scheme == "clamd" and parts.hostname:
        return Clamd(host=parts.hostname, port=parts.port or 3310)
    if parts.scheme == "clamd" and parts.path:
        return Clamd(path=parts.path)
    raise ValueError(f"YIWANG_SCANNER_URL: {url!r} is no address; use clamd://host:port or clamd:///path/of/socket")


def scan(source: BinaryIO, name: str) -> None:
    """Look through a file from where it stands to its end. Raises VirusFound, Unavailable."""
    found = scanner().scan(source)
    if found is not None:
        raise VirusFound(
            zh=f"文件 {name} 含有病毒（{found}），没有保存",
            en=f"the file {name} carries a virus ({found}) and was not kept",
            where=name,
            hint_zh="请用杀毒软件检查您的设备，换一份干净的文件再上传。",
            hint_en="Check your device with an antivirus program and send a clean file.",
        )


def _away(why: str) -> Unavailable:
    return Unavailable(
        zh=f"病毒扫描没有回答（{why[:200]}），文件没有保存",
        en=f"the virus scanner gave no answer ({why[:200]}); the file was not kept",
        where="SCANNER_URL",
        hint_zh="请稍后再试；其他答案已保存在草稿里。",
        hint_en="Try again later; your other answers are kept in the draft.",
    )
