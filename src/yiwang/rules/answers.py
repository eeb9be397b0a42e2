"""What the rules engine's doors answer about decisions and their versions: frozen, no table rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.text import Text
from yiwang.rules.schema import DecisionFile, ParameterFile, ParameterValue


@dataclass(frozen=True)
class VersionRow:
    """One version. `state` is draft, proposed, published, replaced, rejected or rolled-back."""

    decision: str
    number: int
    state: str
    digest: str
    author: str
    author_name: str
    approver: str
    approver_name: str
    note: str
    based_on: int | None
    receipt: str
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class StepRow:
    """What happened to a version, and by whom."""

    version: int
    act: str
    actor: str
    actor_name: str
    note: str
    digest: str
    at: datetime


@dataclass(frozen=True)
class DecisionRow:
    """A decision in a list. `waiting` counts versions that are proposed, `drafts` those still being written."""

    id: str
    title: Text
    summary: Text
    department: str
    department_name: Text
    resource: str
    pack: str
    published: VersionRow | None
    drafts: int
    waiting: int


@dataclass(frozen=True)
class DecisionDetail:
    """One version of a decision, whole: `dmn` is the table's file, `companion` the text of its YAML."""

    row: DecisionRow
    version: VersionRow
    file: DecisionFile
    dmn: bytes
    companion: str
    parameters: tuple[ParameterFile, ...]
    parameter_texts: dict[str, str]


@dataclass(frozen=True)
class ParameterRow:
    """A parameter with the value of the asked day, None outside its coverage."""

    id: str
    title: Text
    unit: Text
    pack: str
    file: ParameterFile
    value: ParameterValue | None
    on: date


@dataclass(frozen=True)
class CaseResult:
    """One of the pack's own cases, run on a version; the texts are empty when it holds."""

    name: Text
    zh: str = ""
    en: str = ""

    @property
    def holds(self) -> bool:
        return not self.en


@dataclass(frozen=True)
class CheckReport:
    """What checking a version found: findings of reading and proof, and its cases."""

    findings: tuple[Finding, ...]
    cases: tuple[CaseResult, ...]

    @property
    def sound(self) -> bool:
        return not any(f.level == "error" for f in self.findings) and all(c.holds for c in self.cases)


@dataclass(frozen=True)
class RuleCount:
    """How many subjects one rule decided. `number` 0: none hit, or the table gave no answer."""

    number: int
    basis: str
    subjects: int


@dataclass(frozen=True)
class MatchCount:
    """One decision over everyone: how many subjects, how many it grants, and the sum of the amounts."""

    decision: str
    version: int
    digest: str
    subjects: int
    granted: int
    amount: Decimal | None
    rules: tuple[RuleCount, ...]


@dataclass(frozen=True)
class MatchResult:
    """`hits` is the digest of the stored Parquet file: decision, subject, amount, rule; one row for each grant."""

    on: date
    resource: str
    versions: dict[str, int]
    engine: str
    counts: tuple[MatchCount, ...]
    hits: str
    receipt: str


@dataclass(frozen=True)
class Shift:
    """One subject whose answer differs between the version that holds and another. None: no amount."""

    subject: str
    before: Decimal | None
    after: Decimal | None
    was_granted: bool
    is_granted: bool


@dataclass(frozen=True)
class Effect:
    """A version against the one that holds, over the same subjects of the same day.

    `gain` are newly granted or get more, `lose` are no longer granted or get less, `change` is what it costs each time the amounts
    are paid. The lists hold the first of each, with subjects masked.
    """

    decision: str
    on: date
    before: MatchCount
    after: MatchCount
    newly_granted: int
    no_longer_granted: int
    gain: int
    lose: int
    same: int
    change: Decimal
    gainers: tuple[Shift, ...]
    losers: tuple[Shift, ...]
