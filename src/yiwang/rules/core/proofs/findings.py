"""What a proof says of a decision table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from yiwang.rules.core.feel.values import Date, Value

Kind = OneOf[
    "gap",  # no rule holds
    "overlap",  # two rules hold where only one may
    "conflict",  # two rules hold and give different results
    "dead",  # a rule never holds
    "masked",  # a rule holds only where another one is taken before it
    "identical",  # two rules say the same
    "parameter",  # a parameter has no value on a day
    "reference",  # a rule names no law
    "output",  # a result the output may not have
    "cell",  # a cell compares with a value of another type than the input's
    "unproved",  # the proof was not finished; says why
]


@dataclass(frozen=True, slots=True)
class Finding:
    """`rules` are numbers from 1 as the table shows them; `witness` is a row that shows the fault, (input, value) by column.

    `since` is the first day of the period on which the finding holds, None when it holds on all of them.
    """

    kind: Kind
    level: OneOf["error", "warning"]
    rules: tuple[int, ...]
    witness: tuple[tuple[str, Value], ...]
    zh: str
    en: str
    since: Date | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the proof took for granted."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Proof:
    """`complete` and `disjoint` are None where neither could be proved; `regions` counts the elementary regions looked at."""

    findings: tuple[Finding, ...]
    regions: int
    complete: bool | None
    disjoint: bool | None
    assumptions: tuple[Assumption, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing stands against publishing."""
        return not any(finding.level == "error" for finding in self.findings)


class Unprovable(Exception):
    """Raised where a table cannot be decided; the door turns it into a finding."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en
