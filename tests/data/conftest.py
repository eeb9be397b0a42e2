"""A core to load into without a database, and a city to load into with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from datacity import DEPARTMENT, FOUNDED, SYSTEM, Core, DataCity, resource

from yiwang.config.place import Place
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import department_save


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


@pytest.fixture
def city(db: None, home: Place, tmp_path: Path) -> DataCity:
    department_save(actor=SYSTEM, code=DEPARTMENT, name=Text(zh="民政局", en="Civil affairs"), on=FOUNDED, parent=None)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    made = DataCity(home, inbox)
    made.install(resource())
    return made
