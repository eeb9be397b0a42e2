"""A small city for the audit recipes: two departments, a few people, one resource with good and bad rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from yiwang.data import service as data
from yiwang.data.models import Load
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.kernel import service as kernel
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text

FOUNDED = date(2020, 1, 1)
PASSWORD = "a-long-and-rare-one"
SYSTEM = system_actor("house")
RESOURCE = "small-list"

# Prepares what a service needs and returns the call that is to leave its line.
Recipe = Callable[["World"], "partial[object]"]


def resource_file() -> ResourceFile:
    return ResourceFile.model_validate(
        {
            "id": RESOURCE,
            "code": "HOUSE-0001",
            "title": {"zh": "小表", "en": "Small list"},
            "summary": {"zh": "试", "en": "A trial"},
            "category": "department",
            "provider": "civil",
            "share": {"type": "unconditional", "methods": ["batch", "subscribe"]},
            "update": {"cycle": "monthly"},
            "published": FOUNDED,
            "duties": dict.fromkeys(DUTIES, "civil"),
            "key": ["number"],
            "fields": [
                {"id": "number", "title": {"zh": "编号", "en": "Number"}, "required": True},
                {"id": "remark", "title": {"zh": "说明", "en": "Remark"}},
            ],
        }
    )


def pack(version: str = "1.0.0") -> Pack:
    manifest = Manifest(
        id="house",
        version=version,
        title=Text(zh="试", en="Trial"),
        summary=Text(zh="试", en="A trial"),
        department="civil",
    )
    return Pack(manifest, Path(), {"pack.yaml": version.encode()})


@dataclass(frozen=True)
class World:
    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def actor(self) -> Actor:
        return SYSTEM

    def departments(self) -> None:
        for code, zh, parent in (("city", "市政府", None), ("civil", "民政局", "city")):
            kernel.department_save(
                actor=SYSTEM, code=code, name=Text(zh=zh, en=code.title()), parent=parent, on=FOUNDED
            )

    def account(self, username: str = "somebody") -> int:
        self.departments()
        made = kernel.account_create(
            actor=SYSTEM, username=username, display_name=username, password=PASSWORD, department="civil"
        )
        return int(made.pk)

    def resource(self) -> None:
        self.departments()
        data.resource_install(actor=SYSTEM, file=resource_file(), pack=pack())

    def file(self, name: str = "list.csv", header: str = "编号,说明") -> Path:
        """Three good rows and one without its key."""
        path = self.folder / name
        rows = ["1,a", "2,b", "3,c", ",d"]
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    def loaded(self) -> Load:
        self.resource()
        return data.load_run(actor=SYSTEM, resource_id=RESOURCE, path=self.file(), file_name="list.csv")[0]

    def waiting(self, state: str) -> Load:
        """A load that stopped half-way."""
        load = self.loaded()
        Load.objects.filter(pk=load.pk).update(state=state)
        return load
