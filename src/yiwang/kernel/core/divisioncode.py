"""Division codes: GB/T 2260 down to county, GB/T 10114 below it: 2+2+2+3+3 digits."""

from __future__ import annotations

from enum import StrEnum

from yiwang.kernel.errors import InputError

LENGTH = 12


class Level(StrEnum):
    """The five levels, from the top; the value is what a pack file writes."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


# How many leading digits say where a division of the level is.
DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}


def full_code(text: str) -> str:
    """The 12-digit form of a code written with 2, 4, 6, 9 or 12 digits. Raises InputError."""
    code = text.strip()
    if not (code.isascii() and code.isdigit()) or len(code) not in DIGITS.values() or code.startswith("00"):
        raise InputError(
            zh=f"{text!r} 不是行政区划代码",
            en=f"{text!r} is not a division code",
            where="code",
            hint_zh="代码是 2、4、6、9 或 12 位数字。",
            hint_en="A code has 2, 4, 6, 9 or 12 digits.",
        )
    return code.ljust(LENGTH, "0")


def level_of(code: str) -> Level:
    """The level a 12-digit code speaks of by its trailing zeros."""
    used = len(code.rstrip("0"))
    return next(level for level, digits in DIGITS.items() if used <= digits)


def short_code(code: str) -> str:
    """The shortest usual form: "230881" for "230881000000"."""
    return code[: DIGITS[level_of(code)]]
