"""Check characters of the national codes, as plain functions over the digits before them.

Each takes exactly the stated number of characters and raises ValueError for anything else.
"""

from __future__ import annotations

RESIDENT_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_ID_CHECKS = "10X98765432"
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "0123456789"


def _weighted(text: str, alphabet: str, weights: tuple[int, ...]) -> int:
    if len(text) != len(weights):
        raise ValueError(f"expected {len(weights)} characters, got {len(text)}")
    return sum(weight * alphabet.index(character) for weight, character in zip(weights, text, strict=True))


def resident_id_check(first17: str) -> str:
    """GB 11643-1999 (ISO 7064 MOD 11-2): the 18th character of a 公民身份号码."""
    return RESIDENT_ID_CHECKS[_weighted(first17, DIGITS, RESIDENT_ID_WEIGHTS) % 11]


def credit_code_check(first17: str) -> str:
    """GB 32100-2015: the 18th character of a 统一社会信用代码 (no letter case folding)."""
    return CREDIT_CODE_ALPHABET[-_weighted(first17, CREDIT_CODE_ALPHABET, CREDIT_CODE_WEIGHTS) % 31]


def organisation_code_check(first8: str) -> str:
    """GB 11714-1997: the 9th character of an 组织机构代码, also characters 9 to 17 of a credit code."""
    check = 11 - _weighted(first8, ORGANISATION_CODE_ALPHABET, ORGANISATION_CODE_WEIGHTS) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def luhn_check(digits: str) -> str:
    """ISO/IEC 7812-1 Annex B: the last digit of a card number whose other digits are given (any number of them)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = DIGITS.index(character) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
