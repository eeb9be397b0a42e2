"""Service items (事项): made from pack files as dated versions, read as they stand on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from yiwang.flow.forms import AskedAgain, asked_again
from yiwang.flow.models import AskedForm, ItemVersion
from yiwang.flow.schema import APPLICANTS, CHANNELS, KINDS, ItemFile
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.paging import MOST_PER_PAGE, Page
from yiwang.kernel.selectors import columns, department_names, fetch, made
from yiwang.kernel.service import audit


@dataclass(frozen=True)
class ItemRow:
    """One service item in a list."""

    id: str
    number: int
    title: Text
    summary: Text
    kind: str
    kind_title: Text
    department: str
    department_title: Text
    channels: tuple[str, ...]
    applicants: tuple[str, ...]
    is_public: bool
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Facet:
    """A value that items can be narrowed to, and how many have it."""

    value: str
    title: Text
    count: int


@dataclass(frozen=True)
class ItemList:
    """A page of items, with what they could be narrowed to further."""

    page: Page[ItemRow]
    kinds: tuple[Facet, ...]
    departments: tuple[Facet, ...]
    channels: tuple[Facet, ...]
    applicants: tuple[Facet, ...]


@dataclass(frozen=True)
class ItemDetail:
    """One version of an item, whole: every channel shows this and nothing else."""

    row: ItemRow
    file: ItemFile
    digest: str
    pack_id: str
    pack_digest: str
    asked_again: tuple[AskedAgain, ...] = ()


@transaction.atomic
def item_install(*, actor: Actor, file: ItemFile, pack: Pack) -> ItemVersion:
    """Make an item of a pack effective. Other content is another version; the same content changes nothing."""
    demand(actor, "pack.install")
    body = file.model_dump(mode="json")
    digest = canonical_digest(body)
    versions = ItemVersion.objects.filter(item_id=file.id)
    newest = versions.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return newest
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    row = ItemVersion.objects.create(
        item_id=file.id,
        number=number,
        digest=digest,
        body=body,
        title_zh=file.title.zh,
        title_en=file.title.en,
        department=file.department,
        pack_id=pack.manifest.id,
        pack_digest=pack.digest,
        valid_from=file.valid_from,
        valid_until=file.valid_until,
    )
    audit(
        actor=actor,
        act="pack.install",
        object_kind="item",
        object_id=file.id,
        details={"pack": pack.manifest.id, "number": number, "digest": digest},
    )
    return row


def item_list(
    actor: Actor,
    *,
    search: str = "",
    kind: str = "",
    department: str = "",
    channel: str = "",
    applicant: str = "",
    as_of: date | None = None,
    page: int = 1,
    per_page: int = 20,
) -> ItemList:
    """The items of a day, by title. A facet counts what its own value would leave of everything else that is asked for."""
    chosen = {"kind": kind, "department": department, "channel": channel, "applicant": applicant}
    everyone = verdict(actor, "process.read").allowed
    found = [
        row
        for row in items_on(as_of)
        if (everyone or "public" in row.body["open_to"]) and _mentions(row, search.casefold().split())
    ]
    names = department_names()
    rows = sorted((r for r in found if _fits(r, chosen)), key=lambda r: (r.title_zh, r.item_id))
    per_page = min(max(1, per_page), MOST_PER_PAGE)
    page = min(max(1, page), max(1, -(-len(rows) // per_page)))
    shown = rows[(page - 1) * per_page : page * per_page]
    return ItemList(
        page=Page(tuple(_row(r, names) for r in shown), len(rows), page, per_page),
        kinds=_facet(found, chosen, "kind", KINDS),
        departments=_facet(found, chosen, "department", names),
        channels=_facet(found, chosen, "channel", CHANNELS),
        applicants=_facet(found, chosen, "applicant", APPLICANTS),
    )


def item_get(actor: Actor, item_id: str, *, as_of: date | None = None, number: int | None = None) -> ItemDetail:
    """An item as it stands on a day (today by default), or a version of it. Raises NotFound."""
    row = item_version(item_id, as_of=as_of, number=number)
    if not verdict(actor, "process.read").allowed and "public" not in row.body["open_to"]:
        # whoever may not see it is not told that it is there
        raise _unknown(item_id)
    file = item_file(row)
    return ItemDetail(
        row=_row(row, department_names()),
        file=file,
        digest=row.digest,
        pack_id=row.pack_id,
        pack_digest=row.pack_digest,
        asked_again=asked_again(file.form)
        if file.form and AskedForm.objects.filter(pk=file.form).exclude(published=None).exists()
        else (),
    )


def item_version(item_id: str, *, as_of: date | None = None, number: int | None = None) -> ItemVersion:
    """The row of a version; of those that hold on the day the last one made. Raises NotFound."""
    sql = f"SELECT {columns(ItemVersion, 'i')} FROM flow_itemversion i WHERE i.item_id = $1"
    if number is None:
        day = (as_of or timezone.localdate()).isoformat()
        sql += " AND i.valid_from <= $2 AND (i.valid_until IS NULL OR i.valid_until > $3)"
        rows = fetch(f"{sql} ORDER BY i.number DESC LIMIT 1", [item_id, day, day])
    else:
        rows = fetch(f"{sql} AND i.number = $2", [item_id, number])
    if not rows:
        raise _unknown(item_id)
    return made(ItemVersion, rows[0])


def item_file(row: ItemVersion) -> ItemFile:
    return ItemFile.model_validate(row.body)


def _unknown(item_id: str) -> NotFound:
    near = ", ".join(closest(item_id, set(ItemVersion.objects.values_list("item_id", flat=True))))
    return NotFound(
        zh=f"没有事项 {item_id}",
        en=f"there is no service item {item_id}",
        where="item",
        hint_zh=f"相近：{near}" if near else "请在事项清单中查找。",
        hint_en=f"Near: {near}" if near else "Look it up in the list of items.",
    )


def _holds(as_of: date | None) -> Q:
    """The versions that hold on a day, today by default."""
    day = as_of or timezone.localdate()
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))


def items_on(as_of: date | None) -> list[ItemVersion]:
    """The version of each item that holds on a day."""
    found: dict[str, ItemVersion] = {}
    for row in ItemVersion.objects.filter(_holds(as_of)).order_by("number"):
        found[row.item_id] = row
    return list(found.values())


def _mentions(row: ItemVersion, words: list[str]) -> bool:
    body = row.body
    said = " ".join((row.item_id, *body["title"].values(), *body["summary"].values(), *body["words"])).casefold()
    return all(word in said for word in words)


_VALUES: Mapping[str, Callable[[ItemVersion], list[str]]] = {
    "kind": lambda row: [row.body["kind"]],
    "department": lambda row: [row.department],
    "channel": lambda row: row.body["channels"],
    "applicant": lambda row: row.body["applicants"],
}


def _fits(row: ItemVersion, chosen: Mapping[str, str], but: str = "") -> bool:
    return all(not value or name == but or value in _VALUES[name](row) for name, value in chosen.items())


def _facet(
    rows: list[ItemVersion], chosen: Mapping[str, str], name: str, titles: Mapping[str, Text]
) -> tuple[Facet, ...]:
    counts = Counter(value for row in rows if _fits(row, chosen, but=name) for value in _VALUES[name](row))
    return tuple(
        Facet(value, titles.get(value, Text(zh=value, en=value)), count)
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _row(row: ItemVersion, names: Mapping[str, Text]) -> ItemRow:
    body = row.body
    return ItemRow(
        id=row.item_id,
        number=row.number,
        title=Text(zh=row.title_zh, en=row.title_en),
        summary=Text(**body["summary"]),
        kind=body["kind"],
        kind_title=KINDS[body["kind"]],
        department=row.department,
        department_title=names.get(row.department, Text(zh=row.department, en=row.department)),
        channels=tuple(body["channels"]),
        applicants=tuple(body["applicants"]),
        is_public="public" in body["open_to"],
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
