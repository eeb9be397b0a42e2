"""Shapes of the pack files the kernel owns. Unknown keys are refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.text import Text

DEPARTMENT_CODE = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
DepartmentCode = Annotated[str, Field(pattern=DEPARTMENT_CODE, max_length=64)]


@dataclass(frozen=True)
class InstallCount:
    """What installing a pack file did, in rows."""

    created: int
    changed: int
    unchanged: int


class DepartmentEntry(BaseModel):
    """One department as a pack names it; without `valid_from` the file's own holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Called id so that an overlay can lay a change over one entry.
    id: DepartmentCode
    name: Text
    parent: DepartmentCode | None = None
    valid_from: date | None = None
    liaison_role: Role = Role.STEWARD


class DepartmentsFile(BaseModel):
    """`departments/*.yaml`: departments in the order the city lists them, each after its parent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # The first day the list speaks of, not the day an organ was founded.
    valid_from: date
    departments: tuple[DepartmentEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once_after_its_parent(self) -> DepartmentsFile:
        seen: set[str] = set()
        for entry in self.departments:
            if entry.id in seen:
                raise ValueError(f"部门 {entry.id} 写了两次 / department {entry.id} stands twice")
            if entry.parent is not None and entry.parent not in seen:
                raise ValueError(
                    f"部门 {entry.id} 的上级 {entry.parent} 须写在它之前 / "
                    f"department {entry.id}: its parent {entry.parent} must stand before it"
                )
            seen.add(entry.id)
        return self
