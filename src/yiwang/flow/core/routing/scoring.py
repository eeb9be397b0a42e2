"""How well labels were given: precision, recall and F1 per label, their mean, and the same for the surest share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)


@dataclass(frozen=True)
class LabelScore:
    """`n` is how many truly have the label. What cannot be divided counts 0."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True)
class Scores:
    """`macro_f1` is the plain mean over every label that is true or was given."""

    macro_f1: float
    n: int
    per_class: dict[str, LabelScore]


@dataclass(frozen=True)
class Covered:
    """`macro_f1` of the surest `coverage` of the tickets, which all reach `threshold`; the rest goes to a person."""

    coverage: float
    macro_f1: float
    threshold: float


def scores(true: Sequence[str], given: Sequence[str]) -> Scores:
    """Raises ValueError when there is nothing to score."""
    if not true:
        raise ValueError("no answers to score")
    right = Counter(a for a, b in zip(true, given, strict=True) if a == b)
    are, said = Counter(true), Counter(given)
    per_class = {}
    for label in sorted(are | said):
        both = are[label] + said[label]
        per_class[label] = LabelScore(
            precision=right[label] / said[label] if said[label] else 0.0,
            recall=right[label] / are[label] if are[label] else 0.0,
            f1=2 * right[label] / both,
            n=are[label],
        )
    return Scores(sum(one.f1 for one in per_class.values()) / len(per_class), len(true), per_class)


def coverage_curve(true: Sequence[str], given: Sequence[str], confidences: Sequence[float]) -> list[Covered]:
    """One point per share of SHARES; of equal confidences the earlier ticket is decided first."""
    order = sorted(range(len(true)), key=lambda at: -confidences[at])
    curve = []
    for share in SHARES:
        kept = order[: max(1, round(share * len(order)))]
        found = scores([true[at] for at in kept], [given[at] for at in kept])
        curve.append(Covered(share, found.macro_f1, confidences[kept[-1]]))
    return curve
