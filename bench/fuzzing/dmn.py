"""Files of DMN made from sound ones: what must be refused, and what may be read when it still makes sense."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

from bench.fuzzing import breaking, wild
from bench.fuzzing.feel import LIMIT, Tally
from bench.fuzzing.mutating import Mutator
from bench.fuzzing.worlds import NOW, worlds
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.model import Model
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.builtins.conversion import text_pieces
from yiwang.rules.core.feel.interpreter import Run
from yiwang.rules.core.feel.values import NoValue
from yiwang.rules.errors import BudgetExceeded

FILE = "fuzzed.dmn"
Tag = Any


def sound_files(folders: list[Path]) -> list[bytes]:
    """The files below the folders that are read without fault and import nothing."""
    found = []
    for path in sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*.dmn")):
        data = path.read_bytes()
        try:
            read(data, path.name)
        except DmnRefused:
            continue
        found.append(data)
    return found


class DmnMutator:
    """`breaking` gives a file that must be refused, `wild` one of which nobody knows."""

    def __init__(self, chance: Random, files: list[bytes], texts: Mutator) -> None:
        self.chance = chance
        self.files = files
        self.texts = texts

    def breaking(self) -> tuple[bytes, str]:
        while True:
            root = etree.fromstring(self.chance.choice(self.files))
            change = self.chance.choice(breaking.CHANGES)
            if change(self, root):
                return etree.tostring(root), change.__name__

    def wild(self) -> tuple[bytes, str]:
        root = etree.fromstring(self.chance.choice(self.files))
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            change = self.chance.choice(wild.CHANGES)
            change(self, root)
        data = etree.tostring(root)
        if self.chance.random() < 0.3:
            data = self.chance.choice(wild.BYTES)(self, data)
        return data, "wild"

    def one(self, root: Tag, *names: str) -> Tag | None:
        found = [one for one in root.iter() if isinstance(one.tag, str) and etree.QName(one).localname in names]
        return self.chance.choice(found) if found else None


class DmnCase:
    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.worlds = [scope.values for scope in worlds(1)]

    def file(self, data: bytes, what: str) -> None:
        shown, start = f"{what}: {data!r}", time.process_time()
        try:
            model = read(data, FILE)
            prepared = PreparedModel(model)
        except DmnRefused as refused:
            self.tally.counts["files refused"] += 1
            self._told(refused, shown)
            return
        except Exception:
            self.tally.fault(shown, f"reading: {traceback.format_exc(limit=-3)}")
            return
        finally:
            self._timed(start, shown)
        self.tally.counts["files read"] += 1
        if what != "wild":
            self.tally.fault(shown, "a broken file was read")
        self._taken(model, prepared, shown)

    def _told(self, refused: DmnRefused, shown: str) -> None:
        for one in refused.refusals:
            if not (one.place.file == FILE and one.place.tag and one.code and one.zh and one.en):
                self.tally.fault(shown, f"a refusal that names no file, element or reason: {one!r}")

    def _taken(self, model: Model, prepared: PreparedModel, shown: str) -> None:
        """Every decision in every world, twice: the same question has one answer."""
        for decision in model.decisions:
            for world in self.worlds:
                given = dict(zip([one.name for one in model.inputs], _around(world), strict=False))
                start = time.process_time()
                try:
                    answers = [prepared.decide(decision.id, given, Run(NOW)) for _ in range(2)]
                    # Functions are made anew each time, so answers are compared as the texts they have.
                    if len({tuple(text_pieces(each, inside=True)) for each in answers}) > 1:
                        self.tally.fault(shown, f"{decision.name} has two answers: {answers!r:.300}")
                    self.tally.counts["decided"] += 1
                except (BudgetExceeded, NoValue):
                    self.tally.counts["stopped"] += 1
                except Exception:
                    self.tally.fault(shown, f"deciding: {traceback.format_exc(limit=-3)}")
                self._timed(start, shown, 2)

    def _timed(self, start: float, shown: str, times: int = 1) -> None:
        seconds = (time.process_time() - start) / times
        self.tally.took(seconds, shown)
        if seconds > LIMIT:
            self.tally.fault(shown, f"it took {seconds:.2f} s of processor")


def _around(world: dict[str, Any]) -> Iterator[Any]:
    while True:
        yield from world.values()


def fuzz_dmn(
    seed: str, count: int, files: list[bytes], texts: list[str], tally: Tally, begin: Callable[[str], None]
) -> None:
    """`count` files, every second one broken on purpose."""
    chance = Random(seed)
    case, mutator = DmnCase(tally), DmnMutator(chance, files, Mutator(chance, texts))
    for number in range(count):
        data, what = mutator.breaking() if number % 2 else mutator.wild()
        begin(f"{what}: {data!r}")
        case.file(data, what)
