"""One version everywhere: the program, the package, the changelog, the public entry."""

from __future__ import annotations

import re
import tomllib

from sources import ROOT

import yiwang
from yiwang.kernel.core.strictyaml import yaml_read

RELEASE = re.compile(r"^## \[(?P<version>\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def newest_release(changelog: str) -> str:
    """The version of the first dated heading."""
    found = RELEASE.search(changelog)
    return found["version"] if found else ""


def version_faults(said: dict[str, str]) -> list[str]:
    first = next(iter(said.values()))
    return [f"{place} says {version!r}, not {first!r}" for place, version in said.items() if version != first]


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    public, _ = yaml_read((ROOT / "publiccode.yml").read_text(encoding="utf-8"), "publiccode.yml")
    said = {
        "yiwang.__version__": yiwang.__version__,
        "pyproject.toml": project["version"],
        "CHANGELOG.md": newest_release((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")),
        "publiccode.yml": str(public["softwareVersion"]),
    }
    assert version_faults(said) == []
    assert project["license"] == {"text": "Apache-2.0"}


def test_a_version_that_was_forgotten_is_found() -> None:
    assert newest_release("## [Unreleased]\n\n## [1.2.0] - 2026-01-01\n\n## [1.1.0] - 2025-01-01\n") == "1.2.0"
    assert version_faults({"a": "1.0.0", "b": "1.0.1"}) == ["b says '1.0.1', not '1.0.0'"]
