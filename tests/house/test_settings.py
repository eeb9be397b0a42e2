"""A city is closed by default: no debug pages, no key in the repository, no folder of a city in it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sources import ROOT, Module, modules, planted, tracked

SECRETS = ("SECRET_KEY", "PASSWORD", "TOKEN")
SERVED = ("yiwang.config.base", "yiwang.config.demo", "yiwang.config.production")


def setting_faults(found: Module) -> list[str]:
    """Secrets written down as text, and debug switched on."""
    faults = []
    for node in ast.walk(found.tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            name = target.id if isinstance(target, ast.Name) else ""
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if name.endswith(SECRETS) and isinstance(value, str) and value:
                faults.append(f"{found.name}:{node.lineno}: {name} is written down")
            if name == "DEBUG" and value is not False:
                faults.append(f"{found.name}:{node.lineno}: DEBUG is not False")
    return faults


def asked(settings: str, expression: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Evaluate something of a settings module in a process that knows no other city."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import {settings} as s; print({expression})"],
        env=kept | {"YIWANG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")} | environment,
        capture_output=True,
        text=True,
    )


def test_no_settings_file_holds_a_secret_or_switches_debug_on() -> None:
    config = [found for found in modules("src") if "/config/" in found.name]
    assert len(config) >= 4
    assert [fault for found in config for fault in setting_faults(found)] == []


def test_a_secret_in_a_settings_file_is_found(tmp_path: Path) -> None:
    text = 'SECRET_KEY = "abc"\nDEBUG = True\nDB_PASSWORD = "x"\nSESSION = "fine"\n'
    assert len(setting_faults(planted(tmp_path, "open.py", text))) == 3


@pytest.mark.parametrize("settings", SERVED)
def test_no_settings_serve_debug_pages(settings: str, tmp_path: Path) -> None:
    said = asked(settings, "s.DEBUG, 'debug_toolbar' in str(s.INSTALLED_APPS)", tmp_path, YIWANG_SECRET_KEY="k")
    assert said.stdout == "False False\n", said.stderr


def test_production_will_not_start_without_a_key_and_sends_cookies_over_tls_only(tmp_path: Path) -> None:
    without = asked("yiwang.config.production", "1", tmp_path)
    assert without.returncode == 1 and "no secret key" in without.stderr
    expression = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0"
    said = asked("yiwang.config.production", expression, tmp_path, YIWANG_SECRET_KEY="k")
    assert said.stdout == "True True True\n", said.stderr


def test_no_city_stands_in_the_repository() -> None:
    odd = [p for p in tracked() if p.suffix in {".sqlite3", ".key", ".pem"} or p.parts[0] == "var"]
    assert odd == []
    assert "var/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
