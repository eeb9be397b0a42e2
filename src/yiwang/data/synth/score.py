"""How well a finder of errors does on the city: recall and precision for each class of injected error.

A finding is (list, row, field, reason code): row counts from 1 in the order of the file's data rows, field may name several
fields with commas or be empty for the whole row. A rule's reason is its kind (not_null, range, in_list, date_order,
foreign_key, compare, unique, feel), so a caller whose findings carry rule ids translates them first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.data.synth.faults import ROW
from yiwang.data.synth.lists import BY_RESOURCE

Finding = tuple[str, int, str, str]


@dataclass(frozen=True)
class ErrorClass:
    """`decided`: a check digit or a rule settles it, so a finder is expected to reach 0.99. `reasons` count as finding it."""

    id: str
    zh: str
    en: str
    decided: bool
    reasons: frozenset[str]


def _class(id: str, zh: str, en: str, decided: bool, *reasons: str) -> ErrorClass:
    return ErrorClass(id, zh, en, decided, frozenset(reasons))


# A reason counts when it is one of these or ends in one, since semantic types put their own name before it
# (resident_id_check_digit). A birth date inside an identity number that is impossible or lies ahead has one reason. A
# condition in FEEL ("feel") may settle whatever a rule over one row settles.
CLASSES: dict[str, ErrorClass] = {
    entry.id: entry
    for entry in (
        _class("wrong_check_digit", "校验位错误", "wrong check digit", True, "check_digit", "check", "luhn"),
        _class("wrong_form", "号码位数错误", "number of the wrong length", True, "length", "format", "form", "pattern"),
        _class(
            "impossible_date", "不存在的日期", "impossible date", True, "bad_date", "impossible", "format", "birth_date"
        ),
        _class("future_date", "未来日期", "date in the future", True, "future_date", "future", "birth_date"),
        _class("missing_required", "必填项缺失", "missing required value", True, "not_null"),
        _class("duplicate_key", "主键重复", "duplicate key", True, "duplicate_key", "unique"),
        _class("out_of_range", "数值超出范围", "value out of range", True, "range", "negative", "feel"),
        _class("not_in_list", "不在代码表内", "value not in its list", True, "in_list", "feel"),
        _class("date_order_broken", "日期先后矛盾", "dates in the wrong order", True, "date_order", "feel"),
        _class(
            "unknown_division", "区划代码不存在", "unknown division", True, "unknown", "unknown_division", "foreign_key"
        ),
        _class(
            "retired_division",
            "区划代码已撤销",
            "retired division",
            True,
            "retired",
            "unknown",
            "unknown_division",
            "foreign_key",
        ),
        _class("orphan_reference", "关联对象不存在", "reference to nothing", True, "foreign_key"),
        _class("cross_field_contradiction", "字段之间矛盾", "fields contradict each other", True, "compare", "feel"),
        _class("name_typo", "姓名写错", "misspelt name", False, "name_mismatch", "likely_same"),
        _class("shifted_row", "整行错位", "row shifted by a column", False, "row_shifted"),
        _class("same_person_twice", "同一人重复登记", "same person twice", False, "likely_same"),
    )
}


def counts(error_class: str, reason: str) -> bool:
    """Whether a finding with this reason finds an error of this class."""
    wanted = CLASSES[error_class].reasons
    return reason in wanted or any(reason.endswith("_" + stem) for stem in wanted)


@dataclass(frozen=True)
class ClassScore:
    """`found` of `injected` errors were reported with a fitting reason; `false` findings with such a reason fit no error."""

    error_class: str
    decided: bool
    injected: int
    found: int
    false: int

    @property
    def recall(self) -> float:
        return self.found / self.injected if self.injected else 1.0

    @property
    def precision(self) -> float:
        """Share of findings that fit an error; 0 where errors were there and nothing was found."""
        return self.found / (self.found + self.false) if self.found + self.false else float(not self.injected)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "recall": self.recall, "precision": self.precision}


def _rows(table: Any) -> Iterable[tuple[Any, ...]]:
    if isinstance(table, Path):
        table = pq.read_table(table)
    if isinstance(table, pa.Table):
        return zip(*[column.to_pylist() for column in table.columns], strict=True)
    given: Iterable[tuple[Any, ...]] = table
    return given


def _expected(
    errors: Path | pa.Table,
) -> tuple[dict[tuple[str, int], tuple[str, str]], set[tuple[str, int]], dict[str, int]]:
    table = pq.read_table(errors) if isinstance(errors, Path) else errors
    by_row: dict[tuple[str, int], tuple[str, str]] = {}
    twins: set[tuple[str, int]] = set()
    injected: dict[str, int] = defaultdict(int)
    for resource, row, field, error_class, twin in _rows(table.select(["list", "row", "field", "class", "twin"])):
        by_row[resource, row] = (field, error_class)
        injected[error_class] += 1
        if twin is not None:
            twins.add((resource, twin))
    return by_row, twins, injected


def _fits(resource: str, wrong: str, blamed: str) -> bool:
    """Whether a finding on `blamed` can come from an error in field `wrong`."""
    if wrong == ROW or not blamed:
        return True
    return not BY_RESOURCE[resource].tied(wrong).isdisjoint(blamed.split(","))


def score(errors: Path | pa.Table, found: pa.Table | Iterable[Finding]) -> dict[str, ClassScore]:
    """Recall and precision per class. `errors` is the city's errors.parquet; `found` has the columns of a Finding, in order.

    A finding on a row with an injected error, in its field or one a rule reads together with it, is never false; nor is one on
    the row that a duplicate repeats. Any other finding is false for every class its reason belongs to.
    """
    by_row, twins, injected = _expected(errors)
    hit: set[tuple[str, int]] = set()
    false: dict[str, set[tuple[str, int, str]]] = defaultdict(set)
    for resource, row, blamed, reason in _rows(found):
        error = by_row.get((resource, row))
        if error and _fits(resource, error[0], blamed):
            if counts(error[1], reason):
                hit.add((resource, row))
        elif (resource, row) not in twins or not counts("duplicate_key", reason):
            for error_class in CLASSES:
                if counts(error_class, reason):
                    false[error_class].add((resource, row, blamed))
    counted: dict[str, int] = defaultdict(int)
    for key in hit:
        counted[by_row[key][1]] += 1
    return {
        entry.id: ClassScore(entry.id, entry.decided, injected[entry.id], counted[entry.id], len(false[entry.id]))
        for entry in CLASSES.values()
    }
