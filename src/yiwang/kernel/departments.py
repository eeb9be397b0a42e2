"""Departments as a dated tree: reads. A day's name and parent are those of the span that holds on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.dated import holds_on, today
from yiwang.kernel.errors import NotFound
from yiwang.kernel.models import Department, DepartmentSpan, Liaison
from yiwang.kernel.prepared import fetch


@dataclass(frozen=True)
class DepartmentRow:
    """A department on a day. `depth` counts from 0 at a root; `successor` took over when it was dissolved."""

    code: str
    name: Text
    parent: str
    depth: int
    liaison_role: str
    valid_from: date
    valid_until: date | None
    successor: str


@dataclass(frozen=True)
class LiaisonRow:
    """The named person of a department, or the deputy. `account` is the account number, if the person has one."""

    department: str
    name: str
    phone: str
    account: int | None
    is_deputy: bool
    valid_from: date
    valid_until: date | None


def department_list(as_of: date | None = None) -> tuple[DepartmentRow, ...]:
    """All departments of a day, today by default: each parent before its children, siblings in the city's order."""
    spans = _spans(as_of or today())
    return tuple(_row(spans[code], depth) for code, depth in _walk(spans))


def department_get(code: str, as_of: date | None = None) -> DepartmentRow:
    """One department on a day. Raises NotFound for an unknown code and for a day on which it did not exist."""
    day = as_of or today()
    spans = _spans(day)
    if code in spans:
        return _row(spans[code], len(_above(spans, code)) - 1)
    department = _known(code)
    end = department.valid_until
    followed = department.successor.code if department.successor else ""
    raise NotFound(
        zh=f"{department.name_zh}（{code}）在 {day} 不存在",
        en=f"{department.name_en} ({code}) did not exist on {day}",
        where="department",
        hint_zh=f"有效期自 {department.valid_from} 至 {end or '今'}"
        + (f"，职责由 {followed} 承接" if followed else ""),
        hint_en=f"It is valid from {department.valid_from} until {end or 'now'}"
        + (f"; {followed} took over" if followed else ""),
    )


def department_check(code: str, as_of: date | None = None) -> None:
    """Nothing when the department exists on the day; raises what `department_get` raises when it does not."""
    day = (as_of or today()).isoformat()
    sql = (
        "SELECT 1 FROM kernel_departmentspan s JOIN kernel_department d ON d.id = s.department_id"
        " WHERE d.code = $1 AND s.valid_from <= $2 AND (s.valid_until IS NULL OR s.valid_until > $3)"
    )
    if not fetch(sql, [code, day, day]):
        department_get(code, as_of)


def department_name(code: str) -> Text:
    """The newest name, also of a dissolved department. Raises NotFound."""
    department = _known(code)
    return Text(zh=department.name_zh, en=department.name_en)


def department_names() -> dict[str, Text]:
    """The newest name of every department there ever was, by code: for lists."""
    return {d.code: Text(zh=d.name_zh, en=d.name_en) for d in Department.objects.all()}


def department_below(code: str, as_of: date | None = None) -> frozenset[str]:
    """The department and all below it on a day; empty when it did not exist then. Raises NotFound for no such code."""
    below = below_each(as_of or today())
    if code not in below:
        _known(code)
    return below.get(code, frozenset())


def department_chain(code: str, as_of: date | None = None) -> tuple[str, ...]:
    """The department and those above it, the root last; empty when it did not exist on that day."""
    return _above(_spans(as_of or today()), code)


def liaison_of(code: str, as_of: date | None = None) -> tuple[LiaisonRow, ...]:
    """The liaison of a day, then the deputy; either may be missing. Raises NotFound for no such department."""
    rows = Liaison.objects.filter(holds_on(as_of or today()), department=_known(code)).order_by("is_deputy", "id")
    return tuple(_liaison(row, code) for row in rows)


def liaison_history(code: str) -> tuple[LiaisonRow, ...]:
    """All liaisons and deputies a department ever had, the newest first. Raises NotFound."""
    rows = Liaison.objects.filter(department=_known(code)).order_by("-valid_from", "is_deputy", "-id")
    return tuple(_liaison(row, code) for row in rows)


def below_each(as_of: date) -> Mapping[str, frozenset[str]]:
    """For every department of a day the set of itself and all below it, in one query."""
    rows = DepartmentSpan.objects.filter(holds_on(as_of)).values_list("department__code", "parent__code")
    above: dict[str, str | None] = dict(rows)
    found: dict[str, set[str]] = {code: set() for code in above}
    for code in above:
        upper: str | None = code
        while upper in found:
            found[upper].add(code)
            upper = above[upper]
    return {code: frozenset(codes) for code, codes in found.items()}


def _known(code: str) -> Department:
    department = Department.objects.select_related("successor").filter(code=code).first()
    if department is None:
        hint_zh, hint_en = closest_hint(code, Department.objects.values_list("code", flat=True))
        raise NotFound(
            zh=f"没有代码为 {code} 的部门",
            en=f"there is no department {code}",
            where="department",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    return department


def _spans(day: date) -> dict[str, DepartmentSpan]:
    rows = DepartmentSpan.objects.filter(holds_on(day)).select_related("department__successor", "parent")
    return {row.department.code: row for row in rows}


def _walk(spans: Mapping[str, DepartmentSpan]) -> Iterator[tuple[str, int]]:
    """Codes depth first. One whose parent does not hold on the day stands as a root."""
    children: dict[str, list[str]] = {}
    ordered = sorted(spans, key=lambda code: (spans[code].department.position, code))
    for code in ordered:
        parent = spans[code].parent
        children.setdefault(parent.code if parent and parent.code in spans else "", []).append(code)
    waiting = [(code, 0) for code in reversed(children.get("", []))]
    while waiting:
        code, depth = waiting.pop()
        yield code, depth
        waiting.extend((child, depth + 1) for child in reversed(children.get(code, [])))


def _above(spans: Mapping[str, DepartmentSpan], code: str) -> tuple[str, ...]:
    """The code and those above it. Saving refuses circles, so the walk ends."""
    found: list[str] = []
    span = spans.get(code)
    while span is not None:
        found.append(span.department.code)
        span = spans.get(span.parent.code) if span.parent else None
    return tuple(found)


def _row(span: DepartmentSpan, depth: int) -> DepartmentRow:
    department = span.department
    return DepartmentRow(
        code=department.code,
        name=Text(zh=span.name_zh, en=span.name_en),
        parent=span.parent.code if span.parent else "",
        depth=depth,
        liaison_role=department.liaison_role,
        valid_from=department.valid_from,
        valid_until=department.valid_until,
        successor=department.successor.code if department.successor else "",
    )


def _liaison(row: Liaison, code: str) -> LiaisonRow:
    return LiaisonRow(code, row.name, row.phone, row.account_id, row.is_deputy, row.valid_from, row.valid_until)
