"""Clean-up of typed text, once in Python and once in SQL, the same to the character.

Three ways: `text` (names and prose: trimmed, nothing inside is touched), `spaced` (dates and numbers: full-width
to half-width as well, odd spaces become plain ones) and `solid` (codes and money: all spaces go).
Missing tokens are compared after the clean-up.
"""

from __future__ import annotations

from collections.abc import Callable

from yiwang.data.core.semantics.composition import literal

ASCII_BLANKS = " \t\n\v\f\r"
# next line, no-break, ogham, en quad … hair, line and paragraph separators, narrow, mathematical, ideographic
WIDE_BLANKS = "\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
# zero width, left-to-right marks, embeddings (phones put U+202D … U+202C around copied numbers), joiner, BOM
INVISIBLE = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)))
BLANKS = ASCII_BLANKS + WIDE_BLANKS + INVISIBLE
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u2010\u2011\u2012\u2013\u2212\uffe5"
NARROW = "".join(map(chr, range(0x21, 0x7F))) + "-----\xa5"

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
    return _guarded(column, guard, f"trim({column}, {literal(BLANKS)})", missing)


def spaced_sql(column: str, missing: tuple[str, ...]) -> str:
    narrow = NARROW + " " * len(WIDE_BLANKS)
    folded = f"translate({column}, {literal(WIDE + WIDE_BLANKS + INVISIBLE)}, {literal(narrow)})"
    guard = _not_plain(column, space=f"ends_with({column}, ' ')")
    return _guarded(column, guard, f"trim({folded}, {literal(ASCII_BLANKS)})", missing)


def solid_sql(column: str, missing: tuple[str, ...]) -> str:
    folded = f"translate({column}, {literal(WIDE + ' ' + WIDE_BLANKS + INVISIBLE)}, {literal(NARROW)})"
    guard = _not_plain(column, space=f"contains({column}, ' ')")
    return _guarded(column, guard, f"trim({folded}, {literal(ASCII_BLANKS[1:])})", missing)


def _not_plain(column: str, *, space: str) -> str:
    """True for every value the slow way would change (and for a few it would not): not ASCII, or blanks."""
    edges = " OR ".join(f"ends_with({column}, {literal(blank)})" for blank in ASCII_BLANKS[1:])
    return f"strlen({column}) <> length({column}) OR {column} < '!' OR {space} OR {edges}"


def _guarded(column: str, guard: str, cleaned: str, missing: tuple[str, ...]) -> str:
    slow = f"CASE WHEN {_missing(cleaned, missing)} THEN NULL ELSE {cleaned} END"
    return f"CASE WHEN {guard} THEN {slow} WHEN {_missing(column, missing)} THEN NULL ELSE {column} END"


def _missing(value: str, missing: tuple[str, ...]) -> str:
    """Not IN (…): the engine makes that a join, which also runs where a CASE would have skipped it."""
    tokens = list(dict.fromkeys(("", *missing)))
    longest = max(len(token.encode()) for token in tokens)
    listed = ", ".join(literal(token) for token in tokens)
    return f"CASE WHEN strlen({value}) <= {longest} THEN list_contains([{listed}], {value}) ELSE false END"
