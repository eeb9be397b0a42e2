"""The lake: Delta tables in a folder, one per layer and resource, written only through here.

Data files are written by DuckDB (measured faster than the Delta library's own writer and bounded in memory) beside the
table and become part of it in one commit that adds new files and removes replaced ones. Before a commit is
acknowledged the files, the log entry and their folders are on disk; the library itself syncs nothing. A commit carries
the key of the load that made it, so that a load that was killed after its commit finds it again instead of writing twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, Transaction, WriterProperties
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from yiwang.data.core.sql import ROW_GROUP
from yiwang.data.errors import LoadBusy, SchemaChanged
from yiwang.kernel.errors import InputError

LAYERS = ("raw", "standard", "subject")
COMMIT_RETRIES = 100
# Files carry this name until their commit, so that those of a killed writer can be told from older versions' files.
STAGED = "staged-"


@dataclass(frozen=True)
class Version:
    """One version of a table: what `history` lists."""

    number: int
    at: datetime
    load_key: str


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Table:
    """One Delta table. All paths are absolute; rows are read by whoever holds the file list (see `files`)."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    def _open(self, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(str(self.folder), version=version)
        except TableNotFoundError:
            return None

    def version(self) -> int | None:
        """The newest version, None where nothing was ever written."""
        table = self._open()
        return None if table is None else table.version()

    def files(self, version: int | None = None) -> list[str]:
        """Paths of the Parquet files of a version (the newest by default); empty where there is no table."""
        table = self._open(version)
        return [] if table is None else sorted(unquote(uri.removeprefix("file://")) for uri in table.file_uris())

    def rows(self, version: int | None = None) -> int:
        table = self._open(version)
        return 0 if table is None else int(table.count())

    def schema(self) -> pa.Schema | None:
        table = self._open()
        return None if table is None else pa.schema(table.schema().to_arrow())

    def committed(self, load_key: str) -> int | None:
        """The version a load's commit made, None when it never committed here."""
        table = self._open()
        return None if table is None else table.transaction_version(load_key)

    def history(self, limit: int | None = None) -> list[Version]:
        table = self._open()
        if table is None:
            return []
        return [
            Version(
                int(h["version"]),
                datetime.fromtimestamp(int(h["timestamp"]) / 1000, UTC),
                str(h.get("yiwang.load", "")),
            )
            for h in table.history(limit)
        ]

    def new_file(self) -> Path:
        """A fresh path inside the table's folder; the file counts for nothing until it is committed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{STAGED}{uuid.uuid4().hex}.parquet"

    def sweep(self) -> int:
        """Delete what killed writers left behind. Call it only while holding the resource's lock."""
        left = list(self.folder.glob(f"{STAGED}*"))
        for path in left:
            path.unlink()
        return len(left)

    def commit(self, add: list[Path], remove: list[str], load_key: str) -> int:
        """Make `add` part of the table and take `remove` out, in one version. Returns that version's number.

        Raises SchemaChanged when a file's columns or types are not exactly the table's.
        """
        schema = self._agreed_schema(add)
        named = [path.with_name(path.name.replace(STAGED, "part-", 1)) for path in add]
        for path, final in zip(add, named, strict=True):
            _sync(path)
            path.rename(final)
        _sync(self.folder)
        table = self._open()
        number = 0 if table is None else table.version() + 1
        properties = CommitProperties(
            custom_metadata={"yiwang.load": load_key},
            max_commit_retries=COMMIT_RETRIES,
            app_transactions=[Transaction(load_key, number)],
        )
        hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
        additions = [self._add_action(path) for path in named]
        if table is None:
            create_table_with_add_actions(
                str(self.folder), schema, additions, mode="error", name=self.name, commit_properties=properties
            )
        else:
            now = int(time.time() * 1000)
            removals = [RemoveAction(os.path.relpath(path, self.folder), True, now) for path in remove]
            table.create_write_transaction(
                [*additions, *removals],
                "append",
                schema,
                commit_properties=properties,
                post_commithook_properties=hooks,
            )
        done = self.version()
        if done != number:
            raise CommitFailedError(f"{self.folder.name}: expected version {number}, found {done}")
        log = self.folder / "_delta_log"
        _sync(log / f"{number:020d}.json")
        _sync(log)
        return number

    def _add_action(self, path: Path) -> AddAction:
        stat = path.stat()
        statistics = json.dumps({"numRecords": pq.read_metadata(path).num_rows})
        return AddAction(path.name, stat.st_size, {}, int(stat.st_mtime * 1000), True, statistics)

    def _agreed_schema(self, add: list[Path]) -> Schema:
        """The one schema of all new files and the table, or SchemaChanged."""
        current = self.schema()
        for path in add:
            found = _plain(pq.read_schema(path))
            if current is not None and _kinds(found) != _kinds(_plain(current)):
                raise SchemaChanged(
                    zh=f"表 {self.name} 的列与现有数据不一致：现有 {_columns(current)}，新文件 {_columns(found)}",
                    en=f"table {self.name} does not fit: it has {_columns(current)}, the new file {_columns(found)}",
                    where=path.name,
                    hint_zh="字段类型改变时，请先升级资源定义（yiwang pack install 会迁移新增字段）。",
                    hint_en="When field types change, upgrade the resource first (yiwang pack install adds new fields).",
                )
            current = current or found
        if current is None:
            raise SchemaChanged(zh="没有可写入的文件", en="there is no file to write", where=self.name)
        return Schema.from_arrow(current)

    def widen(self, wanted: pa.Schema) -> bool:
        """Add the columns of `wanted` the table lacks (values null for old rows). True when something changed."""
        table = self._open()
        if table is None:
            return False
        known = set(pa.schema(table.schema().to_arrow()).names)
        missing = [f for f in Schema.from_arrow(wanted).fields if f.name not in known]
        if missing:
            table.alter.add_columns(missing)
        return bool(missing)

    def compact(self) -> None:
        """Write small files together; the content stays the same, as a new version."""
        table = self._open()
        if table is not None:
            writer = WriterProperties(max_row_group_size=ROW_GROUP)
            table.optimize.compact(writer_properties=writer, max_concurrent_tasks=1)

    def clean(self, retention_hours: int = 168) -> list[str]:
        """Delete files that no version of the retention time names, orphans of killed writers included."""
        table = self._open()
        if table is None:
            return []
        return table.vacuum(retention_hours, dry_run=False, full=True, enforce_retention_duration=False)

    def destroy(self) -> int:
        """Delete every version. Returns how many bytes were freed; only data_destroy calls this.

        The table is gone at once; called again after a kill, what was left of it goes too.
        """
        doomed, freed = self.folder.with_name(f".destroyed-{self.folder.name}"), 0
        for folder in (doomed, self.folder):
            if folder.exists():
                if folder == self.folder:
                    folder.rename(doomed)
                freed += sum(p.stat().st_size for p in doomed.rglob("*") if p.is_file())
                shutil.rmtree(doomed)
                _sync(doomed.parent)
        return freed


def _plain(schema: pa.Schema) -> pa.Schema:
    """Names and types only: nullability and metadata differ between writers and mean nothing here."""
    return pa.schema([pa.field(f.name, _plain_type(f.type)) for f in schema])


def _kinds(schema: pa.Schema) -> dict[str, pa.DataType]:
    """Column order means nothing: what a table gained stands last in it, and in its place in new files."""
    return dict(zip(schema.names, schema.types, strict=True))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return kind


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{f.name} {f.type}" for f in schema)


class Lake:
    """The folder of all tables. An object store is not wired yet: its address is refused, not approximated."""

    def __init__(self, url: str) -> None:
        if "://" in url and not url.startswith("file://"):
            raise InputError(
                zh=f"暂不支持的湖地址 {url}",
                en=f"this lake address is not supported yet: {url}",
                where="YIWANG_LAKE_URL",
                hint_zh="请填写本机文件夹。",
                hint_en="Use a local folder.",
            )
        self.root = Path(url.removeprefix("file://")).resolve()
        if "%" in str(self.root):
            raise InputError(
                zh=f"湖的文件夹名不能含有 %：{self.root}",
                en=f"the folder of the lake may not have % in its name: {self.root}",
                where="YIWANG_LAKE_URL",
                hint_zh="请换一个文件夹（YIWANG_HOME 或 YIWANG_LAKE_URL）。",
                hint_en="Choose another folder (YIWANG_HOME or YIWANG_LAKE_URL).",
            )

    def table(self, layer: str, resource: str) -> Table:
        if layer not in LAYERS:
            raise ValueError(f"no layer {layer}")
        return Table(self.root / layer / resource, f"{layer}.{resource}")

    def rejected_file(self, resource: str, load_key: str) -> Path:
        """Where the rejected rows of a load stand, whole and with reasons; a re-run writes the same file again."""
        folder = self.root / "rejected" / resource
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{load_key}.parquet"

    def forget_rejected(self, resource: str) -> int:
        """Delete the rejected rows of every load. Returns how many bytes were freed."""
        folder = self.root / "rejected" / resource
        if not folder.exists():
            return 0
        freed = sum(p.stat().st_size for p in folder.iterdir())
        shutil.rmtree(folder)
        return freed

    @contextmanager
    def lock(self, resource: str) -> Iterator[None]:
        """One writer a resource on this machine; a killed holder frees the lock with its process."""
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f"{resource}.lock", os.O_CREAT | os.O_RDWR)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LoadBusy(
                    zh="这个资源正在归集另一个文件",
                    en="another file is being loaded into this resource",
                    where=resource,
                    hint_zh="等它完成后再试；进度见“我的归集”。",
                    hint_en="Try again when it is done; see its progress under My loads.",
                ) from error
            yield
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Put a file and its folder on disk before anybody is told of it."""
    _sync(path)
    _sync(path.parent)
