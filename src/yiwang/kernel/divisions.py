"""Divisions as a dated tree: reads. Every look-up is as of a day, today by default; codes may be short ("230881")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.core.divisioncode import full_code
from yiwang.kernel.dated import holds, holds_on, today
from yiwang.kernel.errors import NotFound
from yiwang.kernel.models import Division


@dataclass(frozen=True)
class DivisionRow:
    """One span of a division: what its code meant from `valid_from` until the day before `valid_until`."""

    code: str
    parent: str
    name: str
    level: str
    valid_from: date
    valid_until: date | None
    change: str
    came_from: tuple[str, ...]
    source: str


def division_get(code: str, as_of: date | None = None) -> DivisionRow:
    """What the code meant on a day. Raises InputError for what is no code, NotFound with the code's known spans."""
    full, day = full_code(code), as_of or today()
    row = Division.objects.filter(holds_on(day), code=full).first()
    if row is None:
        raise _not_then(full, day, division_history(full))
    return _row(row)


def division_history(code: str) -> tuple[DivisionRow, ...]:
    """All spans of a code, the oldest first; empty for a code that never was."""
    return tuple(_row(row) for row in Division.objects.filter(code=full_code(code)).order_by("valid_from"))


def division_children(code: str, as_of: date | None = None) -> tuple[DivisionRow, ...]:
    """What stands directly below a code on a day, by code. Raises NotFound when the code did not hold then."""
    day = as_of or today()
    upper = division_get(code, day)
    below = Division.objects.filter(holds_on(day), parent_code=upper.code).order_by("code")
    return tuple(_row(row) for row in below)


def division_chain(code: str, as_of: date | None = None) -> tuple[DivisionRow, ...]:
    """The division and those above it on a day, the province last.

    Raises NotFound when the code, or one above it, did not hold then.
    """
    day = as_of or today()
    chain = [division_get(code, day)]
    while chain[-1].parent:
        chain.append(division_get(chain[-1].parent, day))
    return tuple(chain)


def division_full_name(code: str, as_of: date | None = None) -> str:
    """Names from the province down, e.g. 黑龙江省佳木斯市同江市乐业镇. Raises NotFound."""
    return "".join(row.name for row in reversed(division_chain(code, as_of)))


def division_list(as_of: date | None = None, *, level: str = "") -> tuple[DivisionRow, ...]:
    """All divisions of a day, of one level if asked, by code."""
    rows = Division.objects.filter(holds_on(as_of or today())).order_by("code")
    return tuple(_row(row) for row in (rows.filter(level=level) if level else rows))


def division_successors(
    code: str, as_of: date | None = None, *, known_on: date | None = None
) -> tuple[DivisionRow, ...]:
    """What an old code has become by a day: its own span if that still holds, else those made from it, and from those.

    A code may come back for another place: `known_on` says on which day the code was written down; without it the
    newest meaning up to `as_of` is taken. Empty when the place was retired with nothing put there. Raises NotFound
    when the code meant nothing by then.
    """
    full, day = full_code(code), as_of or today()
    history = division_history(full)
    if known_on is None:
        start = next((span for span in reversed(history) if span.valid_from <= day), None)
    else:
        start = next((span for span in history if holds(span.valid_from, span.valid_until, known_on)), None)
    if start is None:
        raise _not_then(full, known_on or day, history)
    found: dict[str, DivisionRow] = {}
    waiting, seen = [start], {(start.code, start.valid_from)}
    while waiting:
        span = waiting.pop()
        if span.valid_until is None or span.valid_until > day:
            found[span.code] = span
            continue
        for after in _made_from(span.code, span.valid_until):
            if (after.code, after.valid_from) not in seen:
                seen.add((after.code, after.valid_from))
                waiting.append(after)
    return tuple(found[one] for one in sorted(found))


def _made_from(code: str, ended: date) -> Iterable[DivisionRow]:
    """The spans that began on the day `code` ended and name it as where they came from."""
    began = Division.objects.filter(valid_from=ended).exclude(came_from=[])
    return [_row(row) for row in began if code in row.came_from]


def _row(row: Division) -> DivisionRow:
    return DivisionRow(
        row.code,
        row.parent_code,
        row.name,
        row.level,
        row.valid_from,
        row.valid_until,
        row.change,
        tuple(row.came_from),
        row.source,
    )


def _not_then(code: str, day: date, history: tuple[DivisionRow, ...]) -> NotFound:
    spans = "; ".join(f"{span.name} {span.valid_from}–{span.valid_until or ''}" for span in history)
    if not history:
        return NotFound(
            zh=f"没有代码为 {code} 的行政区划",
            en=f"there is no division with code {code}",
            where="division",
            hint_zh="请核对代码，或安装含有它的区划包。",
            hint_en="Check the code, or install the pack that has it.",
        )
    return NotFound(
        zh=f"代码 {code} 在 {day} 无效",
        en=f"code {code} did not hold on {day}",
        where="division",
        hint_zh=f"有效期：{spans}",
        hint_en=f"It held: {spans}",
    )
