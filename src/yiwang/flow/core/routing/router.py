"""A router: who probably has to answer a ticket, how sure that is, and which words say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from yiwang.flow.core.routing.errors import ExamplesWrong
from yiwang.flow.core.routing.grams import Codes, Reals, Traced, folded, traced
from yiwang.flow.core.routing.learning import Calibration, Single, Weights, calibrate, learn, out_of_fold
from yiwang.flow.core.routing.words import telling, words

COVERAGE = 0.8
BATCH = 256
MOST_REASONS, RUNNERS_UP = 5, 2


@dataclass(frozen=True)
class Example:
    label: str
    text: str


@dataclass(frozen=True)
class Reason:
    """A word of the text and how much it speaks for the label; the weights of a text's grams and a bias are its score."""

    term: str
    weight: float


@dataclass(frozen=True)
class Suggestion:
    """`confidence` is the chance, as measured on examples not learned from, that `label` is right; 0 to 1.

    Not `sure` means: a person decides. `runners_up` are the next likely labels.
    """

    label: str
    confidence: float
    sure: bool
    reasons: tuple[Reason, ...]
    runners_up: tuple[str, ...]


@dataclass(frozen=True)
class Router:
    """`confidences` are those of the examples out of fold, rising; `coverage` is the share a machine may decide."""

    labels: tuple[str, ...]
    examples: tuple[int, ...]
    coverage: float
    calibration: Calibration
    weights: Weights
    confidences: Single

    @classmethod
    def train(cls, examples: Sequence[Example], coverage: float = COVERAGE) -> Router:
        """Learn. Raises ExamplesWrong: no examples, one label only, a text without characters, a coverage that is none."""
        texts = [folded(example.text) for example in examples]
        labels = tuple(sorted({example.label for example in examples}))
        _refuse(examples, texts, labels, coverage)
        number = {label: at for at, label in enumerate(labels)}
        targets: Codes = np.array([number[example.label] for example in examples], dtype=np.int64)
        scores = out_of_fold(texts, targets, len(labels))
        calibration = calibrate(scores, targets)
        sure = np.sort(calibration.confidences(scores)).astype(np.float32)
        held = np.bincount(targets, minlength=len(labels))
        weights = learn(texts, targets, len(labels))
        return cls(labels, tuple(int(count) for count in held), coverage, calibration, weights, sure)

    def threshold_for(self, coverage: float) -> float:
        """The confidence that the given share (0 to 1) of tickets like the examples reaches."""
        return float(np.quantile(self.confidences, 1 - coverage))

    def suggest(self, text: str) -> Suggestion:
        return self.suggest_many([text])[0]

    def suggest_many(self, texts: Sequence[str]) -> list[Suggestion]:
        """One suggestion a text, in order. What the router knows no character of is never sure."""
        threshold = self.threshold_for(self.coverage)
        return [
            suggestion
            for start in range(0, len(texts), BATCH)
            for suggestion in self._batch([folded(text) for text in texts[start : start + BATCH]], threshold)
        ]

    def _batch(self, texts: Sequence[str], threshold: float) -> Iterator[Suggestion]:
        seen = traced(texts, self.weights.known)
        scores = self.weights.scores(seen.of)
        confidences = self.calibration.confidences(scores)
        confidences[np.bincount(seen.of.rows, minlength=seen.of.texts) == 0] = 0.0
        order = np.argsort(-scores, axis=1, kind="stable")
        spoken = self._spoken(seen, order[:, 0])
        start = 0
        for text, confidence, best in zip(texts, confidences.tolist(), order.tolist(), strict=True):
            label, *others = [self.labels[at] for at in best[: 1 + RUNNERS_UP]]
            sure = confidence >= threshold and confidence > 0
            yield Suggestion(label, confidence, sure, _named(text, spoken[start : start + len(text)]), tuple(others))
            start += len(text) + 1

    def _spoken(self, seen: Traced, chosen: Codes) -> Reals:
        """What each character of the stream adds to the score of the label chosen for its text."""
        of = seen.of
        label = chosen[of.rows]
        scaled = of.damped * self.weights.scale[of.columns, label]
        length = np.sqrt(of.sums(scaled * scaled))
        length[length == 0] = 1.0
        # What a gram adds is shared by the places where it stands.
        return seen.spread(scaled * self.weights.pull[of.columns, label] / length[of.rows] / of.times)


def _named(text: str, spoken: Reals) -> tuple[Reason, ...]:
    """The words whose characters add most."""
    heaviest = (Reason(word, weight) for word, weight in words(text, spoken) if telling(word))
    return tuple(islice(heaviest, MOST_REASONS))


def _refuse(examples: Sequence[Example], texts: Sequence[str], labels: Sequence[str], coverage: float) -> None:
    if not examples:
        raise ExamplesWrong(
            zh="没有样例，无法训练",
            en="there are no examples to learn from",
            hint_zh="请提供每类约二十条带标签的工单。",
            hint_en="Give about twenty labelled tickets per class.",
        )
    if len(labels) < 2:
        raise ExamplesWrong(
            zh=f"所有样例都属于“{labels[0]}”，只有一类就无从区分",
            en=f"every example belongs to {labels[0]!r}: with one label there is nothing to tell apart",
            hint_zh="请补充至少另一类的样例。",
            hint_en="Add examples of at least one other label.",
        )
    for number, (example, text) in enumerate(zip(examples, texts, strict=True), start=1):
        if not example.label.strip() or not any(character.isalnum() for character in text):
            raise ExamplesWrong(
                zh=f"第 {number} 条样例没有标签，或正文里没有文字",
                en=f"example {number} has no label, or no characters in its text",
                hint_zh="请删去这一条或补全。",
                hint_en="Remove or complete it.",
            )
    if not 0 < coverage <= 1:
        raise ExamplesWrong(
            zh=f"机器决定的比例须大于 0 且不超过 1：{coverage}",
            en=f"the share a machine may decide must lie above 0 and be at most 1: {coverage}",
        )
