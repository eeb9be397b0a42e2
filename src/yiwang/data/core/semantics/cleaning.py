"""Clean-up of typed text, once in Python and once in SQL, the same to the character.

Three ways: `text` (names and prose: trimmed, nothing inside is touched), `spaced` (dates and numbers: full-width
to half-width as well, odd spaces become plain ones) and `solid` (codes and money: all spaces go).
Missing tokens are compared after the clean-up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from yiwang.data.core.semantics.composition import literal

ASCII_BLANKS = " \t\n\v\f\r"
# next line, no-break, ogham, en quad … hair, line and paragraph separators, narrow, mathematical, ideographic
WIDE_BLANKS = "\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
# zero width, left-to-right marks, embeddings (phones put U+202D … U+202C around copied numbers), joiner, BOM
INVISIBLE = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)))
BLANKS = ASCII_BLANKS + WIDE_BLANKS + INVISIBLE
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u2010\u2011\u2012\u2013\u2212\uffe5"
NARROW = "".join(map(chr, range(0x21, 0x7F))) + "-----\xa5"

COMMON = "（），．：－／￥％\u3000"  # what turns up in ordinary Chinese text
DIGITS = tuple("0123456789")

_SPACED = str.maketrans(WIDE + WIDE_BLANKS, NARROW + " " * len(WIDE_BLANKS), INVISIBLE)
_SOLID = str.maketrans(WIDE, NARROW, " " + WIDE_BLANKS + INVISIBLE)


def text(raw: str | None, missing: tuple[str, ...]) -> str | None:
    return _present(raw, missing, lambda value: value.strip(BLANKS))


def spaced(raw: str | None, missing: tuple[str, ...]) -> str | None:
    return _present(raw, missing, lambda value: value.translate(_SPACED).strip(ASCII_BLANKS))


def solid(raw: str | None, missing: tuple[str, ...]) -> str | None:
    return _present(raw, missing, lambda value: value.translate(_SOLID).strip(ASCII_BLANKS[1:]))


def _present(raw: str | None, missing: tuple[str, ...], clean: Callable[[str], str]) -> str | None:
    if raw is None:
        return None
    value = clean(raw)
    return None if value == "" or value in missing else value


def text_sql(column: str, missing: tuple[str, ...]) -> str:
    # trim costs more than all the tests together, and hardly a value needs it; the ranges hold the wide blanks
    first = f"{column} < '!' OR ({column} >= {literal(chr(0x80))} AND {column} < {literal(chr(0x3001))})"
    last = f"contains({literal(BLANKS)}, {column}[-1])"
    guard = f"{first} OR {column} >= {literal(chr(0xFEFF))} OR {last}"
    slow = _once(f"trim({column}, {literal(BLANKS)})", "present", lambda v: _present_sql(v, missing))
    return f"CASE WHEN {guard} THEN {slow} ELSE {_present_sql(column, missing)} END"


def spaced_sql(column: str, missing: tuple[str, ...]) -> str:
    guard = _not_plain(column, space=f"ends_with({column}, ' ')")
    return _guarded(column, guard, lambda folded: f"trim({folded}, {literal(ASCII_BLANKS)})", missing)


def solid_sql(column: str, missing: tuple[str, ...]) -> str:
    guard = _not_plain(column, space=f"contains({column}, ' ')")
    bare = literal(ASCII_BLANKS[1:])
    return _guarded(column, guard, lambda folded: f"trim(replace({folded}, ' ', ''), {bare})", missing)


def _not_plain(column: str, *, space: str) -> str:
    """True for every value the slow way would change (and for a few it would not): wide characters or blanks."""
    edges = " OR ".join(f"ends_with({column}, {literal(blank)})" for blank in ASCII_BLANKS[1:])
    wide = f"regexp_matches({column}, {literal(_class(WIDE + WIDE_BLANKS + INVISIBLE))})"
    return f"{column} < '!' OR {space} OR {edges} OR (strlen({column}) <> length({column}) AND {wide})"


def _guarded(column: str, guard: str, clean: Callable[[str], str], missing: tuple[str, ...]) -> str:
    """`clean` of the folded value and the test for missing tokens where `guard` holds, else the value as it is."""
    slow = column
    for number, part in enumerate(_folds()):
        slow = _once(slow, f"v{number}", partial(_folded, *part))
    slow = _once(slow, "cleaned", clean)
    slow = _once(slow, "present", lambda value: _present_sql(value, missing))
    return f"CASE WHEN {guard} THEN {slow} ELSE {_present_sql(column, missing)} END"


def _folds() -> tuple[tuple[str, str], ...]:
    """The fold in parts, the common ones apart: translate takes 50 ns per entry of its map, present or not."""
    table = dict(zip(WIDE, NARROW, strict=True)) | dict.fromkeys(WIDE_BLANKS, " ") | dict.fromkeys(INVISIBLE, "")
    digits = "".join(wide for wide in table if table[wide] in DIGITS)
    rest = (wide for wide in table if wide not in COMMON + digits)
    # translate drops what has no counterpart, so what is dropped stands last
    parts = (COMMON, digits, "".join(sorted(rest, key=lambda wide: table[wide] == "")))
    return tuple((part, "".join(table[wide] for wide in part)) for part in parts)


def _folded(wide: str, narrow: str, value: str) -> str:
    translated = f"translate({value}, {literal(wide)}, {literal(narrow)})"
    return f"CASE WHEN regexp_matches({value}, {literal(_class(wide))}) THEN {translated} ELSE {value} END"


def _class(characters: str) -> str:
    """A character class for RE2, by code point."""
    return "[" + "".join(f"\\x{{{ord(character):X}}}" for character in sorted(characters)) + "]"


def _once(value: str, name: str, body: Callable[[str], str]) -> str:
    """The body over a value that is worked out once, within an expression."""
    return f"list_transform([{value}], lambda {name}: {body(name)})[1]"


def _present_sql(value: str, missing: tuple[str, ...]) -> str:
    """NULL for a missing token. Not IN (…): the engine makes that a join, which runs even where a CASE skips it."""
    tokens = list(dict.fromkeys(("", *missing)))
    apart = f"strlen({value}) > {max(len(token.encode()) for token in tokens)}"
    if not any(token.startswith(DIGITS) for token in tokens):
        apart += f" OR ({value} >= '0' AND {value} < ':')"
    listed = ", ".join(literal(token) for token in tokens)
    return f"CASE WHEN {apart} THEN {value} WHEN list_contains([{listed}], {value}) THEN NULL ELSE {value} END"
