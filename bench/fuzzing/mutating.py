"""Texts of FEEL made from other texts: characters, bytes and words changed, texts spliced and nested."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
MAX_LENGTH = 4_000

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w?]+|\s+|\*\*|\.\.|[<>!]=|.', re.DOTALL)
_ODD = "\x00\x1f\x7f\u00a0\u0085\u2028\u3000\ufeff\u200b\ufffd\ud800\udfff\U0001f600é中İßſ\u0301٣²½①−×’“"
_SIGNS = "()[]{}<>=!+-*/.,:;@\"\\?|&^%$#~`' \n\t" + _ODD
_WORDS = (
    "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not", "between", "instance of",
    "function", "external", "null", "true", "false", "item", "partial", "?", "x", "list", "people", "monthly income", "number",
    "string", "list<number>", "context<a: number>", "range<date>", "Any", "..", "**", "->", "<=", ">=", "!=", "[", "]", "(", ")",
    "{", "}", "{a: ", "function(x) ", "[1..5]", "(< 5)", "@\"P1D\"", "@\"2026-11-22\"", "\"\"", "\"a\"", "1e6144", "-1e-6143",
    "9999999999999999999999999999999999", "0", "-0", "1", "2", "[1, 2, 3]", "[]", "{}", "//", "/*", "*/", "\\", "\\u12", "1..", "..1",
    "partial[-1]", "item > 1", "sum(", "sort(", "string join(", "distinct values(", "flatten(", "date(", "duration(", "matches(",
    "replace(", "split(", "context put(", "range(", "list replace(", "substring(", "number(", "string(", "now()", "is(",
)  # fmt: skip
_REPEATED = (
    "(",
    "[",
    "{a:",
    "-",
    "not(",
    "1+",
    "x.",
    "[1][",
    "if x then ",
    "function(x) ",
    "x in (",
    "for i in x return ",
    "-1 ** ",
)


def own_texts() -> tuple[list[str], list[str]]:
    """The expressions and the cells written for this bench."""
    read = [(HERE / name).read_text(encoding="utf-8").splitlines() for name in ("expressions.txt", "cells.txt")]
    return read[0], read[1]


def kit_texts(kit: Path | None) -> list[str]:
    """The texts of the conformance kit's models, when the kit is there; nothing of it is kept."""
    found: dict[str, None] = {}
    for path in sorted(kit.rglob("*.dmn")) if kit is not None and kit.is_dir() else ():
        for element in ElementTree.parse(path).iter():
            text = (element.text or "").strip()
            if element.tag.endswith("}text") and 0 < len(text) < 300:
                found[text] = None
    return list(found)


class Mutator:
    def __init__(self, chance: Random, texts: Sequence[str]) -> None:
        self.chance = chance
        self.texts = texts

    def text(self) -> str:
        made = self.chance.choice(self.texts)
        for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3, 5))):
            made = self.chance.choice(_CHANGES)(self, made)
        return made[:MAX_LENGTH]

    # Changes ------------------------------------------------------------------------------------------------------------

    def cut(self, size: int) -> tuple[int, int]:
        start = self.chance.randint(0, size)
        return start, min(size, start + self.chance.choice((0, 1, 1, 2, 3, 5, 8, 20)))

    def sign_put(self, text: str) -> str:
        start, end = self.cut(len(text))
        return text[:start] + self.chance.choice(_SIGNS) + text[end if self.chance.random() < 0.5 else start :]

    def part_dropped(self, text: str) -> str:
        start, end = self.cut(len(text))
        return text[:start] + text[end:]

    def part_repeated(self, text: str) -> str:
        start, end = self.cut(len(text))
        return text[:end] + text[start:end] * self.chance.choice((1, 1, 2, 3, 50)) + text[end:]

    def byte_changed(self, text: str) -> str:
        data = bytearray(text.encode("utf-8", "replace"))
        for _ in range(self.chance.randint(1, 3)):
            if data:
                data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        return data.decode("utf-8", self.chance.choice(("replace", "surrogateescape", "ignore")))

    def word_changed(self, text: str) -> str:
        words = _TOKEN.findall(text)
        if not words:
            return self.chance.choice(_WORDS)
        at = self.chance.randrange(len(words))
        words[at] = self.chance.choice(_WORDS) if self.chance.random() < 0.7 else self.chance.choice(words)
        return "".join(words)

    def word_put(self, text: str) -> str:
        words = _TOKEN.findall(text)
        words.insert(self.chance.randint(0, len(words)), f" {self.chance.choice(_WORDS)} ")
        return "".join(words)

    def word_dropped(self, text: str) -> str:
        words = _TOKEN.findall(text)
        if words:
            del words[self.chance.randrange(len(words))]
        return "".join(words)

    def words_swapped(self, text: str) -> str:
        words = _TOKEN.findall(text)
        if len(words) > 1:
            one, other = self.chance.randrange(len(words)), self.chance.randrange(len(words))
            words[one], words[other] = words[other], words[one]
        return "".join(words)

    def spliced(self, text: str) -> str:
        other = self.chance.choice(self.texts)
        return text[: self.chance.randint(0, len(text))] + other[self.chance.randint(0, len(other)) :]

    def planted(self, text: str) -> str:
        """A whole text in the place of one word: most of these can be read."""
        words, other = _TOKEN.findall(text), self.chance.choice(self.texts)
        if words:
            at = self.chance.randrange(len(words))
            words[at] = f"({other})" if self.chance.random() < 0.8 else other
        return "".join(words)

    def joined(self, text: str) -> str:
        sign = self.chance.choice(
            (" + ", " - ", " * ", " / ", " ** ", " = ", " < ", " and ", " or ", " in ", ", ", "..")
        )
        return f"({text}){sign}({self.chance.choice(self.texts)})"

    def wrapped(self, text: str) -> str:
        shape = self.chance.choice(_SHAPES)
        return shape.replace("%", text, 1).replace("&", self.chance.choice(self.texts), 1)

    def nested(self, text: str) -> str:
        return self.chance.choice(_REPEATED) * self.chance.choice((3, 10, 60, 120, 300)) + text


_SHAPES = (
    "(%)", "[%]", "{a: %}", "{a: %, b: a}.b", "not(%)", "-(%)", "(%)[1]", "(%)[item > 1]", "(%).a", "(%)(1)", "[%, &]", "(%)[&]",
    "if % then & else null", "for i in (%) return &", "for i in 1..3 return %", "for i in (%)..(&) return i", "every x in (%) satisfies &",
    "some x in (%) satisfies &", "(function(x) %)(&)", "{f: function(x) %, r: f(&)}.r", "sum(%)", "count([%])", "string(%)", "sort(%, &)",
    "flatten([%, &])", "list contains([%], &)", "distinct values([%, &])", "(%) instance of number", "(%) in (&)", "[(%)..(&)]",
    "(%) between (&) and 5", "date(%)", "string join([%])", "is(%, &)", "min(%, &)", "(% )..( &)", "% // &", "/* & */ %",
)  # fmt: skip
_CHANGES: tuple[Callable[[Mutator, str], str], ...] = (
    Mutator.sign_put,
    Mutator.part_dropped,
    Mutator.part_repeated,
    Mutator.byte_changed,
    Mutator.word_changed,
    Mutator.word_changed,
    Mutator.word_put,
    Mutator.word_dropped,
    Mutator.words_swapped,
    Mutator.spliced,
    Mutator.planted,
    Mutator.planted,
    Mutator.joined,
    Mutator.wrapped,
    Mutator.wrapped,
    Mutator.nested,
)
