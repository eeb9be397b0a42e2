"""Changes to divisions: spans are closed and opened on a day, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from pydantic import BaseModel, ValidationError

from yiwang.kernel.access import demand
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.divisioncode import full_code, level_of
from yiwang.kernel.core.divisionfile import Change, DivisionLine, spans_check
from yiwang.kernel.core.text import Text
from yiwang.kernel.dated import holds, holds_on
from yiwang.kernel.divisions import DivisionRow, division_get
from yiwang.kernel.errors import Conflict, InputError, PackError
from yiwang.kernel.models import Division
from yiwang.kernel.outbox import emit, event_declare
from yiwang.kernel.schema import InstallCount

BATCH = 500


class DivisionChanged(BaseModel):
    """The codes whose meaning changed on a day: those that ended and those that began."""

    kind: str
    ended: tuple[str, ...]
    began: tuple[str, ...]
    on: date


DIVISION_CHANGED = event_declare("division.changed", DivisionChanged, Text(zh="行政区划有变更", en="divisions changed"))

# How many codes each kind of change ends and how many it begins.
_ARITY: dict[str, tuple[range, range]] = {
    "created": (range(0, 1), range(1, 1000)),
    "renamed": (range(1, 2), range(1, 2)),
    "moved": (range(1, 2), range(1, 2)),
    "split": (range(1, 2), range(2, 1000)),
    "merged": (range(2, 1000), range(1, 2)),
    "retired": (range(1, 1000), range(0, 1)),
}


@dataclass(frozen=True)
class DivisionTarget:
    """A division that a change brings about."""

    code: str
    name: str
    parent: str


def divisions_install(*, actor: Actor, lines: Iterable[DivisionLine], where: str = "divisions") -> InstallCount:
    """Bring the spans of a pack file in; a span is known by code and first day. Installing twice changes nothing.

    A span the city has ended itself stays ended. Raises PackError when spans would overlap with those that are there
    or when a parent does not hold on a span's first day.
    """
    rule = demand(actor, "division.edit").rule
    wanted = {(line.code, line.valid_from): line for line in lines}
    with transaction.atomic():
        old = {(row.code, row.valid_from): row for row in Division.objects.all()}
        _check_installed(wanted, old, where)
        fresh = [_division(line) for key, line in wanted.items() if key not in old]
        changed = [row for key, row in old.items() if key in wanted and _take(row, wanted[key])]
        Division.objects.bulk_create(fresh, batch_size=BATCH)
        Division.objects.bulk_update(
            changed,
            ["parent_code", "name", "level", "valid_until", "change", "came_from", "source"],
            batch_size=BATCH,
        )
        count = InstallCount(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))
        audit(
            actor=actor,
            act="division.install",
            object_kind="divisions",
            object_id=where,
            rule=rule,
            details={"created": count.created, "changed": count.changed, "unchanged": count.unchanged},
        )
    return count


def division_change(
    *,
    actor: Actor,
    kind: Change,
    codes: Sequence[str],
    into: Sequence[DivisionTarget],
    on: date,
    source: str,
    children: Mapping[str, str] | None = None,
) -> tuple[DivisionRow, ...]:
    """Record that on a day `codes` became `into`, and return the spans that began.

    What stood below a code that ends goes below the one that takes its place; when there are several, `children` says
    for each code below where it goes. Raises InputError for a change that is not of its kind, Conflict when a code
    does not hold on the day, changed later, or still has divisions below it with nowhere to go.
    """
    rule = demand(actor, "division.edit").rule
    ended = tuple(dict.fromkeys(full_code(code) for code in codes))
    _check_kind(kind, ended, into)
    with transaction.atomic():
        began = _lines(kind, ended, into, on, source)
        spans = [_open_span(code, on) for code in ended]
        _check_free(began, ended, on)
        moves = _moves(ended, began, {full_code(c): full_code(p) for c, p in (children or {}).items()}, on, source)
        spans += [_open_span(line.code, on) for line in moves]
        for span in spans:
            span.valid_until = on
        Division.objects.bulk_update(spans, ["valid_until"], batch_size=BATCH)
        Division.objects.bulk_create([_division(line) for line in (*began, *moves)], batch_size=BATCH)
        _check_parents((*began, *moves), on)
        audit(
            actor=actor,
            act="division.change",
            object_kind="division",
            object_id=" ".join(ended or [line.code for line in began])[:200],
            rule=rule,
            details={"kind": kind, "into": [line.code for line in began], "moved": len(moves), "on": on},
        )
        emit(
            DIVISION_CHANGED,
            DivisionChanged(kind=kind, ended=ended, began=tuple(line.code for line in began), on=on),
        )
        return tuple(division_get(line.code, on) for line in began)


def _check_kind(kind: str, ended: Sequence[str], into: Sequence[DivisionTarget]) -> None:
    """Is it what its kind says? Renamed keeps code and parent; moved changes one of them, and maybe the name."""
    ends, begins = _ARITY[kind]
    fits = len(ended) in ends and len(into) in begins
    if fits and kind in {"renamed", "moved"}:
        old, new = division_latest(ended[0]), into[0]
        same_place = (full_code(new.code), full_code(new.parent) if new.parent else "") == (old.code, old.parent_code)
        fits = same_place and new.name != old.name if kind == "renamed" else not same_place
    if not fits:
        raise InputError(
            zh=f"{len(ended)} 个代码变为 {len(into)} 个不是“{kind}”",
            en=f"{len(ended)} codes becoming {len(into)} is not what {kind} means",
            where="kind",
            hint_zh="更名：代码与上级不变、名称变；调整：代码或上级变；拆分：一变多；合并：多变一；撤销：变为无。",
            hint_en="renamed: same code and parent, other name; moved: other code or parent; split: one to many; "
            "merged: many to one; retired: to none.",
        )


def division_latest(code: str) -> Division:
    """The newest span of a code. Raises InputError for a code that never was."""
    row = Division.objects.filter(code=code).order_by("valid_from").last()
    if row is None:
        raise InputError(zh=f"没有代码为 {code} 的行政区划", en=f"there is no division with code {code}", where="codes")
    return row


def _open_span(code: str, on: date) -> Division:
    row = division_latest(code)
    if row.valid_until is not None or row.valid_from >= on:
        raise Conflict(
            zh=f"代码 {code} 在 {row.valid_until or row.valid_from} 已有变更，不能再从 {on} 起变更",
            en=f"code {code} already changed on {row.valid_until or row.valid_from}; it cannot change from {on}",
            where="on",
            hint_zh="请使用更晚的日期；历史不改写。",
            hint_en="Use a later day; history is not rewritten.",
        )
    return row


def _lines(
    kind: Change, ended: Sequence[str], into: Sequence[DivisionTarget], on: date, source: str
) -> tuple[DivisionLine, ...]:
    return tuple(_new_line(kind, target.code, target.parent, target.name, ended, on, source) for target in into)


def _new_line(
    kind: Change, code: str, parent: str, name: str, came_from: Sequence[str], on: date, source: str
) -> DivisionLine:
    try:
        return DivisionLine(
            code=code,
            parent=parent,
            name=name,
            level=level_of(full_code(code)),
            valid_from=on,
            change=kind,
            came_from=tuple(came_from),
            source=source,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            zh=f"区划 {code}：{first['msg']}", en=f"division {code}: {first['msg']}", where="into"
        ) from error


def _check_free(began: Sequence[DivisionLine], ended: Sequence[str], on: date) -> None:
    """A code that begins must not hold already, nor twice in this change."""
    codes = [line.code for line in began]
    taken = Division.objects.filter(code__in=set(codes) - set(ended)).exclude(valid_until__lte=on)
    held = next((row.code for row in taken), None) or next((c for c in codes if codes.count(c) > 1), None)
    if held is not None:
        raise Conflict(
            zh=f"代码 {held} 在 {on} 已被使用，有效期不能重叠",
            en=f"code {held} is in use on {on}; spans of one code may not overlap",
            where="into",
            hint_zh="请使用未用的代码，或先撤销旧的。",
            hint_en="Use a free code, or retire the old one first.",
        )


def _moves(
    ended: Sequence[str], began: Sequence[DivisionLine], children: Mapping[str, str], on: date, source: str
) -> tuple[DivisionLine, ...]:
    """New spans for what stands below the codes that end."""
    stays = {line.code for line in began}
    only = began[0].code if len(began) == 1 else ""
    moves: list[DivisionLine] = []
    lost: list[str] = []
    below = Division.objects.filter(holds_on(on), parent_code__in=ended).exclude(code__in=ended).order_by("code")
    for row in below:
        parent = children.get(row.code) or (row.parent_code if row.parent_code in stays else only)
        if not parent:
            lost.append(f"{row.code} {row.name}")
        elif parent != row.parent_code:
            moves.append(_new_line("moved", row.code, parent, row.name, [row.code], on, source))
    if lost:
        raise Conflict(
            zh=f"其下还有 {len(lost)} 个区划没有去处：{'、'.join(lost[:5])}",
            en=f"{len(lost)} divisions below would have no parent: {', '.join(lost[:5])}",
            where="children",
            hint_zh="请在 children 中逐个写明新的上级。",
            hint_en="Say in `children` where each of them goes.",
        )
    return tuple(moves)


def _check_parents(lines: Sequence[DivisionLine], on: date) -> None:
    parents = {line.parent for line in lines if line.parent}
    missing = parents - set(Division.objects.filter(holds_on(on), code__in=parents).values_list("code", flat=True))
    if missing:
        raise Conflict(
            zh=f"上级 {min(missing)} 在 {on} 无效",
            en=f"parent {min(missing)} does not hold on {on}",
            where="into",
            hint_zh="请先登记上级的变更。",
            hint_en="Record the parent's change first.",
        )


def _check_installed(
    wanted: Mapping[tuple[str, date], DivisionLine], old: Mapping[tuple[str, date], Division], where: str
) -> None:
    """No overlap with what is there, and every parent holds on the first day of its children."""
    ends = {(code, first): row.valid_until for (code, first), row in old.items()}
    touched = {code for code, _ in wanted}
    kept = [_as_line(row) for key, row in old.items() if key not in wanted and row.code in touched]
    merged = [line.model_copy(update={"valid_until": line.valid_until or ends.get(k)}) for k, line in wanted.items()]
    spans_check((*merged, *kept), where)
    spans: dict[str, list[tuple[date, date | None]]] = {}
    for (code, first), row in old.items():
        spans.setdefault(code, []).append((first, row.valid_until))
    for line in merged:
        spans.setdefault(line.code, []).append((line.valid_from, line.valid_until))
    for line in merged:
        held = (holds(first, last, line.valid_from) for first, last in spans.get(line.parent, []))
        if line.parent and not any(held):
            raise PackError(
                zh=f"{line.code} {line.name} 的上级 {line.parent} 在 {line.valid_from} 无效",
                en=f"{line.code} {line.name}: its parent {line.parent} does not hold on {line.valid_from}",
                where=where,
                hint_zh="请补上上级的一段。",
                hint_en="Add the parent's span.",
            )


def _division(line: DivisionLine) -> Division:
    row = Division(code=line.code, valid_from=line.valid_from)
    _take(row, line)
    return row


def _take(row: Division, line: DivisionLine) -> bool:
    """Bring a row to what the line says; False when it said so already."""
    said = {
        "parent_code": line.parent,
        "name": line.name,
        "level": str(line.level),
        "valid_until": line.valid_until or row.valid_until,
        "change": line.change,
        "came_from": list(line.came_from),
        "source": line.source,
    }
    if all(getattr(row, name) == value for name, value in said.items()):
        return False
    for name, value in said.items():
        setattr(row, name, value)
    return True


def _as_line(row: Division) -> DivisionLine:
    return DivisionLine.model_construct(
        code=row.code, name=row.name, valid_from=row.valid_from, valid_until=row.valid_until
    )
