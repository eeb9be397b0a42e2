"""A load from beginning to end, without a database: prepare (check everything, touch nothing), then publish (commit).

`prepare` may be killed at any moment and leaves only files nobody reads. `publish` makes one commit a table; each carries
the load's key, so that after a kill the same call finishes what is missing and repeats nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from yiwang.data.adapters.lake import Lake, sync_file
from yiwang.data.core import sql
from yiwang.data.core.checks import ROW_REASONS, Checks
from yiwang.data.core.framing import Framed
from yiwang.data.core.headers import read_in_header_units
from yiwang.data.core.publishing import Change, plan_change, write_accepted, write_rejected
from yiwang.data.core.quality import Part, row_parts
from yiwang.data.core.reading import Source, careful, frame
from yiwang.data.core.staging import Raw, conditions_asked, judge, sift, stage_raw
from yiwang.data.errors import IdentityBroken, WouldEmpty
from yiwang.data.schema import ResourceFile

Report = Callable[[str, int, int], None]
STAGES_OF_LOAD = ("frame", "raw", "check", "write", "publish", "profile")


@dataclass(frozen=True)
class Prepared:
    """A checked load that has changed nothing yet."""

    checks: Checks
    raw: Raw
    framed: Framed
    change: Change
    source: int
    accepted: int
    rejected: int
    # reason code -> rows; a row with several reasons counts under each
    reasons: Mapping[str, int]
    flags: Mapping[str, int]
    unchecked: tuple[str, ...]
    parts: tuple[Part, ...]
    content_hash: str


@dataclass(frozen=True)
class Published:
    raw_version: int | None
    table_version: int | None
    resumed: bool


def prepare(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    checks: Checks,
    source: Source,
    mapping: Mapping[int, str],
    *,
    load: int,
    load_key: str,
    scratch: Path,
    report: Report,
) -> Prepared:
    """Frame, stage, check and split one source. Raises IdentityBroken rather than lose or invent a row, WouldEmpty
    rather than replace a table with nothing. Where it raises, none of its files is left in a table's folder."""
    resource = read_in_header_units(checks.resource, source.headers, mapping)
    checks = replace(checks, resource=resource)
    discard(lake, resource.id)  # what a killed load left; the caller holds the resource's lock
    raw_file = lake.table("raw", resource.id).new_file()
    try:
        framed, raw = _staged(connection, source, mapping, resource, raw_file, load, scratch, report)
        return _prepared(connection, lake, checks, framed, raw, load, load_key, report)
    except BaseException:
        discard(lake, resource.id)
        raise


def _staged(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    mapping: Mapping[int, str],
    resource: ResourceFile,
    target: Path,
    load: int,
    scratch: Path,
    report: Report,
) -> tuple[Framed, Raw]:
    report("frame", 0, 1)
    framed = frame(source, scratch)
    report("raw", 0, 1)
    try:
        return framed, stage_raw(connection, framed, resource, mapping, target, load)
    except duckdb.Error:
        # the fast reader met a record it cannot take; read again with care, so that only that record is lost
        framed = careful(source, scratch)
        return framed, stage_raw(connection, framed, resource, mapping, target, load)


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    checks: Checks,
    framed: Framed,
    raw: Raw,
    load: int,
    load_key: str,
    report: Report,
) -> Prepared:
    resource = checks.resource
    report("check", 0, raw.rows)
    table, references = lake.table("standard", resource.id), _references(lake, checks)
    silent_file, judged_file = table.new_file(), table.new_file()
    conditions_asked(connection, raw, checks)
    silent, rest = sift(connection, raw, checks, references, silent_file, load)
    judged = judge(connection, rest, checks, references)
    report("write", 0, raw.rows)
    cleared = write_accepted(connection, rest, checks, load, judged_file)
    accepted, accepted_files = silent + cleared, [silent_file] * bool(silent)
    if cleared or not silent:
        accepted_files.append(judged_file)
    rejected_file = lake.rejected_file(resource.id, load_key)
    rejected = write_rejected(connection, rest, framed, rejected_file)
    sync_file(rejected_file)
    total = raw.rows + framed.broken_count
    if total != accepted + rejected:
        raise IdentityBroken(
            zh=f"来源 {total} 行 ≠ 接受 {accepted} + 拒绝 {rejected}，已停止，未发布任何数据",
            en=f"source {total} rows is not accepted {accepted} + rejected {rejected}: stopped, nothing was published",
            where=resource.id,
            hint_zh="请把此文件连同本消息交给维护人员。",
            hint_en="Give this file and this message to your maintainers.",
        )
    broken = _broken_reasons(connection, framed)
    reasons, flags = _counts(connection)
    for code, rows in broken.items():
        reasons[code] = reasons.get(code, 0) + rows
    current = table.files()
    if resource.load.mode == "replace" and current and not accepted:
        raise _would_empty(resource, total)
    change = plan_change(connection, checks, accepted_files, current, table.new_file())
    return Prepared(
        checks=checks,
        raw=raw,
        framed=framed,
        change=change,
        source=total,
        accepted=accepted,
        rejected=rejected,
        reasons=dict(sorted(reasons.items())),
        flags=dict(sorted(flags.items())),
        unchecked=judged.unchecked,
        parts=row_parts(connection, resource, total, broken),
        content_hash=_content_hash(connection, checks, accepted_files),
    )


def _would_empty(resource: ResourceFile, source: int) -> WouldEmpty:
    return WouldEmpty(
        zh=f"文件的 {source} 行中没有一行可以接受；这个资源每次整体替换，照做会清空现有数据，已停止",
        en=f"none of the file's {source} rows can be accepted; this resource is replaced as a whole, which would empty it",
        where=resource.id,
        hint_zh="请检查文件和列的对应关系；确实要清空请走数据销毁。",
        hint_en="Check the file and its mapping; to empty the resource on purpose, destroy its data.",
    )


def publish(lake: Lake, prepared: Prepared, load_key: str) -> Published:
    """Commit raw and standard. Safe to call again with the same key."""
    resource = prepared.checks.resource
    raw_table, table = lake.table("raw", resource.id), lake.table("standard", resource.id)
    raw_version, resumed = raw_table.committed(load_key), False
    if raw_version is None and prepared.raw.rows:
        raw_version = raw_table.commit([prepared.raw.path], [], load_key)
    table_version = table.committed(load_key)
    if table_version is not None:
        resumed = True
    elif prepared.change.add or prepared.change.remove:
        table_version = table.commit(list(prepared.change.add), list(prepared.change.remove), load_key)
    else:
        table_version = table.version()
    discard(lake, resource.id)
    return Published(raw_version, table_version, resumed)


def discard(lake: Lake, resource_id: str) -> None:
    """Delete prepared files that no table took. Only for whoever holds the resource's lock."""
    for layer in ("raw", "standard"):
        lake.table(layer, resource_id).sweep()


def _references(lake: Lake, checks: Checks) -> dict[str, str]:
    wanted = {r.references.split(".")[0] for r in checks.resource.rules if r.kind == "foreign_key"}
    found = {name: lake.table("standard", name).files() for name in wanted}
    return {name: sql.rows_of(files) for name, files in found.items() if files}


def _broken_reasons(connection: duckdb.DuckDBPyConnection, framed: Framed) -> dict[str, int]:
    if framed.broken is None or not framed.broken_count:
        return {}
    rows = connection.execute(
        f"SELECT code, count(*) FROM read_csv({sql.text(str(framed.broken))}, header = false, auto_detect = false, "
        "delim = ',', quote = '\"', columns = {'row': 'BIGINT', 'code': 'VARCHAR', 'text': 'VARCHAR'}, "
        "max_line_size = 16777216) GROUP BY code"
    ).fetchall()
    unknown = [code for code, _ in rows if code not in ROW_REASONS]
    assert not unknown, unknown  # every broken reason has its text
    return {code: int(n) for code, n in rows}


def _counts(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], dict[str, int]]:
    """Rows per reason among the refused, and per remark among the accepted."""
    refused = connection.execute(
        "SELECT code, count(DISTINCT _row) FROM reasons SEMI JOIN refused USING (_row) WHERE rejects GROUP BY code"
    ).fetchall()
    flagged = connection.execute(
        "SELECT code, count(DISTINCT _row) FROM reasons ANTI JOIN refused USING (_row) WHERE NOT rejects GROUP BY code"
    ).fetchall()
    return {c: int(n) for c, n in refused}, {c: int(n) for c, n in flagged}


def _content_hash(connection: duckdb.DuckDBPyConnection, checks: Checks, accepted: list[Path]) -> str:
    """A hash of the accepted rows that does not depend on their order; equal content gives equal hashes on one version
    of the engine, which the receipt names."""
    columns = ", ".join(sql.name(name) for name, _ in checks.output_columns())
    row = connection.execute(
        "SELECT count(*), coalesce(bit_xor(h), 0), coalesce(sum(h % 1000003), 0) "
        f"FROM (SELECT hash({columns}) AS h FROM {sql.rows_of([str(path) for path in accepted])})"
    ).fetchone()
    assert row is not None
    return f"{row[0]}:{int(row[1]):016x}:{int(row[2])}"
