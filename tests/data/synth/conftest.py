from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yiwang.data.synth import CityManifest, city_write

AS_OF = date(2026, 11, 1)
# Two blocks, the second not full.
RESIDENTS = 30_000


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CityManifest]:
    folder = tmp_path_factory.mktemp("city")
    return folder, city_write(folder, RESIDENTS, 7, AS_OF)
