"""How a built-in function of FEEL is declared.

    @builtin("substring", "string: string, start position: number", "string: string, start position: number, length: number")
    def substring(string: str, start: Decimal, length: Decimal | None = None) -> str | None: ...

Each further text is one signature: `name: type` pairs in order. `...` after the last type takes any number of arguments, handed over as
one list. Types: any, null, boolean, number, string, date, time, "date and time", "days and time duration", "years and months duration",
duration (either), temporal (date, time or date and time), list, context, range, function, "A|B" for either; `?` after a type lets null in.

The caller binds positional and named arguments, converts as DMN 10.3.2.9.4 says (a singleton list to its item, an item to a
singleton list, a date to midnight UTC), checks the types and gives null with a note when no signature fits. So a function sees
only values of its declared types, and optional arguments are those of the longer signatures. It returns a FEEL value, or raises
`NoValue(zh, en)` for null with a reason. With `run=True` its first argument is the run (`run.today`, `run.now`, `run.step(n)` to pay for
work, `run.invoke(function, [arguments])` to call a function value).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    types: frozenset[str]
    nullable: bool
    many: bool = False


@dataclass(frozen=True, slots=True)
class Builtin:
    name: str
    signatures: tuple[tuple[Parameter, ...], ...]
    implementation: Callable[..., Any]
    wants_run: bool = False


BUILTINS: dict[str, Builtin] = {}


def _parameter(text: str) -> Parameter:
    name, _, written = text.strip().partition(":")
    written = written.strip()
    many = written.endswith("...")
    written = written.removesuffix("...").strip()
    nullable = written.endswith("?") or written == "any"
    return Parameter(
        name.strip(), frozenset(part.strip() for part in written.removesuffix("?").split("|")), nullable, many
    )


def builtin(name: str, *signatures: str, run: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under its FEEL name."""

    def keep(implementation: Callable[..., Any]) -> Callable[..., Any]:
        if name in BUILTINS:
            raise ValueError(f"the function {name} is declared twice")
        read = tuple(tuple(_parameter(part) for part in text.split(",")) if text else () for text in signatures)
        BUILTINS[name] = Builtin(name, read, implementation, run)
        return implementation

    return keep
