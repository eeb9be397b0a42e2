"""The committed front-end files are what their sources build, and everything in them comes from this repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from machine import absent

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "yiwang" / "web" / "static" / "dist"
TEMPLATES = ROOT / "src" / "yiwang" / "web" / "templates"


def packages_installed(folder: Path) -> None:
    """The exact packages of the lock file, copied where they are at hand and fetched where not."""
    held = FRONTEND / "node_modules"
    locked = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    wanted = {name: entry["version"] for name, entry in locked.items() if name.startswith("node_modules/")}
    at_hand = {
        name
        for name, version in wanted.items()
        if (FRONTEND / name / "package.json").is_file()
        and json.loads((FRONTEND / name / "package.json").read_text())["version"] == version
    }
    optional = {name for name, entry in locked.items() if entry.get("optional")}
    if at_hand >= wanted.keys() - optional:
        shutil.copytree(held, folder / "node_modules", symlinks=True)
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        absent("the front-end packages", "cd frontend && npm ci --ignore-scripts")


def test_a_rebuild_gives_the_committed_files(tmp_path: Path) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        absent("Node.js", "apt-get install nodejs npm")
    copy = tmp_path / "frontend"
    shutil.copytree(FRONTEND, copy, ignore=shutil.ignore_patterns("node_modules"))
    packages_installed(copy)
    ran = subprocess.run(["node", "build.mjs", str(tmp_path / "dist")], cwd=copy, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    names = {path.name for path in BUILT.iterdir()}
    assert {path.name for path in (tmp_path / "dist").iterdir()} == names
    for name in sorted(names):
        assert (tmp_path / "dist" / name).read_bytes() == (BUILT / name).read_bytes(), f"{name}: run make assets"


def test_the_lock_names_no_registry() -> None:
    lock = (FRONTEND / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "http" not in re.sub(r'"(funding|url)": [^\n]*', "", lock)


@pytest.mark.parametrize("name", ["app.js", "charts.js", "app.css"])
def test_built_files_fetch_nothing_from_outside(name: str) -> None:
    text = (BUILT / name).read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[\w.-]+", text))
    assert addresses <= {"http://www.w3.org"}, "only names of XML vocabularies may stand there"


def test_the_sprite_draws_the_icons_that_pages_name_and_no_others() -> None:
    sprite = (BUILT / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    sources = [*TEMPLATES.rglob("*.html"), *(ROOT / "src" / "yiwang" / "web").rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert set(re.findall(r'\{% icon "([\w-]+)"', text)) <= drawn
    assert {name for name in drawn if f'"{name}"' not in text} == set()


def test_the_licences_of_what_is_bundled_travel_with_it() -> None:
    notices = (BUILT / "NOTICES.txt").read_text(encoding="utf-8")
    for name in ("@tabler/core", "@tabler/icons", "echarts", "htmx.org"):
        part = notices.split(f"{name} ")[1].split("\n\n\n")[0]
        assert "software" in part.lower() and len(part) > 300, name
