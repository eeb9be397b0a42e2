"""The pack files the rules engine owns besides `decisions/*.dmn`. Unknown keys are refused.

`parameters/*.yaml` a dated value · `decisions/<name>.yaml` what the program must know of `decisions/<name>.dmn`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from yiwang.kernel.core.text import Text

DERIVATIONS: dict[str, Text] = {
    "value": Text(zh="原值", en="the value itself"),
    "age": Text(zh="截至决定日的周岁", en="whole years on the day of the decision"),
    "months": Text(zh="截至决定日的整月数", en="whole months on the day of the decision"),
    "days": Text(zh="截至决定日的天数", en="days on the day of the decision"),
    "present": Text(zh="清单里是否有这个人", en="whether the list names the subject"),
}
# Answers of the derivations other than "value", whatever the field holds.
DERIVED_TYPES = {"age": "number", "months": "number", "days": "number", "present": "boolean"}

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FieldPath = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$", max_length=141)]


def exact(value: object) -> object:
    """What YAML read as a float is the decimal that was written: 0.1 means 0.1. A whole number is a decimal too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(repr(value))


def plain(value: object) -> object:
    said = exact(value)
    if isinstance(said, datetime) or not isinstance(said, bool | Decimal | date | str):
        raise ValueError("须是数、文字、日期、是或否 / a number, a text, a date, true or false")
    return said


Exact = Annotated[Any, BeforeValidator(exact)]
Plain = Annotated[Any, BeforeValidator(plain)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(_File):
    """Where the law says so."""

    law: str = Field(min_length=2)
    article: str = Field(min_length=1)

    def say(self) -> str:
        return f"{self.law} {self.article}"


class ParameterValue(_File):
    """A value from a day on: until the next one's day, or the parameter's `until`.

    It names the article that sets it, or says in so many words that it is an assumption.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    first: date = Field(alias="from")
    value: Plain
    reference: Reference | None = None
    assumption: Text | None = None

    @model_validator(mode="after")
    def _grounded(self) -> ParameterValue:
        if (self.reference is None) == (self.assumption is None):
            raise ValueError(
                "须写明依据（reference）或说明是假定（assumption），二者恰有其一 / "
                "give the reference, or say it is an assumption; exactly one of them"
            )
        return self


class ParameterFile(_File):
    """`parameters/*.yaml`: one dated value that decisions use. `until` is the first day nobody has set it for."""

    id: Name
    title: Text
    unit: Text
    values: tuple[ParameterValue, ...] = Field(min_length=1)
    until: date | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ParameterFile:
        days = [v.first for v in self.values]
        if days != sorted(set(days)):
            raise ValueError("values 须按 from 从早到晚，不许重复 / values stand in the order of `from`, each day once")
        if self.until is not None and self.until <= days[-1]:
            raise ValueError("until 须晚于最后一个 from / `until` lies after the last `from`")
        if len({type(v.value) for v in self.values}) > 1:
            raise ValueError("各期的值须是同一类型 / the values of all periods are of one type")
        return self

    @property
    def first(self) -> date:
        return self.values[0].first

    def find(self, on: date) -> ParameterValue | None:
        """The value of a day; None outside coverage."""
        if on < self.first or (self.until is not None and on >= self.until):
            return None
        return [v for v in self.values if v.first <= on][-1]


class Domain(_File):
    """What an input can be. The proofs take nothing else into account, and facts outside are refused."""

    nullable: bool = False
    integer: bool = False
    min: Exact = None
    max: Exact = None
    values: tuple[Exact, ...] = ()

    @model_validator(mode="after")
    def _sensible(self) -> Domain:
        if self.values and (self.integer or self.min is not None or self.max is not None):
            raise ValueError("values 不与 integer、min、max 同用 / values stand alone, without integer, min and max")
        return self


class ThroughFile(_File):
    """A resource between the subject and the source: `field` equals the subject's `match`, `gives` equals the source's `by`."""

    resource: Name
    field: FieldName
    gives: FieldName


class InputFile(_File):
    """One input of the decision: `name` as the DMN has it, `source` the field that holds it and how it becomes the fact.

    When the source is another resource than the subject's own, the row counts whose `by` equals the subject's `match`
    (its key when not given); of several rows the one with the largest `newest`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(min_length=1, max_length=120)
    title: Text | None = None
    source: FieldPath | None = Field(default=None, alias="from")
    derive: Literal["value", "age", "months", "days", "present"] = Field(default="value", alias="as")
    by: FieldName | None = None
    match: FieldName | None = None
    newest: FieldName | None = None
    through: ThroughFile | None = None
    unit: Text | None = None
    domain: Domain = Domain()

    @property
    def resource(self) -> str:
        return self.source.partition(".")[0] if self.source else ""

    @property
    def field(self) -> str:
        return self.source.partition(".")[2] if self.source else ""


class ParameterUse(_File):
    """An input of the decision that is a parameter of the day."""

    name: str = Field(min_length=1, max_length=120)
    parameter: Name


class SubjectFile(_File):
    """Whom the decision is about: the rows of `resource`, each named by `key`."""

    resource: Name
    key: FieldName
    title: Text


class OutputFile(_File):
    """How the result reads: which output is the amount, which one says yes, and by which values.

    Names are output columns; `granted` without `grants` means true, and without `granted` an amount above zero.
    """

    granted: str = ""
    grants: tuple[Exact, ...] = ()
    amount: str = ""
    unit: Text | None = None
    decimals: int = Field(default=2, ge=0, le=6)


class Sentences(_File):
    """What the subject is told. `{name}` stands for an input or an output."""

    granted: Text
    refused: Text


class DecisionFile(_File):
    """`decisions/<id>.yaml`: the companion of `decisions/<id>.dmn`."""

    id: Name
    title: Text
    summary: Text
    department: Name
    legal_basis: tuple[Reference, ...] = Field(min_length=1)
    serves: tuple[int, ...] = ()
    decision: str = ""
    subject: SubjectFile | None = None
    inputs: tuple[InputFile, ...] = ()
    parameters: tuple[ParameterUse, ...] = ()
    output: OutputFile = OutputFile()
    # What the table's own names (decisions, results) are called in both languages.
    names: dict[str, Text] = {}
    sentences: Sentences

    @model_validator(mode="after")
    def _once(self) -> DecisionFile:
        names = [i.name for i in self.inputs] + [p.name for p in self.parameters]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"写了两次 / stands twice: {', '.join(twice)}")
        return self
