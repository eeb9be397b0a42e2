"""The closed list of quality rules, each as the SQL condition that is true for a row that breaks it.

A missing value breaks no rule but `not_null`: whether a value must be there is the field's own `required`.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.data.core import sql
from yiwang.data.schema import FieldFile, ResourceFile, RuleFile

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
}
_COMPARE = {"eq": "<>", "ne": "=", "lt": ">=", "le": ">", "gt": "<=", "ge": "<"}
# Rules that look at more than one row or another table; they run as steps of their own.
SET_KINDS = ("unique", "foreign_key")


@dataclass(frozen=True)
class RowRule:
    """A rule that looks at one row: `broken` is SQL over typed columns, TRUE where the row breaks it."""

    rule: RuleFile
    broken: str


def row_rules(resource: ResourceFile) -> tuple[RowRule, ...]:
    return tuple(RowRule(r, _broken(r, resource)) for r in resource.rules if r.kind not in SET_KINDS)


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
    return _compared(rule, first, columns[1])


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


def _compared(rule: RuleFile, first: str, second: str) -> str:
    if rule.compare == "sex_of_id":
        odd = f"(ascii(substr({second}, 17, 1)) % 2 = 1)"
        return f"{first} IN ('男', '女') AND {odd} <> ({first} = '男')"
    if rule.compare == "birth_of_id":
        return f"strftime({first}, '%Y%m%d') <> substr({second}, 7, 8)"
    if rule.compare == "division_of_id":
        return f"left({first}, 6) <> left({second}, 6)"
    return f"{first} {_COMPARE[rule.compare]} {second}"
