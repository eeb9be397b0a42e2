"""What the tests of the data engine are made of: a resource, a core without a database, a city with one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yiwang.config.place import Place
from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Lake
from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import match_headers
from yiwang.data.core.reading import open_source
from yiwang.data.loading import Prepared, Published, prepare, publish
from yiwang.data.models import Load
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.data.service import load_run, resource_install
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text

SYSTEM = system_actor("tests")
FOUNDED = date(2020, 1, 1)
AS_OF = date(2026, 1, 1)
DEPARTMENT = "civil"
PEOPLE_FIELDS: list[dict[str, Any]] = [
    {"id": "code", "title": {"zh": "编号", "en": "Number"}},
    {"id": "name", "title": {"zh": "姓名", "en": "Name"}, "required": True},
    {"id": "sex", "title": {"zh": "性别", "en": "Sex"}},
]
SEX_RULE = {
    "id": "sex-known",
    "title": {"zh": "性别应为男或女", "en": "sex is 男 or 女"},
    "kind": "in_list",
    "fields": ["sex"],
    "values": ["男", "女"],
    "bad": [{"sex": "x"}],
}
HEADER = "编号,姓名,性别"


def resource(id: str = "people", **changes: Any) -> ResourceFile:
    """A list of people by number: name required, sex one of two. `changes` replace top-level keys."""
    return ResourceFile.model_validate(
        {
            "id": id,
            "code": f"TEST/{id}",
            "title": {"zh": "名单", "en": "People"},
            "summary": {"zh": "试验用", "en": "for tests"},
            "category": "department",
            "provider": DEPARTMENT,
            "share": {"type": "unconditional", "methods": ["batch"]},
            "update": {"cycle": "daily"},
            "published": FOUNDED,
            "duties": dict.fromkeys(DUTIES, DEPARTMENT),
            "key": ["code"],
            "fields": PEOPLE_FIELDS,
            "rules": [SEX_RULE],
        }
        | changes
    )


def one_field(id: str, semantic: str = "text", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": {"zh": id, "en": id}, "semantic": semantic} | more


def rule(id: str, kind: str, *fields: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": {"zh": id, "en": id}, "kind": kind, "fields": list(fields), "bad": [{}]} | more


def pack(version: str = "1.0.0") -> Pack:
    title = Text(zh="试验", en="Trial")
    manifest = Manifest(id="data-tests", version=version, title=title, summary=title, department=DEPARTMENT)
    return Pack(manifest, Path(), {"pack.yaml": version.encode()})


def table_of(lake: Lake, resource_id: str = "people", version: int | None = None, lineage: bool = False) -> list[Any]:
    """The rows of a version of a standard table, sorted; data columns only unless `lineage`."""
    files = lake.table("standard", resource_id).files(version)
    if not files:
        return []
    hidden = "" if lineage else "EXCLUDE (_load, _row)"
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as connection:
        return connection.execute(f"SELECT * {hidden} FROM {sql.rows_of(files)} ORDER BY ALL").fetchall()


@dataclass
class Core:
    """Loads without a database: what `prepare` and `publish` say of some bytes."""

    folder: Path
    resource: ResourceFile = field(default_factory=resource)
    as_of: date = AS_OF
    loads: int = 0

    @property
    def lake(self) -> Lake:
        return Lake(str(self.folder / "lake"))

    def prepared(self, content: bytes | str | Path, name: str = "list.csv", *, key: str = "") -> tuple[Prepared, str]:
        self.loads += 1
        path = content if isinstance(content, Path) else self.folder / f"in-{self.loads}"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = self.folder / f"scratch-{self.loads}"
        scratch.mkdir()
        key = key or f"{self.loads:064d}"
        with engine(scratch) as connection:
            source = open_source(path, name, self.resource, scratch)
            mapping = {m.index: m.field for m in match_headers(source.headers, self.resource) if m.field}
            found = prepare(
                connection,
                self.lake,
                Checks(self.resource, self.as_of),
                source,
                mapping,
                load=self.loads,
                load_key=key,
                scratch=scratch,
                report=lambda *said: None,
            )
        return found, key

    def load(self, content: bytes | str | Path, name: str = "list.csv", *, key: str = "") -> tuple[Prepared, Published]:
        prepared, key = self.prepared(content, name, key=key)
        return prepared, publish(self.lake, prepared, key)

    def rows(self, version: int | None = None) -> list[Any]:
        return table_of(self.lake, self.resource.id, version)

    def rejected(self, key: str) -> list[dict[str, Any]]:
        with engine(self.folder / "look") as connection:
            path = str(self.lake.rejected_file(self.resource.id, key))
            return connection.execute(f"SELECT * FROM {sql.rows_of([path])} ORDER BY row").to_arrow_table().to_pylist()


@dataclass
class DataCity:
    """A city with one department and the resource `people`; files are loaded the way the command line does."""

    place: Place
    inbox: Path
    packs: int = 0

    @property
    def lake(self) -> Lake:
        return Lake(self.place.lake_url)

    def install(self, file: ResourceFile) -> None:
        self.packs += 1
        resource_install(actor=SYSTEM, file=file, pack=pack(f"1.0.{self.packs}"))

    def file(self, content: bytes | str, name: str = "list.csv") -> Path:
        data = content.encode() if isinstance(content, str) else content
        folder = self.inbox / canonical_digest({"name": name, "data": data.hex()})[:16]
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(data)
        return path

    def load(
        self,
        content: bytes | str | Path,
        name: str = "list.csv",
        *,
        resource_id: str = "people",
        mapping: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> Load:
        path = content if isinstance(content, Path) else self.file(content, Path(name).name)
        load, _ = load_run(
            actor=SYSTEM, resource_id=resource_id, path=path, file_name=name, mapping=mapping, again=again
        )
        return load

    def rows(self, resource_id: str = "people", version: int | None = None) -> list[Any]:
        return table_of(self.lake, resource_id, version)


def counts(load: Load) -> tuple[int, int, int]:
    return load.source, load.accepted, load.rejected
