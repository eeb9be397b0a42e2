"""Routing: each fifth of the public messages is routed by what was learned from the other four, against a plain peer.

The peer is what one writes first: TF-IDF of characters and pairs, scikit-learn's LinearSVC. Both see the same parts. A second
cut keeps texts that are nearly the same in one part, since copies on both sides flatter everyone.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bench.contest import ROOT
from bench.machine import machine
from bench.routing.folding import PARTS, kept_together, parts_apart, plain_parts
from yiwang.flow.core.routing.examples import ExampleFile, examples_read
from yiwang.flow.core.routing.router import Example
from yiwang.flow.core.routing.scoring import coverage_curve, scores
from yiwang.flow.core.routing.trial import trial

ROWS, QUICK_ROWS = 100_000, 100_000  # all there are
LEAST = {"macro_f1": 0.88, "macro_f1_at_80": 0.93, "per_second": 2_000}
MOST = {"train_seconds": 60.0}
FILE = "complaints/tipdm2020_a2_labelled_dev.csv"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """One cut: F1 over all parts together, its spread over the parts, and what it cost."""

    macro_f1: float
    by_part: tuple[float, ...]
    macro_f1_at_80: float | None
    train_seconds: float
    per_second: float


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """`repeat` cuts by as many seeds; `failed` lists the limits missed by their means."""
    before = machine()
    path = Path(os.environ.get("YIWANG_SHARED_DATA", ROOT.parent / "shared" / "data")) / FILE
    if not path.is_file():
        missing = f"not measured: {FILE} is absent; set YIWANG_SHARED_DATA to the public data"
        return {"name": "routing", "failed": [missing], "machine": asdict(before), "cuts": {}}
    examples = examples_read(path).accepted[:rows]
    leaders = kept_together(examples)
    cuts: dict[str, list[Found]] = {"yiwang": [], "peer": [], "yiwang_apart": [], "peer_apart": []}
    for seed in range(repeat):
        for name, part in (("", plain_parts(examples, seed)), ("_apart", parts_apart(examples, leaders, seed))):
            cuts["peer" + name].append(_peer(examples, part))
            cuts["yiwang" + name].append(_ours(examples, part))
            say(
                f"seed {seed}{name}: {cuts['yiwang' + name][-1].macro_f1:.4f}, peer {cuts['peer' + name][-1].macro_f1:.4f}"
            )
    means = {name: _means(found) for name, found in cuts.items()}
    return {
        "name": "routing",
        "failed": _missed(means),
        "limit": {"least": LEAST, "most": MOST},
        "machine": asdict(before),
        "rows": len(examples),
        "copies": sum(leader != at for at, leader in enumerate(leaders)),
        "repeat": repeat,
        "means": means,
        "cuts": {name: [asdict(one) for one in found] for name, found in cuts.items()},
    }


def _ours(examples: Sequence[Example], part: Sequence[int]) -> Found:
    """One trial a part, as the command does it."""
    true: list[str] = []
    given: list[str] = []
    confidences: list[float] = []
    by_part, trained, speeds = [], [], []
    for number in range(PARTS):
        learned, asked = _sides(examples, part, number)
        found = trial(ExampleFile(tuple(learned), ()), ExampleFile(tuple(asked), ()), FILE)
        said = found.router.suggest_many([one.text for one in asked])
        true += [one.label for one in asked]
        given += [one.label for one in said]
        confidences += [one.confidence for one in said]
        by_part.append(found.scores.macro_f1)
        trained.append(found.train_seconds)
        speeds.append(found.per_second)
    at_80 = next(point.macro_f1 for point in coverage_curve(true, given, confidences) if point.coverage == 0.8)
    whole = scores(true, given).macro_f1
    return Found(whole, tuple(by_part), at_80, max(trained), statistics.median(speeds))


def _peer(examples: Sequence[Example], part: Sequence[int]) -> Found:
    true: list[str] = []
    given: list[str] = []
    by_part, trained, speeds = [], [], []
    for number in range(PARTS):
        learned, asked = _sides(examples, part, number)
        began = time.perf_counter()
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        machine_ = LinearSVC(random_state=0).fit(
            grams.fit_transform([one.text for one in learned]), [one.label for one in learned]
        )
        trained.append(time.perf_counter() - began)
        began = time.perf_counter()
        said = machine_.predict(grams.transform([one.text for one in asked])).tolist()
        speeds.append(len(asked) / (time.perf_counter() - began))
        by_part.append(scores([one.label for one in asked], said).macro_f1)
        true += [one.label for one in asked]
        given += said
    return Found(scores(true, given).macro_f1, tuple(by_part), None, max(trained), statistics.median(speeds))


def _sides(examples: Sequence[Example], part: Sequence[int], number: int) -> tuple[list[Example], list[Example]]:
    learned = [one for one, its in zip(examples, part, strict=True) if its != number]
    return learned, [one for one, its in zip(examples, part, strict=True) if its == number]


def _means(found: Sequence[Found]) -> dict[str, float]:
    means = {
        "macro_f1": statistics.mean(one.macro_f1 for one in found),
        "sd_of_parts": statistics.pstdev(value for one in found for value in one.by_part),
        "train_seconds": max(one.train_seconds for one in found),
        "per_second": statistics.median(one.per_second for one in found),
    }
    covered = [one.macro_f1_at_80 for one in found if one.macro_f1_at_80 is not None]
    if covered:
        means["macro_f1_at_80"] = statistics.mean(covered)
    return {name: round(value, 4) for name, value in means.items()}


def _missed(means: Mapping[str, Mapping[str, float]]) -> list[str]:
    ours = means["yiwang"]
    said = [f"{name} {ours[name]}, wanted at least {least}" for name, least in LEAST.items() if ours[name] < least]
    said += [f"{name} {ours[name]}, allowed {most}" for name, most in MOST.items() if ours[name] > most]
    for cut in ("", "_apart"):
        mine, theirs = means["yiwang" + cut]["macro_f1"], means["peer" + cut]["macro_f1"]
        if mine <= theirs:
            said.append(f"macro_f1{cut} {mine} is no better than the plain peer's {theirs}")
    return said


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [f"{found['name']}: {found.get('rows', 0):,} messages, {found.get('copies', 0)} near copies, five parts"]
    lines.append(f"{'':<14}{'macro F1':>9}{'± parts':>9}{'at 80 %':>9}{'train s':>9}{'per s':>9}")
    for name, mean in found.get("means", {}).items():
        at_80 = mean.get("macro_f1_at_80", "")
        lines.append(
            f"{name:<14}{mean['macro_f1']:>9}{mean['sd_of_parts']:>9}{at_80:>9}"
            f"{mean['train_seconds']:>9.1f}{mean['per_second']:>9.0f}"
        )
    lines += [f"MISSED: {text}" for text in found["failed"]] or ["all limits held"]
    return "\n".join(lines)
