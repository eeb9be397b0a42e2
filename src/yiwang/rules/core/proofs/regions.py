"""The elementary regions of an input: the stretches in which no cell of the table tells two values apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal as OneOf

from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.proofs.scales import Key, Line, Scale

# Whole numbers and days are looked at one by one up to this many, where a cell asks a function of them.
MAX_POINTS = 400


@dataclass(frozen=True, slots=True)
class Region:
    """`value` stands for all: the only one of a point, a plain one of a stretch between two keys or of all other texts."""

    kind: OneOf["null", "point", "between", "other", "outcome"]
    value: Value
    low: Key | None = None
    high: Key | None = None

    @property
    def single(self) -> bool:
        return self.kind in ("null", "point")


NULL = Region("null", None)


def stretches(scale: Scale, keys: Iterable[Key]) -> list[Region]:
    """Points and what lies between them, from the lowest to the highest."""
    ordered: list[Key] = sorted(set(keys))
    found: list[Region] = []
    low: Key | None = None
    for key in ordered:
        found.extend(_between(scale, low, key))
        if scale.holds(key):
            found.append(Region("point", scale.value(key), key, key))
        low = key
    found.extend(_between(scale, low, None))
    return found


def _between(scale: Scale, low: Key | None, high: Key | None) -> list[Region]:
    # Where the line itself ends, its last value counts as inside.
    for end in (scale.least, scale.most):
        if end is not None and (low is None or low < end) and (high is None or end < high):  # type: ignore[operator]
            plain = scale.between(low, high)
            return [Region("between", scale.value(end if plain is None else plain), low, high)]
    plain = scale.between(low, high)
    if plain is None:
        return []
    if scale.between(plain, high) is None and scale.between(low, plain) is None:
        return [Region("point", scale.value(plain), plain, plain)]
    return [Region("between", scale.value(plain), low, high)]


def others(texts: Iterable[str]) -> list[Region]:
    """Texts that are only compared for equality: each of them, and every other one."""
    known = list(dict.fromkeys(texts))
    other = "其他"
    while other in known:
        other += "…"
    return [*(Region("point", text, text, text) for text in known), Region("other", other)]


def truths() -> list[Region]:
    return [Region("point", True), Region("point", False)]


def within(regions: list[Region], allowed: Callable[[Value], bool | None], nullable: bool) -> list[Region]:
    """Those whose values may come; null where the input may be empty."""
    return [region for region in regions if allowed(region.value) is True] + ([NULL] if nullable else [])


def points_of(scale: Scale, regions: list[Region]) -> list[Key] | None:
    """Every value one by one where they are few and whole; None where they are not."""
    if not isinstance(scale, Line) or scale.step is None:
        return None
    found: list[Key] = []
    for region in regions:
        if region.kind == "point" and region.low is not None:
            found.append(region.low)
        elif region.kind == "between":
            if not isinstance(region.low, Fraction) or not isinstance(region.high, Fraction):
                return None
            if (region.high - region.low) / scale.step > MAX_POINTS:
                return None
            key = (region.low / scale.step).__floor__() * scale.step + scale.step
            while key < region.high:
                found.append(key)
                key += scale.step
    return found if len(found) <= MAX_POINTS else None


@dataclass(frozen=True, slots=True)
class _Ends:
    low: Key | None
    high: Key | None
    closed: bool


def _ends(region: Region, scale: Scale | None) -> _Ends:
    """Where a region begins and ends; on a line of whole values its first and last one."""
    if region.kind == "point":
        return _Ends(region.low, region.high, True)
    step = scale.step if scale is not None else None
    if step is None:
        return _Ends(region.low, region.high, False)
    low = (region.low // step + 1) * step if isinstance(region.low, Fraction) else None
    high = -(-region.high // step + 1) * step if isinstance(region.high, Fraction) else None
    return _Ends(low, high, True)


def relations(one: Region, other: Region, scales: tuple[Scale | None, Scale | None]) -> frozenset[str]:
    """Which of `<`, `=`, `>` can hold between a value of one region and one of another; all where the lines differ."""
    if type(scales[0]) is not type(scales[1]) or "other" in (one.kind, other.kind):
        return frozenset("<=>")
    a, b = _ends(one, scales[0]), _ends(other, scales[1])
    found = set("<=>")
    for sign, low, high in (("<", a.low, b.high), (">", b.low, a.high)):
        if low is not None and high is not None and low >= high:  # type: ignore[operator]
            found.discard(sign)
            if low > high or not (a.closed and b.closed):  # type: ignore[operator]
                found.discard("=")
    return frozenset(found)
