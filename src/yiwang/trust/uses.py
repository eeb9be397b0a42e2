"""Noting a use of somebody's data: the line is on disk before the data leaves, its place in the tree follows.

Source: 个人信息保护法 第五十四条、第五十五条 (compliance audits, records of processing); 数据安全法 第三十三条 (traceable sources).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import InputError
from yiwang.trust.core.merkle import leaf_hash, root_of
from yiwang.trust.journal import journal

VERSION = 1
LONGEST_PURPOSE = 400
_SUBJECT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Use:
    """One use. `about`: subject hashes; `version`: of the resource; `rows`: how many records left, when it can be told."""

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
    _check(use)
    about = sorted(set(use.about))
    leaf = {
        "v": VERSION,
        "id": name,
        "at": timezone.now(),
        "who": {"id": use.actor.id, "department": use.actor.department},
        "for": use.acting_for,
        "resource": use.resource,
        "version": use.version,
        "fields": list(use.fields),
        "about": {"n": len(about), "root": subjects_root(about)} if len(about) > 1 else "".join(about),
        "purpose": use.purpose.strip(),
        "basis": use.basis,
        "grant": use.grant,
        "via": use.via,
        "rows": use.rows,
        "hidden_until": use.hidden_until,
    }
    return canonical_json({"leaf": leaf, "about": about} if len(about) > 1 else {"leaf": leaf})


def _check(use: Use) -> None:
    if not use.actor.id:
        raise _wrong("actor", "没有使用人", "nobody uses it")
    if not use.resource.strip():
        raise _wrong("resource", "没有写明使用什么", "nothing is said to be used")
    if not 0 < len(use.purpose.strip()) <= LONGEST_PURPOSE:
        raise _wrong(
            "purpose", f"用途应为 1 至 {LONGEST_PURPOSE} 字", f"the purpose has 1 to {LONGEST_PURPOSE} characters"
        )
    if any(_SUBJECT.fullmatch(one) is None for one in use.about):
        raise _wrong("about", "主体必须是摘要，不能是证件号", "a subject is a keyed hash, never a number of a person")


def _wrong(where: str, zh: str, en: str) -> InputError:
    return InputError(
        zh=zh,
        en=en,
        where=where,
        hint_zh="没有写明的使用不会被放行。",
        hint_en="A use that is not said is not let out.",
    )
