"""Reading the characters of FEEL: blanks and comments, words, names that hold blanks and signs, strings, numbers.

FEEL cannot be cut into words without knowing the names in scope: with `monthly income` declared the two words are one name. So nothing is
cut in advance; the parser asks for what may stand where it is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from yiwang.rules.core.feel.values import ARITHMETIC
from yiwang.rules.errors import FeelSyntaxError

MAX_TEXT = 100_000

_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
WORD = re.compile(f"[?{_START}][{_PART}]*")
_BLANK = re.compile(
    r"(?:[\s\u0009\u0020\u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]|//[^\n\r]*|/\*.*?\*/)*",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:[^"\\\n\r]|\\.)*"')
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_PIECE = re.compile(f"[?{_START}{_PART}]+|[./'+*-]")
_PIECE_END = re.compile(f"[{_PART}]")

KEYWORDS = frozenset(
    {
        "true", "false", "null", "if", "then", "else", "for", "return", "in", "some", "every", "satisfies", "and", "or",
        "between", "instance", "of", "function", "external",
    }
)  # fmt: skip


@lru_cache(maxsize=65536)
def pieces(name: str) -> tuple[str, ...]:
    """A name cut where blanks may stand: words and the signs `. / - ' + *`."""
    return tuple(_PIECE.findall(name))


def normal(name: str) -> str:
    """A name with its blanks normalised to one."""
    return " ".join(name.split())


def unescape(text: str) -> str:
    """The content of a string literal; a backslash before any other character stands for itself."""

    def one(match: re.Match[str]) -> str:
        found = match.group(1)
        if found[0] in "uU" and len(found) > 1:
            code = int(found[1:], 16)
            return chr(code) if code <= 0x10FFFF else match.group(0)
        return _ESCAPES.get(found, match.group(0))

    joined = _ESCAPE.sub(one, text)
    if any("\ud800" <= character <= "\udfff" for character in joined):
        # Two escapes may spell one character beyond the first plane; half of such a pair alone is no character.
        joined = joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return joined


class NameTree:
    """Known names by their first piece, longest first."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            cut = pieces(name)
            if cut:
                self._by_first.setdefault(cut[0], []).append((cut, name))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def starting(self, first: str) -> list[tuple[tuple[str, ...], str]]:
        return self._by_first.get(first, [])


@lru_cache(maxsize=1024)
def name_tree(names: frozenset[str]) -> NameTree:
    return NameTree(names)


class Scanner:
    """A place in a text, and what stands there."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise FeelSyntaxError(
                zh=f"表达式长 {len(text)} 个字符，超过上限 {MAX_TEXT}。",
                en=f"The expression has {len(text)} characters; at most {MAX_TEXT} are read.",
                at=MAX_TEXT,
            )
        self.text = text
        self.at = 0
        self.skip()

    def skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def fail(self, zh: str, en: str, at: int | None = None) -> FeelSyntaxError:
        place = self.at if at is None else at
        near = self.text[place : place + 20] or "（结尾）"
        return FeelSyntaxError(
            zh=f"第 {place + 1} 个字符“{near}”：{zh}", en=f"At character {place + 1} ({near!r}): {en}", at=place
        )

    def ended(self) -> bool:
        return self.at >= len(self.text)

    def sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> bool:
        """Step over a sign if it stands here."""
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        self.skip()
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.fail(f"此处应为“{sign}”。", f"“{sign}” is expected here.")

    def word(self) -> str:
        """The word that stands here, without stepping over it; empty when none does."""
        match = WORD.match(self.text, self.at)
        return match.group() if match else ""

    def take_word(self, word: str) -> bool:
        if self.word() != word:
            return False
        self.at += len(word)
        self.skip()
        return True

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.fail(f"此处应为“{word}”。", f"“{word}” is expected here.")

    def known(self, *trees: NameTree) -> str | None:
        """Step over the longest known name that stands here and return it as it was declared."""
        first = _PIECE.match(self.text, self.at)
        if first is None:
            return None
        best, end = None, self.at
        for tree in trees:
            for cut, name in tree.starting(first.group()):
                found = self._spelled(cut)
                if found > end:
                    best, end = name, found
                    break
        if best is not None:
            self.at = end
            self.skip()
        return best

    def _spelled(self, cut: tuple[str, ...]) -> int:
        """Where the pieces end when they all stand here, else -1."""
        at = self.at
        for number, piece in enumerate(cut):
            if number:
                match = _BLANK.match(self.text, at)
                at = match.end() if match else at
            if not self.text.startswith(piece, at):
                return -1
            at += len(piece)
        last_is_word = bool(_PIECE_END.match(cut[-1][-1]))
        return -1 if last_is_word and _PIECE_END.match(self.text, at) else at

    def new_name(self, *ends: str) -> str:
        """A name being declared: everything up to one of the signs or words in `ends`, which stays."""
        start = self.at
        found: list[str] = []
        while True:
            match = _PIECE.match(self.text, self.at)
            if match is None or (found and match.group() in ends):
                break
            found.append(match.group())
            self.at = match.end()
            self.skip()
        name = normal(self.text[start : self.at])
        if not found or not WORD.match(found[0]) or found[0] in KEYWORDS:
            raise self.fail("此处应为名称。", "A name is expected here.", start)
        return re.sub(r"\s*([./'+*-])\s*", r"\1", name) if len(found) > 1 else name

    def string(self) -> str | None:
        """The string literal that stands here, read."""
        match = _STRING.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        self.skip()
        return unescape(match.group()[1:-1])

    def number(self) -> Decimal | None:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            return None
        read = ARITHMETIC.copy()
        read.clear_traps()
        value = read.create_decimal(match.group())
        if not value.is_finite():
            raise self.fail("数字超出 34 位十进制数的范围。", "The number is beyond the range of 34-digit decimals.")
        self.at = match.end()
        self.skip()
        return value
