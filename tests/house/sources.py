"""The house's files as its tests look at them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "yiwang"
BUILT = "src/yiwang/web/static/dist/"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, new ones that are not ignored included, relative to its root."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    # A bench builds a virtual environment of its own beside ours.
    names = sorted({name for name in said.stdout.decode().split("\0") if name and not name.startswith(".venv")})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def written(*suffixes: str) -> Iterator[Path]:
    """Tracked files with one of the suffixes that people wrote (built ones are left out)."""
    return (p for p in tracked() if p.suffix in suffixes and not p.as_posix().startswith(BUILT))


def engines(package: Path = PACKAGE) -> list[Path]:
    """The rooms with tables of their own."""
    return sorted(
        {
            *(p.parent for p in package.glob("*/models.py")),
            *(p.parents[1] for p in package.glob("*/models/__init__.py")),
        }
    )


@dataclass(frozen=True)
class Module:
    """A Python file, read and parsed once."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@cache
def module(path: Path, root: Path = ROOT) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, path.relative_to(root).as_posix(), text, ast.parse(text))


def modules(*folders: str) -> Iterator[Module]:
    """Python files of the given folders; migrations are written by a program and left out."""
    for path in written(".py"):
        if path.parts[0] in folders and "migrations" not in path.parts:
            yield module(ROOT / path)


def planted(folder: Path, name: str, text: str) -> Module:
    """A module with a fault in it, for a house test to find."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return module(path, folder)
