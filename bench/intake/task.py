"""What all contenders are given: the day on which the future begins, and the resource the file belongs to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

AS_OF = date(2026, 11, 1)
# part of the name of the generated file: change it whenever bench/intake/table.py writes other bytes
SEED = 20261122
PACK = Path(__file__).with_name("bench-intake")
RESOURCE_ID = "bench-insured"
RESOURCE = PACK / "resources" / f"{RESOURCE_ID}.yaml"
