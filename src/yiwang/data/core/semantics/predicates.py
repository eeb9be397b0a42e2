"""SQL conditions that several types share.

No IN (…): the engine makes that a join, which also runs where a CASE would have skipped it.
"""

from __future__ import annotations

from yiwang.data.core.semantics.composition import literal

PROVINCES = (
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
    50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
)  # fmt: skip
EXCEL_NUMBER = r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+|[0-9]+\.0*"


def province_sql(code: str, *extra: int) -> str:
    """Whether an integer expression from 10 to 99 is a province (or one of `extra`): a bit mask, not a join."""
    known = (*PROVINCES, *extra)
    mask = sum(1 << n for n in known if n < 60)
    others = " OR ".join(f"{code} = {n}" for n in known if n >= 60)
    return f"({code} < 60 AND ({mask}::BIGINT >> {code}) & 1 = 1 OR {others})"


def one_of_sql(value: str, numbers: tuple[int, ...]) -> str:
    """Not IN (…): the engine makes that a join."""
    return "(" + " OR ".join(f"{value} = {number}" for number in numbers) + ")"


def excel_number_sql(column: str) -> str:
    return f"regexp_full_match({column}, {literal(EXCEL_NUMBER)})"


def no_exponent_sql(column: str) -> str:
    """Casts to integers read 2e5 as 200000."""
    return f"NOT contains({column}, 'e') AND NOT contains({column}, 'E')"
