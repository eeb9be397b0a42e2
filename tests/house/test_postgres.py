"""What holds on the embedded database holds on PostgreSQL: every test that touches the database runs there too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def on_postgres(url: str, *which: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a process of their own whose database is `url`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_", "PYTEST_"))}
    for name in ("YIWANG_SHARED_DATA",):
        if name in os.environ:
            inherited[name] = os.environ[name]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *which],
        cwd=ROOT,
        env=inherited | {"YIWANG_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )


def test_the_tests_that_touch_the_database_pass_on_postgresql(postgres_url: str) -> None:
    ran = on_postgres(postgres_url, "tests", "-m", "database and not browser")
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-4_000:]


def test_a_fault_on_postgresql_is_seen(postgres_url: str, tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(
        "def test_planted(db):\n    from django.db import connection\n    assert connection.vendor != 'postgresql'\n",
        encoding="utf-8",
    )
    ran = on_postgres(postgres_url, str(planted), "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT))
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "test_planted" in ran.stdout
