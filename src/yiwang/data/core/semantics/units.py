"""Units of money as registers write them: a closed list, spelled out once from scales and currencies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from yiwang.data.core.semantics.errors import UnknownUnit

SCALES = {"": 0, "万": 4, "千": 3, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
YUAN = ("", "元", "圆")  # of whatever currency stands before the figure, else CNY
CURRENCIES = {
    "CNY": ("人民币", "元人民币", "人民币元", "元(人民币)", "RMB", "CNY"),
    "USD": ("美元", "美金", "元美元", "USD"),
    "HKD": ("港币", "港元", "元港币", "港币元", "HKD"),
    "MOP": ("澳门元", "澳门币", "MOP"),
    "TWD": ("新台币", "台币", "新台币元", "TWD"),
    "AUD": ("澳大利亚元", "澳元", "AUD"),
    "CAD": ("加拿大元", "加元", "CAD"),
    "EUR": ("欧元", "EUR"),
    "GBP": ("英镑", "GBP"),
    "JPY": ("日元", "日圆", "JPY"),
    "KRW": ("韩元", "韩国元", "韩币", "KRW"),
    "SGD": ("新加坡元", "新元", "SGD"),
    "CHF": ("瑞士法郎", "CHF"),
    "RUB": ("俄罗斯卢布", "卢布", "RUB"),
    "THB": ("泰铢", "THB"),
}
SYMBOLS = {"¥": "CNY", "$": "USD", "US$": "USD", "HK$": "HKD", "€": "EUR", "£": "GBP"}


@dataclass(frozen=True)
class Unit:
    """Power of ten and currency; `currency` is None where the unit leaves it open (万元)."""

    power: int
    currency: str | None


def _spelled() -> dict[str, Unit]:
    names: list[tuple[str, str | None]] = [(name, None) for name in YUAN]
    names += [(name, code) for code, listed in CURRENCIES.items() for name in listed]
    bare = {scale + name: Unit(power, code) for (scale, power), (name, code) in product(SCALES.items(), names)}
    return bare | {f"({text})": unit for text, unit in bare.items() if text and "(" not in text}


UNITS = _spelled()
PREFIXES = SYMBOLS | {name: code for code, names in CURRENCIES.items() for name in names if "元(" not in name}


def unit(text: str) -> Unit:
    """The unit a field gives its bare figures. Raises UnknownUnit."""
    if text not in UNITS:
        raise UnknownUnit(text, [name for name in UNITS if "(" not in name])
    return UNITS[text]
