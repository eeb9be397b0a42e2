"""A consistent copy of the whole database, with the rows of every table counted in that same copy, and its way back.

SQLite is copied by its own VACUUM INTO. PostgreSQL by pg_dump over an exported snapshot, in which the rows are counted too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from yiwang.kernel.errors import InputError
from yiwang.trust.core.merkle import Frontier, leaf_hash
from yiwang.trust.models import Entry

_BATCH = 10_000
_WAIT_SECONDS = 3600


@dataclass(frozen=True)
class Copy:
    """Where the copy is within the backup, and what stands in it. The root is hex, of all leaves hashed again."""

    engine: str
    name: str
    rows: dict[str, int]
    ledger_size: int
    ledger_root: str


Asking = Callable[[str], Iterable[Sequence[Any]]]


def database_copy(folder: Path) -> Copy:
    """Write the database into `folder`. Raises InputError when PostgreSQL's own programs are missing or fail."""
    folder.mkdir(parents=True)
    if connection.vendor == "sqlite":
        path = folder / "yiwang.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            return _counted("sqlite", f"{folder.name}/{path.name}", lambda query: copy.execute(query))
    path = folder / "yiwang.dump"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [(snapshot,)] = cursor.fetchall()
        _program("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
        return _counted("postgresql", f"{folder.name}/{path.name}", _asking)


def database_standing(name: str) -> Copy:
    """What stands in the connected database now."""
    return _counted("sqlite" if connection.vendor == "sqlite" else "postgresql", name, _asking)


def database_restore(path: Path) -> None:
    """Fill the connected, empty database from a copy. Raises InputError where it is not empty or of another engine."""
    wanted = "sqlite" if path.suffix == ".sqlite3" else "postgresql"
    if wanted != connection.vendor:
        raise InputError(
            zh=f"备份来自 {wanted}，当前数据库是 {connection.vendor}",
            en=f"the backup is of {wanted}, the database here is {connection.vendor}",
            where="YIWANG_DATABASE_URL",
            hint_zh="请恢复到同一种数据库。",
            hint_en="Restore into a database of the same kind.",
        )
    if wanted == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        connection.close()
        if target.exists():
            raise _not_empty(str(target))
        shutil.copyfile(path, target)
        return
    if connection.introspection.table_names():
        raise _not_empty(str(connection.settings_dict["NAME"]))
    _program(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(path),
    )


def _asking(query: str) -> Iterator[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        while found := cursor.fetchmany(_BATCH):
            yield from found


def _counted(engine: str, name: str, ask: Asking) -> Copy:
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if engine == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )
    tables = sorted(str(row[0]) for row in ask(listed))
    rows = {table: int(next(iter(ask(f'SELECT count(*) FROM "{table}"')))[0]) for table in tables}
    tree = Frontier()
    entries = Entry._meta.db_table
    if entries in tables:
        for (leaf,) in ask(f'SELECT leaf FROM "{entries}" ORDER BY "index"'):
            tree = tree.append(leaf_hash(bytes(leaf)))
    return Copy(engine, name, rows, tree.size, tree.root().hex())


def _program(name: str, *arguments: str) -> None:
    found = shutil.which(name) or next((str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), "")
    if not found:
        raise InputError(
            zh=f"找不到程序 {name}",
            en=f"the program {name} is not installed",
            where=name,
            hint_zh="请安装与数据库同版本的 PostgreSQL 客户端。",
            hint_en="Install the PostgreSQL client of the database's own version.",
        )
    said = connection.settings_dict
    places = {"PGHOST": said["HOST"], "PGPORT": said["PORT"], "PGUSER": said["USER"], "PGPASSWORD": said["PASSWORD"]}
    environment = {**os.environ, **{k: str(v) for k, v in places.items() if v}, "PGDATABASE": str(said["NAME"])}
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, timeout=_WAIT_SECONDS)
    if done.returncode:
        raise InputError(
            zh=f"{name} 失败：{done.stderr.strip()[-400:]}",
            en=f"{name} failed: {done.stderr.strip()[-400:]}",
            where=name,
            hint_zh="请检查版本和权限。",
            hint_en="Look at its version and rights.",
        )


def _not_empty(where: str) -> InputError:
    return InputError(
        zh=f"数据库 {where} 不是空的",
        en=f"the database {where} is not empty",
        where=where,
        hint_zh="只能恢复到空的地方，不会覆盖任何东西。",
        hint_en="A backup is restored into an empty place only; nothing is ever overwritten.",
    )
