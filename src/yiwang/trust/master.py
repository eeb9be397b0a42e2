"""The master key: a file outside the database, readable by its owner alone. Nothing in it is ever shown.

`YIWANG_MASTER_KEY_FILE` names the file where it is kept elsewhere (a mounted secret, another disk); it is then never
made here. Otherwise it is `keys/master.key` in the city's home.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yiwang.trust.core.disk import folder_flush
from yiwang.trust.errors import KeysLocked

VARIABLE = "YIWANG_MASTER_KEY_FILE"
LENGTH = 32


@dataclass(frozen=True)
class MasterState:
    """What may be told of the master key: where it is, and a name that tells nothing of it."""

    path: str
    is_there: bool
    fingerprint: str


def master_file() -> Path:
    named = os.environ.get(VARIABLE, "")
    return Path(named).expanduser() if named else Path(settings.PLACE.home) / "keys" / "master.key"


def master_state() -> MasterState:
    path = master_file()
    if not path.is_file():
        return MasterState(str(path), False, "")
    return MasterState(str(path), True, hashlib.sha256(b"yiwang/master/" + master_read()).hexdigest()[:16])


def master_read() -> bytes:
    """The 32 bytes. Raises KeysLocked when the file is missing, open to others or not a key."""
    path = master_file()
    try:
        text, mode = path.read_text(encoding="ascii").strip(), path.stat().st_mode
    except FileNotFoundError:
        raise missing(path) from None
    except (OSError, UnicodeDecodeError):
        raise _unfit(path, "读不出", "cannot be read") from None
    if VARIABLE not in os.environ and stat.S_IMODE(mode) & 0o077:
        raise _unfit(path, "其他用户也可读（请 chmod 600）", "is open to other users (chmod 600 it)")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise _unfit(path, "不是 64 位十六进制的主密钥", "does not hold 64 hexadecimal digits")
    return key


def master_make() -> None:
    """Make the file where there is none; whoever makes it at the same time gets the same one. Flushed when it returns."""
    path = master_file()
    if path.exists():
        return
    if VARIABLE in os.environ:
        raise missing(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(LENGTH) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return
    finally:
        beside.unlink()
    for folder in (path.parent, path.parent.parent):
        folder_flush(folder)


def missing(path: Path) -> KeysLocked:
    return KeysLocked(
        zh="主密钥文件不在，而本市已有用它封装的密钥",
        en="the master key file is missing, and this city has keys wrapped under it",
        where=str(path),
        hint_zh=f"从单独保管处取回这个文件，或用 {VARIABLE} 指明它在哪里；不要另造一个。",
        hint_en=f"Bring the file back from where it is kept apart, or name it by {VARIABLE}; do not make another.",
    )


def _unfit(path: Path, zh: str, en: str) -> KeysLocked:
    return KeysLocked(
        zh=f"主密钥文件{zh}",
        en=f"the master key file {en}",
        where=str(path),
        hint_zh="请恢复正确的文件和权限。",
        hint_en="Restore the right file and its mode.",
    )
