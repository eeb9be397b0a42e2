"""yiwang tck: how much of the DMN conformance kit passes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say
from yiwang.rules.core.dmn.kit import Report, run_kit
from yiwang.rules.core.feel.values import Date, DateTime, Time, Zone


def tck(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="测试集目录 / the kit's folder")
    ],
    least: Annotated[
        float, typer.Option("--min", min=0, max=1, help="至少通过的比例 / least share that must pass")
    ] = 0.0,
    misses: Annotated[bool, typer.Option("--misses", help="列出未通过的每一例 / list every miss")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Run a DMN TCK tree: per folder, then "passed N of M". 运行 DMN 一致性测试集。

    The share of --min is of the cases not refused by name (external functions).
    """
    report = run_kit(folder, _now())
    if as_json:
        print_json(_as_dict(report))
    else:
        _print(report, misses)
    if report.share < least:
        raise typer.Exit(1)


def _now() -> DateTime:
    now = datetime.now(UTC)
    time = Time(now.hour, now.minute, now.second, now.microsecond * 1000, Zone(offset=0))
    return DateTime(Date(now.year, now.month, now.day), time)


def _print(report: Report, misses: bool) -> None:
    for name, (passed, total) in report.folders().items():
        out.print(f"{name} {passed}/{total}", markup=False, emoji=False)
    if misses:
        for one in report.missed:
            for why in one.misses:
                out.print(f"✗ {one.folder} {one.file} {one.case} {why}", markup=False, emoji=False)
    for one in report.refused:
        out.print(f"– {one.folder} {one.case} {one.refused}", markup=False, emoji=False)
    if report.refused:
        count = len(report.refused)
        out.print(say(f"按名拒绝：{count}（外部函数）", f"refused by name: {count} (external functions)"))
    results = sum(one.results for one in report.outcomes)
    out.print(say(f"结果节点 {results} 个", f"{results} result nodes"))
    # Scripts read this line: it is the same in both languages.
    out.print(f"passed {report.passed} of {len(report.outcomes)}")


def _as_dict(report: Report) -> dict[str, object]:
    return {
        "passed": report.passed,
        "of": len(report.outcomes),
        "results": sum(one.results for one in report.outcomes),
        "share": report.share,
        "folders": {name: {"passed": passed, "of": total} for name, (passed, total) in report.folders().items()},
        "misses": [
            {"folder": one.folder, "file": one.file, "case": one.case, "why": list(one.misses)} for one in report.missed
        ],
        "refused": [{"folder": one.folder, "case": one.case, "why": one.refused} for one in report.refused],
    }
