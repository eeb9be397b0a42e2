"""yiwang pack: new, check, test, install, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import language, out, print_json, say, shell_actor, told
from yiwang.kernel.selectors import PackReport, pack_examine, pack_folder, pack_list
from yiwang.kernel.service import pack_install, pack_new

app = typer.Typer(help="应用包 / packs", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="包编号或文件夹 / pack id or folder")]
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="新包编号 / id of the new pack")],
    folder: Annotated[Path, typer.Option("--in", help="放在哪里 / where to put it")] = Path("packs"),
) -> None:
    """Copy the template under a new id. 新建应用包。"""
    out.print(str(pack_new(folder=folder, name=name)))


@app.command("check")
def check(name: Name, as_json: Json = False) -> None:
    """Check a pack and run its tests; exit 1 when something is wrong. 检查应用包。"""
    report = pack_examine(pack_folder(name))
    if as_json:
        print_json(_as_dict(report))
    else:
        _tell(report)
    raise typer.Exit(0 if report.sound else 1)


@app.command("test")
def test(name: Name, as_json: Json = False) -> None:
    """Run a pack's given/when/then cases; exit 1 when one fails. 运行应用包的测试。"""
    check(name, as_json)


@app.command("install")
def install(name: Name) -> None:
    """Install or upgrade a pack. 安装或升级应用包。"""
    row, changed = pack_install(actor=shell_actor(), folder=pack_folder(name))
    word = say("已安装" if changed else "没有变化", "installed" if changed else "unchanged")
    out.print(f"{row.pack_id} {row.version} {row.digest[:12]} {word}")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List packs, installed or not. 列出应用包。"""
    rows = pack_list()
    if as_json:
        print_json([vars(r) for r in rows])
        return
    for row in rows:
        title = row.title_en if language() == "en" else row.title_zh
        mark = say("已安装", "installed") if row.installed else say("未安装", "not installed")
        out.print(f"{row.id:<28} {row.version:<8} {row.digest[:12]}  {mark}  {title}")


def _as_dict(report: PackReport) -> dict[str, object]:
    return {
        "pack": report.pack.manifest.id,
        "digest": report.pack.digest,
        "sound": report.sound,
        "findings": [vars(f) for f in report.findings],
        "cases": report.cases,
        "failures": [
            {"where": f.where, "name": f.case.name.model_dump(), "zh": f.zh, "en": f.en} for f in report.failures
        ],
    }


def _tell(report: PackReport) -> None:
    english = language() == "en"
    for finding in report.findings:
        told.print(f"{finding.level}: {finding.where}: {finding.en if english else finding.zh}")
    for failure in report.failures:
        told.print(f"{failure.where}: {failure.case.name.say(language())}: {failure.en if english else failure.zh}")
    passed = report.cases - len(report.failures)
    out.print(f"{report.pack.manifest.id} {report.pack.manifest.version} {report.pack.digest[:12]}")
    out.print(f"{passed} passed, {len(report.failures)} failed")
