"""A pack is data: nothing in it runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from docs.packspage import VersionForgotten, packs_page
from sources import ROOT, tracked

KINDS = {".yaml", ".tsv", ".csv", ".md", ".dmn", ".bpmn", ".form", ".sql", ".geojson", ".po", ".txt"}


def pack_faults(files: list[Path], root: Path = ROOT) -> list[str]:
    faults = [f"{path}: a pack holds no {path.suffix or 'file without a kind'}" for path in files if odd(path)]
    return faults + [f"{path}: may be run" for path in files if os.access(root / path, os.X_OK)]


def odd(path: Path) -> bool:
    return path.suffix not in KINDS


def test_packs_hold_declarations_only() -> None:
    files = [path for path in tracked() if path.parts[0] == "packs"]
    assert len(files) > 5
    assert pack_faults(files) == []


def test_a_program_in_a_pack_is_found(tmp_path: Path) -> None:
    for name in ("pack.yaml", "run.py", "lib.so", "go.yaml"):
        (tmp_path / name).write_text("x: 1\n", encoding="utf-8")
    (tmp_path / "go.yaml").chmod(0o755)
    files = [Path(name) for name in ("pack.yaml", "run.py", "lib.so", "go.yaml")]
    assert [fault.split(":")[0] for fault in pack_faults(files, tmp_path)] == ["run.py", "lib.so", "go.yaml"]


def test_a_pack_that_changed_without_a_new_version_is_found() -> None:
    page = packs_page("")
    assert packs_page("", page) == page
    line = next(one for one in page.splitlines() if one.startswith("| `hotline-12345` |"))
    digest = line.rsplit("`", 2)[1]
    with pytest.raises(VersionForgotten, match="hotline-12345"):
        packs_page("", page.replace(digest, "0" * len(digest)))
