"""Departments and accounts by their names, for lists that know only their codes."""

from __future__ import annotations

from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.web.language import say

WORKING = (Role.STAFF, Role.LEADER, Role.DATA_LEAD)
APPLICANT = Text(zh="申请人", en="the applicant")


def said_department(code: str) -> str:
    """The name of a department; a code nobody knows stands for itself."""
    try:
        return say(kernel.department_name(code))
    except NotFound:
        return code


def said_hands(who: str) -> str:
    """Whom work was given to: an account, a department, or the applicant."""
    if who == "applicant":
        return say(APPLICANT)
    if who.startswith("account:"):
        try:
            return kernel.actor_again(who, who).name
        except NotFound:
            return who
    return said_department(who) if who else ""


def colleagues(department: str) -> tuple[tuple[str, str], ...]:
    """Who works at a department, as (hands, name): work can be given to them."""
    found = {f"account:{number}" for role in WORKING for number in kernel.role_holders(role, department)}
    return tuple(sorted(((who, said_hands(who)) for who in found), key=lambda pair: pair[1]))
