"""Numbers of people, firms, telephones and cards that pass every check and can belong to nobody.

The reserved patterns, and what can be claimed for each, are argued in docs/explanation/synthetic-city.md:

resident id   begins 2399: a province-23 prefecture that the division lists compared have never held
credit code   division part 239901, of the same family
mobile        begins 163: not handed to any operator in the ministry's list to the end of March 2023
bank card     begins 9999: issuer of national scheme 9, country 999, which ISO 3166 leaves to users
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yiwang.data.synth.draws import I64

RESIDENT_FAMILY = "2399"
FIRST_PREFIX, LAST_PREFIX = 239901, 239949
# Added to a prefix: the second number of somebody who already has one. And the prefix nobody in the city has.
SECOND_STEP = 50
ORPHAN_PREFIX = 239999
CREDIT_DIVISION = "239901"
MOBILE_FAMILY = "163"
CARD_FAMILY = "9999"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CREDIT_WEIGHTS = np.array([pow(3, power, 31) for power in range(17)])
_RESIDENT_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ORGANISATION_CHECK = np.frombuffer(b"0X987654321", dtype=np.uint8)
_CREDIT_BYTES = np.frombuffer(CREDIT_ALPHABET.encode(), dtype=np.uint8)
_CREDIT_VALUE = np.zeros(128, dtype=np.int64)
_CREDIT_VALUE[_CREDIT_BYTES] = np.arange(31)

Bytes = npt.NDArray[np.uint8]


def _digits(value: I64, width: int) -> I64:
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits: I64 = (value[:, None] // powers) % 10
    return digits


def _text(characters: Bytes) -> Any:
    """Rows of ASCII bytes as one Arrow string column."""
    count, width = characters.shape
    offsets = (np.arange(count + 1, dtype=np.int32) * width).tobytes()
    data = np.ascontiguousarray(characters).tobytes()
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def calendar_parts(days: I64) -> tuple[I64, I64, I64]:
    """Year, month and day of days since 1970-01-01."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year: I64 = date.astype("datetime64[Y]").astype(np.int64) + 1970
    in_year: I64 = month.astype(np.int64) % 12 + 1
    in_month: I64 = (date - month).astype(np.int64) + 1
    return year, in_year, in_month


def resident_ids(prefix: I64, born: I64, sequence: I64) -> Any:
    """Resident numbers of 6-digit prefixes, birth days (since 1970) and sequences 0–999 (odd is male)."""
    year, month, day = calendar_parts(born)
    body = np.hstack([_digits(prefix, 6), _digits(year * 10000 + month * 100 + day, 8), _digits(sequence, 3)])
    check = _RESIDENT_CHECK[(body @ _RESIDENT_WEIGHTS) % 11]
    return _text(np.hstack([(body + 48).astype(np.uint8), check[:, None]]))


def resident_check(first17: str) -> str:
    """The check character of 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    digits = np.frombuffer(first17.encode(), dtype=np.uint8).astype(np.int64) - 48
    return chr(int(_RESIDENT_CHECK[int(digits @ _RESIDENT_WEIGHTS) % 11]))


def _organisation_checks(body: Bytes) -> Bytes:
    value = np.where(body > 57, body.astype(np.int64) - 55, body.astype(np.int64) - 48)
    checks: Bytes = _ORGANISATION_CHECK[(value @ _ORGANISATION_WEIGHTS) % 11]
    return checks


def _credit_checks(body: Bytes) -> Bytes:
    checks: Bytes = _CREDIT_BYTES[(31 - (_CREDIT_VALUE[body] @ _CREDIT_WEIGHTS) % 31) % 31]
    return checks


def credit_codes(index: I64, kind: I64) -> Any:
    """Credit codes of firm indexes below 100 million; kind is the second character (1 firm, 2 sole trader, 3 cooperative)."""
    scattered = (index * 61_803_399 + 1_234_567) % 100_000_000
    organisation = (_digits(scattered, 8) + 48).astype(np.uint8)
    head = np.tile(np.frombuffer(("90" + CREDIT_DIVISION).encode(), dtype=np.uint8), (len(index), 1))
    head[:, 1] = kind + 48
    body = np.hstack([head, organisation, _organisation_checks(organisation)[:, None]])
    return _text(np.hstack([body, _credit_checks(body)[:, None]]))


def credit_check(first17: str) -> str:
    """The last character of a credit code (GB 32100)."""
    return chr(int(_credit_checks(np.frombuffer(first17.encode(), dtype=np.uint8)[None, :])[0]))


def organisation_check(first8: str) -> str:
    """The check character of an organisation code (GB 11714)."""
    return chr(int(_organisation_checks(np.frombuffer(first8.encode(), dtype=np.uint8)[None, :])[0]))


def mobiles(index: I64) -> Any:
    """Eleven-digit telephones of indexes below 100 million."""
    scattered = (index * 38_196_601 + 7_654_321) % 100_000_000
    return _text((_digits(int(MOBILE_FAMILY) * 10**8 + scattered, 11) + 48).astype(np.uint8))


def luhn_checks(body: I64) -> I64:
    """The Luhn digit that follows each row of digits."""
    doubled = body.copy()
    doubled[:, ::-1][:, ::2] *= 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    check: I64 = (10 - total % 10) % 10
    return check


def bank_cards(index: I64) -> Any:
    """Nineteen-digit card numbers of indexes below 10¹⁰."""
    scattered = (index * 2_718_281_829 + 314_159_265) % 10**10
    body = _digits(int(CARD_FAMILY) * 10**14 + scattered, 18)
    return _text((np.hstack([body, luhn_checks(body)[:, None]]) + 48).astype(np.uint8))


def is_synthetic_resident_id(number: str) -> bool:
    """Whether a resident number is of the reserved family; says nothing about its check character."""
    return number.startswith(RESIDENT_FAMILY) and len(number) in (15, 18)


def is_synthetic_credit_code(code: str) -> bool:
    return len(code) == 18 and code[2:8] == CREDIT_DIVISION


def is_synthetic_mobile(number: str) -> bool:
    return len(number) == 11 and number.startswith(MOBILE_FAMILY)


def is_synthetic_bank_card(number: str) -> bool:
    return len(number) == 19 and number.startswith(CARD_FAMILY)
