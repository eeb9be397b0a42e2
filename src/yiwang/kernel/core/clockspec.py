"""The clock specification: a table of cases that is run as tests and printed as a page of the manual.

`python -m yiwang.kernel.core.clockspec tests/spec/clocks.tsv docs/reference/clock-spec.md` writes the page.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path

from yiwang.kernel.core.budget import ClockError
from yiwang.kernel.core.calendar import Name

GROUPS = {
    "W": Name("工作日", "Working days"),
    "H": Name("节假日", "Holidays"),
    "M": Name("调休上班日", "Make-up workdays"),
    "D": Name("自然日", "Natural days"),
    "T": Name("小时", "Hours"),
    "O": Name("工作小时（08:00–12:00、13:30–17:30）", "Working hours (08:00–12:00, 13:30–17:30)"),
    "S": Name("暂停", "Suspensions"),
    "F": Name("以下班为截止", "Until the office closes"),
    "C": Name("覆盖期与当时所知", "Coverage, and what was known"),
    "B": Name("无效的写法", "What is refused"),
    "A": Name("某一时刻的状态", "Standing at a moment"),
    "R": Name("阶梯：提醒、升级、超期", "Rungs: reminder, escalation, breach"),
}
STANDINGS = {
    "running": Name("正常", "running"),
    "suspended": Name("暂停", "suspended"),
    "due_soon": Name("临期", "due soon"),
    "breached": Name("超期", "breached"),
}
REFUSALS = {
    "calendar_coverage": Name("超出日历覆盖期", "beyond coverage"),
    "clock_bad": Name("写法无效", "invalid"),
}
HEADING = """# 时限用例 · Clock cases

本页由 `tests/spec/clocks.tsv` 生成，每一行都是一个测试；规则和法条见 [clocks.md](clocks.md)。
This page is generated from `tests/spec/clocks.tsv`; each row is a test. Rules and articles: [clocks.md](clocks.md).

时刻都是 Asia/Shanghai。`A..B` 是暂停，只写日期时两端都含在内，B 空着是尚未恢复。
All moments are Asia/Shanghai. `A..B` is a suspension: bare dates include both ends, an empty B still lasts.
"""


@dataclass(frozen=True)
class SpecCase:
    """One row. `expect` is a due moment, `open N` (not known, N units left), `refused CODE`, or for a row with `at`:
    `STANDING left N`, then `fires KEY,KEY` (`-` for none) where there are rungs. `known`: as known on that date.
    """

    id: str
    budget: str
    start: str
    suspend: tuple[str, ...]
    known: str
    rungs: tuple[str, ...]
    at: str
    fired: tuple[str, ...]
    expect: str
    sentence: Name


COLUMNS = ("id", "budget", "from", "suspend", "known", "rungs", "at", "fired", "expect", "zh", "en")


def spec_read(path: Path) -> tuple[SpecCase, ...]:
    """The table's rows in order. Raises ClockError for other columns, a repeated id or an unknown group."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(reader)) != COLUMNS:
            raise _bad_table(f"{path.name}:1", "列名不对", f"the columns must be {', '.join(COLUMNS)}")
        cases: list[SpecCase] = []
        for number, row in enumerate(reader, 2):
            if len(row) != len(COLUMNS) or row[0][:1] not in GROUPS:
                raise _bad_table(f"{path.name}:{number}", "列数或组别不对", "wrong number of cells or unknown group")
            if any(case.id == row[0] for case in cases):
                raise _bad_table(f"{path.name}:{number}", f"编号 {row[0]} 重复", f"{row[0]} is there twice")
            cases.append(
                SpecCase(
                    row[0],
                    row[1],
                    row[2],
                    _list(row[3], ";"),
                    row[4],
                    _list(row[5], ";"),
                    row[6],
                    _list(row[7], ","),
                    row[8],
                    Name(row[9], row[10]),
                )  # fmt: skip
            )
    return tuple(cases)


def spec_page(cases: Sequence[SpecCase]) -> str:
    """The page, ending in a line feed."""
    parts = [HEADING, f"共 {len(cases)} 例。{len(cases)} cases.\n"]
    for letter, group in groupby(cases, key=lambda case: case.id[0]):
        title = GROUPS[letter]
        parts.append(f"## {title.zh} · {title.en}\n")
        parts.append(
            "| | 期限 budget | 收件 from | 另有 also | 结果 result | 说明 what it shows |\n|---|---|---|---|---|---|"
        )
        parts.extend(_row(case) for case in group)
        parts.append("")
    return "\n".join(parts)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("用法 usage: python -m yiwang.kernel.core.clockspec clocks.tsv clock-spec.md\n")
        return 2
    table, page = (Path(argument) for argument in arguments)
    page.write_text(spec_page(spec_read(table)), encoding="utf-8")
    return 0


def _row(case: SpecCase) -> str:
    also = [f"暂停 suspended `{text}`" for text in case.suspend]
    also += [f"当时所知 as known on {case.known}"] if case.known else []
    also += [f"阶梯 rung `{text}`" for text in case.rungs]
    also += [f"已触发 fired `{text}`" for text in case.fired]
    also += [f"此刻 at {_plain(case.at)}"] if case.at else []
    cells = (
        case.id,
        f"`{case.budget}`",
        _plain(case.start),
        "<br>".join(also),
        _expected(case),
        f"{case.sentence.zh}<br>{case.sentence.en}",
    )
    return "| " + " | ".join(cells) + " |"


def _expected(case: SpecCase) -> str:
    word, *rest = case.expect.split()
    if word == "refused":
        refusal = REFUSALS[rest[0]]
        return f"拒绝：{refusal.zh}<br>refused: {refusal.en}"
    if word == "open":
        return f"未定，尚余 {rest[0]}<br>not known, {rest[0]} left"
    if word in STANDINGS:
        standing, left = STANDINGS[word], rest[1]
        zh, en = f"{standing.zh}，尚余 {left}", f"{standing.en}, {left} left"
        if "fires" in rest:
            keys = "" if rest[-1] == "-" else rest[-1].replace(",", ", ")
            zh, en = f"{zh}；触发 {keys or '无'}", f"{en}; fires {keys or 'none'}"
        return f"{zh}<br>{en}"
    return f"**{_plain(word)}**"


def _plain(moment: str) -> str:
    return moment.replace("T", " ", 1)


def _list(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _bad_table(where: str, zh: str, en: str) -> ClockError:
    names = ", ".join(field.name for field in fields(SpecCase))
    return ClockError(
        zh=f"时限用例表有误：{zh}。",
        en=f"The table of clock cases is wrong: {en}.",
        where=where,
        hint_zh=f"每行依次是 {names}，以制表符分隔。",
        hint_en=f"Each row holds {names}, separated by tabs.",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
