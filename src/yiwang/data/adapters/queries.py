"""A SELECT on somebody else's database, streamed into a CSV file; read-only, nothing is held in memory."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg

from yiwang.kernel.errors import InputError, Unavailable

BATCH = 5_000


def query_write(url: str, query: str, target: Path) -> int:
    """Run one SELECT and write its rows to `target`. Returns how many. Raises InputError or Unavailable.

    url: sqlite:///path/to/file or postgres://user:password@host/name
    """
    if not query.lstrip().lower().startswith(("select", "with")):
        raise InputError(zh="只允许一条 SELECT", en="only a SELECT may be run", where="--sql")
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return _from_sqlite(url, query, target)
    if scheme in {"postgres", "postgresql"}:
        return _from_postgres(url, query, target)
    raise InputError(
        zh=f"不支持的数据库地址 {url or '（空）'}",
        en=f"no such database address: {url or '(empty)'}",
        where="--from",
        hint_zh="sqlite:///文件 或 postgres://用户:口令@主机/库。",
        hint_en="sqlite:///file or postgres://user:password@host/name.",
    )


def _from_sqlite(url: str, query: str, target: Path) -> int:
    path = Path(unquote(urlsplit(url).path.removeprefix("/")) or "/")
    path = path if path.is_absolute() or path.exists() else Path("/") / path
    if not path.is_file():
        raise InputError(zh=f"找不到数据库文件 {path}", en=f"there is no database file {path}", where="--from")
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        cursor = connection.execute(query)
        return _write(target, [c[0] for c in cursor.description], cursor)
    except sqlite3.Error as error:
        raise InputError(zh=f"查询失败：{error}", en=f"the query failed: {error}", where="--sql") from error
    finally:
        connection.close()


def _from_postgres(url: str, query: str, target: Path) -> int:
    try:
        with (
            psycopg.connect(url, options="-c default_transaction_read_only=on") as connection,
            connection.cursor(name="yiwang_intake") as cursor,
        ):
            cursor.itersize = BATCH
            cursor.execute(query.encode())
            first = cursor.fetchmany(BATCH)
            names = [c.name for c in cursor.description or ()]
            return _write(target, names, _rest(first, cursor))
    except psycopg.OperationalError as error:
        raise Unavailable(
            zh=f"数据库连不上：{error}", en=f"the database does not answer: {error}", where="--from"
        ) from error
    except psycopg.Error as error:
        raise InputError(zh=f"查询失败：{error}", en=f"the query failed: {error}", where="--sql") from error


def _rest(first: Iterable[Sequence[object]], cursor: Iterable[Sequence[object]]) -> Iterable[Sequence[object]]:
    yield from first
    yield from cursor


def _write(target: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            count += 1
    return count
