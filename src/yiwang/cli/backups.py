"""yiwang backup and restore: one folder that holds the city, and the city made again from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say, shell_actor, told
from yiwang.kernel.core.text import Text
from yiwang.trust.service import BackupReport, backup_check, backup_make, backup_restore

Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


def backup(
    folder: Annotated[Path, typer.Argument(help="空目录 / an empty folder")],
    check: Annotated[
        bool, typer.Option("--check", help="只核对已有的备份 / only check a backup that is there")
    ] = False,
    as_json: Json = False,
) -> None:
    """Copy database, lake, files and ledger into one folder while the city runs; keys are kept apart. 备份全城。"""
    if check:
        manifest = backup_check(folder)
        if as_json:
            print_json({"sound": True, "digest": manifest.digest, "files": len(manifest.files)})
        else:
            count = len(manifest.files)
            out.print(say(f"备份完好：{count} 个文件", f"the backup is as it was made: {count} files"))
        return
    _tell(backup_make(actor=shell_actor(), folder=folder, told=_progress), as_json)
    told.print(
        say(
            "密钥不在备份里：请另行保管 YIWANG_HOME 下的 keys 和 secret.key。",
            "Keys are not in it: keep a copy of keys and secret.key of YIWANG_HOME elsewhere.",
        )
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="备份目录 / the backup's folder")],
    verify: Annotated[
        bool, typer.Option("--verify", help="核对行数、版本和账本的根 / check rows, versions and root")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the city of a backup again in an empty YIWANG_HOME; every file is checked first. 从备份恢复。"""
    _tell(backup_restore(actor=shell_actor(), folder=folder, verify=verify, told=_progress), as_json)
    if not verify:
        told.print(
            say("没有核对恢复的结果；加 --verify 会核对。", "What was restored was not counted again; --verify does.")
        )


def _progress(text: Text) -> None:
    told.print(say(text.zh, text.en))


def _tell(report: BackupReport, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "digest": report.digest,
                "files": report.files,
                "bytes": report.size,
                "tables": report.tables,
                "rows": report.rows,
                "ledger": {"size": report.ledger_size, "root": report.ledger_root},
                "seconds": report.seconds,
            }
        )
        return
    size = f"{report.size / 1e6:,.1f} MB"
    out.print(
        say(
            f"{report.files} 个文件，{size}；{report.tables} 张表 {report.rows} 行；账本 {report.ledger_size} 条；用时 {report.seconds} 秒",
            f"{report.files} files, {size}; {report.tables} tables of {report.rows} rows; {report.ledger_size} ledger entries; {report.seconds} s",
        )
    )
    out.print(say(f"清单摘要 {report.digest}", f"digest of the manifest {report.digest}"))
