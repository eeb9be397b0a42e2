"""The null specification: a table of cases that is run as tests and printed as a page of the manual."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

COLUMNS = ("id", "feel", "given", "expect", "section", "zh", "en")
GROUPS = {
    "C": "比较 · Comparison",
    "L": "真、假与未知 · True, false and not known",
    "A": "运算 · Arithmetic",
    "B": "between、in 与区间 · between, in and ranges",
    "U": "决策表的单元格 · Cells of a decision table",
    "S": "列表、路径、筛选、上下文 · Lists, paths, filters, contexts",
    "Q": "if、for、some、every",
    "T": "类型与转换 · Types and conversion",
    "F": "内置函数 · Built-in functions",
    "H": "命中策略 · Hit policies",
}
HEADING = """# 空值用例 · What null does

本页由 `tests/spec/nulls.tsv` 生成，每一行都是一个测试。依据 DMN 1.5；
标准没有说的，写明“decision”（我们的决定）或“measurements”（与常见数据库相比而定）。
This page is generated from `tests/spec/nulls.tsv`; each row is a test. It follows DMN 1.5; where the standard is silent the row says “decision”
(ours) or “measurements” (chosen after comparing with what databases do).

规则只有在单元格为真时命中：未知（null）与假一样不命中。单元格用例的“给定”是输入值，变量 `x` 为空值。
命中策略用例写作“策略: 单元格 -> 输出; …”，一个输入列、一个输出列。
A rule matches only where its cell is true: null is no match, as false is. For cells “given” is the input, and the variable `x` is null.
Hit policies are written as “policy: cell -> output; …”, with one input and one output column.
"""
CELL_ANSWERS = {
    "match": "**命中 match**",
    "no match": "**不命中 no match**",
    "null": "**null**（不命中 no match）",
    "refused": "**拒绝 refused**",
}


@dataclass(frozen=True)
class NullCase:
    """One row. In group U `feel` is a cell, `given` its input and `expect` a key of CELL_ANSWERS; in group H `feel` is a table."""

    id: str
    feel: str
    given: str
    expect: str
    section: str
    zh: str
    en: str


def cases_read(path: Path) -> tuple[NullCase, ...]:
    """The rows in order. Raises ValueError for other columns, a repeated id or an unknown group."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(reader)) != COLUMNS:
            raise ValueError(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
        cases = tuple(NullCase(*row) for row in reader)
    if len({case.id for case in cases}) != len(cases) or any(case.id[0] not in GROUPS for case in cases):
        raise ValueError(f"{path.name}: an id occurs twice, or a group is not known")
    return cases


def null_page(cases: Sequence[NullCase]) -> str:
    """The page, ending in a line feed."""
    parts = [HEADING, f"共 {len(cases)} 例。{len(cases)} cases.\n"]
    for letter, group in groupby(cases, key=lambda case: case.id[0]):
        given = letter in "UH"
        parts.append(f"## {GROUPS[letter]}\n")
        parts.append(f"| | FEEL |{' 给定 given |' if given else ''} 结果 result | 依据 section | 说明 why |")
        parts.append(f"|---|---|{'---|' if given else ''}---|---|---|")
        parts.extend(_row(case, given) for case in group)
        parts.append("")
    return "\n".join(parts)


def _row(case: NullCase, given: bool) -> str:
    answer = CELL_ANSWERS[case.expect] if case.id[0] == "U" else f"**`{case.expect}`**"
    shown = [case.id, _code(case.feel), *([_code(case.given)] if given else []), answer, case.section]
    return "| " + " | ".join([*shown, f"{case.zh}<br>{case.en}"]) + " |"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")
