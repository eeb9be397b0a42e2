"""Files of DMN made from sound ones: what must be refused, and what may be read when it still makes sense."""

from __future__ import annotations

import copy
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

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
_BROKEN_FEEL = (
    "< ",
    "[1..",
    "1 +",
    "not(",
    '"a',
    ")",
    "1 2",
    "if x then 1",
    "for x in",
    "{a: }",
    "@",
    "x in ",
    "..",
    "/* x",
)

Tag = Any
Change = Callable[["DmnMutator", Tag], bool]


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
            change = self.chance.choice(_BREAKING)
            if change(self, root):
                return etree.tostring(root), change.__name__

    def wild(self) -> tuple[bytes, str]:
        root = etree.fromstring(self.chance.choice(self.files))
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            change = self.chance.choice(_WILD)
            change(self, root)
        data = etree.tostring(root)
        if self.chance.random() < 0.3:
            data = self.chance.choice(_BYTES)(self, data)
        return data, "wild"

    def _one(self, root: Tag, *names: str) -> Tag | None:
        found = [one for one in root.iter() if isinstance(one.tag, str) and etree.QName(one).localname in names]
        return self.chance.choice(found) if found else None

    # Must be refused ------------------------------------------------------------------------------------------------------

    def reference(self, root: Tag) -> bool:
        one = self._one(root, "requiredInput", "requiredDecision", "requiredKnowledge", "outputDecision", "inputData")
        if one is None or one.get("href") is None:
            return False
        one.set("href", self.chance.choice(("#nowhere", "", "nowhere", "http://x#y", "#")))
        return True

    def policy(self, root: Tag) -> bool:
        one = self._one(root, "decisionTable")
        if one is not None:
            one.set("hitPolicy", self.chance.choice(("UNIQ", "unique", "FIRST HIT", "ALL", "C+", "0")))
        return one is not None

    def aggregation(self, root: Tag) -> bool:
        one = self._one(root, "decisionTable")
        if one is not None:
            one.set("aggregation", self.chance.choice(("AVERAGE", "sum", "COUNT,SUM")))
        return one is not None

    def cell(self, root: Tag) -> bool:
        one = self._one(root, "inputEntry", "outputEntry", "inputExpression")
        text = None if one is None else next((each for each in one if str(each.tag).endswith("}text")), None)
        if text is not None:
            text.text = self.chance.choice(_BROKEN_FEEL)
        return text is not None

    def literal(self, root: Tag) -> bool:
        one = self._one(root, "literalExpression")
        text = None if one is None else next((each for each in one if str(each.tag).endswith("}text")), None)
        if text is not None:
            text.text = self.chance.choice(_BROKEN_FEEL)
        return text is not None

    def requirement(self, root: Tag) -> bool:
        """Logic that uses what nothing gives."""
        found = [one for one in root.iterfind("{*}decision/{*}literalExpression/{*}text") if (one.text or "").strip()]
        if found:
            self.chance.choice(found).text = self.chance.choice(
                ("nowhere", "nowhere + 1", "if true then 1 else nowhere")
            )
        return bool(found)

    def row(self, root: Tag) -> bool:
        one = self._one(root, "inputEntry", "outputEntry")
        if one is not None:
            one.getparent().remove(one)
        return one is not None

    def kind(self, root: Tag) -> bool:
        one = self._one(root, "variable")
        if one is not None:
            one.set("typeRef", self.chance.choice(("nosuchtype", "list<", "number,", "numbre")))
        return one is not None

    def language(self, root: Tag) -> bool:
        one = self._one(root, "literalExpression", "definitions")
        if one is not None:
            one.set("expressionLanguage", "http://www.java.com")
        return one is not None

    def identity(self, root: Tag) -> bool:
        found = [one for one in root.iter("{*}decision", "{*}inputData") if one.get("id")]
        if len(found) < 2:
            return False
        found[0].set("id", found[1].get("id"))
        return True

    def logic(self, root: Tag) -> bool:
        one = self._one(root, "literalExpression", "decisionTable")
        if one is None:
            return False
        one.tag = f"{{{etree.QName(one).namespace}}}decisionTabel"
        return True

    def circle(self, root: Tag) -> bool:
        one = self._one(root, "decision")
        if one is None or not one.get("id"):
            return False
        space = etree.QName(one).namespace
        need = etree.SubElement(one, f"{{{space}}}informationRequirement")
        etree.SubElement(need, f"{{{space}}}requiredDecision").set("href", f"#{one.get('id')}")
        return True

    # Nobody knows ---------------------------------------------------------------------------------------------------------

    def dropped(self, root: Tag) -> bool:
        one = self.chance.choice(list(root.iter()))
        if one.getparent() is not None:
            one.getparent().remove(one)
        return True

    def doubled(self, root: Tag) -> bool:
        one = self.chance.choice(list(root.iter()))
        if one.getparent() is not None:
            one.getparent().append(copy.deepcopy(one))
        return True

    def moved(self, root: Tag) -> bool:
        found = list(root.iter())
        one, place = self.chance.choice(found), self.chance.choice(found)
        if (
            one.getparent() is not None
            and isinstance(place.tag, str)
            and one not in place.iterancestors()
            and one is not place
        ):
            place.append(one)
        return True

    def renamed(self, root: Tag) -> bool:
        found = [one for one in root.iter() if isinstance(one.tag, str)]
        one, other = self.chance.choice(found), self.chance.choice(found)
        one.tag = other.tag if self.chance.random() < 0.7 else one.tag + "x"
        return True

    def attribute(self, root: Tag) -> bool:
        found = [one for one in root.iter() if isinstance(one.tag, str) and one.attrib]
        one, other = self.chance.choice(found), self.chance.choice(found)
        name = self.chance.choice(list(one.attrib))
        shape = self.chance.random()
        if shape < 0.3:
            del one.attrib[name]
        elif shape < 0.6:
            one.set(name, other.get(self.chance.choice(list(other.attrib))))
        else:
            one.set(
                name, self.chance.choice(("", " ", "x" * 100_000, "#", "list<list<number>>", "a b", "中", "null", "-1"))
            )
        return True

    def text(self, root: Tag) -> bool:
        one = self._one(root, "text")
        if one is not None:
            made = self.texts.text()
            one.text = "".join(
                char for char in made if char in "\t\n" or " " <= char < "\ud800" or "\ue000" <= char < "\ufffe"
            )
        return one is not None

    def nested(self, root: Tag) -> bool:
        one = self.chance.choice([one for one in root.iter() if isinstance(one.tag, str)])
        for _ in range(self.chance.choice((5, 110, 200))):
            one = etree.SubElement(one, one.tag)
        return True

    # Bytes ----------------------------------------------------------------------------------------------------------------

    def truncated(self, data: bytes) -> bytes:
        return data[: self.chance.randint(0, len(data))]

    def flipped(self, data: bytes) -> bytes:
        made = bytearray(data)
        for _ in range(self.chance.randint(1, 10)):
            made[self.chance.randrange(len(made))] = self.chance.randrange(256)
        return bytes(made)

    def declared(self, data: bytes) -> bytes:
        return (
            f'<?xml version="1.0" encoding="{self.chance.choice(("UTF-16", "latin1", "nope", "utf-7"))}"?>'.encode()
            + data
        )

    def bombed(self, data: bytes) -> bytes:
        head = (
            '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(9)) + "]>"
        )
        recoded = head.encode() + data
        return recoded.decode("utf-8").encode("utf-16") if self.chance.random() < 0.5 else recoded


_BREAKING = (
    DmnMutator.reference, DmnMutator.policy, DmnMutator.aggregation, DmnMutator.cell, DmnMutator.literal, DmnMutator.row,
    DmnMutator.kind, DmnMutator.requirement, DmnMutator.language, DmnMutator.identity, DmnMutator.logic, DmnMutator.circle,
)  # fmt: skip
_WILD: tuple[Change, ...] = (
    DmnMutator.dropped, DmnMutator.doubled, DmnMutator.moved, DmnMutator.renamed, DmnMutator.attribute, DmnMutator.attribute,
    DmnMutator.text, DmnMutator.text, DmnMutator.nested,
)  # fmt: skip
_BYTES = (DmnMutator.truncated, DmnMutator.flipped, DmnMutator.declared, DmnMutator.bombed)


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
