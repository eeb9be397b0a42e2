"""What a service item took before its reform, entered by an officer with its source: kept for ever, the newest counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yiwang.flow.items import item_file, item_version
from yiwang.flow.models import ItemBefore
from yiwang.flow.schema import BeforeFile
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit


@dataclass(frozen=True)
class BeforeRow:
    """One entry: the figures of `on`, where they are written, who entered them and when."""

    figures: BeforeFile
    on: date
    by: str
    at: datetime


@transaction.atomic
def item_before_save(*, actor: Actor, item_id: str, figures: BeforeFile, on: date) -> BeforeRow:
    """Enter what an item took on a day before its reform. An entry is never changed: a better one is entered after it.

    Raises NotFound, Refused, InputError for a day to come.
    """
    file = item_file(item_version(item_id))
    rule = demand(actor, "process.edit", file.department).rule
    if on > timezone.localdate():
        raise InputError(
            zh=f"{on} 还没有到，不是改革之前", en=f"{on} is still to come: it is not before the reform", where="on"
        )
    row = ItemBefore.objects.create(
        item_id=item_id, figures=figures.model_dump(mode="json"), on=on, by=actor.id, by_name=actor.name[:120]
    )
    audit(
        actor=actor,
        act="item.before",
        object_kind="item",
        object_id=item_id,
        rule=rule,
        details={"on": on.isoformat(), "figures": row.figures},
    )
    return _told(row)


def item_before_list(actor: Actor, item_id: str) -> tuple[BeforeRow, ...]:
    """Every entry, the newest first. Raises NotFound."""
    demand(actor, "process.read")
    item_version(item_id)
    return tuple(_told(row) for row in ItemBefore.objects.filter(item_id=item_id).order_by("-pk"))


def before_of(item_id: str) -> BeforeFile | None:
    """What was entered last, with the day in the words of its source; None when nothing was."""
    row = ItemBefore.objects.filter(item_id=item_id).order_by("-pk").first()
    if row is None:
        return None
    figures = BeforeFile.model_validate(row.figures)
    source = Text(zh=f"{figures.source.zh}（{row.on:%Y-%m-%d}）", en=f"{figures.source.en} ({row.on:%Y-%m-%d})")
    return figures.model_copy(update={"source": source})


def _told(row: ItemBefore) -> BeforeRow:
    return BeforeRow(BeforeFile.model_validate(row.figures), row.on, row.by_name, row.at)
