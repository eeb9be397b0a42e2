"""A pack: a folder of declarations, read whole, checked, and named by the digest of its content.

    packs/<area>/<pack>/pack.yaml + files of the kinds that engines declare. Nothing in it runs.

An overlay (`extends: <pack id>`) takes every file of its base and states only what differs: a YAML mapping is merged key
by key, a list of things with an `id` is merged by id, anything else replaces. A copied file is reported.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yiwang.kernel.core.strictyaml import model_from, model_read, yaml_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import PackError

MANIFEST = "pack.yaml"
# Folders whose files are read by people, not by an engine.
FREE = ("documents/*", "sample/*", "locale/*", "README.md")
MAX_FILE = 32 << 20
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class MenuItem(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Text
    page: str


class Manifest(BaseModel):
    """`pack.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=ID_PATTERN, max_length=80)
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: Text
    summary: Text
    department: str = Field(pattern=ID_PATTERN)
    legal_basis: tuple[str, ...] = ()
    serves: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    needs: tuple[str, ...] = ()
    extends: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say. `error` findings stop an install."""

    where: str
    zh: str
    en: str
    level: str = "error"


@dataclass(frozen=True)
class FileKind:
    """A kind of file an engine owns. YAML kinds give a `model`, others a `parse(bytes, where) -> object`.

    `check(path, object, view)` yields findings; `install(path, object, pack, actor)` makes it effective and must be safe
    to call again with the same content.
    """

    id: str
    pattern: str
    model: type[BaseModel] | None = None
    parse: Callable[[bytes, str], object] | None = None
    check: Callable[[str, Any, View], Iterator[Finding]] | None = None
    install: Callable[[str, Any, Pack, Any], None] | None = None


@dataclass(frozen=True)
class Pack:
    """A pack as read: its files with any base already merged in."""

    manifest: Manifest
    folder: Path
    files: Mapping[str, bytes]
    merged: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted paths and the SHA-256 of each file."""
        lines = [f"{path} {hashlib.sha256(data).hexdigest()}\n" for path, data in sorted(self.files.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class View:
    """What a check may look at: this pack's objects and those of the packs it needs, by kind."""

    pack: Pack
    own: Mapping[str, Mapping[str, Any]]
    others: Mapping[str, Mapping[str, Any]]

    def every(self, kind: str) -> list[Any]:
        return [*self.own.get(kind, {}).values(), *self.others.get(kind, {}).values()]


_kinds: dict[str, FileKind] = {}


def kind_register(kind: FileKind) -> None:
    """Declare a file kind; engines call this once when they start. A second kind of the same id is a programming error."""
    if kind.id in _kinds and _kinds[kind.id] is not kind:
        raise ValueError(f"file kind {kind.id} is registered twice")
    _kinds[kind.id] = kind


def kinds() -> tuple[FileKind, ...]:
    return tuple(_kinds.values())


def kind_of(path: str) -> FileKind | None:
    return next((k for k in _kinds.values() if fnmatch.fnmatch(path, k.pattern)), None)


def packs_find(roots: list[Path]) -> dict[str, Path]:
    """Pack id -> folder, for every pack.yaml below the roots. The folder's name must be the id."""
    found: dict[str, Path] = {}
    for root in roots:
        for manifest in sorted(root.rglob(MANIFEST)):
            found.setdefault(manifest.parent.name, manifest.parent)
    return found


def pack_read(folder: Path, roots: list[Path] | None = None) -> Pack:
    """Read a pack from its folder; an overlay's base is looked for among `roots`. Raises PackError."""
    path = folder / MANIFEST
    if not path.is_file():
        raise PackError(
            zh=f"{folder} 里没有 {MANIFEST}",
            en=f"there is no {MANIFEST} in {folder}",
            where=str(folder),
            hint_zh="用 yiwang pack new 新建一个应用包。",
            hint_en="Make a pack with yiwang pack new.",
        )
    manifest = model_read(Manifest, path.read_text(encoding="utf-8"), f"{folder.name}/{MANIFEST}")
    if manifest.id != folder.name:
        raise PackError(
            zh=f"包编号 {manifest.id} 与文件夹名 {folder.name} 不同",
            en=f"pack id {manifest.id} differs from its folder {folder.name}",
            where=f"{folder.name}/{MANIFEST}",
        )
    files = {str(p.relative_to(folder)): _bytes(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    if not manifest.extends:
        return Pack(manifest, folder, files)
    base_folder = packs_find(roots or []).get(manifest.extends)
    if base_folder is None:
        raise PackError(
            zh=f"找不到所扩展的包 {manifest.extends}",
            en=f"the pack it extends is not here: {manifest.extends}",
            where=f"{folder.name}/{MANIFEST}",
        )
    return _overlaid(manifest, folder, files, pack_read(base_folder, roots))


def _bytes(path: Path) -> bytes:
    if path.is_symlink() or path.stat().st_size > MAX_FILE:
        raise PackError(
            zh="包里不能有链接或超过 32 MB 的文件",
            en="a pack may hold no links and no file over 32 MB",
            where=str(path),
        )
    return path.read_bytes()


def _overlaid(manifest: Manifest, folder: Path, own: dict[str, bytes], base: Pack) -> Pack:
    files, merged = {**base.files, **own}, dict(base.merged)
    for path, data in own.items():
        if path == MANIFEST or path not in base.files or not path.endswith((".yaml", ".yml")):
            continue
        over, _ = yaml_read(data.decode("utf-8"), f"{folder.name}/{path}")
        under = base.merged.get(path)
        if under is None:
            under, _ = yaml_read(base.files[path].decode("utf-8"), f"{base.manifest.id}/{path}")
        merged[path] = merge(under, over)
        # the digest of an overlay covers what it was laid over
        files[f"{path}~base"] = base.files[path]
    return Pack(manifest, folder, files, merged)


def merge(under: Any, over: Any) -> Any:
    """Lay `over` on `under`: mappings by key, lists of things with an id by id, anything else replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{k: merge(under[k], v) if k in under else v for k, v in over.items()}}
    if _has_ids(under) and _has_ids(over):
        changes = {item["id"]: item for item in over}
        kept = [merge(item, changes.pop(item["id"])) if item["id"] in changes else item for item in under]
        return [*kept, *changes.values()]
    return over


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(i, dict) and "id" in i for i in value)


def pack_objects(pack: Pack) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    """Every file as its kind's object, and a finding for each that is none."""
    objects: dict[str, dict[str, Any]] = {}
    findings: list[Finding] = []
    for path, data in pack.files.items():
        where = f"{pack.manifest.id}/{path}"
        if path == MANIFEST or path.endswith("~base") or any(fnmatch.fnmatch(path, p) for p in FREE):
            continue
        kind = kind_of(path)
        if kind is None:
            known = "、".join(k.pattern for k in kinds())
            findings.append(Finding(where, f"不认识的文件；可以有：{known}", f"unknown file; there may be: {known}"))
            continue
        try:
            objects.setdefault(kind.id, {})[path] = _object(kind, pack, path, data, where)
        except PackError as error:
            findings.append(Finding(error.where or where, error.zh, error.en))
        except UnicodeDecodeError:
            findings.append(Finding(where, "文件不是 UTF-8", "the file is not UTF-8"))
    return objects, findings


def _object(kind: FileKind, pack: Pack, path: str, data: bytes, where: str) -> object:
    if kind.model is None:
        assert kind.parse is not None  # a kind has one or the other
        return kind.parse(data, where)
    if path in pack.merged:
        return model_from(kind.model, pack.merged[path], {}, where)
    return model_read(kind.model, data.decode("utf-8"), where)


def pack_check(pack: Pack, others: list[Pack]) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    """Read every file and let its engine check it against this pack and the packs it needs."""
    objects, findings = pack_objects(pack)
    known = {p.manifest.id for p in others}
    for need in pack.manifest.needs:
        if need not in known:
            findings.append(Finding(f"{pack.manifest.id}/{MANIFEST}", f"缺少所需的包 {need}", f"needs pack {need}"))
    around: dict[str, dict[str, Any]] = {}
    for other in others:
        for kind_id, found in pack_objects(other)[0].items():
            around.setdefault(kind_id, {}).update({f"{other.manifest.id}/{p}": o for p, o in found.items()})
    view = View(pack, objects, around)
    for kind in kinds():
        for path, item in objects.get(kind.id, {}).items():
            if kind.check is not None:
                findings.extend(kind.check(path, item, view))
    return objects, findings
