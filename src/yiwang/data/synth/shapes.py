"""The words a department's list is declared in: its fields, its file, and what must hold between its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "name",
    "resident-id",
    "credit-code",
    "bank-card",
    "mobile",
    "division",
    "date",
    "money",
    "integer",
    "decimal",
    "choice",
]
Form = Literal["csv", "tsv", "jsonl", "xlsx"]
DateStyle = Literal["iso", "slash", "chinese", "compact", "dot"]


@dataclass(frozen=True)
class Field:
    """One column. `header` is the wording in the department's file, `label` the plain one."""

    id: str
    header: str
    kind: Kind = "text"
    label: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    # A date that may lie after the day the list was made.
    ahead: bool = False
    # "resource.field" that must hold the value, when there is one.
    references: str = ""

    @property
    def title(self) -> str:
        return self.label or self.header


@dataclass(frozen=True)
class Identity:
    """A resident number and the fields of the same row that it decides; either may be absent."""

    number: str
    sex: str = ""
    born: str = ""


@dataclass(frozen=True)
class ListSpec:
    """One list as its department brings it. `before` pairs dates (first ≤ second), `at_most` pairs numbers likewise."""

    resource: str
    title: str
    title_en: str
    department: str
    # The department's id in the pack of departments.
    owner: str
    form: Form
    key: str
    fields: tuple[Field, ...]
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8"
    gzip: bool = False
    heading: tuple[str, ...] = ()
    date_style: DateStyle = "iso"
    before: tuple[tuple[str, str], ...] = ()
    at_most: tuple[tuple[str, str], ...] = ()
    identities: tuple[Identity, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.resource}.{self.form}{'.gz' if self.gzip else ''}"

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(field.id for field in self.fields)

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.id == name)

    def tied(self, name: str) -> frozenset[str]:
        """The fields a check may blame when this one is wrong: itself and those that a rule reads together with it."""
        together = [set(pair) for pair in (*self.before, *self.at_most)]
        together += [{part for part in (i.number, i.sex, i.born) if part} for i in self.identities]
        return frozenset({name}.union(*(group for group in together if name in group)))
