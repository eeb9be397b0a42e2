"""A trial of the router: learn from one file, be asked about another, say how well and how fast."""

from __future__ import annotations

import time
from dataclasses import dataclass

from yiwang.flow.core.routing.errors import ExamplesWrong
from yiwang.flow.core.routing.examples import ExampleFile
from yiwang.flow.core.routing.router import COVERAGE, Router
from yiwang.flow.core.routing.scoring import Covered, Scores, coverage_curve, scores

# Fewer tickets than this say little about speed, so a short file is routed again.
TIMED = 2_000


@dataclass(frozen=True)
class Trial:
    """`sure` is the share of the tested tickets that reach the threshold learned in training; `per_second` with reasons."""

    router: Router
    scores: Scores
    curve: tuple[Covered, ...]
    sure: float
    train_seconds: float
    per_second: float


def trial(train: ExampleFile, test: ExampleFile, where: str, coverage: float = COVERAGE) -> Trial:
    """Raises ExamplesWrong when there is nothing to learn from or to be asked about."""
    if not test.accepted:
        raise ExamplesWrong(
            zh="测试文件里没有可用的行",
            en="the test file has no row that can be used",
            where=where,
            hint_zh="每行须有类别和正文。",
            hint_en="Each row needs a label and a text.",
        )
    began = time.perf_counter()
    router = Router.train(train.accepted, coverage)
    trained = time.perf_counter() - began
    texts, true = [one.text for one in test.accepted], [one.label for one in test.accepted]
    router.suggest(texts[0])  # the first ticket of all also waits for the dictionary of words
    rounds = -(-TIMED // len(texts))
    began = time.perf_counter()
    for _ in range(rounds):
        said = router.suggest_many(texts)
    took = time.perf_counter() - began
    given = [one.label for one in said]
    return Trial(
        router=router,
        scores=scores(true, given),
        curve=tuple(coverage_curve(true, given, [one.confidence for one in said])),
        sure=sum(one.sure for one in said) / len(said),
        train_seconds=trained,
        per_second=rounds * len(texts) / took,
    )
