"""yiwang process: what reading a diagram finds, wherever the file lies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yiwang.cli.output import out, print_json, say, told
from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.kernel.errors import InputError

app = typer.Typer(help="流程：检查流程图 / processes: check diagrams", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


@app.callback()
def processes() -> None:
    """流程：检查流程图 / processes: check diagrams"""


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
