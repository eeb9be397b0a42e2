"""The grammar of XPath's regular expressions (XML Schema part 2, appendix F, with F&O 7.6.1), written anew for the `regex` package."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from yiwang.rules.core.feel.values import NoValue

MAX_GROUPS_DEEP = 50
# The engine unrolls what must repeat, so a pattern whose shortest match is long costs memory before any text is seen.
MAX_LEAST = 5_000
MAX_COUNT = 1_000_000

# Blocks that Unicode has renamed since XML Schema listed them.
_RENAMED = {
    "Greek": "GreekandCoptic",
    "CombiningMarksforSymbols": "CombiningDiacriticalMarksforSymbols",
    "PrivateUse": "PrivateUseArea",
}
_PROPERTY = re.compile(
    r"\{(?:(?P<category>L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)|Is(?P<block>[A-Za-z0-9-]+))\}"
)
_COUNT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in "\\|.-^?*+{}()[]$"}
_NO_NORMAL = frozenset(".\\?*+{}()|^$[]")
_BLANKS = frozenset("\t\n\r ")

# The characters a name of XML starts with and goes on with, and all others.
_NAME_START = (
    ":A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_MORE = "\\-.0-9\xb7\u0300-\u036f\u203f-\u2040"
_PAST_NAMES = "\u2190-\u2bff\u2ff0-\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufffe-\uffff\U000f0000-\U0010ffff"
_NOT_NAME_START = "\x00-9;-@\\[-\\^`\\{-\xbf\xd7\xf7\u0300-\u036f\u037e\u2000-\u200b\u200e-\u206f" + _PAST_NAMES
_NOT_NAME = "\x00-,/;-@\\[-\\^`\\{-\xb6\xb8-\xbf\xd7\xf7\u037e\u2000-\u200b\u200e-\u203e\u2041-\u206f" + _PAST_NAMES

# What the escapes stand for, as items of a character class of the engine. \w is everything but punctuation, separators and other.
_SETS = {
    "s": "\\t\\n\\r ",
    "S": "\x00-\x08\x0b\x0c\x0e-\x1f!-\U0010ffff",
    "d": "\\p{Nd}",
    "D": "\\P{Nd}",
    "w": "\\p{L}\\p{M}\\p{N}\\p{S}",
    "W": "\\p{P}\\p{Z}\\p{C}",
    "i": _NAME_START,
    "I": _NOT_NAME_START,
    "c": _NAME_START + _NAME_MORE,
    "C": _NOT_NAME,
}
# The engine lets these fold when case is ignored; the standard does not.
_CASED = frozenset(("Lu", "Ll", "Lt"))
_ANY = "[\x00-\U0010ffff]"


def translated(pattern: str, *, dotall: bool, multiline: bool, spaced: bool, caseless: bool) -> tuple[str, int]:
    """The pattern for the engine, and how many groups it has. Raises NoValue where the standard's grammar is broken."""
    text = _without_blanks(pattern) if spaced else pattern
    reader = _Reader(text, dotall, multiline, caseless)
    written, least = reader.alternatives(0)
    if not reader.at_end():
        raise reader.wrong("多余的 )", "a ) without its (")
    return written, reader.groups


def _without_blanks(pattern: str) -> str:
    """Flag x: blanks count only inside character classes."""
    kept: list[str] = []
    deep, escaped = 0, False
    for char in pattern:
        if char in _BLANKS and not deep:
            continue
        kept.append(char)
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "[":
            deep += 1
        elif char == "]":
            deep = max(deep - 1, 0)
    return "".join(kept)


def _literal(char: str) -> str:
    return char if char.isalnum() or ord(char) > 0x7F else f"\\x{ord(char):02x}"


@dataclass(slots=True)
class _Class:
    """A character class: items for the engine, and those that must not fold with case."""

    items: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    negative: bool = False
    without: str = ""

    def written(self) -> str:
        parts = [f"(?-i:[{item}])" for item in self.fixed]
        if not parts:
            body = f"[{'^' if self.negative else ''}{''.join(self.items)}]"
        else:
            if self.items:
                parts.append(f"[{''.join(self.items)}]")
            body = f"(?:{'|'.join(parts)})"
            if self.negative:
                body = f"(?:(?!{body}){_ANY})"
        return f"(?:(?!{self.without}){body})" if self.without else body


@dataclass(slots=True)
class _Reader:
    text: str
    dotall: bool
    multiline: bool
    caseless: bool
    at: int = 0
    groups: int = 0
    closed: set[int] = field(default_factory=set)

    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise self.wrong("没有写完", "it ends too early")
        self.at += 1
        return char

    def wrong(self, zh: str, en: str) -> NoValue:
        return NoValue(
            f"正则表达式第 {self.at + 1} 个字符处有误：{zh}。",
            f"The regular expression is wrong at character {self.at + 1}: {en}.",
        )

    # Each of these gives what is written for the engine and the length of the shortest text it matches.

    def alternatives(self, deep: int) -> tuple[str, int]:
        if deep > MAX_GROUPS_DEEP:
            raise self.wrong("括号嵌套太深", "its groups stand too deep in one another")
        branches = [self.branch(deep)]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.branch(deep))
        return "|".join(written for written, _ in branches), min(least for _, least in branches)

    def branch(self, deep: int) -> tuple[str, int]:
        parts, total = [], 0
        while self.peek() not in ("", "|", ")"):
            written, least = self.atom(deep)
            marks, low = self.quantifier()
            parts.append(written + marks)
            total += least * low
            if total > MAX_LEAST:
                raise self.wrong("重复次数太多", "it repeats too often")
        return "".join(parts), total

    def quantifier(self) -> tuple[str, int]:
        """What follows an atom, and how often the atom must stand at least."""
        sign, low = self.peek(), 1
        if sign and sign in "?*+":
            self.at += 1
            low = 1 if sign == "+" else 0
        elif sign == "{":
            sign, low = self.count()
        else:
            return "", 1
        if self.peek() == "?":
            self.at += 1
            sign += "?"
        return sign, low

    def count(self) -> tuple[str, int]:
        found = _COUNT.match(self.text, self.at)
        if not found or len(found.group(0)) > 20:
            raise self.wrong("重复次数写得不对", "the count of a repetition is not written so")
        low = int(found.group(1))
        high = low if not found.group(2) else int(found.group(3) or MAX_COUNT)
        if high < low or max(low, high) > MAX_COUNT:
            raise self.wrong("重复次数不对或太大", "the counts of a repetition are the wrong way round or too large")
        self.at = found.end()
        return found.group(0), low

    def atom(self, deep: int) -> tuple[str, int]:
        char = self.take()
        if char == "(":
            return self.group(deep)
        if char == "[":
            return self.character_class(deep).written(), 1
        if char == "\\":
            return self.escape()
        if char == ".":
            return (_ANY if self.dotall else "[^\\n\\r]"), 1
        if char == "^":
            return ("(?:\\A|(?<=\\n)(?!\\Z))" if self.multiline else "(?:\\A)"), 0
        if char == "$":
            return ("(?:(?=\\n)|\\Z)" if self.multiline else "(?:\\Z)"), 0
        if char in _NO_NORMAL:
            self.at -= 1
            raise self.wrong(f"这里不能是 {char}", f"{char} cannot stand here")
        return _literal(char), 1

    def group(self, deep: int) -> tuple[str, int]:
        captures = not self.text.startswith("?:", self.at)
        number = 0
        if captures:
            self.groups += 1
            number = self.groups
        else:
            self.at += 2
        inside, least = self.alternatives(deep + 1)
        if self.take() != ")":
            raise self.wrong("缺少 )", "a ) is missing")
        if captures:
            self.closed.add(number)
        return f"({'' if captures else '?:'}{inside})", least

    def escape(self) -> tuple[str, int]:
        char = self.peek()
        if char and char in "123456789":
            return self.reference(), 0
        found = self.class_escape()
        return found.written(), 1

    def reference(self) -> str:
        """A group that took no part stands for nothing, so it matches where the engine would fail."""
        digits = re.compile("[0-9]+").match(self.text, self.at)
        assert digits is not None, "the caller saw a digit"
        number = int(digits.group(0)[:1])
        size = 1
        while size < len(digits.group(0)) and int(digits.group(0)[: size + 1]) <= self.groups:
            size += 1
            number = int(digits.group(0)[:size])
        if number not in self.closed:
            raise self.wrong(f"没有第 {number} 组", f"there is no group {number} before it")
        self.at += size
        return f"(?({number})\\{number}|)" if number < 10 else f"(?({number})\\g<{number}>|)"

    def class_escape(self) -> _Class:
        """After a backslash: one character, or a set of them."""
        char = self.take()
        found = _Class()
        if char in _SINGLE:
            found.items.append(_literal(_SINGLE[char]))
        elif char in _SETS:
            found.items.append(_SETS[char])
        elif char in "pP":
            self.property(char, found)
        else:
            self.at -= 1
            raise self.wrong(f"没有 \\{char} 这种写法", f"there is no \\{char}")
        return found

    def property(self, sign: str, found: _Class) -> None:
        named = _PROPERTY.match(self.text, self.at)
        if not named:
            raise self.wrong("没有这一类字符", "there is no such class of characters")
        self.at = named.end()
        if named["block"]:
            found.items.append(f"\\{sign}{{Block={_RENAMED.get(named['block'], named['block'])}}}")
        elif self.caseless and named["category"] in _CASED:
            found.fixed.append(f"\\{sign}{{{named['category']}}}")
        else:
            found.items.append(f"\\{sign}{{{named['category']}}}")

    def character_class(self, deep: int) -> _Class:
        if deep > MAX_GROUPS_DEEP:
            raise self.wrong("嵌套太深", "its classes stand too deep in one another")
        found = _Class()
        if self.peek() == "^":
            self.at += 1
            found.negative = True
        first = True
        while self.peek() != "]" or first:
            if self.text.startswith("-[", self.at) and not first:
                self.at += 2
                found.without = self.character_class(deep + 1).written()
                if self.peek() != "]":
                    raise self.wrong("相减之后须是 ]", "a ] must follow what is taken away")
                break
            self.class_item(found, first)
            first = False
        self.at += 1
        return found

    def class_item(self, found: _Class, first: bool) -> None:
        """One character, a range, or an escape that stands for many."""
        start = self.at
        low = self.class_character(found, first)
        if low is None or self.peek() != "-" or self.text.startswith(("-[", "-]"), self.at):
            if low is not None:
                found.items.append(_literal(low))
            return
        if self.text[start] == "-":
            raise self.wrong("- 不能开始一个范围", "a range cannot start with -")
        self.at += 1
        high = self.class_character(None, first=False)
        if high is None or high < low:
            raise self.wrong("范围的两端不对", "the ends of a range are the wrong way round")
        found.items.append(f"{_literal(low)}-{_literal(high)}")

    def class_character(self, found: _Class | None, first: bool) -> str | None:
        """A single character; None when it was an escape for many, which then stands in `found`."""
        char = self.take()
        if char == "\\":
            if self.peek() in _SINGLE:
                return _SINGLE[self.take()]
            if found is None:
                raise self.wrong("范围的两端须是单个字符", "the ends of a range are single characters")
            escape = self.class_escape()
            found.items += escape.items
            found.fixed += escape.fixed
            return None
        if char in "[]" or (
            char == "-" and not first and self.peek() != "]" and not self.text.startswith("-[", self.at)
        ):
            self.at -= 1
            raise self.wrong(f"这里的 {char} 须写成 \\{char}", f"write this {char} as \\{char}")
        return char
