"""Nothing grows past what a reader can hold: files, functions and classes have budgets."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sources import ROOT, Module, modules, planted, written

FILE, TEST_FILE, FUNCTION, CLASS = 400, 500, 60, 20
FOLDERS = ("src", "tests", "bench", "docs")
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")


@dataclass(frozen=True)
class Size:
    what: str
    path: str
    name: str
    size: int
    most: int

    def __str__(self) -> str:
        return f"{self.path}: {self.what} {self.name} has {self.size}, at most {self.most}".replace("  ", " ")


def over_budget(found: Module) -> Iterator[Size]:
    """The file itself, its functions (lines) and its classes (methods) that are too large."""
    most = TEST_FILE if found.name.startswith("tests/") else FILE
    if len(found.lines) > most:
        yield Size("file", found.name, "", len(found.lines), most)
    for node in ast.walk(found.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield Size("function", found.name, node.name, lines, FUNCTION)
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            if methods > CLASS:
                yield Size("class", found.name, node.name, methods, CLASS)


def front_end_over_budget() -> Iterator[Size]:
    for path in written(".html", ".css", ".js", ".mjs", ".yaml"):
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > FILE:
            yield Size("file", path.as_posix(), "", lines, FILE)


def everything_over_budget() -> list[Size]:
    return [*(s for m in modules(*FOLDERS) for s in over_budget(m)), *front_end_over_budget()]


def verdicts(found: list[Size], listed: list[dict[str, object]]) -> list[str]:
    """What is too large without leave, and leave that nobody needs (any more)."""
    allowed = {(e["what"], e["path"], e["name"]): e for e in listed}
    faults = []
    for size in found:
        leave = allowed.pop((size.what, size.path, size.name), None)
        if leave is None:
            faults.append(str(size))
        elif size.size > int(str(leave["size"])):
            faults.append(f"{size}; its exception allows {leave['size']}")
    faults += [f"{path}: the exception for {what} {name} is not needed" for what, path, name in allowed]
    faults += [f"{e['path']}: an exception needs a reason" for e in listed if len(str(e.get("reason", ""))) < 20]
    return faults


def test_files_functions_and_classes_are_within_their_budgets() -> None:
    listed = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8")).get("exception", [])
    assert verdicts(everything_over_budget(), listed) == []


def test_a_file_function_or_class_that_is_too_large_is_found(tmp_path: Path) -> None:
    long_function = "def long() -> None:\n" + "    pass\n" * FUNCTION
    wide_class = "class Wide:\n" + "".join(f"    def m{i}(self) -> None: ...\n" for i in range(CLASS + 1))
    found = planted(tmp_path, "large.py", long_function + wide_class + "\n" * FILE)
    assert [s.what for s in over_budget(found)] == ["file", "function", "class"]


def test_an_exception_must_be_needed_may_not_grow_and_says_why() -> None:
    size = Size("function", "a.py", "long", 70, FUNCTION)
    leave = {"what": "function", "path": "a.py", "name": "long", "size": 70, "reason": "one table, read as one"}
    assert verdicts([size], [leave]) == []
    assert verdicts([], [leave]) == ["a.py: the exception for function long is not needed"]
    assert "allows 69" in verdicts([size], [leave | {"size": 69}])[0]
    assert verdicts([size], [leave | {"reason": "large"}]) == ["a.py: an exception needs a reason"]
