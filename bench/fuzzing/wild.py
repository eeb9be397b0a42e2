"""Changes of a DMN file of which nobody knows whether it still makes sense."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from bench.fuzzing.dmn import DmnMutator

Tag = Any


def dropped(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.chance.choice(list(root.iter()))
    if one.getparent() is not None:
        one.getparent().remove(one)
    return True


def doubled(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.chance.choice(list(root.iter()))
    if one.getparent() is not None:
        one.getparent().append(copy.deepcopy(one))
    return True


def moved(mutator: DmnMutator, root: Tag) -> bool:
    found = list(root.iter())
    one, place = mutator.chance.choice(found), mutator.chance.choice(found)
    if (
        one.getparent() is not None
        and isinstance(place.tag, str)
        and one not in place.iterancestors()
        and one is not place
    ):
        place.append(one)
    return True


def renamed(mutator: DmnMutator, root: Tag) -> bool:
    found = [one for one in root.iter() if isinstance(one.tag, str)]
    one, other = mutator.chance.choice(found), mutator.chance.choice(found)
    one.tag = other.tag if mutator.chance.random() < 0.7 else one.tag + "x"
    return True


def attribute(mutator: DmnMutator, root: Tag) -> bool:
    found = [one for one in root.iter() if isinstance(one.tag, str) and one.attrib]
    one, other = mutator.chance.choice(found), mutator.chance.choice(found)
    name = mutator.chance.choice(list(one.attrib))
    shape = mutator.chance.random()
    if shape < 0.3:
        del one.attrib[name]
    elif shape < 0.6:
        one.set(name, other.get(mutator.chance.choice(list(other.attrib))))
    else:
        one.set(
            name, mutator.chance.choice(("", " ", "x" * 100_000, "#", "list<list<number>>", "a b", "中", "null", "-1"))
        )
    return True


def text(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "text")
    if one is not None:
        made = mutator.texts.text()
        one.text = "".join(
            char for char in made if char in "\t\n" or " " <= char < "\ud800" or "\ue000" <= char < "\ufffe"
        )
    return one is not None


def nested(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.chance.choice([one for one in root.iter() if isinstance(one.tag, str)])
    for _ in range(mutator.chance.choice((5, 110, 200))):
        one = etree.SubElement(one, one.tag)
    return True


def truncated(mutator: DmnMutator, data: bytes) -> bytes:
    return data[: mutator.chance.randint(0, len(data))]


def flipped(mutator: DmnMutator, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(mutator.chance.randint(1, 10)):
        made[mutator.chance.randrange(len(made))] = mutator.chance.randrange(256)
    return bytes(made)


def declared(mutator: DmnMutator, data: bytes) -> bytes:
    return (
        f'<?xml version="1.0" encoding="{mutator.chance.choice(("UTF-16", "latin1", "nope", "utf-7"))}"?>'.encode()
        + data
    )


def bombed(mutator: DmnMutator, data: bytes) -> bytes:
    head = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(9)) + "]>"
    recoded = head.encode() + data
    return recoded.decode("utf-8").encode("utf-16") if mutator.chance.random() < 0.5 else recoded


CHANGES = (dropped, doubled, moved, renamed, attribute, attribute, text, text, nested)
BYTES = (truncated, flipped, declared, bombed)
