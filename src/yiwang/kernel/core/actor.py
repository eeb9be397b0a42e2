"""Who acts: every service and selector takes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.kernel.core.text import Text


class Role(StrEnum):
    """The closed list of roles. A role always holds within a department and what stands below it."""

    ADMIN = "admin"
    DATA_LEAD = "data-lead"
    STEWARD = "steward"
    LEADER = "leader"
    AUDITOR = "auditor"
    STAFF = "staff"


ROLE_TITLES: dict[Role, Text] = {
    Role.ADMIN: Text(zh="系统管理员", en="System administrator"),
    Role.DATA_LEAD: Text(zh="数据主管", en="Data lead"),
    Role.STEWARD: Text(zh="数据专员", en="Data steward"),
    Role.LEADER: Text(zh="领导", en="Leader"),
    Role.AUDITOR: Text(zh="审计员", en="Auditor"),
    Role.STAFF: Text(zh="工作人员", en="Staff"),
}


@dataclass(frozen=True)
class Actor:
    """A person or a program, with what it may act for on the day it was made.

    `scopes` maps each role to the department codes it covers, already expanded to the departments below.
    An actor of kind "system" is the program itself or an operator at the machine's own shell; it is named in
    every audit line like anybody else.
    """

    id: str
    name: str
    kind: str = "staff"
    department: str = ""
    scopes: dict[Role, frozenset[str]] = field(default_factory=dict)

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    def holds(self, role: Role, department: str = "") -> bool:
        """True when the actor has the role, and for the given department if one is named."""
        covered = self.scopes.get(role)
        if covered is None:
            return False
        return not department or department in covered


def system_actor(name: str) -> Actor:
    """The actor of a program or shell, e.g. system_actor("cli:root")."""
    return Actor(id=f"system:{name}", name=name, kind="system")


ANONYMOUS = Actor(id="", name="", kind="anonymous")
