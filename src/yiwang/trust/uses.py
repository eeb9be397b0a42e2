"""Noting a use of somebody's data: the line is on disk before the data leaves, its place in the tree follows.

Source: 个人信息保护法 第五十四条、第五十五条 (compliance audits, records of processing); 数据安全法 第三十三条 (traceable sources).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.trust.core.merkle import leaf_hash, root_of
from yiwang.trust.journal import journal

# Of the shape of a leaf: 2 added `words`. What was written as 1 stands as it was hashed.
VERSION = 2
LONGEST_PURPOSE = 400
# What the columns of an entry hold: a longer word would be acknowledged and could then never stand.
LONGEST = {"actor": 120, "department": 64, "resource": 120, "grant": 40, "via": 20}
MOST_ROWS = 1 << 62
_SUBJECT = re.compile(r"[0-9a-f]{64}")
# Canonical JSON of what is plain already; asked for at every use, so kept.
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Use:
    """One use. `about`: subject hashes; `version`: of the resource; `rows`: how many records left, when it can be told.

    `words`: what the grant says it is for, where `purpose` is only the code it was given for.
    """

    actor: Actor
    resource: str
    version: str
    fields: tuple[str, ...]
    about: tuple[str, ...]
    purpose: str
    grant: str = ""
    basis: str = ""
    via: str = "page"
    acting_for: str = ""
    rows: int | None = None
    hidden_until: date | None = None
    words: str = ""


def use_note(
    *,
    actor: Actor,
    resource: str,
    version: str,
    fields: Sequence[str],
    about: Sequence[str],
    purpose: str,
    grant: str = "",
    basis: str = "",
    via: str = "page",
    acting_for: str = "",
    rows: int | None = None,
    hidden_until: date | None = None,
    words: str = "",
) -> str:
    """Note one use and return its id once the line is flushed to disk. Raises InputError, OSError when the disk refuses."""
    use = Use(
        actor,
        resource,
        version,
        tuple(fields),
        tuple(about),
        purpose,
        grant,
        basis,
        via,
        acting_for,
        rows,
        hidden_until,
        words,
    )
    return uses_note((use,))[0]


def uses_note(uses: Sequence[Use]) -> list[str]:
    """As `use_note`, many with one flush."""
    ids = [os.urandom(16).hex() for _ in uses]
    journal().append([_body(use, name) for use, name in zip(uses, ids, strict=True)])
    return ids


def subjects_root(about: Sequence[str]) -> str:
    """The Merkle root over the sorted subject hashes of a use about many: each can show that it is one of them."""
    return root_of([leaf_hash(bytes.fromhex(one)) for one in about]).hex()


def _body(use: Use, name: str) -> bytes:
    """The leaf as it will be hashed; of a use about many, a tab and their hashes follow it."""
    _check(use)
    about = sorted(set(use.about))
    leaf = {
        "v": VERSION,
        "id": name,
        "at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "who": {"id": use.actor.id, "department": use.actor.department},
        "for": use.acting_for,
        "resource": use.resource,
        "version": use.version,
        "fields": use.fields,
        "about": {"n": len(about), "root": subjects_root(about)} if len(about) > 1 else "".join(about),
        "purpose": use.purpose.strip(),
        "words": use.words.strip(),
        "basis": use.basis,
        "grant": use.grant,
        "via": use.via,
        "rows": use.rows,
        "hidden_until": use.hidden_until.isoformat() if use.hidden_until else None,
    }
    text = _encoder.encode(leaf)
    if "\\u0000" in text:
        raise _wrong("use", "文字中有不可写的字符", "a text has a character that cannot be written")
    try:
        said = text.encode()
    except UnicodeEncodeError as error:
        raise _wrong("use", "文字不是 Unicode", "a text is not Unicode") from error
    return said if len(about) < 2 else said + b"\t" + ",".join(about).encode()


def use_body(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A line of the journal as leaf and, of a use about many, their hashes."""
    leaf, _, about = body.partition(b"\t")
    return leaf, tuple(about.decode().split(",")) if about else ()


def _check(use: Use) -> None:
    if not use.actor.id:
        raise _wrong("actor", "没有使用人", "nobody uses it")
    if not use.resource.strip():
        raise _wrong("resource", "没有写明使用什么", "nothing is said to be used")
    if not 0 < len(use.purpose.strip()) <= LONGEST_PURPOSE:
        raise _wrong(
            "purpose", f"用途应为 1 至 {LONGEST_PURPOSE} 字", f"the purpose has 1 to {LONGEST_PURPOSE} characters"
        )
    if len(use.words.strip()) > LONGEST_PURPOSE:
        raise _wrong("words", f"超过 {LONGEST_PURPOSE} 字", f"more than {LONGEST_PURPOSE} characters")
    for one in use.about:
        if _SUBJECT.fullmatch(one) is None:
            raise _wrong(
                "about", "主体必须是摘要，不能是证件号", "a subject is a keyed hash, never a number of a person"
            )
    said = (use.actor.id, use.actor.department, use.resource, use.grant, use.via)
    for (where, most), word in zip(LONGEST.items(), said, strict=True):
        if len(word) > most:
            raise _wrong(where, f"超过 {most} 字", f"more than {most} characters")
    if use.rows is not None and not 0 <= use.rows < MOST_ROWS:
        raise _wrong("rows", "条数不成立", "no number of rows")


def _wrong(where: str, zh: str, en: str) -> InputError:
    return InputError(
        zh=zh,
        en=en,
        where=where,
        hint_zh="没有写明的使用不会被放行。",
        hint_en="A use that is not said is not let out.",
    )
