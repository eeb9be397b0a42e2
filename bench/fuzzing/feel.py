"""What becomes of one text of FEEL: refused, read and evaluated, stopped; anything else is a fault."""

from __future__ import annotations

import gc
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from bench.fuzzing.mutating import Mutator
from bench.fuzzing.worlds import MEMBERS, NAMES, NOW, worlds
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare, prepare_tests
from yiwang.rules.core.feel.parser import parse_expression, parse_tests
from yiwang.rules.errors import BudgetExceeded, FeelSyntaxError

LIMIT = 1.0  # seconds of processor for reading one text, or for evaluating it once


@dataclass(slots=True)
class Tally:
    """`faults` are texts with what they did; `slowest` the seconds of the slowest step, and its text."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    peak_mb: int = 0

    def fault(self, text: str, what: str) -> None:
        self.counts["faults"] += 1
        if len(self.faults) < 200:
            self.faults.append((text, what))

    def took(self, seconds: float, text: str) -> None:
        if seconds > self.slowest[0]:
            self.slowest = (seconds, text)

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)
        self.faults.extend(other.faults)
        self.slowest = max(self.slowest, other.slowest)
        self.peak_mb = max(self.peak_mb, other.peak_mb)


class FeelCase:
    def __init__(self, tally: Tally, mixed: int = 2) -> None:
        self.tally = tally
        self.scopes: list[Scope] = worlds(mixed)

    def expression(self, text: str) -> None:
        start = time.process_time()
        try:
            node = parse_expression(text, NAMES, MEMBERS)
            prepared = prepare(node)
        except FeelSyntaxError as error:
            self._refused(error, text)
            return
        except Exception:
            self.tally.fault(text, f"reading: {traceback.format_exc(limit=-3)}")
            return
        finally:
            self._timed(start, text, "reading")
        self.tally.counts["read"] += 1
        for scope in self.scopes:
            self._evaluated(text, lambda run, scope=scope: prepared.value(scope, run))

    def tests(self, text: str) -> None:
        start = time.process_time()
        try:
            prepared = prepare_tests(parse_tests(text, NAMES, MEMBERS))
        except FeelSyntaxError as error:
            self._refused(error, text)
            return
        except Exception:
            self.tally.fault(text, f"reading: {traceback.format_exc(limit=-3)}")
            return
        finally:
            self._timed(start, text, "reading")
        self.tally.counts["read"] += 1
        for scope in self.scopes:
            self._evaluated(text, lambda run, scope=scope: prepared.passes(scope.values["?"], scope, run))

    def _refused(self, error: FeelSyntaxError, text: str) -> None:
        self.tally.counts["refused"] += 1
        if not (error.zh and error.en and 0 <= error.at <= len(text)):
            self.tally.fault(text, f"a refusal without text or place: {error!r} at {error.at}")

    def _evaluated(self, text: str, evaluate: object) -> None:
        run, start = Run(NOW), time.process_time()
        try:
            value = evaluate(run)  # type: ignore[operator]
            known = kind(value)
        except BudgetExceeded:
            self.tally.counts["stopped"] += 1
        except Exception:
            self.tally.fault(text, f"evaluating: {traceback.format_exc(limit=-3)}")
        else:
            self.tally.counts["null" if known == "null" else "values"] += 1
        finally:
            self._timed(start, text, "evaluating")

    def _timed(self, start: float, text: str, doing: str) -> None:
        seconds = time.process_time() - start
        self.tally.took(seconds, text)
        if seconds > LIMIT:
            self.tally.fault(text, f"{doing} took {seconds:.2f} s of processor")


def fuzz_feel(seed: str, count: int, texts: list[str], cells: list[str], tally: Tally, begin: object) -> None:
    """`count` texts, four in five as expressions; `begin(text)` is called before each."""
    chance = Random(seed)
    case, expressions, tests = FeelCase(tally), Mutator(chance, texts), Mutator(chance, [*cells, *texts[: len(cells)]])
    gc.freeze()
    for _ in range(count):
        as_tests = chance.random() < 0.2
        text = (tests if as_tests else expressions).text()
        begin(text)  # type: ignore[operator]
        (case.tests if as_tests else case.expression)(text)
