"""Handing data out as a file: always with a purpose, always masked by grade, always with an audit line.

Plain values of sensitive fields leave only through a grant of the exchange, never from here.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.core.checks import ROW_REASONS, Checks, output_columns
from yiwang.data.core.formulas import guarded, guarded_sql
from yiwang.data.corrections import load_row
from yiwang.data.errors import NoData
from yiwang.data.loads import the_lake
from yiwang.data.looking import rows_seen, subject_fields
from yiwang.data.masking import masked_sql
from yiwang.data.models import LifecycleRecord
from yiwang.data.products.crossings import crossing_demand
from yiwang.data.resources import definition, resource_row
from yiwang.data.schema import ResourceFile
from yiwang.data.versions import version_files
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit
from yiwang.trust.selectors import reading_demand

SHEET_ROWS = 1_000_000
LONGEST_CELL = 32_767
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class Download:
    """A file ready to be sent; whoever sends it deletes `path` afterwards."""

    name: str
    path: Path
    media_type: str


def scratch_file(suffix: str) -> Path:
    root = Path(settings.PLACE.scratch)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root, suffix=suffix, delete=False) as file:
        return Path(file.name)


def purpose_needed(purpose: str) -> str:
    text = purpose.strip()
    if len(text) < 4:
        raise InputError(
            zh="请写明用途",
            en="state the purpose",
            where="purpose",
            hint_zh="至少四个字，例如“核对低保名单”。",
            hint_en="At least four characters, for example: check the allowance list.",
        )
    return text[:400]


def export_file(
    *,
    actor: Actor,
    resource_id: str,
    format: str,
    purpose: str,
    version: int | None = None,
    country: str = "CN",
    crossing: str = "",
) -> Download:
    """A version of a resource (the newest by default) as CSV, XLSX or Parquet, masked by grade.

    `country` is where the file goes; abroad it takes the number of an approval that covers every field.
    Raises NoData, NotFound, InputError, Refused.
    """
    if format not in MEDIA:
        raise InputError(
            zh=f"不支持的格式 {format}",
            en=f"no such format: {format}",
            where="format",
            hint_zh="csv、xlsx、parquet",
            hint_en="csv, xlsx, parquet",
        )
    row = resource_row(resource_id)
    rule = reading_demand(actor, "resource.export", department=row.provider, grade=row.grade, purpose=purpose)
    reason = purpose_needed(purpose)
    file = definition(row)
    crossing_demand(country=country, number=crossing, resource=resource_id, fields=[f.id for f in file.fields])
    number, files = version_files(the_lake().table("standard", resource_id), resource_id, version)
    target = scratch_file(f".{format}")
    with engine(Path(settings.PLACE.scratch)) as connection:
        rows = _write(connection, file, files, format, target)
        numbers = _numbers(connection, file, files)
    fields = [f.id for f in file.fields]
    rows_seen(
        actor=actor,
        file=file,
        version=number,
        fields=fields,
        numbers=numbers,
        rows=rows,
        purpose=reason,
        via="export",
    )
    audit(
        actor=actor,
        act="resource.export",
        object_kind="resource",
        object_id=resource_id,
        rule=rule.rule,
        purpose=reason,
        details={"format": format, "version": number, "rows": rows, "country": country, "crossing": crossing},
    )
    LifecycleRecord.objects.create(
        resource=row,
        stage="serve",
        operator=actor.id,
        details={"export": format, "version": number, "purpose": reason},
    )
    return Download(f"{resource_id}-v{number}.{format}", target, MEDIA[format])


def _numbers(connection: duckdb.DuckDBPyConnection, file: ResourceFile, files: list[str]) -> list[tuple[Any, ...]]:
    """Whom the rows are about, by number."""
    whose = ", ".join(sql.name(name) for name in subject_fields(file))
    if not whose:
        return []
    return connection.execute(f"SELECT DISTINCT {whose} FROM {sql.table_of(files, output_columns(file))}").fetchall()


def shown_columns(file: ResourceFile) -> list[tuple[str, str, str]]:
    """(column, Chinese heading, SQL that masks it) for every column of the standard table."""
    checks = Checks(file, file.published)
    return [
        (f.id + o.suffix, f.title.zh + o.suffix, masked_sql(f, f.id + o.suffix))
        for f in file.fields
        for o in checks.outputs(f)
    ]


def _write(
    connection: duckdb.DuckDBPyConnection, file: ResourceFile, files: list[str], format: str, target: Path
) -> int:
    scan, columns = sql.table_of(files, output_columns(file)), shown_columns(file)
    count = connection.execute(f"SELECT count(*) FROM {scan}").fetchone()
    rows = int(count[0]) if count else 0
    keys = ", ".join(sql.name(k) for k in file.key)
    if format == "parquet":
        masked = ", ".join(f"{m} AS {sql.name(n)}" if "****" in m or "-**" in m else sql.name(n) for n, _, m in columns)
        connection.execute(
            f"COPY (SELECT {masked} FROM {scan} ORDER BY {keys}) TO {sql.text(str(target))} (FORMAT parquet)"
        )
        return rows
    listed = ", ".join(f"{m} AS {sql.name(n)}" for n, _, m in columns)
    query = f"SELECT {listed} FROM {scan} ORDER BY {keys}"
    if format == "xlsx":
        if rows > SHEET_ROWS:
            raise InputError(
                zh=f"{rows} 行超过表格软件上限，请导出 CSV 或 Parquet",
                en=f"{rows} rows are more than a sheet can hold: export CSV or Parquet",
                where="format",
            )
        result = connection.execute(query)
        write_sheet(target, [t for _, t, _ in columns], iter(result.fetchone, None))
        return rows
    safe = ", ".join(guarded_sql(sql.name(n)) for n, _, _ in columns)
    body = target.with_suffix(".body")
    try:
        connection.execute(f"COPY (SELECT {safe} FROM ({query})) TO {sql.text(str(body))} (FORMAT csv, HEADER false)")
        write_text(target, [t for _, t, _ in columns], ())
        with body.open("rb") as source, target.open("ab") as out:
            shutil.copyfileobj(source, out)
    finally:
        body.unlink(missing_ok=True)
    return rows


def write_sheet(target: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Every cell is written as text, so that nothing in it can become a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    for row in chain([titles], rows):
        sheet.append([_text_cell(sheet, value) for value in row])
    book.save(target)


def _text_cell(sheet: Any, value: object) -> WriteOnlyCell:
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str("" if value is None else value))
    cell = WriteOnlyCell(sheet, text[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def write_text(target: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV with a BOM, without which spreadsheets take it for the local code page; nothing in it can become a formula."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in chain([titles], rows):
            writer.writerow([guarded("" if value is None else str(value)) for value in row])


def rejected_file(*, actor: Actor, load_id: int) -> Download:
    """The rejected rows of a load as the same columns plus row number and reasons, to be corrected and sent again."""
    load = load_row(load_id)
    rule = demand(actor, "resource.load", load.resource.provider)
    file = definition(load.resource)
    texts = reason_texts(file)
    titles = [*load.reading.get("headers", []), "来源行号", "拒绝原因"]
    format = "xlsx" if load.reading.get("kind") == "sheet" else "csv"
    path = the_lake().rejected_file(load.resource_id, load.key)
    if not path.is_file():
        raise NoData(zh="这次归集没有留下被拒绝的行", en="this load left no rejected rows", where=f"load {load_id}")
    target = scratch_file(f".{format}")
    write = write_sheet if format == "xlsx" else write_text
    with engine(Path(settings.PLACE.scratch)) as connection:
        found = connection.execute(
            f"SELECT row, cells, text, to_json(reasons) FROM {sql.rows_of([str(path)])} ORDER BY row"
            + (f" LIMIT {SHEET_ROWS}" if format == "xlsx" else "")
        )
        write(target, titles, _rejected_rows(found, len(titles) - 2, texts))
    audit(
        actor=actor,
        act="resource.load",
        object_kind="load",
        object_id=str(load_id),
        rule=rule.rule,
        purpose="更正被拒绝的行",
        details={"download": "rejected", "rows": load.rejected},
    )
    stem = Path(load.file_name).name.split(".")[0]
    return Download(f"{stem}-rejected.{format}", target, MEDIA[format])


def _rejected_rows(found: duckdb.DuckDBPyConnection, width: int, texts: dict[str, Text]) -> Iterable[Sequence[object]]:
    while (line := found.fetchone()) is not None:
        number, cells, text, reasons = line
        said = "；".join(
            f"{r['field']} {texts.get(r['code'], Text(zh=r['code'], en=r['code'])).zh}".strip()
            for r in json.loads(reasons)
        )
        row = list(cells) if cells else [text, *[""] * (width - 1)]
        yield [*row, *[""] * (width - len(row)), number, said]


def reason_texts(file: ResourceFile) -> dict[str, Text]:
    """Every reason code a load of this resource can give, with its text."""
    texts = {code: text for code, (text, _) in ROW_REASONS.items()}
    texts |= {m.code: m.text for m in Checks(file, file.published).marks()}
    return texts | {r.id: r.title for r in file.rules}
