"""The city's electronic seal: its key follows from the key "seal", its certificate from the city's own root.

A county puts the certificate of its real authority in its place: `YIWANG_SEAL_FILE` names a PKCS#12 file and
`YIWANG_SEAL_PASSWORD_FILE` the file with its password; see docs/how-to/credentials.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from yiwang.trust.adapters.certificates import Seal, seal_from_file, seal_of
from yiwang.trust.core.envelope import derived
from yiwang.trust.errors import KeysLocked
from yiwang.trust.keys import key_secret, public_keys

if TYPE_CHECKING:
    from yiwang.trust.adapters.pades import SealCheck

PURPOSE = "seal"
CITY = "Yiwang City"
FILE, PASSWORD = "YIWANG_SEAL_FILE", "YIWANG_SEAL_PASSWORD_FILE"


def seal_put(pdf: bytes, *, reason: str, box: tuple[int, int, int, int]) -> bytes:
    """The PDF under the city's seal. Raises KeysLocked."""
    # read when the first PDF is sealed: half a second that no other process pays
    from yiwang.trust.adapters.pades import pdf_seal

    return pdf_seal(pdf, _current(), reason=reason, box=box)


def seal_check(pdf: bytes) -> SealCheck:
    """Whether the seal of a PDF is whole, and one of this city's."""
    # as above
    from yiwang.trust.adapters.pades import pdf_seal_check

    return pdf_seal_check(pdf, seal_roots())


def seal_roots() -> tuple[bytes, ...]:
    """The roots a seal of this city may lead to (DER), the newest first; to be published."""
    own = tuple(_own(key.version).root for key in public_keys(PURPOSE))
    return (_current().root, *own) if os.environ.get(FILE) else own


def _current() -> Seal:
    named = os.environ.get(FILE, "")
    if not named:
        return _own(0)
    try:
        password = Path(os.environ[PASSWORD]).read_bytes().strip()
        return seal_from_file(Path(named).read_bytes(), password)
    except (OSError, KeyError, ValueError):
        raise KeysLocked(
            zh="印章文件或者它的口令读不出",
            en="the seal's file or its password cannot be read",
            where=named,
            hint_zh=f"检查 {FILE} 和 {PASSWORD}。",
            hint_en=f"Look at {FILE} and {PASSWORD}.",
        ) from None


def _own(version: int) -> Seal:
    keys = public_keys(PURPOSE)
    since = next(key.made_at for key in keys if key.version == (version or keys[0].version))
    return seal_of(derived(key_secret(PURPOSE, version), "seal-pair", 96), CITY, since.replace(microsecond=0))
