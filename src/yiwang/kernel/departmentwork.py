"""Changes to departments and liaisons. History is added to, not rewritten: a change holds from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from django.db import transaction
from pydantic import BaseModel, ValidationError

from yiwang.kernel.access import demand
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.dated import holds, holds_on, today
from yiwang.kernel.departments import department_below, department_get
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.models import Account, Department, DepartmentSpan, Liaison
from yiwang.kernel.outbox import emit, event_declare
from yiwang.kernel.schema import DepartmentEntry, DepartmentsFile, InstallCount


class DepartmentChanged(BaseModel):
    """`what` is created, changed, dissolved or liaison."""

    code: str
    what: str
    on: date


DEPARTMENT_CHANGED = event_declare(
    "department.changed", DepartmentChanged, Text(zh="部门或联络人有变更", en="a department or its liaison changed")
)


def department_save(
    *,
    actor: Actor,
    code: str,
    name: Text,
    parent: str | None,
    on: date | None = None,
    liaison_role: Role = Role.STEWARD,
    position: int | None = None,
) -> Department:
    """Create a department, or give it another name or parent from the day `on` (today by default).

    Saving what is already so changes nothing. Raises InputError for a code or tree that cannot be, Conflict when `on`
    lies before its newest change, NotFound when the parent does not exist on that day.
    """
    entry = _entry(code, name, parent, liaison_role)
    day = on or today()
    with transaction.atomic():
        rule = _may_save(actor, entry)
        return _save(actor, rule, entry, day, position)[0]


def department_dissolve(*, actor: Actor, code: str, on: date, successor: str | None = None) -> Department:
    """End a department: `on` is the first day without it; `successor` takes over its duties.

    Raises Conflict while departments stand below it or when it has already ended, NotFound for an unknown code.
    """
    rule = demand(actor, "department.edit", code).rule
    with transaction.atomic():
        department_get(code, on)
        below = sorted(department_below(code, on) - {code})
        if below:
            raise Conflict(
                zh=f"部门 {code} 之下还有：{'、'.join(below)}",
                en=f"department {code} still has {', '.join(below)} below it",
                where="department",
                hint_zh="请先为它们另定上级或先行撤销。",
                hint_en="Give them another parent or dissolve them first.",
            )
        department = Department.objects.get(code=code)
        newest = _newest(department)
        if department.valid_until is not None or on <= newest.valid_from:
            raise _too_early(code, newest.valid_from, on)
        if successor is not None:
            department_get(successor, on)
            department.successor = Department.objects.get(code=successor)
        department.valid_until = newest.valid_until = on
        newest.save(update_fields=["valid_until"])
        department.save(update_fields=["valid_until", "successor"])
        audit(
            actor=actor,
            act="department.dissolve",
            object_kind="department",
            object_id=code,
            rule=rule,
            details={"on": on, "successor": successor},
        )
        emit(DEPARTMENT_CHANGED, DepartmentChanged(code=code, what="dissolved", on=on))
    return department


def departments_install(*, actor: Actor, file: DepartmentsFile, where: str = "departments") -> InstallCount:
    """Save every department of a pack file. Installing the same file again changes nothing.

    A department that the city has itself changed since the day the file speaks of keeps the city's change.
    """
    done = {"created": 0, "changed": 0, "": 0}
    with transaction.atomic():
        rule = demand(actor, "city.edit").rule
        newest = {span.department.code: span.valid_from for span in _newest_spans()}
        for position, entry in enumerate(file.departments):
            day = entry.valid_from or file.valid_from
            if day < newest.get(entry.id, day):
                done[""] += 1
            else:
                done[_save(actor, rule, entry, day, position)[1]] += 1
        count = InstallCount(done["created"], done["changed"], done[""])
        audit(
            actor=actor,
            act="department.install",
            object_kind="departments",
            object_id=where,
            rule=rule,
            details={"created": count.created, "changed": count.changed, "unchanged": count.unchanged},
        )
    return count


def liaison_assign(
    *,
    actor: Actor,
    department: str,
    name: str,
    phone: str = "",
    account: int | None = None,
    deputy: bool = False,
    on: date | None = None,
) -> Liaison:
    """Name the liaison of a department, or the deputy, from a day on; the one before is kept with its last day.

    Raises NotFound for an unknown department or account, Conflict when a later liaison is already named.
    """
    rule = demand(actor, "department.edit", department).rule
    day = on or today()
    if not name.strip():
        raise InputError(zh="联络人没有姓名", en="the liaison has no name", where="name")
    with transaction.atomic():
        department_get(department, day)
        if account is not None and not Account.objects.filter(pk=account).exists():
            raise NotFound(zh=f"没有账号 {account}", en=f"there is no account {account}", where="account")
        post = Liaison.objects.filter(department__code=department, is_deputy=deputy)
        later = post.filter(valid_from__gt=day).order_by("valid_from").first()
        if later is not None:
            raise _too_early(department, later.valid_from, day)
        # One named on the same day was a slip of that day: it held for no day at all.
        post.filter(holds_on(day)).update(valid_until=day)
        row = Liaison.objects.create(
            department=Department.objects.get(code=department),
            name=name.strip(),
            phone=phone,
            account_id=account,
            is_deputy=deputy,
            valid_from=day,
        )
        audit(
            actor=actor,
            act="liaison.assign",
            object_kind="department",
            object_id=department,
            rule=rule,
            details={"name": row.name, "deputy": deputy, "on": day},
        )
        emit(DEPARTMENT_CHANGED, DepartmentChanged(code=department, what="liaison", on=day))
    return row


def _entry(code: str, name: Text, parent: str | None, liaison_role: Role) -> DepartmentEntry:
    try:
        return DepartmentEntry(id=code, name=name, parent=parent, liaison_role=liaison_role)
    except ValidationError as error:
        raise InputError(
            zh=f"部门代码 {code!r} 或上级 {parent!r} 不合要求",
            en=f"department code {code!r} or parent {parent!r} will not do",
            where="code",
            hint_zh="代码用小写英文单词，以横线相连，如 civil-affairs。",
            hint_en="A code is lower-case English words joined by dashes, e.g. civil-affairs.",
        ) from error


def _may_save(actor: Actor, entry: DepartmentEntry) -> str:
    """A change needs the right at the department, a new parent the right there too, a new root the whole city."""
    found = Department.objects.select_related("parent").filter(code=entry.id).first()
    old_parent = found.parent.code if found is not None and found.parent else None
    rule = demand(actor, "department.edit", found.code).rule if found is not None else ""
    if found is not None and entry.parent == old_parent:
        return rule
    return demand(actor, "department.edit", entry.parent).rule if entry.parent else demand(actor, "city.edit").rule


def _save(
    actor: Actor, rule: str, entry: DepartmentEntry, day: date, position: int | None
) -> tuple[Department, Literal["created", "changed", ""]]:
    """Save one entry without asking for rights, and say what that did."""
    found = Department.objects.select_related("parent").filter(code=entry.id).first()
    upper = _parent(entry, found, day)
    what: Literal["created", "changed", ""] = "created" if found is None else "changed"
    if found is None:
        found = _create(entry, upper, day, position or 0)
    elif not _change(found, entry, upper, day, position):
        return found, ""
    audit(
        actor=actor,
        act="department.save",
        object_kind="department",
        object_id=entry.id,
        rule=rule,
        details={"what": what, "name": entry.name, "parent": entry.parent, "on": day},
    )
    emit(DEPARTMENT_CHANGED, DepartmentChanged(code=entry.id, what=what, on=day))
    return found, what


def _parent(entry: DepartmentEntry, found: Department | None, day: date) -> Department | None:
    if entry.parent is None:
        return None
    department_get(entry.parent, day)
    if found is not None and entry.parent in department_below(found.code, day):
        raise InputError(
            zh=f"部门 {entry.id} 不能以其下级 {entry.parent} 为上级",
            en=f"department {entry.id} cannot stand below {entry.parent}, which stands below it",
            where="parent",
            hint_zh="请先为下级另定上级。",
            hint_en="Give the lower one another parent first.",
        )
    return Department.objects.get(code=entry.parent)


def _create(entry: DepartmentEntry, parent: Department | None, day: date, position: int) -> Department:
    names = {"name_zh": entry.name.zh, "name_en": entry.name.en, "parent": parent, "valid_from": day}
    row = Department.objects.create(code=entry.id, liaison_role=entry.liaison_role, position=position, **names)
    DepartmentSpan.objects.create(department=row, **names)
    return row


def _change(
    row: Department, entry: DepartmentEntry, parent: Department | None, day: date, position: int | None
) -> bool:
    """Bring one department to what the entry says from `day` on; False when it is so already."""
    newest = _newest(row)
    place = row.position if position is None else position
    same_span = (newest.name_zh, newest.name_en, newest.parent) == (entry.name.zh, entry.name.en, parent)
    if same_span and (row.liaison_role, row.position) == (entry.liaison_role, place):
        return False
    if not holds(newest.valid_from, newest.valid_until, day):
        raise _too_early(row.code, newest.valid_from, day)
    row.name_zh, row.name_en, row.parent = entry.name.zh, entry.name.en, parent
    row.liaison_role, row.position = entry.liaison_role, place
    row.save()
    if same_span:
        return True
    if newest.valid_from < day:
        newest.valid_until = day
        newest.save(update_fields=["valid_until"])
        newest = DepartmentSpan(department=row, valid_from=day)
    newest.name_zh, newest.name_en, newest.parent = row.name_zh, row.name_en, parent
    newest.save()
    return True


def _newest_spans() -> Iterable[DepartmentSpan]:
    """The spans oldest first, so that the newest of a department is the last one met."""
    return DepartmentSpan.objects.select_related("department").order_by("valid_from")


def _newest(department: Department) -> DepartmentSpan:
    return DepartmentSpan.objects.select_related("parent").filter(department=department).latest("valid_from")


def _too_early(code: str, newest: date, day: date) -> Conflict:
    return Conflict(
        zh=f"部门 {code} 在 {newest} 已有变更或已撤销，不能再从 {day} 起变更",
        en=f"department {code} already changed on {newest} or has ended; it cannot change from {day}",
        where="on",
        hint_zh="请使用更晚的日期；历史不改写。",
        hint_en="Use a later day; history is not rewritten.",
    )
