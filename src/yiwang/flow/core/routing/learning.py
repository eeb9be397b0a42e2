"""Learning labels from examples: a linear machine per label over grams weighed by how much they speak for it.

The weight of a gram is its rarity times the power BETA of the log of how much more often it stands under the label than
elsewhere (naive Bayes), then a support vector machine settles the rest. Every choice is fixed: same examples, same versions
of the libraries, same router.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yiwang.flow.core.routing.grams import Codes, Counts, Reals, counts, matrix, vocabulary

ALPHA, BETA, PENALTY = 0.3, 0.7, 1.0
# Below so many examples a gram that stands in only one of them still counts: there is little else.
FEW = 50
FOLDS, SEED = 5, 12345
PULL = 1e-3
Single = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """What was learned: `scale` and `pull` are grams × labels, `bias` one number a label."""

    known: Codes
    scale: Single
    pull: Single
    bias: Single

    def scores(self, of: Counts) -> Reals:
        """Texts × labels: how far each text lies on the label's side."""
        damped, labels = of.damped, self.bias.shape[0]
        found = np.empty((of.texts, labels))
        for label in range(labels):
            scaled = damped * self.scale[of.columns, label]
            length = np.sqrt(of.sums(scaled * scaled))
            length[length == 0] = 1.0
            found[:, label] = of.sums(scaled * self.pull[of.columns, label]) / length + self.bias[label]
        return found


def learn(folded: Sequence[str], targets: Codes, labels: int) -> Weights:
    """Weights from folded texts and the number of each one's label. A label without examples never wins."""
    # scikit-learn takes a second to load, and only training needs it.
    from sklearn.svm import LinearSVC

    known = vocabulary(folded, 2 if len(folded) >= FEW else 1)
    of = counts(folded, known)
    rarity = _rarity(of)
    scale = np.zeros((len(known), labels), dtype=np.float32)
    pull = np.zeros_like(scale)
    bias = np.full(labels, -1.0, dtype=np.float32)
    for label in range(labels):
        mine = targets == label
        if not mine.any():
            continue
        scale[:, label] = rarity * _leaning(of, mine) ** BETA
        scaled = of.damped * scale[of.columns, label]
        length = np.sqrt(of.sums(scaled * scaled))
        length[length == 0] = 1.0
        machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=SEED, max_iter=10_000)
        machine.fit(matrix(of, scaled / length[of.rows]), mine)
        pull[:, label], bias[label] = machine.coef_[0], machine.intercept_[0]
    return Weights(known, scale, pull, bias)


def _rarity(of: Counts) -> Reals:
    held = np.bincount(of.columns, minlength=of.width)
    rarity: Reals = np.log((1 + of.texts) / (1 + held)) + 1
    return rarity


def _leaning(of: Counts, mine: NDArray[np.bool_]) -> Reals:
    """How strongly a gram speaks for or against the label, by the number of texts that hold it."""
    inside = ALPHA + np.bincount(of.columns[mine[of.rows]], minlength=of.width)
    outside = ALPHA + np.bincount(of.columns[~mine[of.rows]], minlength=of.width)
    leaning: Reals = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
    return leaning


def out_of_fold(folded: Sequence[str], targets: Codes, labels: int) -> Reals:
    """The scores of each example by weights that never saw it, nor another of the same text."""
    fold = folds(folded, targets)
    found = np.empty((len(folded), labels))
    for number in range(int(fold.max()) + 1):
        inside, outside = (np.flatnonzero(part).tolist() for part in (fold != number, fold == number))
        weights = learn([folded[i] for i in inside], targets[inside], labels)
        found[outside] = weights.scores(counts([folded[i] for i in outside], weights.known))
    return found


def folds(folded: Sequence[str], targets: Codes) -> Codes:
    """Which part each example belongs to: labels spread evenly, equal texts together."""
    first = {text: at for at, text in reversed(list(enumerate(folded)))}
    leaders = np.array([first[text] for text in folded])
    fold = np.zeros(len(folded), dtype=np.int64)
    shuffled = np.random.default_rng(SEED).permutation(len(folded))
    seen: dict[int, int] = {}
    for at in shuffled:
        if leaders[at] == at:
            label = int(targets[at])
            # Labels start at different parts, so that rare ones do not all fall into the first.
            fold[at] = seen.get(label, label) % FOLDS
            seen[label] = seen.get(label, label) + 1
    found: Codes = fold[leaders]
    return found


def margins(scores: Reals) -> Reals:
    """How far the best label of each text lies ahead of the second."""
    top = np.partition(scores, -2, axis=1)
    ahead: Reals = top[:, -1] - top[:, -2]
    return ahead


@dataclass(frozen=True)
class Calibration:
    """The chance that the best label is right as a curve over its margin: 1 / (1 + exp(-(steep · margin + start)))."""

    steep: float
    start: float

    def confidences(self, scores: Reals) -> Reals:
        chance: Reals = 1 / (1 + np.exp(-(self.steep * margins(scores) + self.start)))
        return chance


def calibrate(scores: Reals, targets: Codes) -> Calibration:
    """The likeliest curve for scores out of fold, by Newton's method; a slight pull keeps it finite when all are right."""
    ahead = np.column_stack([margins(scores), np.ones(len(targets))])
    right = (scores.argmax(axis=1) == targets).astype(np.float64)
    # Platt's targets: one right and one wrong answer more than were seen, so that nothing is ever certain.
    wanted = np.where(right > 0, (right.sum() + 1) / (right.sum() + 2), 1 / ((1 - right).sum() + 2))
    curve = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(ahead @ curve)))
        slope = ahead.T @ (chance - wanted) + PULL * curve
        bend = (ahead * (chance * (1 - chance))[:, None]).T @ ahead + PULL * np.eye(2)
        step = np.linalg.solve(bend, slope)
        curve -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    # Further ahead never means less sure.
    return Calibration(max(float(curve[0]), 0.0), float(curve[1]))
