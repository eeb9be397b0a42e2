"""What decisions need of everyone: which fields of which resources, joined how; and the files a caller prepared of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.rows import content_of, decision_row, version_row
from yiwang.rules.schema import InputFile

KEY = "_key"


@dataclass(frozen=True)
class Through:
    """A resource between subject and source: its `field` equals the subject's `match`, its `gives` the source's `by`."""

    resource: str
    field: str
    gives: str


@dataclass(frozen=True)
class PopulationColumn:
    """One field as it stands in its resource, under `name`. `by` empty: a field of the subject's own resource.

    Else the row of `resource` counts whose `by` equals the subject's `match`; of several the one with the largest `newest`.
    """

    name: str
    resource: str
    field: str
    by: str = ""
    match: str = ""
    newest: str = ""
    through: Through | None = None


@dataclass(frozen=True)
class PopulationNeeds:
    """The subjects are the rows of `resource`, named by `key`."""

    resource: str
    key: str
    columns: tuple[PopulationColumn, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        between = [c.through.resource for c in self.columns if c.through is not None]
        return tuple(dict.fromkeys([self.resource, *(c.resource for c in self.columns), *between]))


@dataclass(frozen=True)
class Population:
    """Parquet files with a column `_key` (text) and one for each of the needs' columns; `versions` of the tables they came from."""

    needs: PopulationNeeds
    files: tuple[str, ...]
    versions: Mapping[str, int]
    rows: int


def population_needs(
    actor: Actor, decision_ids: Iterable[str], *, numbers: Mapping[str, int] | None = None
) -> PopulationNeeds:
    """What the decisions need together, each in the version that holds or the one `numbers` names.

    Raises NotFound, Refused without the right to run one of them over everyone, InputError when they are not about the same subjects.
    """
    found: list[Prepared] = []
    for decision_id in decision_ids:
        decision = decision_row(decision_id)
        demand(actor, "decision.match", decision.department)
        chosen = (numbers or {}).get(decision_id)
        found.append(prepared(content_of(version_row(decision, chosen))))
    return needs_of(found)


def needs_of(found: Iterable[Prepared]) -> PopulationNeeds:
    """Raises InputError when a decision has no subject, an input no source, or the subjects differ."""
    subjects: dict[tuple[str, str], str] = {}
    columns: dict[str, PopulationColumn] = {}
    for one in found:
        subject = one.file.subject
        if subject is None:
            raise InputError(
                zh=f"决定 {one.file.id} 没有写 subject，不能对全体比对",
                en=f"the decision {one.file.id} names no subject and cannot run over everyone",
                where=one.file.id,
            )
        subjects.setdefault((subject.resource, subject.key), one.file.id)
        for name in one.inputs:
            if name not in one.uses:
                column = column_of(one, name)
                columns[column.name] = column
    if len(subjects) != 1:
        listed = ", ".join(f"{decision}: {resource}" for (resource, _), decision in subjects.items())
        raise InputError(
            zh=f"这些决定的对象不同：{listed or '（没有决定）'}",
            en=f"these decisions are not about the same subjects: {listed or '(none)'}",
            where="decisions",
            hint_zh="对象相同的决定才能一起比对，请分开运行。",
            hint_en="Run those about different subjects apart.",
        )
    resource, key = next(iter(subjects))
    return PopulationNeeds(resource, key, tuple(columns[name] for name in sorted(columns)))


def column_of(found: Prepared, name: str) -> PopulationColumn:
    """The column an input is read from. Raises InputError for one without a source."""
    one, subject = found.bindings.get(name), found.file.subject
    if one is None or one.source is None or subject is None:
        raise InputError(
            zh=f"输入“{name}”没有写来源（from），不能对全体比对",
            en=f"the input “{name}” has no source (`from`) and cannot be taken for everyone",
            where=found.file.id,
        )
    if one.resource == subject.resource and one.by is None:
        return PopulationColumn(one.source, one.resource, one.field)
    between = one.through
    through = Through(between.resource, between.field, between.gives) if between else None
    match = one.match or subject.key
    return PopulationColumn(_name(one, match), one.resource, one.field, one.by or "", match, one.newest or "", through)


def _name(one: InputFile, match: str) -> str:
    """The same join has the same name, so that decisions share it."""
    between = f"|{one.through.resource}.{one.through.field}.{one.through.gives}" if one.through else ""
    return f"{one.source}@{match}={one.by}{between}" + (f"~{one.newest}" if one.newest else "")
