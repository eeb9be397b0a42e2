"""Quality rules, each as the SQL condition that is true for a row that breaks it: the closed list, and conditions in FEEL.

A missing value breaks no rule of the list but `not_null`: whether a value must be there is the field's own `required`. A condition is
broken where it is false; where it is null it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from yiwang.data.core import sql
from yiwang.data.schema import FieldFile, ResourceFile, RuleFile

if TYPE_CHECKING:
    from yiwang.data.core.conditions.lowering import Distinct
    from yiwang.data.core.conditions.reading import Condition

# Which of the five dimensions a broken rule counts against.
DIMENSION_OF_KIND: dict[str, str] = {
    "not_null": "completeness",
    "unique": "consistency",
    "range": "accuracy",
    "in_list": "accuracy",
    "pattern": "accuracy",
    "check_digit": "accuracy",
    "date_order": "consistency",
    "foreign_key": "consistency",
    "compare": "consistency",
    "feel": "accuracy",
}
_COMPARE = {"eq": "<>", "ne": "=", "lt": ">=", "le": ">", "gt": "<=", "ge": "<"}


def dimension_of(rule: RuleFile) -> str:
    """The dimension a broken rule counts against: a condition says its own."""
    return rule.dimension or DIMENSION_OF_KIND[rule.kind]


# Rules that look at more than one row or another table; they run as steps of their own.
SET_KINDS = ("unique", "foreign_key")


@dataclass(frozen=True)
class RowRule:
    """A rule that looks at one row: `broken` is SQL over typed columns, TRUE where the row breaks it.

    It may read `derived` columns, worked out one step before it, and the outcomes of check digits: `checks` are (field, check) by
    column. With `asked` it reads the table that a step of its own makes by asking the interpreter.
    """

    rule: RuleFile
    broken: str
    derived: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    asked: Asked | None = None


@dataclass(frozen=True)
class Asked:
    """A condition that is asked once for each distinct combination of its fields' values, and why."""

    condition: Condition
    why: Distinct
    table: str


def row_rules(resource: ResourceFile, types: Mapping[str, str], as_of: date) -> tuple[RowRule, ...]:
    """`types`: the DuckDB type of each field's column. Raises ConditionUnsound for a condition that cannot be read."""
    return tuple(_row_rule(r, resource, types, as_of) for r in resource.rules if r.kind not in SET_KINDS)


def _row_rule(rule: RuleFile, resource: ResourceFile, types: Mapping[str, str], as_of: date) -> RowRule:
    if rule.kind == "feel":
        return _condition(rule, resource, types, as_of)
    checks = {check_column(rule): (rule.fields[0], rule.check)} if rule.kind == "check_digit" else {}
    return RowRule(rule, _broken(rule, resource), checks=checks)


def _condition(rule: RuleFile, resource: ResourceFile, types: Mapping[str, str], as_of: date) -> RowRule:
    # only here: the compiler of FEEL takes longer to import than a small load without conditions takes
    from yiwang.data.core.conditions.lowering import Distinct, lowered
    from yiwang.data.core.conditions.ruletests import rule_condition

    condition = rule_condition(rule, resource, types)
    found = lowered(condition, types, {f.id: f.semantic for f in resource.fields}, as_of)
    if isinstance(found, Distinct):
        asked = Asked(condition, found, f"feel:{rule.id}")
        # as one value: null in it equals null
        values = f"struct_pack({', '.join(f'{sql.name(name)} := {sql.name(name)}' for name in condition.fields)})"
        return RowRule(rule, f"{values} IN (SELECT {values} FROM {sql.name(asked.table)})", asked=asked)
    return RowRule(rule, f"NOT ({found.test})", found.derived, found.checks)


def set_rules(resource: ResourceFile) -> tuple[RuleFile, ...]:
    return tuple(r for r in resource.rules if r.kind in SET_KINDS)


def _broken(rule: RuleFile, resource: ResourceFile) -> str:
    columns = [sql.name(f) for f in rule.fields]
    first = columns[0]
    if rule.kind == "not_null":
        return " OR ".join(f"{c} IS NULL" for c in columns)
    if rule.kind == "range":
        return _outside(rule, first, resource.field(rule.fields[0]))
    if rule.kind == "in_list":
        return f"{first} NOT IN ({', '.join(sql.text(v) for v in rule.values)})"
    if rule.kind == "pattern":
        return f"NOT regexp_full_match({first}, {sql.text(rule.pattern)})"
    if rule.kind == "check_digit":
        return f"{sql.name(check_column(rule))} <> 0"
    if rule.kind == "date_order":
        return f"{first} > {columns[1]}"
    return _compared(rule, resource, first, columns[1])


def check_column(rule: RuleFile) -> str:
    """The typed stage's column that holds the outcome of a check_digit rule (0: fine)."""
    return f"check:{rule.id}"


def _outside(rule: RuleFile, column: str, field: FieldFile) -> str:
    dated = field.semantic in {"date", "month", "datetime"}

    def bound(value: object) -> str:
        return f"DATE {sql.text(str(value))}" if dated else sql.literal(value)

    parts = []
    if rule.min is not None:
        parts.append(f"{column} < {bound(rule.min)}")
    if rule.max is not None:
        parts.append(f"{column} > {bound(rule.max)}")
    return " OR ".join(parts)


def _digit17(column: str) -> str:
    return f"substr({column}, 17, 1) BETWEEN '0' AND '9'"


def _compared(rule: RuleFile, resource: ResourceFile, first: str, second: str) -> str:
    if rule.compare == "sex_of_id":
        odd = f"(ascii(substr({second}, 17, 1)) % 2 = 1)"
        # a text that has no 17th digit says nothing of the sex; every resident number has one
        sure = "" if resource.field(rule.fields[1]).semantic == "resident-id" else f"{_digit17(second)} AND "
        return f"{sure}{first} IN ('男', '女') AND {odd} <> ({first} = '男')"
    if rule.compare == "birth_of_id":
        return f"strftime({first}, '%Y%m%d') <> substr({second}, 7, 8)"
    if rule.compare == "division_of_id":
        return f"left({first}, 6) <> left({second}, 6)"
    return f"{first} {_COMPARE[rule.compare]} {second}"
