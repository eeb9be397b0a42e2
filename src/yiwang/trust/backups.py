"""One copy of the whole city that fits together, and the city made again from it.

Order makes it fit: the journal and the tiles first, then the database in one snapshot, then what the database names (files,
lake) and the journal once more. Files are named by their content and the lake only grows, so what comes later holds at least
what the snapshot names; a use acknowledged before the snapshot stands in it or in one of the two copies of the journal.
Keys are no part of it: whoever holds a backup alone reads no sealed field. Scratch space and made-up input are left out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit
from yiwang.trust.adapters.databases import database_copy, database_restore, database_standing
from yiwang.trust.core.manifest import Filed, Manifest, copied, faults, manifest_read, manifest_write
from yiwang.trust.errors import ProofWrong

# What stands beside the city's own things and is never copied, with the reason.
LEFT_OUT = {
    "scratch": "work in progress, made again",
    "static": "made from the program",
    "synth": "made-up lists, made again by yiwang synth",
    "keys": "kept apart, so that a backup alone opens nothing",
    "secret.key": "kept apart like the keys",
    "files/incoming": "uploads that have not become files yet",
}
JOURNAL = "ledger/journal"
DATABASE = "database"

Told = Callable[[Text], None]


@dataclass(frozen=True)
class Part:
    """A folder with a meaning of its own. `marks` says what stands in a copy of it and raises ProofWrong if it does not hold."""

    name: str
    folder: Callable[[], Path]
    marks: Callable[[Path], dict[str, str]]
    # Files to copy before all others, in this order; `skip` are files that readers can do without.
    first: Callable[[Path], bool]
    skip: Callable[[Path], bool]


PARTS: dict[str, Part] = {}


@dataclass(frozen=True)
class BackupReport:
    """`digest`: of the manifest. Seconds are of the clock on the wall."""

    folder: Path
    digest: str
    files: int
    size: int
    tables: int
    rows: int
    ledger_size: int
    ledger_root: str
    seconds: float


def part_declare(part: Part) -> None:
    """Called by the room that owns the folder, when the program starts."""
    PARTS[part.name] = part


def backup_make(*, actor: Actor, folder: Path, told: Told = lambda _: None) -> BackupReport:
    """Copy the city into an empty folder while it goes on working. Raises Refused, InputError, ProofWrong."""
    rule = demand(actor, "backup.make").rule
    began, folder = time.monotonic(), folder.resolve()
    home = Path(settings.PLACE.home)
    _empty(folder, home)
    files: dict[str, Filed] = {}
    journal = home / JOURNAL
    told(Text(zh="复制账本…", en="Copying the ledger…"))
    files |= _copy(home / "ledger", folder / "ledger", "ledger")
    told(Text(zh="复制数据库…", en="Copying the database…"))
    database = database_copy(folder / DATABASE)
    files[database.name] = _listed(folder / database.name)
    for name, source in _folders(home):
        told(Text(zh=f"复制 {name}…", en=f"Copying {name}…"))
        files |= _copy(source, folder / name, name)
    files |= _copy(journal, folder / JOURNAL, JOURNAL)
    marks = {name: part.marks(folder / name) for name, part in PARTS.items() if (folder / name).is_dir()}
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        program=version("yiwang"),
        engine=database.engine,
        database=database.name,
        rows=database.rows,
        ledger_size=database.ledger_size,
        ledger_root=database.ledger_root,
        marks=marks,
        excluded=tuple(LEFT_OUT),
        files=files,
    )
    manifest_write(folder, manifest)
    report = _report(folder, manifest, time.monotonic() - began)
    audit(
        actor=actor,
        act="backup.make",
        object_kind="backup",
        object_id=manifest.digest,
        rule=rule,
        details={"files": report.files, "bytes": report.size, "ledger": report.ledger_size, "seconds": report.seconds},
    )
    return report


def backup_check(folder: Path) -> Manifest:
    """Every file of a backup against its manifest. Raises ProofWrong with the first file that is not as it was."""
    manifest = manifest_read(folder)
    for name, what in faults(folder, manifest):
        raise ProofWrong(
            zh=f"备份文件 {name} 不对：{_WRONG[what].zh}",
            en=f"the backup's file {name} is not as it was: {_WRONG[what].en}",
            where=name,
            hint_zh="这份备份不能用，没有恢复任何东西；请用另一份。",
            hint_en="This backup cannot be used and nothing was restored; use another.",
        )
    return manifest


def backup_restore(*, actor: Actor, folder: Path, verify: bool = True, told: Told = lambda _: None) -> BackupReport:
    """Make the city of a backup again in an empty YIWANG_HOME and database; the backup is checked before a byte is written.

    `verify`: count rows, versions and the root of the ledger again in what was made.

    Raises InputError where something is there already, ProofWrong where the backup or what was made of it does not hold.
    """
    began, folder = time.monotonic(), folder.resolve()
    told(Text(zh="核对备份的每个文件…", en="Checking every file of the backup…"))
    manifest = backup_check(folder)
    home = Path(settings.PLACE.home)
    _fresh(home)
    told(Text(zh="恢复文件…", en="Restoring files…"))
    for name in manifest.files:
        if not name.startswith(f"{DATABASE}/"):
            part, _, rest = name.partition("/")
            target = PARTS[part].folder() / rest if part in PARTS else home / name
            copied(folder / name, target)
    told(Text(zh="恢复数据库…", en="Restoring the database…"))
    database_restore(folder / manifest.database)
    if verify:
        told(Text(zh="核对恢复的结果…", en="Checking what was restored…"))
        restored_check(manifest)
    report = _report(folder, manifest, time.monotonic() - began)
    audit(
        actor=actor,
        act="backup.restore",
        object_kind="backup",
        object_id=manifest.digest,
        rule="shell",
        details={"made_at": manifest.made_at, "verified": verify, "seconds": report.seconds},
    )
    return report


def restored_check(manifest: Manifest) -> None:
    """Rows of every table, versions of the lake and the root of the ledger, counted again. Raises ProofWrong with the first that differs."""
    found = database_standing(manifest.database)
    for table in sorted({*manifest.rows, *found.rows}):
        _same(f"table {table}", manifest.rows.get(table, 0), found.rows.get(table, 0))
    _same("ledger size", manifest.ledger_size, found.ledger_size)
    _same("ledger root", manifest.ledger_root, found.ledger_root)
    for name, marks in manifest.marks.items():
        standing = PARTS[name].marks(PARTS[name].folder())
        for mark in sorted({*marks, *standing}):
            _same(f"{name} {mark}", marks.get(mark, ""), standing.get(mark, ""))


_WRONG = {
    "missing": Text(zh="缺失", en="missing"),
    "size": Text(zh="大小变了", en="another size"),
    "content": Text(zh="内容变了", en="other content"),
    "extra": Text(zh="清单里没有它", en="not in the manifest"),
}


def _same(what: str, wanted: object, found: object) -> None:
    if wanted != found:
        raise ProofWrong(
            zh=f"恢复的结果与备份不同：{what} 应为 {wanted}，实为 {found}",
            en=f"what was restored differs from the backup: {what} should be {wanted} and is {found}",
            where=what,
            hint_zh="不要使用这个城市；请查明原因后重新恢复。",
            hint_en="Do not use this city; find the reason and restore again.",
        )


def _folders(home: Path) -> Iterator[tuple[str, Path]]:
    """The parts, then whatever else stands in the city's home and is not left out by name."""
    parts = {part.folder().resolve() for part in PARTS.values()}
    for name, part in PARTS.items():
        if part.folder().is_dir():
            yield name, part.folder()
    for path in sorted(home.iterdir()):
        ledger = path.name == "ledger"
        if path.is_dir() and not ledger and path.name not in LEFT_OUT and path.resolve() not in parts:
            yield path.name, path


def _copy(source: Path, target: Path, name: str) -> dict[str, Filed]:
    """Copy a folder that others go on writing to. A file that is gone meanwhile was named by nobody: the marks will tell."""
    found: dict[str, Filed] = {}
    for path in _ordered(source, PARTS.get(name)):
        inner = path.relative_to(source)
        if f"{name}/{inner.parts[0]}" in LEFT_OUT:
            continue
        try:
            found[f"{name}/{inner.as_posix()}"] = copied(path, target / inner)
        except FileNotFoundError:
            (target / inner).unlink(missing_ok=True)
    return found


def _ordered(source: Path, part: Part | None) -> list[Path]:
    listed: Iterable[Path] = sorted(path for path in source.rglob("*") if path.is_file())
    if part is None:
        return list(listed)
    kept = [path for path in listed if not part.skip(path)]
    return sorted(kept, key=lambda path: not part.first(path))


def _listed(path: Path) -> Filed:
    """A file that another program wrote into the backup: flushed, then counted."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    again = path.with_name(f"{path.name}.counted")
    filed = copied(path, again)
    again.replace(path)
    return filed


def _empty(folder: Path, home: Path) -> None:
    inside = folder == home or home in folder.parents
    if inside or (folder.exists() and any(folder.iterdir())):
        raise InputError(
            zh=f"{folder} 在城市自己的目录里，或不是空的",
            en=f"{folder} lies within the city's own folder, or is not empty",
            where=str(folder),
            hint_zh="请给一个空的、城市之外的目录，最好在另一块盘上。",
            hint_en="Give an empty folder outside the city, best on another disk.",
        )
    folder.mkdir(parents=True, exist_ok=True)


def _fresh(home: Path) -> None:
    there = [p.name for p in home.iterdir() if p.name not in ("keys", "secret.key")] if home.is_dir() else []
    if there:
        raise InputError(
            zh=f"{home} 不是空的：{'、'.join(sorted(there)[:5])}",
            en=f"{home} is not empty: {', '.join(sorted(there)[:5])}",
            where=str(home),
            hint_zh="请把 YIWANG_HOME 指向一个空目录（其中可以先放好 keys 和 secret.key）。",
            hint_en="Point YIWANG_HOME at an empty folder (keys and secret.key may be there already).",
        )
    home.mkdir(parents=True, exist_ok=True)


def _report(folder: Path, manifest: Manifest, seconds: float) -> BackupReport:
    return BackupReport(
        folder=folder,
        digest=manifest.digest,
        files=len(manifest.files),
        size=sum(one.size for one in manifest.files.values()),
        tables=len(manifest.rows),
        rows=sum(manifest.rows.values()),
        ledger_size=manifest.ledger_size,
        ledger_root=manifest.ledger_root,
        seconds=round(seconds, 1),
    )
