"""A whole-value pattern of the closed list (RE2, as DuckDB matches it) as the pattern FEEL's `matches` takes (XPath).

The two mean other things by `.`, `\\d`, `\\w` and `\\s`, and escape other signs; each is written so that both match the same texts.
"""

from __future__ import annotations

import re

# What stands before these in XPath is a backslash, and before nothing else.
_ESCAPED = frozenset("\\|.-^?*+{}()[]$")
_CONTROL = {"t": "\\t", "n": "\\n", "r": "\\r", "f": "\x0c", "v": "\x0b", "a": "\x07"}
_SETS = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\x0c\\r "}
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")


class NoEqual(ValueError):
    """The pattern says something XPath has no word for."""


def whole_value(pattern: str) -> str:
    """The XPath pattern that matches a text exactly when RE2 matches all of it. Raises NoEqual."""
    return f"^(?:{_Reader(pattern).written()})$"


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def written(self) -> str:
        parts = []
        while self.at < len(self.text):
            parts.append(self._piece())
        return "".join(parts)

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise NoEqual("it ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _piece(self) -> str:
        count = _COUNT.match(self.text, self.at)
        if count:
            self.at = count.end()
            return count.group()
        sign = self._take()
        if sign == "\\":
            return self._escape()
        if sign == "[":
            return self._class()
        if sign == ".":
            return "[^\\n]"
        if sign == "(" and self.text.startswith("?", self.at) and not self.text.startswith("?:", self.at):
            raise NoEqual("flags and named groups")
        return f"\\{sign}" if sign in "{}]" else sign

    def _escape(self) -> str:
        sign = self._take()
        if sign in _SETS:
            return f"[{_SETS[sign]}]"
        if sign.lower() in _SETS:
            return f"[^{_SETS[sign.lower()]}]"
        return self._single(sign)

    def _single(self, sign: str) -> str:
        if sign in _CONTROL:
            return _CONTROL[sign]
        if sign.isalnum() or ord(sign) > 126:
            raise NoEqual(f"\\{sign}")
        return _literal(sign)

    def _class(self) -> str:
        parts = ["["]
        if self.text.startswith("^", self.at):
            parts.append(self._take())
        first = True
        while first or not self.text.startswith("]", self.at):
            parts.append(self._item())
            first = False
        self.at += 1
        return "".join([*parts, "]"])

    def _item(self) -> str:
        low = self._member()
        if len(low) > 2 or not self.text.startswith("-", self.at) or self.text.startswith("-]", self.at):
            return low
        self.at += 1
        high = self._member()
        if len(high) > 2:
            raise NoEqual("a range that ends in a set")
        return f"{low}-{high}"

    def _member(self) -> str:
        if self.text.startswith("[:", self.at):
            raise NoEqual("named classes")
        sign = self._take()
        if sign != "\\":
            return _literal(sign)
        sign = self._take()
        if sign.lower() in _SETS and sign not in _SETS:
            raise NoEqual("a negated set inside a class")
        return _SETS.get(sign) or self._single(sign)


def _literal(sign: str) -> str:
    return f"\\{sign}" if sign in _ESCAPED else sign
