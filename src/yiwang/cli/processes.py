"""yiwang process: check diagrams wherever they lie, and move running cases to another version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yiwang.cli.output import out, print_json, say, shell_actor, told
from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.core.process.comparing import Verdict
from yiwang.flow.service import MigrationReport, cases_migrate, migration_revert
from yiwang.kernel.errors import InputError

app = typer.Typer(help="流程：检查流程图、迁移在办件 / processes: check diagrams, move cases", no_args_is_help=True)
VERDICTS = {
    Verdict.SAFE: ("可直接迁移", "safe"),
    Verdict.CONSENT: ("须同意", "needs consent"),
    Verdict.FORBIDDEN: ("不能迁移", "forbidden"),
}
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


@app.callback()
def processes() -> None:
    """流程：检查流程图、迁移在办件 / processes: check diagrams, move cases"""


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="BPMN 文件，可多个 / BPMN files")], as_json: Json = False
) -> None:
    """Check diagrams: every fault with its element and line; exit 1 for an error. 检查流程图。"""
    found = [(file, _read(file)) for file in files]
    sound = all(reading.is_sound for _, reading in found)
    if as_json:
        print_json({"sound": sound, "files": [_answer(file, reading) for file, reading in found]})
    else:
        for file, reading in found:
            _tell(file, reading)
    raise typer.Exit(0 if sound else 1)


def _read(file: Path) -> Reading:
    if not file.is_file():
        raise InputError(zh=f"{file} 不是文件", en=f"{file} is not a file", where=str(file))
    return read(file.read_bytes(), str(file))


def _tell(file: Path, reading: Reading) -> None:
    for finding in reading.findings:
        told.print(f"{finding.level}: {finding.where}: {say(finding.zh, finding.en)}", markup=False)
    runs = ", ".join(one.id for one in reading.definitions) or "–"
    drawn = ", ".join(one.id for one in reading.drawings) or "–"
    state = say("没有问题", "sound") if reading.is_sound else say("有问题", "not sound")
    out.print(
        say(f"{file}: {state}；可执行 {runs}；图示 {drawn}", f"{file}: {state}; runs {runs}; drawn {drawn}"),
        markup=False,
    )


def _answer(file: Path, reading: Reading) -> dict[str, Any]:
    return {
        "file": str(file),
        "sound": reading.is_sound,
        "runs": [one.id for one in reading.definitions],
        "drawn": [one.id for one in reading.drawings],
        "findings": [vars(one) for one in reading.findings],
    }


@app.command("migrate")
def migrate(
    process: Annotated[str, typer.Argument(help="流程 / the process")],
    to: Annotated[int, typer.Option("--to", help="迁到第几版 / the version to follow")],
    really: Annotated[bool, typer.Option("--really", help="真的迁移；不写只试算 / move; else only judge")] = False,
    consent: Annotated[
        list[str] | None, typer.Option("--consent", help="已取得同意的办件编号 / a case that consents")
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge, or move, the running cases of a process. 试算或迁移在办件。"""
    report = cases_migrate(
        actor=shell_actor(), process_id=process, to=to, dry_run=not really, consent=frozenset(consent or ())
    )
    _moved(report, as_json, say("已迁移", "moved"))


@app.command("revert")
def revert(
    batch: Annotated[str, typer.Argument(help="迁移批次 / the batch that migrate printed")], as_json: Json = False
) -> None:
    """Take a batch back, each case exactly as it was; exit 1 when one has moved on since. 原样退回一批迁移。"""
    report = migration_revert(actor=shell_actor(), batch=batch)
    _moved(report, as_json, say("已退回", "taken back"))
    raise typer.Exit(0 if all(row.moved for row in report.rows) else 1)


def _moved(report: MigrationReport, as_json: bool, done: str) -> None:
    if as_json:
        print_json({"process": report.process, "to": report.to, "batch": report.batch, "cases": _rows(report)})
        return
    for row in report.rows:
        why = "；".join(say(reason.zh, reason.en) for reason in row.reasons)
        mark = done if row.moved else say("未动", "left")
        out.print(f"{row.number}  {say(*VERDICTS[row.verdict])}  {mark}  {why}".rstrip(), markup=False)
    counts = "，".join(f"{say(*VERDICTS[verdict])} {report.count(verdict)}" for verdict in VERDICTS)
    out.print(counts + (say(f"；批次 {report.batch}", f"; batch {report.batch}") if report.batch else ""), markup=False)


def _rows(report: MigrationReport) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "from": row.from_version,
            "verdict": row.verdict.value,
            "moved": row.moved,
            "reasons": [{"zh": reason.zh, "en": reason.en} for reason in row.reasons],
        }
        for row in report.rows
    ]
