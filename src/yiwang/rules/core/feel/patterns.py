"""Regular expressions as XPath and XQuery define them (Functions and Operators 7.6), matched with the `regex` package.

The engine knows much that the standard does not (look-around, named groups, inline flags) and means other things by `.`, `\\w`, `$`: so a
pattern is read by the standard's grammar in `patterngrammar` and written anew. What the grammar refuses is null.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from yiwang.rules.core.feel.patterngrammar import translated
from yiwang.rules.core.feel.values import NoValue

# Wall time one call may take: some patterns need exponential time on some texts.
SECONDS = 0.2
MAX_PATTERN = 10_000
FLAGS = frozenset("smixq")

Pay = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Pattern:
    engine: Any
    groups: int
    literal: bool

    @property
    def accepts_nothing(self) -> bool:
        return self.engine.fullmatch("") is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Pattern:
    """Raises NoValue for a pattern or flags outside the standard. Flags may repeat, in any order."""
    wrong = set(flags) - FLAGS
    if wrong:
        raise NoValue(
            f"正则表达式没有标志 {''.join(sorted(wrong))}。",
            f"Regular expressions have no flag {''.join(sorted(wrong))}.",
        )
    if len(pattern) > MAX_PATTERN:
        raise NoValue("正则表达式太长。", "The regular expression is too long.")
    options = regex.V0 | (regex.IGNORECASE if "i" in flags else 0)
    if "q" in flags:
        return Pattern(regex.compile(regex.escape(pattern), options), groups=0, literal=True)
    text, groups = translated(
        pattern, dotall="s" in flags, multiline="m" in flags, spaced="x" in flags, caseless="i" in flags
    )
    try:
        return Pattern(regex.compile(text, options), groups, literal=False)
    except (regex.error, RecursionError, OverflowError) as failure:
        raise NoValue("正则表达式无法使用。", "The regular expression cannot be used.") from failure


@contextmanager
def _limited() -> Iterator[None]:
    try:
        yield
    except TimeoutError as failure:
        raise NoValue("正则表达式匹配超时。", "Matching the regular expression took too long.") from failure
    except MemoryError as failure:
        raise NoValue(
            "正则表达式匹配占用内存过多。", "Matching the regular expression takes too much memory."
        ) from failure


def _found(pattern: Pattern, text: str) -> Iterator[Any]:
    """The matches from left to right, within the time allowed for all of them."""
    end = time.monotonic() + SECONDS
    for match in pattern.engine.finditer(text, timeout=SECONDS):
        yield match
        if time.monotonic() > end:
            raise TimeoutError


def matches(text: str, pattern: str, flags: str = "") -> bool:
    """Whether the pattern is found anywhere in the text."""
    compiled = _compiled(pattern, flags)
    with _limited():
        return compiled.engine.search(text, timeout=SECONDS) is not None


def _parting(pattern: str, flags: str) -> Pattern:
    """The pattern, to part or replace by; the standard refuses one that matches where nothing stands."""
    compiled = _compiled(pattern, flags)
    if compiled.accepts_nothing:
        raise NoValue(
            "正则表达式可以匹配空文本，不能用来替换或拆分。",
            "The regular expression matches the empty text, so nothing can be replaced or split by it.",
        )
    return compiled


def split(text: str, pattern: str, flags: str = "", pay: Pay = lambda characters: None) -> list[str]:
    parts, start = [], 0
    with _limited():
        for match in _found(_parting(pattern, flags), text):
            pay(match.start() - start)
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return parts


def replace(text: str, pattern: str, replacement: str, flags: str = "", pay: Pay = lambda characters: None) -> str:
    compiled = _parting(pattern, flags)
    pieces = (replacement,) if compiled.literal else _replacement(replacement, compiled.groups)
    parts, start = [], 0
    with _limited():
        for match in _found(compiled, text):
            put = "".join(piece if isinstance(piece, str) else (match.group(piece) or "") for piece in pieces)
            pay(match.start() - start + len(put))
            parts += [text[start : match.start()], put]
            start = match.end()
    return "".join(parts) + text[start:]


_PIECE = re.compile(r"\\([\\$])|\$([0-9]+)|([^\\$]+)|(.)", re.DOTALL)


def _replacement(text: str, groups: int) -> tuple[str | int, ...]:
    """Literal text and numbers of groups. `$12` is the second digit after group 1 when there are fewer than 12 groups."""
    pieces: list[str | int] = []
    for escaped, digits, plain, wrong in _PIECE.findall(text):
        if wrong:
            raise NoValue(
                "替换文本里的 $ 后须是数字，\\ 后须是 \\ 或 $。",
                "In the replacement $ stands before a digit and \\ before \\ or $.",
            )
        if digits:
            pieces += _group(digits, groups)
        else:
            pieces.append(escaped or plain)
    return tuple(pieces)


def _group(digits: str, groups: int) -> list[str | int]:
    used = max((n for n in range(1, min(len(digits), 6) + 1) if int(digits[:n]) <= groups), default=0)
    # A single digit beyond the groups there are stands for nothing at all.
    found: list[str | int] = [int(digits[:used])] if used else []
    return [*found, digits[max(used, 1) :]]
