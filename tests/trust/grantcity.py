"""A city of three departments and one register, told to the trust engine without any catalogue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import department_save
from yiwang.trust import describing
from yiwang.trust.selectors import FieldFacts, ResourceFacts
from yiwang.trust.service import GrantAsk, grant_apply, grant_issue, grant_review_note

SYSTEM = system_actor("test")
FOUNDED = date(2020, 1, 1)
REGISTER = "resident-list"


def _field(id: str, grade: int, sql_type: str = "VARCHAR") -> FieldFacts:
    return FieldFacts(id, Text(zh=id, en=id), grade, sql_type)


FIELDS = (
    _field("id_number", 3),
    _field("name", 3),
    _field("division", 1),
    _field("born_on", 3, "DATE"),
    _field("income", 3, "DECIMAL(18,2)"),
    _field("alive", 1, "BOOLEAN"),
    _field("seen_at", 1, "TIMESTAMP"),
)
SHARES = {REGISTER: "conditional", "weather": "unconditional", "secrets": "refused"}


def facts(resource: str) -> ResourceFacts:
    if resource not in SHARES:
        raise NotFound(zh="没有", en="none", where=resource)
    methods = ("verify", "query", "batch")
    return ResourceFacts(
        resource, Text(zh="名册", en="Register"), "police", SHARES[resource], "保守国家秘密法 第十三条", methods, FIELDS
    )


def describe(monkeypatch: Any) -> None:
    monkeypatch.setattr(describing, "_DESCRIBERS", [facts])


def departments() -> None:
    for code, parent in (("city", None), ("police", "city"), ("civil", "city"), ("tax", "city")):
        department_save(actor=SYSTEM, code=code, name=Text(zh=code, en=code.title()), parent=parent, on=FOUNDED)


def clerk(department: str = "civil", *roles: Role, covers: tuple[str, ...] = ()) -> Actor:
    held = roles or (Role.STAFF,)
    scope = frozenset(covers or (department,))
    return Actor(f"account:{department}", department, "staff", department, dict.fromkeys(held, scope))


def steward(department: str = "police") -> Actor:
    return clerk(department, Role.STEWARD)


LEAD = clerk("city", Role.DATA_LEAD, covers=("city", "police", "civil", "tax"))


def ask(**changed: Any) -> GrantAsk:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "resource": REGISTER,
        "fields": ["id_number", "name", "division"],
        "methods": ["query", "verify"],
        "purpose_code": "benefit",
        "purpose": "高龄津贴资格核对",
        "basis": "老年人权益保障法 第三十三条",
        "valid_from": today,
        "valid_until": today + timedelta(days=365),
    }
    return GrantAsk(**{**said, **changed})


def applied(**changed: Any) -> str:
    return grant_apply(actor=clerk(), ask=ask(**changed))


def reviewed(**changed: Any) -> str:
    number = applied(**changed)
    grant_review_note(actor=LEAD, number=number)
    return number


def active(**changed: Any) -> str:
    number = reviewed(**changed)
    grant_issue(actor=steward(), number=number)
    return number
