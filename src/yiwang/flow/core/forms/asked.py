"""What of a form is asked, given the answers so far: computed here, never taken from whoever sends the answers.

An answer stands in one of four ways: not asked, unanswered, empty (left blank on purpose), answered. In a draft an
unanswered question has no value and an empty one `""` or `[]`; whether it is asked follows from the other answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from yiwang.flow.core.forms.conditions import Condition
from yiwang.flow.core.forms.dependence import named, own_address
from yiwang.flow.core.forms.elements import EACH, Address, Element, Entries, Form, Group, Kind, Question

Answers = Mapping[str, Any]
MAX_ENTRIES = 50


class Standing(StrEnum):
    NOT_ASKED = "not_asked"
    UNANSWERED = "unanswered"
    EMPTY = "empty"
    ANSWERED = "answered"


def answer_at(answers: Answers, address: Sequence[str]) -> Any:
    """The value at an address whose stars are numbers; None when there is none."""
    found: Any = answers
    for part in address:
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def answer_put(answers: dict[str, Any], address: Sequence[str], value: Any) -> None:
    """Set the value at an address, making groups and entries on the way; None takes it away."""
    found: Any = answers
    for part, after in zip(address[:-1], address[1:], strict=True):
        if isinstance(found, list):
            while len(found) <= int(part):
                found.append({})
            found = found[int(part)]
        else:
            empty: Any = [] if after.isdigit() else {}
            if not isinstance(found.get(part), type(empty)):
                found[part] = empty
            found = found[part]
    if value is None:
        found.pop(address[-1], None)
    else:
        found[address[-1]] = value


def entries_of(element: Entries, data: Answers) -> list[Any]:
    """The entries of a list; those it begins with when nothing has been said yet."""
    found = data.get(element.name)
    if not isinstance(found, list):
        return [{} for _ in range(element.first)]
    return [one if isinstance(one, dict) else {} for one in found[:MAX_ENTRIES]]


@dataclass(frozen=True)
class Asked:
    """A form with answers at a moment of the city's time."""

    form: Form
    answers: Answers
    now: datetime
    _known: dict[tuple[str, int | None], bool] = field(default_factory=dict)
    _elements: dict[str, Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._elements.update((element.id, element) for element in self.form.elements())

    def shown(self, element: Element, entry: int | None = None) -> bool:
        """Whether it is asked; `entry` is the number of the entry it stands in."""
        place = (element.id, entry)
        if place not in self._known:
            parent = self._elements.get(element.parent)
            outside = parent is None or self.shown(parent, None if isinstance(parent, Entries) else entry)
            self._known[place] = outside and self._wanted(element, entry)
        return self._known[place]

    def _wanted(self, element: Element, entry: int | None) -> bool:
        parent = self._elements.get(element.parent)
        around = parent.address if isinstance(parent, Group) else ()
        if element.hide is not None and element.hide.holds(self._values(element.hide, around, entry), self.now) is True:
            return False
        return element.show is None or element.show.holds(self._values(element.show, around, entry), self.now) is True

    def _values(self, condition: Condition, around: Address, entry: int | None) -> dict[str, Any]:
        """What each name of a condition means at a place. Of what is not asked nothing is known."""
        found: dict[str, Any] = {}
        for head in condition.heads:
            address = named(self.form, around, head)
            if address is not None:
                found[head] = self._told(address, entry)
        return found

    def _told(self, address: Address, entry: int | None) -> Any:
        here = tuple(str(entry) if part == EACH else part for part in address)
        question = next((q for q in self.form.questions if q.address == address), None)
        if question is not None:
            return self.value(question, here, entry)
        group = next(
            g for g in self._elements.values() if isinstance(g, Group) and g.name and own_address(g) == address
        )
        if not self.shown(group, entry):
            return None
        data = answer_at(self.answers, here[:-1]) if len(here) > 1 else self.answers
        return self._group(group, data if isinstance(data, Mapping) else {}, entry).get(group.name)

    def value(self, question: Question, here: Sequence[str], entry: int | None) -> Any:
        """The answer as conditions see it: null unless asked and answered; an empty text is a text."""
        if not self.shown(question, entry):
            return None
        value = answer_at(self.answers, here)
        return None if value == "" and question.kind not in (Kind.TEXT, Kind.LONG) else value

    def told(self) -> dict[str, Any]:
        """The answers to what is asked: `None` where unanswered; what is not asked has no key."""
        return self._members(self.form.members, self.answers, None)

    def _members(self, members: Sequence[Element], data: Answers, entry: int | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for element in members:
            if not self.shown(element, entry):
                continue
            if isinstance(element, Question):
                found[element.key] = data.get(element.key)
            elif isinstance(element, Group):
                found |= self._group(element, data, entry)
        return found

    def _group(self, group: Group, data: Answers, entry: int | None) -> dict[str, Any]:
        if isinstance(group, Entries):
            rows = entries_of(group, data)
            return {group.name: [self._members(group.members, row, number) for number, row in enumerate(rows)]}
        if not group.name:
            return self._members(group.members, data, entry)
        inside = data.get(group.name)
        return {group.name: self._members(group.members, inside if isinstance(inside, Mapping) else {}, entry)}

    def questions(self) -> Iterator[tuple[Question, Address]]:
        """Every question that is asked, with its address; once for each entry of a list."""
        for question in self.form.questions:
            for here, entry in self._places(question):
                if self.shown(question, entry):
                    yield question, here

    def _places(self, question: Question) -> Iterator[tuple[Address, int | None]]:
        if EACH not in question.address:
            yield question.address, None
            return
        at = question.address.index(EACH)
        entries = next(
            g for g in self._elements.values() if isinstance(g, Entries) and g.address == question.address[: at + 1]
        )
        data = answer_at(self.answers, question.address[: at - 1]) if at > 1 else self.answers
        for number in range(len(entries_of(entries, data if isinstance(data, Mapping) else {}))):
            yield (*question.address[:at], str(number), *question.address[at + 1 :]), number

    def standing(self, question: Question, here: Address) -> Standing:
        entry = next((int(part) for part, plain in zip(here, question.address, strict=True) if plain == EACH), None)
        if not self.shown(question, entry):
            return Standing.NOT_ASKED
        value = answer_at(self.answers, here)
        if value is None:
            return Standing.UNANSWERED
        return Standing.EMPTY if value in ("", []) else Standing.ANSWERED
