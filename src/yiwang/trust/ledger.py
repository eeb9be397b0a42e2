"""Reading the ledger: one's own uses, an office's, and the proof that a use stands where it says.

Nobody reads leaves of others. What a law hides for a time is counted, and its place in the tree is proved, but not shown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.kernel.paging import Page, paged
from yiwang.trust.appending import tiles_folder, verifiers
from yiwang.trust.bindings import subjects_of
from yiwang.trust.core.merkle import consistency_proof, inclusion_proof, leaf_hash, nodes_of
from yiwang.trust.core.tiles import tile_nodes
from yiwang.trust.errors import ProofWrong
from yiwang.trust.heads import head_cosigned, head_text, witness_keys
from yiwang.trust.models import Entry, EntrySubject, SignedHead

_PUBLISHED = re.compile(
    r"checkpoint|cosigned|keys|witnesses|tile/[0-9]{1,2}/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?", re.ASCII
)


@dataclass(frozen=True)
class UseRow:
    """One use as its leaf has it. `about` is how many it was about; `index` its place in the tree.

    `words` is what the grant said it was for; "" where there was none, and in leaves of before they were written.
    """

    id: str
    index: int
    at: datetime
    who: str
    department: str
    acting_for: str
    resource: str
    version: str
    fields: tuple[str, ...]
    about: int
    purpose: str
    basis: str
    grant: str
    via: str
    rows: int | None
    words: str = ""


@dataclass(frozen=True)
class Proof:
    """Everything an outsider needs: the leaf's bytes, where it stands, the hashes to the root, the signed checkpoint and its keys.

    `witnesses` are the keys of others who may have signed the checkpoint too. Of a use about several people `others` are the
    hashes to the root the leaf holds, for the one who asks, at `place` of `about`.
    """

    leaf: bytes
    index: int
    size: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    keys: tuple[str, ...]
    subject: str = ""
    place: int = 0
    about: int = 0
    others: tuple[bytes, ...] = ()
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """The newest signed head; size 0 and no note before the first."""

    size: int
    root: bytes
    note: str
    at: datetime | None


@dataclass(frozen=True)
class GrantUse:
    """How much was used under a grant: uses and, where told, rows."""

    grant: str
    uses: int
    rows: int


def use_list(actor: Actor, *, subject: str, page: int = 1, per_page: int = 50) -> Page[UseRow]:
    """Uses of one's own data, or of those one acts for, the newest first. Raises Refused for anybody else's."""
    _own(actor, subject)
    return paged(_shown(subject).order_by("-index"), _row, page=page, per_page=per_page)


def use_get(actor: Actor, use: str) -> UseRow:
    """One use: to those it is about, to its office, to the auditor. Raises NotFound for all others."""
    return _row(_seen(actor, use))


def use_proof(actor: Actor, use: str) -> Proof:
    """The proof of a use. Raises NotFound, and ProofWrong while its checkpoint is not signed yet (a second or so)."""
    entry = _seen(actor, use)
    # A head that others signed too says more of what it covers than a newer one that only the city signed.
    head = head_cosigned(entry.index) or SignedHead.objects.filter(size__gt=entry.index).order_by("-size").first()
    if head is None:
        raise ProofWrong(
            zh="这次使用刚刚记下，证明还没有签出",
            en="this use was noted a moment ago, its proof is not signed yet",
            where=use,
            hint_zh="请过几秒再试。",
            hint_en="Try again in a few seconds.",
        )
    hashes = inclusion_proof(tile_nodes(tiles_folder(), head.size), entry.index, head.size)
    own = {one.hash for one in subjects_of(actor)}
    about = list(EntrySubject.objects.filter(entry=entry).order_by("place").values_list("subject", flat=True))
    mine = next((at for at, one in enumerate(about) if one in own), None)
    proof = Proof(
        leaf=bytes(entry.leaf),
        index=entry.index,
        size=head.size,
        hashes=hashes,
        checkpoint=head_text(head),
        keys=ledger_keys(),
        witnesses=witness_keys(),
    )
    return proof if mine is None else _with_place(proof, about, mine)


def hidden_count(actor: Actor, subject: str) -> int:
    """How many uses the law hides today from the person they are about. Raises Refused."""
    _own(actor, subject)
    return _about(subject).filter(hidden_until__gt=timezone.localdate()).count()


def office_use_list(actor: Actor, *, department: str, page: int = 1, per_page: int = 50) -> Page[UseRow]:
    """Uses an office made, the newest first. Raises Refused without the right "use.read" there."""
    demand(actor, "use.read", department)
    return paged(Entry.objects.filter(department=department).order_by("-index"), _row, page=page, per_page=per_page)


def grant_use_counts(actor: Actor, grants: tuple[str, ...], *, since: date, until: date) -> tuple[GrantUse, ...]:
    """Uses and rows by grant, from the day `since` to the day before `until`. Asked by whoever settles: takes "use.count"."""
    demand(actor, "use.count")
    rows = Entry.objects.filter(grant__in=grants, at__date__gte=since, at__date__lt=until)
    found = rows.values("grant").annotate(uses=Count("index"), told=Sum("rows")).order_by("grant")
    return tuple(GrantUse(one["grant"], one["uses"], one["told"] or 0) for one in found)


def ledger_head() -> Head:
    row = SignedHead.objects.order_by("-size").first()
    return Head(row.size, bytes(row.root), row.note, row.at) if row else Head(0, b"", "", None)


def ledger_note(size: int) -> str:
    """The checkpoint that was signed at this size. Raises NotFound."""
    row = SignedHead.objects.filter(size=size).first()
    if row is None:
        raise _missing(f"checkpoint {size}")
    return head_text(row)


def ledger_consistency(before: int, after: int) -> tuple[bytes, ...]:
    """The proof that the tree of `after` leaves begins with the one of `before`. Raises NotFound past the newest head."""
    if not 0 < before <= after <= ledger_head().size:
        raise _missing(f"{before} – {after}")
    return consistency_proof(tile_nodes(tiles_folder(), after), before, after)


def ledger_inclusion(index: int, size: int) -> tuple[bytes, ...]:
    """The hashes from a leaf to the root of the first `size`: hashes alone, of nobody. Raises NotFound past the newest head."""
    if not 0 <= index < size <= ledger_head().size:
        raise _missing(f"{index} – {size}")
    return inclusion_proof(tile_nodes(tiles_folder(), size), index, size)


def ledger_file(name: str) -> bytes:
    """What outsiders may fetch of the log: "checkpoint", "cosigned", "keys", "witnesses", and tiles of hashes by their path. Raises NotFound."""
    path = tiles_folder() / name
    if _PUBLISHED.fullmatch(name) is None or not path.is_file():
        raise _missing(name)
    return path.read_bytes()


def ledger_keys() -> tuple[str, ...]:
    """The public keys of the checkpoints, as C2SP writes verifier keys."""
    return tuple(map(str, verifiers()))


def _own(actor: Actor, subject: str) -> None:
    if subject not in {one.hash for one in subjects_of(actor)}:
        demand(actor, "use.audit")


def _about(subject: str) -> QuerySet[Entry]:
    return Entry.objects.filter(index__in=EntrySubject.objects.filter(subject=subject).values("entry"))


def _shown(subject: str) -> QuerySet[Entry]:
    return _about(subject).filter(Q(hidden_until=None) | Q(hidden_until__lte=timezone.localdate()))


def _seen(actor: Actor, use: str) -> Entry:
    entry = Entry.objects.filter(use=use).first()
    if entry is None:
        raise _missing(use)
    if entry.hidden_until is None or entry.hidden_until <= timezone.localdate():
        own = [one.hash for one in subjects_of(actor)]
        if EntrySubject.objects.filter(entry=entry, subject__in=own).exists():
            return entry
    if any(entry.department in codes for codes in actor.scopes.values()) or actor.is_system:
        return entry
    # whether there is such a use is nobody else's business either
    if not actor.scopes:
        raise _missing(use)
    demand(actor, "use.audit")
    return entry


def _row(entry: Entry) -> UseRow:
    leaf: dict[str, Any] = json.loads(bytes(entry.leaf))
    about = leaf["about"]
    return UseRow(
        id=entry.use,
        index=entry.index,
        at=entry.at,
        who=entry.who,
        department=entry.department,
        acting_for=leaf["for"],
        resource=entry.resource,
        version=leaf["version"],
        fields=tuple(leaf["fields"]),
        about=about["n"] if isinstance(about, dict) else int(bool(about)),
        purpose=entry.purpose,
        basis=leaf["basis"],
        grant=entry.grant,
        via=entry.via,
        rows=entry.rows,
        words=leaf.get("words", ""),
    )


def _with_place(proof: Proof, about: list[str], mine: int) -> Proof:
    nodes = nodes_of([leaf_hash(bytes.fromhex(one)) for one in about])
    others = inclusion_proof(nodes, mine, len(about))
    return replace(proof, subject=about[mine], place=mine, about=len(about), others=others)


def _missing(what: str) -> NotFound:
    return NotFound(
        zh=f"账本里没有 {what}",
        en=f"the ledger has no {what}",
        where="use",
        hint_zh="请从“谁用过我的数据”进入。",
        hint_en="Start from “Who used my data”.",
    )
