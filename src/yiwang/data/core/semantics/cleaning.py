"""Clean-up of typed text, once in Python and once in SQL, the same to the character.

Three ways: `text` (names and prose: trimmed, nothing inside is touched), `spaced` (dates and numbers: full-width
to half-width as well, odd spaces become plain ones) and `solid` (codes and money: all spaces go).
Missing tokens are compared after the clean-up.
"""

from __future__ import annotations

from collections.abc import Callable

from yiwang.data.core.semantics.composition import literal

ASCII_BLANKS = " \t\n\r"
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
    return _present(raw, missing, lambda value: value.translate(_SOLID).strip("\t\n\r"))


def _present(raw: str | None, missing: tuple[str, ...], clean: Callable[[str], str]) -> str | None:
    if raw is None:
        return None
    value = clean(raw)
    return None if value == "" or value in missing else value


def text_sql(column: str, missing: tuple[str, ...]) -> str:
    blanks = _in(tuple(BLANKS))
    # trim costs more than all the tests together, and hardly a value needs it
    guard = f"{column}[1]{blanks} OR {column}[-1]{blanks} OR {column}{_missing(missing)}"
    return _guarded(column, guard, f"trim({column}, {literal(BLANKS)})", missing)


def spaced_sql(column: str, missing: tuple[str, ...]) -> str:
    folded = f"translate({column}, {literal(WIDE + WIDE_BLANKS + INVISIBLE)}, {literal(NARROW + ' ' * len(WIDE_BLANKS))})"
    guard = f"{_not_plain(column, edge_space=True)} OR {column}{_missing(missing)}"
    return _guarded(column, guard, f"trim({folded}, {literal(ASCII_BLANKS)})", missing)


def solid_sql(column: str, missing: tuple[str, ...]) -> str:
    folded = f"translate({column}, {literal(WIDE + ' ' + WIDE_BLANKS + INVISIBLE)}, {literal(NARROW)})"
    guard = f"{_not_plain(column, edge_space=False)} OR {column}{_missing(missing)}"
    return _guarded(column, guard, f"trim({folded}, {literal(chr(9) + chr(10) + chr(13))})", missing)


def _not_plain(column: str, *, edge_space: bool) -> str:
    """True for every value the slow way would change (and for a few it would not): not ASCII, or blanks."""
    space = f"ends_with({column}, ' ')" if edge_space else f"contains({column}, ' ')"
    edges = " OR ".join(f"ends_with({column}, {literal(blank)})" for blank in "\t\n\r")
    return f"strlen({column}) <> length({column}) OR {column} < '!' OR {space} OR {edges}"


def _guarded(column: str, guard: str, cleaned: str, missing: tuple[str, ...]) -> str:
    slow = f"CASE WHEN {cleaned}{_missing(missing)} THEN NULL ELSE {cleaned} END"
    return f"CASE WHEN {guard} THEN {slow} ELSE {column} END"


def _missing(missing: tuple[str, ...]) -> str:
    return _in(tuple(dict.fromkeys(("", *missing))))


def _in(values: tuple[str, ...]) -> str:
    return f" IN ({', '.join(literal(value) for value in values)})"
