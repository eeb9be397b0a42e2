"""Every engine has the same rooms, so that who knows one knows all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from machine import LONGEST, turn
from sources import PACKAGE, ROOT, Module, engines, modules, planted, tracked

ENGINE_FILES = (
    "README.md",
    "__init__.py",
    "apps.py",
    "errors.py",
    "models.py",
    "schema.py",
    "selectors.py",
    "service.py",
)
ENGINE_FOLDERS = ("core", "adapters", "migrations")
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base_classes"}
FUTURE = "from __future__ import annotations"


def layout_faults(engine: Path) -> list[str]:
    held = [name for name in ENGINE_FILES if (engine / name).is_file()]
    held += ["models.py"] if (engine / "models" / "__init__.py").is_file() else []
    faults = [f"{engine.name} has no {name}" for name in ENGINE_FILES if name not in held]
    return faults + [f"{engine.name} has no {n}/" for n in ENGINE_FOLDERS if not (engine / n / "__init__.py").is_file()]


def name_faults(paths: list[Path]) -> list[str]:
    """Python files are lowercase nouns that say something."""
    python = [p for p in paths if p.suffix == ".py" and "migrations" not in p.parts]
    odd = [p for p in python if p.stem != p.stem.lower() or p.stem in EMPTY_WORDS]
    return [f"{p}: the name says nothing, or is not lowercase" for p in odd]


def heading_faults(found: Module) -> list[str]:
    """A module with signatures or annotated names postpones them; a list of constants has nothing to postpone."""
    speaks = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
    if FUTURE in found.text or not any(isinstance(node, speaks) for node in ast.walk(found.tree)):
        return []
    return [f"{found.name}: lacks `{FUTURE}`"]


@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
def test_an_engine_has_all_the_rooms(engine: Path) -> None:
    assert layout_faults(engine) == []


def test_there_are_engines_to_look_at() -> None:
    assert {"kernel", "data"} <= {engine.name for engine in engines()}


def test_files_have_names_that_say_something() -> None:
    assert name_faults(list(tracked())) == []


def test_modules_postpone_their_annotations() -> None:
    assert [fault for found in modules("src", "tests", "bench", "docs") for fault in heading_faults(found)] == []


def test_no_room_is_missing_from_the_package() -> None:
    assert {p.name for p in PACKAGE.iterdir() if p.is_dir()} >= {"cli", "config", "data", "kernel", "web"}


def test_a_missing_room_an_empty_word_and_a_missing_heading_are_found(tmp_path: Path) -> None:
    engine = tmp_path / "half"
    engine.mkdir()
    (engine / "service.py").write_text("x = 1\n", encoding="utf-8")
    faults = layout_faults(engine)
    assert (
        "half has no README.md" in faults and "half has no core/" in faults and "half has no service.py" not in faults
    )
    assert len(name_faults([Path("a/utils.py"), Path("a/Case.py"), Path("a/case.py")])) == 2
    assert heading_faults(planted(tmp_path, "bare.py", "x: int = 1\n")) == [f"bare.py: lacks `{FUTURE}`"]


def test_the_test_files_that_begin_first_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    assert [turn(Path("tests", name)) for name in (LONGEST[0], LONGEST[-1], "house/test_layout.py")] == [
        0,
        len(LONGEST) - 1,
        len(LONGEST),
    ]
