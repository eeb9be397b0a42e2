"""Rooms import one way and in the open."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources import ROOT, Module, modules, planted

NOT_A_REASON = re.compile(r"#\s*(noqa|type:)[^#]*")


def hidden_imports(found: Module) -> Iterator[str]:
    """First-party imports inside a function that no comment explains."""
    lines = found.lines
    for function in ast.walk(found.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if is_ours(node) and not explained(lines, node.lineno - 1):
                yield f"{found.name}:{node.lineno}: a hidden import without its reason"


def is_ours(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "yiwang"
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "yiwang" for alias in node.names)


def explained(lines: list[str], at: int) -> bool:
    """A comment on the line itself, or above the block of imports it stands in."""
    if "#" in NOT_A_REASON.sub("", lines[at]):
        return True
    while at > 0 and lines[at - 1].strip().startswith(("import ", "from ")):
        at -= 1
    above = lines[at - 1].strip() if at else ""
    return above.startswith("#") and "#" in NOT_A_REASON.sub("", above)


def linter(root: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the package below `root`, with the contracts of this repository."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
    )


def test_imports_stand_at_the_top_or_say_why_not() -> None:
    assert [fault for found in modules("src", "bench", "docs") for fault in hidden_imports(found)] == []


def test_rooms_import_downwards_and_through_doors() -> None:
    ran = linter(ROOT)
    assert ran.returncode == 0, ran.stdout


def test_a_hidden_import_is_found_and_one_with_a_reason_is_not(tmp_path: Path) -> None:
    text = (
        "def hidden():\n    from yiwang.kernel import errors\n    return errors\n\n\n"
        "def marked():\n    from yiwang.kernel import errors  # noqa: F401\n\n\n"
        "def said():\n    # Models must be loaded first.\n    import yiwang.kernel.service  # noqa: F401\n"
        "    from yiwang.kernel import errors\n    return errors\n"
    )
    found = list(hidden_imports(planted(tmp_path, "hiding.py", text)))
    assert [fault.split(":")[1] for fault in found] == ["2", "7"]


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("kernel/planted.py", "from yiwang.data import service", "Rooms import downwards only"),
        ("kernel/core/planted.py", "from django.db import models", "A core is pure"),
        ("web/planted.py", "from yiwang.data.models import Load", "tables belong to the data engine"),
        ("web/planted.py", "from yiwang.kernel.auditing import audit_list", "kernel is entered by its doors"),
    ],
)
def test_an_import_against_the_rules_is_found(tmp_path: Path, place: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "src" / "yiwang", tmp_path / "src" / "yiwang", ignore=shutil.ignore_patterns("static"))
    (tmp_path / "src" / "yiwang" / place).write_text(f"{line}  # noqa: F401\n", encoding="utf-8")
    ran = linter(tmp_path)
    broken = ran.stdout.partition("Broken contracts")[2]
    assert ran.returncode == 1
    assert contract in broken and "planted" in broken
