"""What the proofs found, said so that an official understands it."""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import Words, glued, joined, range_words, spaced, value_words
from yiwang.rules.core.proofs.cover import Box, bits
from yiwang.rules.core.proofs.dimensions import Dimension
from yiwang.rules.core.proofs.regions import Region
from yiwang.rules.core.proofs.scales import Dates, Key, Moments, Times

_RELATIONS = {
    1: ("小于", "is less than"),
    2: ("等于", "equals"),
    3: ("小于等于", "is at most"),
    4: ("大于", "is greater than"),
}
_RELATIONS |= {5: ("不等于", "differs from"), 6: ("大于等于", "is at least")}
INDEPENDENT = Words(
    "（其中的条件按互不相干处理，这种情况可能不会出现）",
    " (its conditions are treated as independent, so this may be impossible)",
)


def said(dimension: Dimension, value: Value) -> Words:
    """A value with its unit."""
    words = value_words(value)
    if value is None or not dimension.domain.unit.zh:
        return words
    return joined([words, dimension.domain.unit], " ", " ")


def where(dimensions: Sequence[Dimension], space: Box, box: Box, row: dict[int, Value]) -> Words:
    """The part of the space a box is, by the dimensions it narrows: 年龄大于 60 且小于 65（如 61）、户籍为空."""
    parts = [
        words
        for place, dimension in enumerate(dimensions)
        if box[place] != space[place]
        and (words := narrowed(dimension, dimensions, box[place], row.get(place))) is not None
    ]
    return joined(parts, "、", " and ")


def narrowed(dimension: Dimension, dimensions: Sequence[Dimension], mask: int, example: Value) -> Words | None:
    """One dimension held to some of its regions; None where that says nothing a reader needs."""
    if dimension.kind == "relation":
        if mask not in _RELATIONS:
            return None
        one, other = (dimensions[place].words for place in dimension.pair)
        zh, en = _RELATIONS[mask]
        return Words(glued(one.zh, zh, other.zh), f"{one.en} {en} {other.en}")
    if dimension.kind == "condition":
        if mask & 1:
            return Words(f"“{dimension.words.zh}”成立", f"“{dimension.words.en}” holds")
        return Words(f"“{dimension.words.zh}”不成立", f"“{dimension.words.en}” does not hold")
    if dimension.kind == "term" and mask == dimension.all & ~dimension.null:
        return None
    regions = [dimension.regions[place] for place in bits(mask)]
    predicate = regions_words(dimension, mask)
    name = dimension.words
    zh, en = glued(name.zh, predicate.zh), f"{name.en} {predicate.en}"
    if (
        not (len(regions) == 1 and regions[0].single)
        and example is not None
        and any(not region.single for region in regions)
    ):
        shown = said(dimension, example)
        zh, en = f"{zh}（如{spaced(shown.zh)}）", f"{en} (say {shown.en})"
    return Words(zh, en)


def regions_words(dimension: Dimension, mask: int) -> Words:
    """A set of regions as a predicate; neighbours are told as one range."""
    if mask == dimension.all:
        return Words("不限", "is anything")
    if mask == dimension.all & ~dimension.null:
        return Words("不为空", "is not empty")
    regions = [dimension.regions[place] for place in bits(mask)]
    missing = [dimension.regions[place] for place in bits(dimension.all & ~mask)]
    most = dimension.finite and len(missing) <= 2 < len(regions) - 1
    if most or any(region.kind == "other" for region in regions):
        absent = _values([said(dimension, region.value) for region in missing])
        return Words("不为" + absent.zh, "is not " + absent.en)
    single: list[Words] = []
    ranges: list[Words] = []
    for run in _runs(regions):
        if len(run) == 1 and run[0].single:
            single.append(said(dimension, run[0].value))
        else:
            ranges.append(_range(dimension, run))
    values = _values(single)
    parts = [Words("为" + values.zh, "is " + values.en)] if single else []
    return joined(parts + [Words(each.zh, f"is {each.en}") for each in ranges], "，或", " or ")


def _values(values: Sequence[Words]) -> Words:
    listed = joined(list(values), "或", " or ")
    return Words(spaced(listed.zh), listed.en)


def _runs(regions: Sequence[Region]) -> list[list[Region]]:
    runs: list[list[Region]] = []
    for region in regions:
        before = runs[-1][-1] if runs else None
        # Two points never touch: there is a stretch between them, or they are neighbours on a whole line and told one by one.
        touching = (
            before is not None and region.low is not None and before.high == region.low and before.kind != region.kind
        )
        if touching:
            runs[-1].append(region)
        else:
            runs.append([region])
    return runs


def _range(dimension: Dimension, run: Sequence[Region]) -> Words:
    """From where to where; an end that is the end of all values that may come is not told."""
    known = [region for region in dimension.regions if region.kind != "null"]
    first, last = run[0], run[-1]
    return range_words(
        None if first is known[0] and last is not known[-1] else _end(dimension, first.low),
        None if last is known[-1] and first is not known[0] else _end(dimension, last.high),
        first.kind == "point",
        last.kind == "point",
        isinstance(dimension.scale, (Dates, Moments, Times)),
    )


def _end(dimension: Dimension, key: Key | None) -> Words | None:
    return None if key is None or dimension.scale is None else said(dimension, dimension.scale.value(key))


def numbers(rules: Sequence[int]) -> Words:
    """规则 2 和规则 4"""
    return joined(
        [Words(f"规则 {number}", f"rule {number}") for number in rules], "和" if len(rules) == 2 else "、", " and "
    )
