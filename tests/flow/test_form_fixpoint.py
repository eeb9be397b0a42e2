"""Over many random forms: what is handed in asks for the same again, so nothing hidden ever decided anything."""

from __future__ import annotations

import random
from typing import Any

import pytest
from formfiles import asked, choice, entries, faults, form, group, keys_asked

VALUES = ("a", "b")
FORMS = 150


def random_form(dice: random.Random) -> list[dict[str, Any]]:
    """Eight questions in groups and a list; each may be shown or hidden by any that comes before it in a random order."""
    keys = [f"q{n}" for n in range(8)]
    order = dice.sample(keys, len(keys))
    said = [question(dice, key, order[: order.index(key)]) for key in keys]
    dice.shuffle(said)
    inside = [choice("radio", f"e{n}", *VALUES, **conditions(dice, order)) for n in range(2)]
    return [*said[:3], group("g", *said[3:6]), *said[6:], entries("rows", *inside)]


def question(dice: random.Random, key: str, known: list[str]) -> dict[str, Any]:
    return choice("radio", key, *VALUES, **conditions(dice, known))


def conditions(dice: random.Random, known: list[str]) -> dict[str, Any]:
    if not known or dice.random() < 0.3:
        return {}
    tests = [
        f'{dice.choice(known)} {dice.choice(["=", "!="])} "{dice.choice(VALUES)}"' for _ in range(dice.randint(1, 2))
    ]
    text = f" {dice.choice(['and', 'or'])} ".join(tests)
    if dice.random() < 0.5:
        return {"conditional": {"hide": f"={text}"}}
    return {"properties": {"yw:show": text}}


def random_answers(dice: random.Random) -> dict[str, Any]:
    said = {f"q{n}": dice.choice((*VALUES, "", None)) for n in range(8)}
    rows = [{f"e{n}": dice.choice((*VALUES, None)) for n in range(2)} for _ in range(dice.randint(0, 3))]
    return {key: value for key, value in {**said, "rows": rows}.items() if value is not None}


@pytest.mark.parametrize("seed", range(FORMS))
def test_what_is_handed_in_asks_for_the_same_again(seed: int) -> None:
    dice = random.Random(seed)
    found = form(*random_form(dice))
    for _ in range(6):
        answers = random_answers(dice)
        told = asked(found, **answers).told()
        assert keys_asked(found, **told) == keys_asked(found, **answers)
        assert asked(found, **told).told() == told


@pytest.mark.parametrize("seed", range(FORMS))
def test_an_answer_to_what_is_not_asked_decides_nothing(seed: int) -> None:
    dice = random.Random(seed)
    found = form(*random_form(dice))
    answers = random_answers(dice)
    before = keys_asked(found, **answers)
    for key in {f"q{n}" for n in range(8)} - set(before):
        assert keys_asked(found, **{**answers, key: dice.choice(VALUES)}) == before


def test_a_ring_of_questions_is_refused_wherever_it_closes() -> None:
    for length in range(1, 6):
        ring = [
            choice("radio", f"q{n}", *VALUES, properties={"yw:show": f'q{(n + 1) % length} = "a"'})
            for n in range(length)
        ]
        assert len(faults(*ring)) == length
        ring[0]["properties"].pop("yw:show")
        assert length == 1 or faults(*ring) == []
