"""A city in which cases can be opened."""

from __future__ import annotations

import pytest
from casecity import CaseCity

from yiwang.config.place import Place


@pytest.fixture
def cases(db: None, home: Place) -> CaseCity:
    city = CaseCity()
    city.build()
    return city
