"""However a diagram is spoilt, reading tells findings and never falls over; and what it lets pass can begin."""

from __future__ import annotations

import copy
import random
from datetime import datetime

import pytest
from bpmnrefusals import EXAMPLES, MORE
from lxml import etree

from yiwang.flow.core.bpmn.faults import REASONS, UNREADABLE
from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.process.events import Started
from yiwang.flow.core.process.nodes import Definition, Start
from yiwang.flow.core.process.reducing import begin, step
from yiwang.kernel.core.calendar import ZONE

FILES = [data for code, data in EXAMPLES.items() if code not in UNREADABLE] + [data for _, _, data in MORE]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)


def spoilt(chance: random.Random) -> bytes:
    """One of the diagrams with a few things taken away, moved, copied, renamed or pointed elsewhere."""
    root = etree.fromstring(chance.choice(FILES))
    for _ in range(chance.randint(1, 4)):
        every = list(root.iter())
        ids = [one.get("id") for one in every if one.get("id")] or ["x"]
        one, other = chance.choice(every), chance.choice(every)
        match chance.randrange(6):
            case 0 if one is not root:
                one.getparent().remove(one)
            case 1 if one.attrib:
                del one.attrib[chance.choice(list(one.attrib))]
            case 2 if one.attrib:
                one.set(chance.choice(list(one.attrib)), chance.choice([*ids, "", "true", "5wd", "{", "a:b"]))
            case 3:
                one.tag = other.tag
            case 4:
                one.text = chance.choice([*ids, "", "= 1", "R/P1D", "{zh}"])
            case 5:
                other.append(copy.deepcopy(one))
    return bytes(etree.tostring(root))


def begins(definition: Definition) -> bool:
    """Whether the process has a start of its own; then a case of it can begin."""
    starts = [definition.nodes[one] for one in definition.scopes[definition.root].starts]
    return any(isinstance(one, Start) and one.trigger is None for one in starts)


@pytest.mark.parametrize("seed", range(8))
def test_no_spoilt_diagram_makes_the_reader_fall_over(seed: int) -> None:
    chance, told = random.Random(seed), set()
    for _ in range(60):
        found = read(spoilt(chance), "a.bpmn")
        told |= {one.code for one in found.findings}
        assert all(one.zh and one.en and one.where.startswith("a.bpmn:") for one in found.findings)
        assert found.is_sound or not found.definitions
        for definition in filter(begins, found.definitions):
            assert step(definition, begin(definition), Started({}), NOW).state.status
    assert len(told) > 10 and told <= set(REASONS)


def test_the_diagrams_that_are_spoilt_were_readable() -> None:
    assert len(FILES) > 90 and all(etree.fromstring(data) is not None for data in FILES)
