"""The string functions of FEEL (DMN 1.5, 10.3.4.3). Positions count code points from 1, or from -1 at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import patterns
from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.values import NoValue

# Characters that cost one step of the run's budget.
CHARACTERS_A_STEP = 64
# So that patterns that run into their time limit are stopped by the budget within half a second.
STEPS_A_SECOND = 400_000


def pay(run: Any, characters: int) -> None:
    run.step(1 + characters // CHARACTERS_A_STEP)


@contextmanager
def metered(run: Any) -> Iterator[None]:
    """Pay for the time a pattern takes: what it costs cannot be told from the sizes of its texts."""
    start = time.thread_time()
    try:
        yield
    finally:
        run.step(1 + int((time.thread_time() - start) * STEPS_A_SECOND))


def span(size: int, start: Decimal, length: Decimal | None) -> slice:
    """The part of something of that size that `start position` and `length` name; null outside the standard's limits.

    A fraction is cut off, as the conformance kit asks.
    """
    if not -size <= start <= size or not int(start):
        raise NoValue(
            f"起始位置 {start} 不在 1 到 {size} 或 -{size} 到 -1 之间。",
            f"The start position {start} is not in 1..{size} or -{size}..-1.",
        )
    begin = int(start) - 1 if start > 0 else size + int(start)
    if length is None:
        return slice(begin, size)
    if not 1 <= length < size - begin + 1:
        raise NoValue(
            f"长度 {length} 不在 1 到 {size - begin} 之间。", f"The length {length} is not in 1..{size - begin}."
        )
    return slice(begin, begin + int(length))


@builtin(
    "substring",
    "string: string, start position: number",
    "string: string, start position: number, length: number?",
    run=True,
)
def substring(run: Any, string: str, start: Decimal, length: Decimal | None = None) -> str:
    pay(run, len(string))
    return string[span(len(string), start, length)]


@builtin("string length", "string: string")
def string_length(string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case", "string: string", run=True)
def upper_case(run: Any, string: str) -> str:
    pay(run, len(string))
    return string.upper()


@builtin("lower case", "string: string", run=True)
def lower_case(run: Any, string: str) -> str:
    pay(run, len(string))
    return string.lower()


@builtin("substring before", "string: string, match: string", run=True)
def substring_before(run: Any, string: str, match: str) -> str:
    pay(run, len(string))
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string", run=True)
def substring_after(run: Any, string: str, match: str) -> str:
    pay(run, len(string))
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string", run=True)
def contains(run: Any, string: str, match: str) -> bool:
    pay(run, len(string))
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string", "input: string, pattern: string, flags: string?", run=True)
def matches(run: Any, text: str, pattern: str, flags: str | None = None) -> bool:
    with metered(run):
        return patterns.matches(text, pattern, flags or "")


@builtin(
    "replace",
    "input: string, pattern: string, replacement: string",
    "input: string, pattern: string, replacement: string, flags: string?",
    run=True,
)
def replace(run: Any, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    with metered(run):
        return patterns.replace(text, pattern, replacement, flags or "", pay=lambda characters: pay(run, characters))


@builtin("split", "string: string, delimiter: string", run=True)
def split(run: Any, string: str, delimiter: str) -> list[Any]:
    with metered(run):
        return list(patterns.split(string, delimiter, pay=lambda characters: pay(run, characters)))


@builtin("string join", "list: list", "list: list, delimiter: string?", run=True)
def string_join(run: Any, items: list[Any], delimiter: str | None = None) -> str:
    """Nulls are passed over; anything else that is no string makes the whole null."""
    run.step(len(items))
    texts = [item for item in items if item is not None]
    for text in texts:
        if not isinstance(text, str):
            raise NoValue(
                "要连接的列表里有不是文本的项。", "The list of strings to join holds an item that is not a string."
            )
    between = delimiter or ""
    pay(run, sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)
