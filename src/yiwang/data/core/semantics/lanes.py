"""SQL that works on many digits or characters at once, side by side in one 64-bit integer.

DuckDB takes a character out of a string in some 15 ns and adds two integer columns in 0.3 ns, so a check digit
over 17 characters is cheapest when the characters never become strings of their own. Arguments are column names:
each is read several times.
"""

from __future__ import annotations

from functools import reduce

HIGH = 0x8080808080808080
ONES = 0x0101010101010101
LOW_BYTES = 0x00FF00FF00FF00FF
LOW_PAIRS = 0x0000FFFF0000FFFF
OFFSET = 16  # what `values` adds to each lane, so that no character of ASCII makes it negative


def unsigned(value: int) -> str:
    return f"{value}::UBIGINT"


def quads(column: str, power: int) -> str:
    """Digits power+8 … power+1 from the right of a BIGINT as two 32-bit lanes of 4, the leading 4 in the higher."""
    digits = f"({column} // {10**power} % 100000000)" if power else f"({column} % 100000000)"
    return f"{digits} + {digits} // 10000 * {2**32 - 10000}"


def pairs(quads_: str) -> str:
    """Two lanes of 4 digits -> four 16-bit lanes of 2 digits."""
    hundreds = f"((({quads_} * 5243) >> 19) & {0x7F0000007F})"  # 5243 / 2^19 divides by 100 below 43,698
    return f"{quads_} + {hundreds} * {2**16 - 100}"


def tens(pairs_: str) -> str:
    """The tens digit of each 2-digit lane."""
    return f"((({pairs_} * 103) >> 10) & {0x000F000F000F000F})"  # 103 / 2^10 divides by 10 below 179


def doubled(pairs_: str) -> str:
    """10a + b -> 2a + b in each 2-digit lane."""
    return f"{pairs_} - 8 * {tens(pairs_)}"


def weighted(lanes: str, weight: int) -> str:
    """Sum of lane * weight^place over four 16-bit lanes, place 0 being the lowest; not reduced."""
    terms = (f"(({lanes} >> {16 * place}) & 65535) * {weight**place}" for place in range(4))
    return f"({' + '.join(terms)})"


def characters(text: str, start: int, count: int) -> str:
    """Up to 8 ASCII characters as the bytes of a UBIGINT, the first in the highest byte used.

    The text must be ASCII there: more than 8 bytes are an error of the engine.
    """
    return f"encode(substr({text}, {start}, {count}))::BIT::UBIGINT"


def at_least(bytes_: str, character: str) -> str:
    """0x80 in each byte that is `character` or later, else 0."""
    return f"(({bytes_} + {unsigned((0x80 - ord(character)) * ONES)}) & {unsigned(HIGH)})"


def within(bytes_: str, spans: tuple[str, ...], *, count: int = 8) -> str:
    """Whether each of `count` bytes lies in one of the spans, each written as its first and last character."""
    edges = [at_least(bytes_, edge) for span in spans for edge in (span[0], chr(ord(span[1]) + 1))]
    flags = reduce(lambda left, right: f"xor({left}, {right})", edges)
    # bytes above `count` are zero, below every span, and so unflagged
    return f"{flags} = {unsigned(HIGH >> (8 * (8 - count)) & HIGH)}"


def values(bytes_: str, skips: str = "") -> str:
    """OFFSET + the place of each character in an alphabet of digits then letters without the letters of `skips`."""
    passed = "".join(f" - ({at_least(bytes_, chr(ord(letter) + 1))} >> 7)" for letter in skips)
    return f"(({bytes_} & {unsigned(0x1F * ONES)}) + 25 * ({at_least(bytes_, 'A')} >> 7){passed})"


def folded_bytes(lanes: str, high: int, low: int) -> str:
    """Eight bytes -> four 16-bit lanes: high * the upper + low * the lower of each two."""
    return f"(({lanes} >> 8) & {LOW_BYTES}) * {high} + ({lanes} & {LOW_BYTES}) * {low}"


def folded_pairs(lanes: str, high: int, low: int) -> str:
    """Four 16-bit lanes -> two 32-bit lanes."""
    return f"(({lanes} >> 16) & {LOW_PAIRS}) * {high} + ({lanes} & {LOW_PAIRS}) * {low}"


def folded_quads(lanes: str, high: int, low: int) -> str:
    """Two 32-bit lanes -> their weighted sum."""
    return f"(({lanes} >> 32) * {high} + ({lanes} & {0xFFFFFFFF}) * {low})"


def luhn(pairs_: str) -> str:
    """Each 2-digit lane of the digits before a Luhn check -> its part of the sum: the units double, 9 off above 9.

    Lanes are added up by % 65535.
    """
    units = f"({pairs_} - 10 * {tens(pairs_)})"
    above_four = f"((({units} + {0x0003000300030003}) >> 3) & {0x0001000100010001})"
    return f"({tens(pairs_)} + 2 * {units} - 9 * {above_four})"
