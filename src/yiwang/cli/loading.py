"""yiwang load: one file into one resource."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from yiwang.cli.output import language, out, print_json, say, shell_actor, told
from yiwang.data.answers import LoadDetail
from yiwang.data.selectors import load_get
from yiwang.data.service import load_run, query_file
from yiwang.kernel.errors import InputError


def load(
    resource: Annotated[str, typer.Argument(help="资源编号 / resource id")],
    file: Annotated[
        Path | None, typer.Argument(help="CSV、TSV、XLSX、JSON(L)，可为 .gz / file, plain or gzipped")
    ] = None,
    sql: Annotated[str, typer.Option("--sql", help="改为读取一条 SELECT / read a SELECT instead of a file")] = "",
    source: Annotated[
        str, typer.Option("--from", help="sqlite:///… 或 postgres://…（配合 --sql）/ database for --sql")
    ] = "",
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="列名=信息项，可多次 / HEADER=FIELD, repeatable")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="即使已归集过也重新归集 / load even if it was loaded before")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Load a file into a resource; good rows go in, bad rows are kept with reasons. 归集一个文件。"""
    actor = shell_actor()
    if (file is None) == (not sql):
        raise InputError(
            zh="请给出一个文件，或者 --sql 与 --from", en="give a file, or --sql with --from", where="yiwang load"
        )
    path = query_file(source, sql) if sql else _existing(file)
    try:
        row, unchanged = load_run(
            actor=actor,
            resource_id=resource,
            path=path,
            file_name=f"{resource}.query.csv" if sql else path.name,
            mapping=_mapping(mapping or []),
            again=again,
        )
    finally:
        if sql:
            path.unlink(missing_ok=True)
    detail = load_get(actor, row.pk)
    answer = load_answer(detail, unchanged)
    if as_json:
        print_json(answer)
    else:
        _tell(detail, unchanged)


def _existing(file: Path | None) -> Path:
    if file is None or not file.is_file():
        raise InputError(zh=f"找不到文件 {file}", en=f"there is no file {file}", where="yiwang load")
    return file


def _mapping(pairs: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        header, sign, field = pair.rpartition("=")
        if not sign or not header:
            raise InputError(
                zh=f"--map 应写成 列名=信息项，收到 {pair}", en=f"--map takes HEADER=FIELD, got {pair}", where="--map"
            )
        found[header] = field
    return found


def load_answer(detail: LoadDetail, unchanged: bool) -> dict[str, Any]:
    """What `--json` prints of a load. `unchanged`: the table is as it was before, because nothing new was in the file."""
    row = detail.row
    return {
        "resource": row.resource_id,
        "source": row.source,
        "accepted": row.accepted,
        "rejected": row.rejected,
        "reasons": {r.code: r.rows for r in detail.reasons},
        "flags": {r.code: r.rows for r in detail.flags},
        "version": detail.table_version,
        "unchanged": unchanged or row.unchanged,
        "receipt": detail.receipt_id,
        "load": row.id,
        "inserted": 0 if unchanged else row.inserted,
        "updated": 0 if unchanged else row.updated,
        "removed": 0 if unchanged else row.removed,
        "columns": {m.header: m.field for m in detail.mapping if m.field},
        "not_taken": [m.header for m in detail.mapping if not m.field],
        "encoding": detail.encoding,
        "notes": list(detail.notes),
    }


def _tell(detail: LoadDetail, unchanged: bool) -> None:
    row = detail.row
    if unchanged:
        told.print(
            say(
                f"这个文件已在第 {row.id} 次归集中处理过，数据没有变化。要覆盖之后的归集请加 --again。",
                f"This file was loaded before, as load {row.id}; nothing changed. To load it over later ones add --again.",
            )
        )
    out.print(
        say(
            f"来源 {row.source} 行 = 接受 {row.accepted} + 拒绝 {row.rejected}"
            f"（新增 {row.inserted}，更新 {row.updated}，移除 {row.removed}）",
            f"source {row.source} rows = accepted {row.accepted} + rejected {row.rejected} "
            f"(new {row.inserted}, changed {row.updated}, removed {row.removed})",
        )
    )
    for reason in detail.reasons:
        out.print(f"  {reason.rows:>8}  {reason.code}  {reason.text.say(language())}")
    for flag in detail.flags:
        out.print(f"  {flag.rows:>8}  ⚑ {flag.code}  {flag.text.say(language())}")
    out.print(
        say(
            f"版本 {detail.table_version}，收据 {detail.receipt_id}",
            f"version {detail.table_version}, receipt {detail.receipt_id}",
        )
    )
