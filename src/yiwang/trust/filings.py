"""Filing for somebody: for oneself or, with a delegation that holds today, for whoever gave it (代办).

A subject is written `kind:hash` as lines of use write it. What a case is stays with the room that keeps cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import account_number
from yiwang.kernel.service import audit
from yiwang.trust.bindings import SubjectRow, delegations_held, subjects_of
from yiwang.trust.holders import held_hashes
from yiwang.trust.models import Delegation, FiledCase, SubjectLink
from yiwang.trust.uses import use_note


@dataclass(frozen=True)
class FiledRow:
    """For whom a case was filed. `by_delegation` says that somebody else's hand filed it."""

    case: str
    kind: str
    hash: str
    title: str
    by: str
    by_delegation: bool
    at: datetime


def subject_word(row: SubjectRow) -> str:
    """How a page and a filing name a subject."""
    return f"{row.kind}:{row.hash}"


def filing_subject(actor: Actor, subject: str) -> SubjectRow:
    """The subject `kind:hash` when the actor may file for it today.

    Raises InputError without one, Refused saying whether a delegation is only to look, has ended, is over, or never was.
    """
    if not subject.strip():
        raise InputError(
            zh="请先选择替谁办理",
            en="choose first for whom you file",
            where="subject",
            hint_zh="在表单上方选择。",
            hint_en="Choose above the form.",
        )
    rows = [row for row in subjects_of(actor) if subject_word(row) == subject]
    for row in rows:
        if row.scope == "act":
            return row
    if rows:
        raise _refused("对方只委托您查看，没有委托您办理", "You were let look for them, not act for them")
    raise _refused(*_why_not(actor, subject))


@transaction.atomic
def filing_note(*, actor: Actor, case: str, subject: str, purpose: str, fields: Sequence[str] = ()) -> FiledRow:
    """Keep for whom a case was filed. With a delegation its subject reads a line of use: who filed what for them.

    Raises as `filing_subject`, Refused for a case that was filed for another already.
    """
    row = filing_subject(actor, subject)
    lent = _delegation(actor, row)
    found, is_new = FiledCase.objects.get_or_create(
        case=case,
        defaults={"subject_kind": row.kind, "subject_hash": row.hash, "by": actor.id, "delegation": lent},
    )
    if (found.subject_kind, found.subject_hash) != (row.kind, row.hash):
        raise _refused("这一件是替别人办理的", "This case was filed for somebody else")
    audit(
        actor=actor,
        act="case.filed",
        object_kind="case",
        object_id=case,
        rule="delegation" if lent else "own",
        purpose=purpose,
        details={
            "kind": row.kind,
            "acting_for": row.acting_for,
            "delegation": lent.pk if lent else None,
            "new": is_new,
        },
    )
    if is_new and row.acting_for:
        use_note(
            actor=actor,
            resource=f"case:{case}",
            version="",
            fields=fields,
            about=[row.hash],
            purpose=purpose,
            via="case",
            acting_for=row.acting_for,
            rows=1,
        )
    return _told(found, row.title)


def filing_of(case: str) -> FiledRow | None:
    """For whom a case was filed, by somebody signed in; None where nobody said so. For rooms that checked who asks."""
    found = FiledCase.objects.filter(case=case).first()
    return None if found is None else _told(found, _title(found))


def filing_list(actor: Actor) -> tuple[FiledRow, ...]:
    """The cases of those the actor may look for, the newest first."""
    rows = FiledCase.objects.filter(subject_hash__in=held_hashes(actor))[:200]
    titles = {subject_word(row): row.title for row in subjects_of(actor)}
    return tuple(_told(row, titles.get(f"{row.subject_kind}:{row.subject_hash}", "")) for row in rows)


def filing_get(actor: Actor, case: str) -> FiledRow:
    """One of them. Read for somebody else by delegation it leaves a line of use. Raises NotFound, also for another's."""
    found = FiledCase.objects.filter(case=case, subject_hash__in=held_hashes(actor)).first()
    if found is None:
        raise NotFound(zh=f"没有办件 {case}", en=f"there is no case {case}", where="case")
    row = next(one for one in subjects_of(actor) if one.hash == found.subject_hash)
    if row.acting_for:
        use_note(
            actor=actor,
            resource=f"case:{case}",
            version="",
            fields=("status",),
            about=[row.hash],
            purpose="受委托查看办理进度",
            via="case",
            acting_for=row.acting_for,
            rows=1,
        )
    return _told(found, row.title)


def _delegation(actor: Actor, row: SubjectRow) -> Delegation | None:
    number = account_number(actor)
    if not row.acting_for or number is None:
        return None
    held = (one for one in delegations_held(number) if one.link_id == row.link and one.scope == "act")
    lent = next(held, None)
    if lent is None:
        raise _refused("委托已经收回", "The delegation was taken back")
    return lent


def _why_not(actor: Actor, subject: str) -> tuple[str, str]:
    """Told to whom had it once; a stranger learns nothing of what there is."""
    kind, _, name = subject.partition(":")
    given = Delegation.objects.filter(to_id=account_number(actor), link__kind=kind, link__subject_hash=name).first()
    if given is None:
        return "没有人这样委托您", "Nobody let you do this"
    if given.ended_at is not None or given.link.ended_at is not None:
        return "委托已经收回", "The delegation was taken back"
    if given.valid_until <= timezone.localdate():
        return "委托已经到期", "The delegation is over"
    return "委托人的账号已停用", "The account of whoever let you is closed"


def _title(row: FiledCase) -> str:
    link = SubjectLink.objects.filter(kind=row.subject_kind, subject_hash=row.subject_hash).order_by("-id").first()
    return link.title if link else ""


def _told(row: FiledCase, title: str) -> FiledRow:
    return FiledRow(row.case, row.subject_kind, row.subject_hash, title, row.by, row.delegation_id is not None, row.at)


def _refused(zh: str, en: str) -> Refused:
    return Refused(
        zh=zh,
        en=en,
        where="subject",
        hint_zh="请对方在“我的 → 代办”里重新委托，或由本人办理。",
        hint_en="Ask them to let you again under Mine → Acting for each other, or to file it themselves.",
    )
