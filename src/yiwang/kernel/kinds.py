"""The kinds of pack file that the kernel itself owns, and the verbs of its pack tests."""

from __future__ import annotations

from typing import Any

from yiwang.kernel.calendars import CALENDARS, clock_verb
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.divisionfile import DivisionLine, division_lines
from yiwang.kernel.core.pack import FileKind, Pack, kind_register
from yiwang.kernel.core.packtest import CASES, verb_register
from yiwang.kernel.departmentwork import departments_install
from yiwang.kernel.divisionwork import divisions_install
from yiwang.kernel.schema import DepartmentsFile


def _parse_divisions(data: bytes, where: str) -> tuple[DivisionLine, ...]:
    return division_lines(data.decode("utf-8"), where)


def _install_departments(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    departments_install(actor=actor, file=file, where=f"{pack.manifest.id}/{path}")


def _install_divisions(path: str, lines: Any, pack: Pack, actor: Actor) -> None:
    divisions_install(actor=actor, lines=lines, where=f"{pack.manifest.id}/{path}")


DEPARTMENTS = FileKind(
    id="departments", pattern="departments/*.yaml", model=DepartmentsFile, install=_install_departments
)
DIVISIONS = FileKind(id="divisions", pattern="divisions/*.tsv", parse=_parse_divisions, install=_install_divisions)


def kinds_register() -> None:
    """Called once when the program starts."""
    kind_register(DEPARTMENTS)
    kind_register(DIVISIONS)
    kind_register(CALENDARS)
    kind_register(CASES)
    verb_register("clock", clock_verb)
