"""What a semantic type is: typed outputs of one text column, in SQL for millions of rows and in Python for one.

The SQL comes in named stages, so that nothing is evaluated twice (the engine runs without DuckDB's
common-subexpression optimiser):

    raw VARCHAR -> clean -> parse[0] -> parse[1] … -> outputs, fail, warn

Every stage is one subquery that keeps the columns of the stage before it; `composition.typed_select` puts
them together for any number of fields.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

MISSING_TOKENS = (
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "-;",
    "/",
    "\\",
    "\\N",
    "N/A",
    "n/a",
    "NA",
    "#N/A",
    "NULL",
    "null",
    "Null",
    "None",
    "NaN",
    "nan",
    "无",
    "空",
)


@dataclass(frozen=True)
class Reason:
    """Why a value was refused (or flagged): one sentence each, what is wrong and what to do."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Output:
    """A typed column the type produces; suffix "" is the main column, "_currency" a second one."""

    suffix: str
    sql_type: str


@dataclass(frozen=True, kw_only=True)
class Options:
    """How one field is read. `as_of` is the day on which "future" begins: always passed in, never today's date."""

    as_of: date
    missing: tuple[str, ...] = MISSING_TOKENS
    min_year: int = 1850
    max_year: int = 2199
    allow_future: bool = False
    year: int | None = None
    excel_serial: bool = True
    unit: str = "元"
    inner_check: Literal["reject", "warn"] = "reject"
    max_length: int | None = None
    scale: int = 6
    percent: bool = False


@dataclass(frozen=True)
class Steps:
    """SQL of one field for one column.

    `clean` reads the raw VARCHAR column and gives the cleaned VARCHAR (NULL when missing) that the later stages
    find under the same column name. Each mapping of `parse` is one stage: quoted helper name -> expression over
    the cleaned column and the helpers of earlier stages. `outputs` (suffix -> expression, NULL when invalid or
    missing), `fail` and `warn` (1-based place in `reasons` and `warnings`, 0 = fine) are over cleaned + helpers.
    """

    clean: str
    parse: tuple[Mapping[str, str], ...]
    outputs: Mapping[str, str]
    fail: str
    warn: str = "0"


@dataclass(frozen=True)
class Parsed:
    """One value read by the Python reference; `values` in the order of `outputs`, all None when missing or refused."""

    values: tuple[object, ...]
    reason: Reason | None = None
    warning: Reason | None = None


@dataclass(frozen=True, kw_only=True)
class SemanticType(ABC):
    """A meaning a text column can have. `grade` is the default sensitivity level 1..4 of 一般 data.

    `evidence`: a check digit makes a match independent evidence of this type.
    """

    id: str
    title_zh: str
    title_en: str
    grade: int
    personal: bool
    outputs: tuple[Output, ...]
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()
    evidence: bool = False
    source: str = ""

    @abstractmethod
    def steps(self, column: str, options: Options) -> Steps:
        """The SQL; `column` is a quoted identifier of a VARCHAR column."""

    @abstractmethod
    def parse(self, text: str | None, options: Options) -> Parsed:
        """The reference: the same answer as the SQL, for one value."""

    def columns(self, options: Options) -> tuple[Output, ...]:
        """The outputs with the types these options give them."""
        return self.outputs

    def accept(self, *values: object, warning: Reason | None = None) -> Parsed:
        return Parsed(values, None, warning)

    def missing(self) -> Parsed:
        return Parsed((None,) * len(self.outputs))

    def refuse(self, place: int) -> Parsed:
        """Refused for the reason at this 1-based place, the number the SQL gives as well."""
        return Parsed((None,) * len(self.outputs), self.reasons[place - 1])
