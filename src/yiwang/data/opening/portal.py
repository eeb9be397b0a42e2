"""The parent's portal of open data: what this city published stands there too, and what it withdrew is withdrawn there.

The portal says which sets it holds and under which marks; only what differs is sent, so that a push that was stopped goes on where
it was. Nothing but what anybody may fetch here goes up: no line of use is owed for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.data.adapters.parent import ParentClient, Reply
from yiwang.data.exchange.parents import ACT, ParentFile, ParentRunRow, parent_path, parent_read, run_kept
from yiwang.data.models import ParentRun
from yiwang.data.opening.sets import OpenRow, open_file, open_list
from yiwang.data.resources import definition, resource_row
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Unavailable

PUBLISH, WITHDRAW = "open", "withdraw"
MOST_SETS = 1000


@dataclass(frozen=True)
class PortalRow:
    """A set of this city and what the parent's portal said of it last; `is_public`: it is given out here. `at` is None for one that was
    never sent."""

    set_id: str
    title: Text
    is_public: bool
    version: int | None
    act: str
    is_accepted: bool
    reasons: tuple[str, ...]
    receipt: str
    at: datetime | None


def portal_push(*, actor: Actor) -> tuple[ParentRunRow, ...]:
    """Bring the parent's portal to what is public here: new and changed sets with their files, then withdrawals. What it refuses is kept
    with its reason, the others go on; nothing to do gives nothing. Raises Refused, InputError, Unavailable.
    """
    rule = demand(actor, ACT).rule
    parent = parent_read()
    if not parent.open:
        raise InputError(
            zh="parent.json 没有写明向上级开放平台发布",
            en="parent.json does not say that open data goes to the parent's portal",
            where="parent.json: open",
            hint_zh='写上 "open": true 再试。',
            hint_en='Say "open": true there and try again.',
        )
    client, shown = ParentClient(parent.url, parent.key), _public(actor)
    there = client.open_held()
    said = {set_id: _said(row) for set_id, row in shown.items()}
    runs = [
        _published(actor, parent, client, shown[set_id], one, rule)
        for set_id, one in said.items()
        if there.get(set_id) != one["mark"]
    ]
    # what somebody else put there under the same key is not this program's to take away
    own = set(ParentRun.objects.filter(parent=parent.name, direction=PUBLISH).values_list("resource", flat=True))
    gone = sorted((there.keys() & own) - said.keys())
    return (*runs, *(_withdrawn(actor, parent, client, one, rule) for one in gone))


def portal_list(actor: Actor) -> tuple[PortalRow, ...]:
    """Every set that is public here or was ever sent. Raises Refused."""
    demand(actor, ACT)
    last: dict[str, ParentRun] = {}
    for run in ParentRun.objects.filter(direction__in=(PUBLISH, WITHDRAW)).order_by("id"):
        last[run.resource] = run
    shown = _public(actor)
    rows = []
    for set_id in sorted(shown.keys() | last.keys()):
        sent, row = last.get(set_id), shown.get(set_id)
        rows.append(
            PortalRow(
                set_id=set_id,
                title=row.title if row else Text(zh=set_id, en=set_id),
                is_public=row is not None,
                version=sent.version if sent else None,
                act=sent.direction if sent else "",
                is_accepted=bool(sent and sent.accepted),
                reasons=tuple(sent.reasons) if sent else (),
                receipt=sent.receipt_id if sent else "",
                at=sent.at if sent else None,
            )
        )
    return tuple(rows)


def portal_is_set() -> bool:
    """Whether this city says that its open data goes to a parent's portal. Raises InputError for settings that cannot be read."""
    return parent_path().exists() and parent_read().open


def _public(actor: Actor) -> dict[str, OpenRow]:
    """As anybody sees them; one that is held back is not given out, there neither."""
    found, _ = open_list(actor, sort="id", per_page=MOST_SETS)
    if found.total > MOST_SETS:
        raise InputError(zh=f"开放数据集超过 {MOST_SETS} 个", en=f"more than {MOST_SETS} open sets", where="open")
    return {row.id: row for row in found.items if not row.held}


def _said(row: OpenRow) -> dict[str, Any]:
    grades = {field.id: field.effective_grade for field in definition(resource_row(row.resource_id)).fields}
    fields = [
        # what was counted is no field of the resource: it is open because it was made to be
        {"id": c.id, "title": c.title.zh, "type": c.type, "unit": c.unit, "grade": grades.get(c.id, 1)}
        for c in row.release.columns
    ]
    highest = max((grades.get(c.id, 1) for c in row.release.columns), default=1)
    said: dict[str, Any] = {
        "id": row.id,
        "title": row.title.zh,
        "summary": row.summary.zh,
        "theme": row.theme,
        "keywords": list(row.keywords),
        "licence": row.licence.id,
        "condition": row.condition.zh if row.condition else "",
        "department": row.department_title.zh,
        "cycle": row.cycle,
        "release": row.release.number,
        "version": row.release.version,
        "updated": row.updated_at.isoformat(),
        "rows": row.release.rows,
        "grade": highest,
        "fields": fields,
        "files": [
            {"format": f.format, "digest": f.digest, "size": f.size, "media_type": f.media_type}
            for f in row.release.files
        ],
    }
    return said | {"mark": canonical_digest(said)}


def _published(
    actor: Actor, parent: ParentFile, client: ParentClient, row: OpenRow, said: Mapping[str, Any], rule: str
) -> ParentRunRow:
    try:
        for file in row.release.files:
            client.open_file(row.id, file.format, open_file(actor, row.id, file.format)[2])
        reply = client.open_set(row.id, said)
    except Unavailable as error:
        reply = _failed(error)
    return run_kept(actor, parent, PUBLISH, row.id, row.release.version, reply, rule)


def _withdrawn(actor: Actor, parent: ParentFile, client: ParentClient, set_id: str, rule: str) -> ParentRunRow:
    try:
        reply = client.open_withdraw(set_id, "本市已不再提供")
    except Unavailable as error:
        reply = _failed(error)
    return run_kept(actor, parent, WITHDRAW, set_id, None, reply, rule)


def _failed(error: Unavailable) -> Reply:
    """One set that did not get through; the portal still holds what it held, and the next push tries again."""
    return Reply(1, 0, {error.zh[:200]: 1})
