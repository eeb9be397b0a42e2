"""A resource's checks as named SQL steps over its raw rows: clean → parse → typed → marked.

Each step is a query of its own over the one before, so that no expression is worked out twice and any step can be looked
at alone. `marked` holds one line for every row that is refused or flagged, and nothing for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import zip_longest

from yiwang.data.core import sql
from yiwang.data.core.formulas import unguarded_sql
from yiwang.data.core.records import MAX_CELL
from yiwang.data.core.rules import RowRule, dimension_of, row_rules
from yiwang.data.core.semantics import Options as ReadingOptions
from yiwang.data.core.semantics import Output, Steps, semantic_type
from yiwang.data.core.semantics.base import MISSING_TOKENS
from yiwang.data.schema import FieldFile, ResourceFile
from yiwang.kernel.core.text import Text

# Outcomes any field can have, beside the reasons of its semantic type (which count up from 1).
MISSING, DAMAGED, TOO_LONG = 250, 251, 252
COMMON_REASONS: dict[int, tuple[str, Text, str]] = {
    MISSING: ("not_null", Text(zh="必填项为空", en="a required value is missing"), "completeness"),
    DAMAGED: (
        "damaged_text",
        Text(zh="文字已损坏（出现 � 替换符），请从原系统重新导出", en="the text is damaged (holds �): export it again"),
        "accuracy",
    ),
    TOO_LONG: ("cell_too_long", Text(zh="单元格过长", en="the cell is too long"), "accuracy"),
}
ROW_REASONS: dict[str, tuple[Text, str]] = {
    "duplicate_key": (
        Text(zh="主键与文件中前面的行重复", en="the key repeats an earlier row of the file"),
        "consistency",
    ),
    "row_shifted": (
        Text(zh="整行错位：值出现在相邻的列中", en="the row is shifted: the value stands in the column beside"),
        "accuracy",
    ),
    "line_too_long": (Text(zh="一行过长（超过 4 MB）", en="the line is endless (over 4 MB)"), "accuracy"),
    "nul_character": (Text(zh="含有 NUL 字符", en="holds a NUL character"), "accuracy"),
    "undecodable": (Text(zh="既不是 UTF-8 也不是 GB18030", en="neither UTF-8 nor GB18030"), "accuracy"),
    "unclosed_quote": (Text(zh="引号没有闭合", en="a quote is never closed"), "accuracy"),
    "bad_quote": (Text(zh="引号位置有误", en="a quote stands where none may"), "accuracy"),
    "too_few_cells": (Text(zh="列数少于表头", en="fewer cells than the header"), "completeness"),
    "too_many_cells": (Text(zh="列数多于表头", en="more cells than the header"), "accuracy"),
    "cell_too_long": (COMMON_REASONS[TOO_LONG][1], "accuracy"),
    "bad_json": (Text(zh="不是有效的 JSON", en="not valid JSON"), "accuracy"),
    "not_an_object": (Text(zh="不是 JSON 对象", en="not a JSON object"), "accuracy"),
}


@dataclass(frozen=True)
class Mark:
    """What a value of a mark column means: a reason code on a field (or "" for the row)."""

    column: str
    value: int
    code: str
    field: str
    dimension: str
    text: Text
    rejects: bool


@dataclass(frozen=True)
class Checks:
    """The compiled checks of one resource on one day."""

    resource: ResourceFile
    as_of: date

    @cached_property
    def row_rules(self) -> tuple[RowRule, ...]:
        """Raises ConditionUnsound for a condition that cannot be read."""
        return row_rules(self.resource, column_types(self.resource), self.as_of)

    def steps(self, field: FieldFile) -> Steps:
        return semantic_type(field.semantic).steps(sql.name(field.id), self._options(field))

    def _options(self, field: FieldFile) -> ReadingOptions:
        given = field.options.model_dump(exclude_none=True, exclude_defaults=True)
        if field.options.missing:
            given["missing"] = (*MISSING_TOKENS, *field.options.missing)
        return ReadingOptions(as_of=self.as_of, **given)

    def clean_sql(self, raw: str) -> str:
        """Raw text → text without noise; missing tokens become null. One row per raw row.

        The apostrophe that downloads put before formulas goes first, so that a corrected download comes back as it was.
        """
        names = [sql.name(f.id) for f in self.resource.fields]
        plain = ", ".join(f"{unguarded_sql(name)} AS {name}" for name in names)
        columns = ", ".join(f"{self.steps(f).clean} AS {sql.name(f.id)}" for f in self.resource.fields)
        return f"SELECT _row, {columns} FROM (SELECT _row, {plain} FROM {raw})"

    def parse_sql(self, raw: str) -> str:
        """Adds the helper columns that outputs and outcomes share, stage upon stage."""
        stages = [self.steps(f).parse for f in self.resource.fields]
        found = {(column, check): self._digit_steps(column, check).parse for _, column, check in self._digits()}
        query, twins = self.clean_sql(raw), list(self._twins().items())
        if twins:
            query = (
                f"SELECT *{''.join(f', {sql.name(f)} AS {sql.name(twin)}' for (f, _), twin in twins)} FROM ({query})"
            )
        stages += found.values()
        for level in zip_longest(*stages, fillvalue={}):
            helpers = "".join(f", {e} AS {n}" for stage in level for n, e in stage.items())
            query = f"SELECT *{helpers} FROM ({query})"
        return query

    def typed_sql(self, raw: str, *, outcomes: bool) -> str:
        """Typed columns; with `outcomes` also `fail:<field>` and `warn:<field>` for every field."""
        columns = ["_row"]
        for field in self.resource.fields:
            steps = self.steps(field)
            kinds = {o.suffix: o.sql_type for o in self.outputs(field)}
            columns += [f"CAST({e} AS {kinds[s]}) AS {sql.name(field.id + s)}" for s, e in steps.outputs.items()]
            if outcomes:
                columns.append(f"{self._outcome(field, steps)} AS {sql.name('fail:' + field.id)}")
                if steps.warn != "0":
                    columns.append(f"{steps.warn} AS {sql.name('warn:' + field.id)}")
        if outcomes:
            columns += [f"{self._digit_steps(c, check).fail} AS {sql.name(name)}" for name, c, check in self._digits()]
        return f"SELECT {', '.join(columns)} FROM ({self.parse_sql(raw)})"

    def _outcome(self, field: FieldFile, steps: Steps) -> str:
        column = sql.name(field.id)
        missing = MISSING if field.required or field.id in self.resource.key else 0
        return (
            f"CASE WHEN {column} IS NULL THEN {missing} WHEN strlen({column}) > {MAX_CELL} THEN {TOO_LONG} "
            f"WHEN contains({column}, '\ufffd') THEN {DAMAGED} ELSE {steps.fail} END"
        )

    def _digits(self) -> list[tuple[str, str, str]]:
        """Every outcome of a check of digits that some rule reads: its column, the column it is asked of, and the check."""
        asked = {name: pair for rule in self.row_rules for name, pair in rule.checks.items()}
        twins = self._twins()
        return [(name, twins.get((field, check), field), check) for name, (field, check) in asked.items()]

    def _twins(self) -> dict[tuple[str, str], str]:
        """A second check of one field needs a column of its own to hang its helpers on: (field, check) → that column."""
        pairs = dict.fromkeys(pair for rule in self.row_rules for pair in rule.checks.values())
        first: dict[str, str] = {}
        for field, check in pairs:
            first.setdefault(field, check)
        return {(field, check): f"{field}?{check}" for field, check in pairs if first[field] != check}

    def _digit_steps(self, column: str, check: str) -> Steps:
        return semantic_type(check).steps(sql.name(column), ReadingOptions(as_of=self.as_of))

    def marked_sql(self, raw: str) -> str:
        """Only rows that something is said of: `_row`, every outcome that can be non-zero, `rule:<id>` flags, `refused`."""
        hard, soft = self._verdicts()
        said = [sql.name(c) for c in self._said()]
        return (
            f"SELECT _row, {', '.join(said)}, ({' OR '.join(hard)}) AS refused "
            f"FROM {self._ruled_sql(raw)} WHERE {' OR '.join([*hard, *soft])}"
        )

    def silent_sql(self, raw: str, unless: Sequence[str]) -> str:
        """The other rows, typed, with `_row`: nothing is said of them, nor is any of `unless` (SQL over typed columns) so."""
        hard, soft = self._verdicts()
        columns = ", ".join(sql.name(name) for name, _ in self.output_columns())
        # what is null is not surely fine, and left to those who look closer
        return (
            f"SELECT {columns}, _row FROM {self._ruled_sql(raw)} "
            f"WHERE ({' OR '.join([*hard, *soft, *unless])}) IS NOT DISTINCT FROM FALSE"
        )

    def _ruled_sql(self, raw: str) -> str:
        """Every row with its typed columns, outcomes and a flag `rule:<id>` for each rule that looks at one row."""
        flags = "".join(f", coalesce({r.broken}, FALSE) AS {sql.name('rule:' + r.rule.id)}" for r in self.row_rules)
        derived = {name: text for r in self.row_rules for name, text in r.derived.items()}
        typed = self.typed_sql(raw, outcomes=True)
        if derived:
            typed = (
                f"SELECT *{''.join(f', {text} AS {sql.name(name)}' for name, text in derived.items())} FROM ({typed})"
            )
        return f"(SELECT *{flags} FROM ({typed}))"

    def _said(self) -> list[str]:
        fails = [f"fail:{f.id}" for f in self.resource.fields]
        warns = [f"warn:{f.id}" for f in self.resource.fields if self.steps(f).warn != "0"]
        return [*fails, *warns, *("rule:" + r.rule.id for r in self.row_rules)]

    def _verdicts(self) -> tuple[list[str], list[str]]:
        """Conditions that refuse a row, and conditions that only flag it."""
        rules: dict[str, list[str]] = {"reject": [], "warn": []}
        for found in self.row_rules:
            rules[found.rule.severity].append(sql.name("rule:" + found.rule.id))
        fails = [f"{sql.name(c)} > 0" for c in self._said() if c.startswith("fail:")]
        warns = [f"{sql.name(c)} > 0" for c in self._said() if c.startswith("warn:")]
        return [*fails, *rules["reject"]], [*warns, *rules["warn"]]

    def marks(self) -> tuple[Mark, ...]:
        """The legend of `marked_sql`: each column and value with its reason."""
        found: list[Mark] = []
        for field in self.resource.fields:
            kind, steps = semantic_type(field.semantic), self.steps(field)
            column = f"fail:{field.id}"
            for value, (code, text, dimension) in COMMON_REASONS.items():
                found.append(Mark(column, value, code, field.id, dimension, text, True))
            for value, reason in enumerate(kind.reasons, 1):
                text = Text(zh=reason.zh, en=reason.en)
                found.append(Mark(column, value, reason.code, field.id, "accuracy", text, True))
            if steps.warn != "0":
                for value, reason in enumerate(kind.warnings, 1):
                    text = Text(zh=reason.zh, en=reason.en)
                    found.append(Mark(f"warn:{field.id}", value, reason.code, field.id, "accuracy", text, False))
        for rule in self.resource.rules:
            found.append(
                Mark(
                    f"rule:{rule.id}",
                    1,
                    rule.id,
                    ",".join(rule.fields),
                    dimension_of(rule),
                    rule.title,
                    rule.severity == "reject",
                )
            )
        return tuple(found)

    def output_columns(self) -> list[tuple[str, str]]:
        """(name, DuckDB type) of the standard table's data columns."""
        return [(f.id + o.suffix, o.sql_type) for f in self.resource.fields for o in self.outputs(f)]

    def outputs(self, field: FieldFile) -> tuple[Output, ...]:
        """A field's typed columns as its options make them (a decimal of seven places is not cut to six)."""
        return semantic_type(field.semantic).columns(self._options(field))


def output_columns(resource: ResourceFile) -> list[tuple[str, str]]:
    """As the method, for those who check nothing: the columns are the same on every day."""
    return Checks(resource, resource.published).output_columns()


def column_types(resource: ResourceFile) -> dict[str, str]:
    """The DuckDB type of each field's own column."""
    checks = Checks(resource, resource.published)
    return {f.id: o.sql_type for f in resource.fields for o in checks.outputs(f) if not o.suffix}
