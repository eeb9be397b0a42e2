"""Killed fifty times under load: nothing that was acknowledged is lost, no place is given twice, nobody has to help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROUNDS, ROUNDS_ON_A_SERVER = 50, 10
SCRIPT = Path(__file__).with_name("ledgerkills.py")


def drill(home: Path, database: str, rounds: int) -> dict[str, Any]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("YIWANG_")}
    own = {"YIWANG_HOME": str(home), "YIWANG_DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "yiwang.config.test"}
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(rounds)], env=inherited | own, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def held(said: dict[str, Any]) -> None:
    assert said["acknowledged"] > 0 and said["appended_before_the_end"] > 0, said
    assert said["missing"] == 0, said
    assert said["in_order"] and said["uses"] == said["entries"] >= said["acknowledged"], said
    assert said["fault"] is None and said["verified"] == said["entries"], said


def test_fifty_kills_lose_nothing_and_give_no_place_twice(tmp_path: Path) -> None:
    held(drill(tmp_path, f"sqlite:///{tmp_path}/city.sqlite3", ROUNDS))


def test_kills_lose_nothing_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    held(drill(tmp_path, postgres_url, ROUNDS_ON_A_SERVER))
