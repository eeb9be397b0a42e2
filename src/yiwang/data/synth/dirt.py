"""The harmless mess of real lists: full-width digits, blanks, dates and money as people type them. Never changes a meaning."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from yiwang.data.synth.draws import Bool, Objects
from yiwang.data.synth.shapes import DateStyle, Field, ListSpec

_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_AMOUNT = re.compile(r"\d+(\.\d{1,2})?")
# The first day whose Excel serial is written out; earlier serials would look like small numbers.
_SERIAL_FROM = "2000-01-01"
Change = Callable[[str], str]


def _wide(text: str) -> str:
    return text.translate(_WIDE)


def _spaced_id(text: str) -> str:
    return f"{text[:6]} {text[6:14]} {text[14:]}"


def _spaced_telephone(text: str) -> str:
    return f"{text[:3]} {text[3:7]} {text[7:]}"


def _dashed_telephone(text: str) -> str:
    return f"{text[:3]}-{text[3:7]}-{text[7:]}"


def _trailing(text: str) -> str:
    return text + " "


def _leading_wide(text: str) -> str:
    return "　" + text


def _spread_name(text: str) -> str:
    return f"{text[0]}　{text[1]}" if len(text) == 2 else text


def _thousands(text: str) -> str:
    whole, _, part = text.partition(".")
    return f"{int(whole):,}" + (f".{part}" if part else "")


def _yuan(text: str) -> str:
    return text + "元"


def _signed(text: str) -> str:
    return "¥" + _thousands(text)


def _wan(text: str) -> str:
    """In ten thousands, where that needs no more than four decimals."""
    return f"{int(text) / 10000:.4f}".rstrip("0").rstrip(".") + "万元" if "." not in text else text


# Share of cells, and what happens to them; the rest stays plain.
_CHANGES: dict[str, tuple[tuple[float, Change], ...]] = {
    "resident-id": ((0.015, _wide), (0.01, _spaced_id), (0.01, _trailing), (0.01, str.lower)),
    "credit-code": ((0.01, _wide), (0.02, _trailing)),
    "bank-card": ((0.01, _wide), (0.02, lambda text: " ".join(text[i : i + 4] for i in range(0, len(text), 4)))),
    "mobile": ((0.02, _spaced_telephone), (0.02, _dashed_telephone), (0.01, _wide)),
    "division": ((0.01, _trailing), (0.005, _wide)),
    "choice": ((0.01, _trailing), (0.005, _leading_wide)),
    "name": ((0.12, _spread_name), (0.01, _trailing)),
    "integer": ((0.01, _wide), (0.01, _trailing)),
    "decimal": ((0.01, _wide), (0.01, _trailing)),
    "money": ((0.06, _thousands), (0.05, _yuan), (0.02, _signed), (0.02, _wan), (0.005, _wide)),
}
_STYLES: dict[DateStyle, Change] = {
    "iso": lambda text: text,
    "slash": lambda text: f"{text[:4]}/{int(text[5:7])}/{int(text[8:])}",
    "chinese": lambda text: f"{text[:4]}年{int(text[5:7])}月{int(text[8:])}日",
    "compact": lambda text: text.replace("-", ""),
    "dot": lambda text: f"{text[:4]}.{int(text[5:7])}.{int(text[8:])}",
}


def _capital(rng: np.random.Generator, text: str) -> str:
    """Registered capital as registrars write it."""
    wan = f"{float(text) / 10000:.4f}".rstrip("0").rstrip(".")
    whole, _, part = wan.partition(".")
    grouped = f"{int(whole):,}" + (f".{part}" if part else "")
    forms = (f"{grouped}(万元人民币)", f"{wan}(万元)", f"{wan}万人民币", f"{wan}万元", _thousands(text) + "元")
    return forms[int(rng.choice(5, p=[0.4, 0.2, 0.2, 0.15, 0.05]))]


def _serial(text: str) -> str:
    return str(int((np.datetime64(text) - np.datetime64("1899-12-30")).astype(np.int64)))


def _dates(field: Field, spec: ListSpec, values: Objects, fixed: Bool, rng: np.random.Generator) -> None:
    others = [style for style in _STYLES if style != spec.date_style]
    drawn = rng.random(len(values))
    chosen = rng.integers(len(others), size=len(values))
    serials = spec.resource == "elderly-allowance" and field.id == "start_on"
    for row, text in enumerate(values):
        if not _DATE.fullmatch(text):
            continue
        if serials and drawn[row] < 0.03 and not fixed[row] and text >= _SERIAL_FROM:
            values[row] = _serial(text)
        else:
            values[row] = _STYLES[others[chosen[row]] if drawn[row] > 0.85 else spec.date_style](text)


def _capitals(values: Objects, rng: np.random.Generator) -> None:
    for row, text in enumerate(values):
        values[row] = _capital(rng, text) if _AMOUNT.fullmatch(text) else ("N/A" if rng.random() < 0.5 else text)


def soil(spec: ListSpec, columns: dict[str, Objects], fixed: Bool, rng: np.random.Generator) -> None:
    """Writes the values of a block as people would, in place; rows marked `fixed` hold an error whose form must stay."""
    for field in spec.fields:
        values = columns[field.id]
        if field.kind == "date":
            _dates(field, spec, values, fixed, rng)
        elif field.id == "registered_capital":
            _capitals(values, rng)
        else:
            drawn, start = rng.random(len(values)), 0.0
            for share, change in _CHANGES.get(field.kind, ()):
                for row in np.flatnonzero((drawn >= start) & (drawn < start + share) & ~fixed):
                    if field.kind != "money" or _AMOUNT.fullmatch(values[row]):
                        values[row] = change(values[row]) if values[row] else ""
                start += share
