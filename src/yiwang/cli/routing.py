"""yiwang eval: how well what was learned does on what it has not seen."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from yiwang.cli.output import language, out, print_json, say, told
from yiwang.flow.core.routing.examples import ExampleFile, examples_read
from yiwang.flow.core.routing.packing import router_digest
from yiwang.flow.core.routing.router import COVERAGE
from yiwang.flow.core.routing.trial import Trial, trial

app = typer.Typer(
    help="评价：在未见过的数据上做得如何 / eval: how well it does on what it has not seen", no_args_is_help=True
)
TOLD_ROWS = 20


@app.callback()
def eval_() -> None:
    """Measure what was learned. 评价学到的东西。"""


@app.command("routing")
def routing(
    train: Annotated[Path, typer.Option("--train", help="训练 CSV：label,text / examples to learn from")],
    test: Annotated[Path, typer.Option("--test", help="测试 CSV：label,text / tickets to be asked about")],
    coverage: Annotated[
        float, typer.Option("--coverage", min=0.01, max=1, help="机器决定的比例 / share decided by the machine")
    ] = COVERAGE,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Learn to route tickets from one file and be scored on another. 训练派单模型并在另一文件上评分。"""
    learned, asked = examples_read(train), examples_read(test)
    found = trial(learned, asked, test.name, coverage)
    if as_json:
        print_json(_as_dict(found, learned, asked))
        return
    _tell_rows(train, learned)
    _tell_rows(test, asked)
    _tell(found)


def _as_dict(found: Trial, learned: ExampleFile, asked: ExampleFile) -> dict[str, Any]:
    """The counts of rows on top are those of the test file."""
    return {
        "macro_f1": round(found.scores.macro_f1, 6),
        "n": found.scores.n,
        "per_class": {label: _rounded(asdict(one)) for label, one in found.scores.per_class.items()},
        "coverage_curve": [_rounded(asdict(point)) for point in found.curve],
        "train_seconds": round(found.train_seconds, 2),
        "per_second": round(found.per_second),
        "sure": round(found.sure, 4),
        "router": router_digest(found.router),
        **_rows(asked),
        "train": _rows(learned),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in values.items()}


def _rows(file: ExampleFile) -> dict[str, Any]:
    return {
        "source": file.source,
        "accepted": len(file.accepted),
        "rejected": len(file.rejected),
        "rejected_rows": [{"line": one.line, **one.reason.model_dump()} for one in file.rejected],
    }


def _tell_rows(path: Path, file: ExampleFile) -> None:
    told.print(
        say(
            f"{path.name}：来源 {file.source} 行 = 采用 {len(file.accepted)} + 拒绝 {len(file.rejected)}",
            f"{path.name}: source {file.source} rows = accepted {len(file.accepted)} + rejected {len(file.rejected)}",
        ),
        markup=False,
        emoji=False,
    )
    for one in file.rejected[:TOLD_ROWS]:
        told.print(
            say(f"  第 {one.line} 行：", f"  line {one.line}: ") + one.reason.say(language()), markup=False, emoji=False
        )
    if len(file.rejected) > TOLD_ROWS:
        left = len(file.rejected) - TOLD_ROWS
        told.print(say(f"  其余 {left} 行见 --json", f"  {left} more: see --json"))


def _tell(found: Trial) -> None:
    table = Table(say("类别", "label"), say("准确率", "precision"), say("召回率", "recall"), "F1", "n")
    for label, one in found.scores.per_class.items():
        table.add_row(label, f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", str(one.n))
    table.add_section()
    table.add_row(say("各类平均", "mean of labels"), "", "", f"{found.scores.macro_f1:.4f}", str(found.scores.n))
    out.print(table)
    curve = Table(say("机器决定", "decided"), say("F1 平均", "macro F1"), say("最低把握", "threshold"))
    for point in found.curve:
        curve.add_row(f"{point.coverage:.0%}", f"{point.macro_f1:.4f}", f"{point.threshold:.4f}")
    out.print(curve)
    out.print(
        say(
            f"训练 {found.train_seconds:.1f} 秒；每秒派 {found.per_second:,.0f} 件（含理由）；达到训练所定门槛的占 {found.sure:.1%}",
            f"trained in {found.train_seconds:.1f} s; {found.per_second:,.0f} tickets a second with reasons; "
            f"{found.sure:.1%} reach the threshold set in training",
        )
    )
