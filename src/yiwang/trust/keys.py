"""Keys by purpose: made at first need, wrapped under the master key, rotated by version, never shown.

A purpose is a word ("exchange", "subjects"); from its secret each use gets a key of its own (HMAC, sealing, Ed25519,
SM2), so that no key does two things. Old versions open what they closed and verify what they signed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.service import Sealer, audit
from yiwang.trust.adapters.sm2 import Sm2Key, sm2_private
from yiwang.trust.core.envelope import (
    AES_GCM,
    CIPHERS,
    EnvelopeBroken,
    derived,
    envelope_close,
    envelope_open,
    header_of,
    secrets_forget,
)
from yiwang.trust.errors import KeysLocked, SealBroken
from yiwang.trust.master import master_file, master_make, master_read
from yiwang.trust.models import Key

KEEPER = system_actor("keys")
_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,39}")
# Found again by what was computed with them; another version would find nothing that is there already.
FIXED: dict[str, Text] = {
    "subjects": Text(zh="账本和证照按它的摘要认人", en="the ledger and credentials know people by its digests"),
    "ledger": Text(zh="见证方和核验程序凭它认这本账", en="witnesses and verifiers know the log by it"),
    "search": Text(zh="封存的字段靠它的摘要查找", en="sealed fields are found by its digests"),
}
# Made by `yiwang init`, so that none is first made inside a request that may yet be undone.
FIRST = (
    "subjects",
    "search",
    "sealed",
    "ledger",
    "exchange",
    "credential",
    "seal",
    "identity",
    "archive",
    "case",
    "files",
)
# How long a process may close with a version that another one has just retired.
NEWEST_FOR_SECONDS = 30.0


@dataclass(frozen=True, repr=False)
class _Held:
    version: int
    algorithm: str
    secret: bytes


@dataclass(frozen=True)
class PublicKey:
    """What others may know of one version: enough to verify."""

    id: str
    purpose: str
    version: int
    ed25519: bytes
    sm2: bytes
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class KeyRow:
    """One line of the key ledger; no byte of any key."""

    purpose: str
    version: int
    algorithm: str
    fingerprint: str
    made_by: str
    made_at: datetime
    retired_at: datetime | None


_held: dict[tuple[str, str, int], _Held] = {}
_newest: dict[tuple[str, str], tuple[int, float]] = {}


def key_secret(purpose: str, version: int = 0) -> bytes:
    """32 bytes for keyed hashes, of the newest version or the one named. Raises KeysLocked."""
    return derived(_key(purpose, version).secret, "secret")


def key_version(purpose: str) -> int:
    """The newest version."""
    return _key(purpose, 0).version


def signing_key(purpose: str, version: int = 0) -> Ed25519PrivateKey:
    """The Ed25519 key of a purpose. Raises KeysLocked."""
    return Ed25519PrivateKey.from_private_bytes(derived(_key(purpose, version).secret, "ed25519"))


def sm2_key(purpose: str, version: int = 0) -> Sm2Key:
    """The SM2 key of a purpose. Raises KeysLocked."""
    return sm2_private(derived(_key(purpose, version).secret, "sm2", 48))


def key_id(purpose: str, version: int = 0) -> str:
    """The name a signature carries, e.g. "exchange-1-5c0f1a2b"."""
    held = _key(purpose, version)
    return f"{purpose}-{held.version}-{_fingerprint(held.secret)[:8]}"


def public_keys(purpose: str) -> tuple[PublicKey, ...]:
    """Every version there was, the newest first: old signatures stay verifiable."""
    _key(purpose, 0)
    return tuple(
        PublicKey(
            key_id(purpose, row.version),
            purpose,
            row.version,
            signing_key(purpose, row.version).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
            sm2_key(purpose, row.version).public,
            row.created_at,
            row.retired_at,
        )
        for row in Key.objects.filter(purpose=purpose)
    )


def seal_bytes(purpose: str, plain: bytes, about: str) -> bytes:
    """Close `plain` with the newest key of the purpose. `about` says what it belongs to ("case C-1/applicant")."""
    held = _key(purpose, 0)
    return envelope_close(held.secret, held.algorithm, held.version, plain, _about(purpose, about))


def open_bytes(purpose: str, sealed: bytes, about: str) -> bytes:
    """What was sealed under any version. Raises SealBroken when it was changed or belongs elsewhere, KeysLocked."""
    try:
        return envelope_open(_key(purpose, header_of(sealed).version).secret, sealed, _about(purpose, about))
    except (EnvelopeBroken, NotFound):
        raise SealBroken(
            zh="封存的内容已被改动，或者不属于这里",
            en="the sealed content was changed, or does not belong here",
            where=f"{purpose}: {about}",
            hint_zh="请从备份恢复这一条，并查是谁改动的。",
            hint_en="Restore it from a backup, and find out who changed it.",
        ) from None


# How the kernel closes files that hold what people gave.
FILES = Sealer(partial(seal_bytes, "files"), partial(open_bytes, "files"))


def sealed_version(sealed: bytes) -> int:
    """Which version closed it: below the newest, it may be sealed again."""
    return header_of(sealed).version


def key_rotate(*, actor: Actor, purpose: str, cipher: str = "") -> KeyRow:
    """Retire the newest version of a purpose and make the next, under `cipher` where it is named.

    Raises Refused without the right "key.rotate", Conflict for a purpose that things are found again by, InputError for
    an unknown cipher, NotFound for a purpose that has no key.
    """
    rule = demand(actor, "key.rotate").rule
    if purpose in FIXED:
        raise Conflict(
            zh=f"用途 {purpose} 的密钥不能轮换：{FIXED[purpose].zh}",
            en=f"the key {purpose} cannot be rotated: {FIXED[purpose].en}",
            where=purpose,
        )
    if cipher and cipher not in CIPHERS:
        raise InputError(
            zh=f"没有密码算法 {cipher}",
            en=f"there is no cipher {cipher}",
            where="cipher",
            hint_zh=f"可用：{'、'.join(CIPHERS)}",
            hint_en=f"There are: {', '.join(CIPHERS)}",
        )
    with transaction.atomic():
        old = Key.objects.select_for_update().filter(purpose=purpose).order_by("-version").first()
        if old is None:
            raise _unknown(purpose)
        old.retired_at = timezone.now()
        old.save(update_fields=["retired_at"])
        new = _add(actor, purpose, old.version + 1, cipher or old.algorithm, act="key.rotate", rule=rule)
        transaction.on_commit(lambda: _newest.pop((_home(), purpose), None))
    return _row(new)


def keys_prepare() -> None:
    """The master key and the first keys of a city; safe to run again. Raises KeysLocked."""
    for purpose in FIRST:
        _key(purpose, 0)


def key_list(actor: Actor) -> tuple[KeyRow, ...]:
    """The key ledger, by purpose, the newest version first. Raises Refused without the right "key.read"."""
    demand(actor, "key.read")
    return tuple(_row(row) for row in Key.objects.all())


def keys_check() -> int:
    """Unwrap every key anew and return how many there are. Raises KeysLocked for the first that does not open."""
    rows = list(Key.objects.all())
    for row in rows:
        _unwrapped(row)
    return len(rows)


def keys_forget() -> None:
    """Drop what this process holds of keys; they are unwrapped again at need."""
    _held.clear()
    _newest.clear()
    secrets_forget()


def _key(purpose: str, version: int) -> _Held:
    wanted = version or _newest_version(purpose)
    held = _held.get((_home(), purpose, wanted)) if wanted else None
    return held or _load(purpose, wanted)


def _newest_version(purpose: str) -> int:
    """0 when this process does not know, or has known it for too long."""
    version, until = _newest.get((_home(), purpose), (0, 0.0))
    return version if time.monotonic() < until else 0


def _load(purpose: str, version: int) -> _Held:
    rows = Key.objects.filter(purpose=purpose)
    row = rows.filter(version=version).first() if version else rows.order_by("-version").first()
    if row is None and version:
        raise _unknown(f"{purpose}/{version}")
    if row is None:
        row = _first(purpose)
    held, home = _unwrapped(row), _home()

    def remember() -> None:
        _held[home, purpose, held.version] = held
        if not version:
            _newest[home, purpose] = (held.version, time.monotonic() + NEWEST_FOR_SECONDS)

    # A key made in a transaction that is undone never was: nothing may be closed with it afterwards.
    transaction.on_commit(remember)
    return held


def _first(purpose: str) -> Key:
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError(f"{purpose!r} is no purpose of a key")
    try:
        with transaction.atomic():
            return _add(KEEPER, purpose, 1, os.environ.get("YIWANG_CIPHER", AES_GCM), act="key.make")
    except IntegrityError:
        # Another process was first.
        return Key.objects.filter(purpose=purpose).order_by("-version")[0]


def _add(actor: Actor, purpose: str, version: int, cipher: str, *, act: str, rule: str = "") -> Key:
    if cipher not in CIPHERS:
        raise KeysLocked(
            zh=f"YIWANG_CIPHER：没有密码算法 {cipher}",
            en=f"YIWANG_CIPHER: there is no cipher {cipher}",
            where="YIWANG_CIPHER",
            hint_zh=f"可用：{'、'.join(CIPHERS)}",
            hint_en=f"There are: {', '.join(CIPHERS)}",
        )
    if not Key.objects.exists():
        master_make()
    secret = secrets.token_bytes(32)
    row = Key.objects.create(
        purpose=purpose,
        version=version,
        algorithm=cipher,
        wrapped=envelope_close(master_read(), cipher, version, secret, _about("master", f"{purpose}/{version}")),
        fingerprint=_fingerprint(secret),
        made_by=actor.id,
    )
    details = {"cipher": cipher, "fingerprint": row.fingerprint}
    audit(actor=actor, act=act, object_kind="key", object_id=f"{purpose}/{version}", rule=rule, details=details)
    return row


def _unwrapped(row: Key) -> _Held:
    name = f"{row.purpose}/{row.version}"
    try:
        secret = envelope_open(master_read(), bytes(row.wrapped), _about("master", name))
    except EnvelopeBroken:
        raise KeysLocked(
            zh=f"主密钥打不开密钥 {name}：主密钥不是封装它的那一个，或者这一行被改动过",
            en=f"the master key does not open the key {name}: it is another master key, or the row was changed",
            where=str(master_file()),
            hint_zh="请取回本市的主密钥文件；不要另造一个。",
            hint_en="Bring back this city's own master key file; do not make another.",
        ) from None
    return _Held(row.version, row.algorithm, secret)


def _fingerprint(secret: bytes) -> str:
    return hashlib.sha256(derived(secret, "name")).hexdigest()[:16]


def _about(purpose: str, about: str) -> bytes:
    return f"{purpose}\0{about}".encode()


def _home() -> str:
    return str(settings.PLACE.home)


def _unknown(name: str) -> NotFound:
    return NotFound(zh=f"没有密钥 {name}", en=f"there is no key {name}", where=name)


def _row(row: Key) -> KeyRow:
    return KeyRow(row.purpose, row.version, row.algorithm, row.fingerprint, row.made_by, row.created_at, row.retired_at)
