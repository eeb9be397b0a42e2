"""How one value is made wrong, one function a class of error. Each returns the wrong value, or None where it does not apply.

A wrong value is wrong by construction: a changed check digit differs from the right one, an impossible date is on no calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from yiwang.data.synth import numbers
from yiwang.data.synth.names import EITHER, LOOKALIKES
from yiwang.data.synth.shapes import Field, ListSpec

_CHECKS = "0123456789X"
_DIGITS = "0123456789"
_STRANGERS = ("其他", "待定", "不详情况", "测试")
_BLANKS = ("", "", " ", "　")


@dataclass(frozen=True)
class Frame:
    """What a spoiler may need to know beyond the row. `today` in days since 1970-01-01."""

    rng: np.random.Generator
    today: int
    firms: int
    retired: tuple[str, ...]

    def pick(self, words: str | tuple[str, ...]) -> str:
        return words[int(self.rng.integers(len(words)))]


Cells = Mapping[str, str]
Spoiler = Callable[[ListSpec, Field, Cells, Frame], str | None]


def _another(old: str, alphabet: str, frame: Frame) -> str:
    return frame.pick(alphabet.replace(old, ""))


def iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def day_number(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def wrong_check_digit(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    if field.kind == "resident-id":
        if old[14] != old[15] and frame.rng.random() < 0.5:
            return old[:14] + old[15] + old[14] + old[16:]
        return old[:17] + _another(old[17], _CHECKS, frame)
    if field.kind == "credit-code":
        if frame.rng.random() < 0.5:
            place = int(frame.rng.integers(9, 16))
            return old[:place] + _another(old[place], _DIGITS, frame) + old[place + 1 :]
        return old[:17] + _another(old[17], numbers.CREDIT_ALPHABET, frame)
    return old[:-1] + _another(old[-1], _DIGITS, frame)


def wrong_form(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    # Behind the reserved beginning, which a slip of the pen must not leave.
    place = int(frame.rng.integers(8, len(old) - 1))
    return (
        old[:place] + old[place + 1 :] if frame.rng.random() < 0.6 else old[:place] + frame.pick(_DIGITS) + old[place:]
    )


def _with_birthday(old: str, birthday: str) -> str:
    body = old[:6] + birthday + old[14:17]
    return body + numbers.resident_check(body)


def impossible_date(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    month_day = frame.pick(("0230", "0231", "0431", "0631", "0931", "1131", "1301", "1315", "0132", "1232"))
    if field.kind == "resident-id":
        return _with_birthday(old, old[6:10] + month_day)
    return f"{old[:4]}-{month_day[:2]}-{month_day[2:]}"


def future_date(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    later = iso(frame.today + int(frame.rng.integers(1100, 6000)))
    return _with_birthday(old, later.replace("-", "")) if field.kind == "resident-id" else later


def missing_required(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    return frame.pick(_BLANKS) if cells[field.id] else None


def out_of_range(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    low, high = field.low or 0.0, field.high or 0.0
    if frame.rng.random() < 0.5:
        return str(int(high * (1 + 9 * frame.rng.random())) + 1)
    return str(int(low) - 1 - int(frame.rng.integers(0, 50)))


def not_in_list(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    return frame.pick(_STRANGERS)


def unknown_division(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    # No town of the city has a code from 900 up.
    return f"2308819{int(frame.rng.integers(0, 100)):02d}{int(frame.rng.integers(1, 600)):03d}"


def retired_division(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    return frame.pick(frame.retired) if frame.retired else None


def date_order_broken(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    """`field` is the later one of a pair; it is set before the earlier."""
    first = next(pair[0] for pair in spec.before if pair[1] == field.id)
    if not cells[first] or not cells[field.id]:
        return None
    return iso(day_number(cells[first]) - int(frame.rng.integers(20, 900)))


def orphan_reference(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    if field.kind == "resident-id":
        # Same birthday and sex, so that nothing else in the row contradicts it.
        sequence = 2 * int(frame.rng.integers(500)) + int(old[16]) % 2
        body = f"{numbers.ORPHAN_PREFIX}{old[6:14]}{sequence:03d}"
        return body + numbers.resident_check(body)
    unknown = np.asarray([frame.firms + int(frame.rng.integers(10**6, 9 * 10**6))], dtype=np.int64)
    code: str = numbers.credit_codes(unknown, np.asarray([int(old[1])], dtype=np.int64))[0].as_py()
    return code


def contradiction(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if not old:
        return None
    if any(identity.sex == field.id for identity in spec.identities):
        return "女" if old == "男" else "男"
    if any(identity.born == field.id for identity in spec.identities):
        return iso(day_number(old) - int(frame.rng.integers(1, 400)))
    greater = next(pair[1] for pair in spec.at_most if pair[0] == field.id)
    return str(int(float(cells[greater])) + int(frame.rng.integers(1, 50)))


def name_typo(spec: ListSpec, field: Field, cells: Cells, frame: Frame) -> str | None:
    old = cells[field.id]
    if len(old) < 2:
        return None
    return old[:-1] + LOOKALIKES.get(old[-1], _another(old[-1], "".join(EITHER), frame))


def second_number(old: str) -> str:
    """Another valid number for the same birthday and sex, different for every first number."""
    body = f"{int(old[:6]) + numbers.SECOND_STEP}{old[6:17]}"
    return body + numbers.resident_check(body)


SPOILERS: dict[str, Spoiler] = {
    "wrong_check_digit": wrong_check_digit,
    "wrong_form": wrong_form,
    "impossible_date": impossible_date,
    "future_date": future_date,
    "missing_required": missing_required,
    "out_of_range": out_of_range,
    "not_in_list": not_in_list,
    "unknown_division": unknown_division,
    "retired_division": retired_division,
    "date_order_broken": date_order_broken,
    "orphan_reference": orphan_reference,
    "cross_field_contradiction": contradiction,
    "name_typo": name_typo,
}
