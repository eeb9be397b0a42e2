"""Packs in this city: found in folders, checked, tested, installed by digest, upgraded without losing the old version."""

from __future__ import annotations

import io
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from pydantic import BaseModel, ConfigDict

from yiwang.kernel.access import demand
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import (
    ID_PATTERN,
    MANIFEST,
    Finding,
    Pack,
    View,
    kinds,
    pack_check,
    pack_objects,
    pack_read,
    packs_find,
)
from yiwang.kernel.core.packtest import Failure, cases_run
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, PackError
from yiwang.kernel.files import file_put
from yiwang.kernel.models import InstalledPack
from yiwang.kernel.outbox import emit, event_declare

# Beside the source tree; a city adds its own with YIWANG_PACKS (folders, separated like PATH).
BUILT_IN = Path(__file__).resolve().parents[3] / "packs"


class PackInstalled(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pack: str
    version: str
    digest: str


PACK_INSTALLED = event_declare("pack.installed", PackInstalled, Text(zh="安装了应用包", en="a pack was installed"))


@dataclass(frozen=True)
class PackReport:
    """What checking a pack found: its findings, how many test cases ran and which failed."""

    pack: Pack
    findings: tuple[Finding, ...]
    cases: int
    failures: tuple[Failure, ...]

    @property
    def sound(self) -> bool:
        return not self.failures and not any(f.level == "error" for f in self.findings)


@dataclass(frozen=True)
class PackRow:
    id: str
    version: str
    digest: str
    installed: bool
    title_zh: str
    title_en: str


def pack_roots() -> list[Path]:
    """Where packs are looked for: the city's own folders first, then the built-in ones."""
    own = [Path(p) for p in os.environ.get("YIWANG_PACKS", "").split(os.pathsep) if p]
    return [*own, BUILT_IN]


def pack_folder(name: str) -> Path:
    """The folder of a pack given by id or path. Raises NotFound with the ids that exist."""
    if (Path(name) / MANIFEST).is_file():
        return Path(name).resolve()
    found = packs_find(pack_roots())
    if name not in found:
        raise NotFound(
            zh=f"找不到应用包 {name}",
            en=f"there is no pack {name}",
            where="pack",
            hint_zh=f"现有：{'、'.join(sorted(found))}；也可以给出文件夹路径。",
            hint_en=f"There are: {', '.join(sorted(found))}; or give a folder.",
        )
    return found[name]


def _needed(pack: Pack) -> list[Pack]:
    """The packs this one needs, and theirs, each once."""
    found, wanted, needed = packs_find(pack_roots()), list(pack.manifest.needs), {}
    while wanted:
        name = wanted.pop()
        if name in needed or name not in found:
            continue
        needed[name] = pack_read(found[name], pack_roots())
        wanted.extend(needed[name].manifest.needs)
    return list(needed.values())


def pack_examine(folder: Path) -> PackReport:
    """Check a pack and run its tests; nothing is changed. Raises PackError only when the pack cannot be read at all."""
    pack = pack_read(folder, pack_roots())
    others = _needed(pack)
    objects, findings = pack_check(pack, others)
    if any(f.level == "error" for f in findings):
        return PackReport(pack, tuple(findings), 0, ())
    count, failures = cases_run(pack_view(pack, others))
    return PackReport(pack, tuple(findings), count, tuple(failures))


def pack_view(pack: Pack, others: list[Pack] | None = None) -> View:
    """What tests and checks of a pack may look at."""
    around = _needed(pack) if others is None else others
    # read, not checked: a check tries every rule on its examples, and each pack was checked when it was examined
    objects, _ = pack_objects(pack)
    theirs: dict[str, dict[str, object]] = {}
    for other in around:
        for kind, found in pack_objects(other)[0].items():
            theirs.setdefault(kind, {}).update({f"{other.manifest.id}/{p}": o for p, o in found.items()})
    return View(pack, objects, theirs)


def pack_view_of(name: str) -> View:
    """A pack given by id or path with what stands around it, read and not checked. Raises NotFound, PackError."""
    return pack_view(pack_read(pack_folder(name), pack_roots()))


def pack_install(*, actor: Actor, folder: Path) -> tuple[InstalledPack, bool]:
    """Check, test and install a pack. Returns its row and whether anything changed.

    The version before stays readable by its digest. Raises PackError with the first finding when the pack is not sound,
    Conflict when the version number stayed the same although the content did not.
    """
    demand(actor, "pack.install")
    report = pack_examine(folder)
    pack = report.pack
    if not report.sound:
        raise _unsound(report)
    current = InstalledPack.objects.filter(pack_id=pack.manifest.id, is_current=True).first()
    if current is not None and current.digest == pack.digest:
        return current, False
    if current is not None and current.version == pack.manifest.version:
        raise Conflict(
            zh=f"应用包 {pack.manifest.id} 内容变了，版本号仍是 {current.version}",
            en=f"pack {pack.manifest.id} changed but is still called {current.version}",
            where=f"{pack.manifest.id}/{MANIFEST}",
            hint_zh="请提高 pack.yaml 中的 version。",
            hint_en="Raise the version in pack.yaml.",
        )
    objects, _ = pack_objects(pack)
    with transaction.atomic():
        return _installed(actor, pack, objects), True


def _installed(actor: Actor, pack: Pack, objects: dict[str, dict[str, object]]) -> InstalledPack:
    stored = {
        path: file_put(actor=actor, source=io.BytesIO(data), name=path.rsplit("/", 1)[-1]).digest
        for path, data in pack.files.items()
    }
    InstalledPack.objects.filter(pack_id=pack.manifest.id).update(is_current=False)
    row, _ = InstalledPack.objects.update_or_create(
        pack_id=pack.manifest.id,
        digest=pack.digest,
        defaults={
            "version": pack.manifest.version,
            "manifest": pack.manifest.model_dump(mode="json"),
            "files": stored,
            "is_current": True,
            "installed_by": actor.id,
        },
    )
    for kind in kinds():
        if kind.install is not None:
            for path, item in sorted(objects.get(kind.id, {}).items()):
                kind.install(path, item, pack, actor)
    audit(
        actor=actor,
        act="pack.install",
        object_kind="pack",
        object_id=pack.manifest.id,
        details={"version": pack.manifest.version, "digest": pack.digest},
    )
    emit(PACK_INSTALLED, {"pack": pack.manifest.id, "version": pack.manifest.version, "digest": pack.digest})
    return row


def _unsound(report: PackReport) -> PackError:
    wrong = next((f for f in report.findings if f.level == "error"), None)
    if wrong is not None:
        zh, en, where = wrong.zh, wrong.en, wrong.where
    else:
        failure = report.failures[0]
        zh, en = (
            f"测试未通过：{failure.case.name.zh}：{failure.zh}",
            f"a test failed: {failure.case.name.en}: {failure.en}",
        )
        where = failure.where
    return PackError(
        zh=zh,
        en=en,
        where=where,
        hint_zh="用 yiwang pack check 查看全部问题。",
        hint_en="See everything with yiwang pack check.",
    )


def packs_install_built_in(*, actor: Actor) -> list[tuple[InstalledPack, bool]]:
    """Install every pack found, each after those it needs; the template is an example and stays out."""
    found = packs_find(pack_roots())
    done: dict[str, tuple[InstalledPack, bool]] = {}

    def install(name: str) -> None:
        if name in done or name not in found or name == "template":
            return
        for need in pack_read(found[name], pack_roots()).manifest.needs:
            install(need)
        done[name] = pack_install(actor=actor, folder=found[name])

    for name in sorted(found):
        install(name)
    return list(done.values())


def pack_list() -> list[PackRow]:
    """Every pack found or installed, by id."""
    rows = {
        r.pack_id: PackRow(r.pack_id, r.version, r.digest, True, r.manifest["title"]["zh"], r.manifest["title"]["en"])
        for r in InstalledPack.objects.filter(is_current=True)
    }
    for name, folder in packs_find(pack_roots()).items():
        if name not in rows:
            pack = pack_read(folder, pack_roots())
            title = pack.manifest.title
            rows[name] = PackRow(name, pack.manifest.version, pack.digest, False, title.zh, title.en)
    return [rows[name] for name in sorted(rows)]


def pack_new(*, folder: Path, name: str) -> Path:
    """Copy the template to `folder/name` under its new id. Raises InputError for a bad id or a folder that is taken."""
    if not re.fullmatch(ID_PATTERN, name):
        raise InputError(
            zh=f"包编号 {name} 只能用小写字母、数字和连字符",
            en=f"pack id {name}: lower-case letters, digits and hyphens only",
            where="name",
        )
    target = folder / name
    if target.exists():
        raise InputError(zh=f"{target} 已存在", en=f"{target} is there already", where="name")
    shutil.copytree(pack_folder("template"), target)
    manifest = target / MANIFEST
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace("id: template", f"id: {name}", 1), encoding="utf-8"
    )
    return target
