"""A form as it was read: what is asked, under which condition, and where each answer stands. Frozen; it knows no answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from yiwang.flow.core.forms.conditions import Condition
from yiwang.flow.core.forms.passages import Block
from yiwang.kernel.core.text import Text

# Stands in an address for the number of the entry.
EACH = "*"
Address = tuple[str, ...]


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "textfield"
    LONG = "textarea"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    MOMENT = "datetime"
    CHECK = "checkbox"
    ONE = "radio"
    PICK = "select"
    MANY = "checklist"
    TAGS = "taglist"
    FILES = "filepicker"
    PLACE = "place"

    @property
    def is_list(self) -> bool:
        return self in (Kind.MANY, Kind.TAGS, Kind.FILES)

    @property
    def has_options(self) -> bool:
        return self in (Kind.ONE, Kind.PICK, Kind.MANY, Kind.TAGS)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """`hide` and `show` are its own conditions; `parent` is the id of the group it stands in, empty at the top."""

    id: str
    parent: str = ""
    hide: Condition | None = None
    show: Condition | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(c for c in (self.hide, self.show) if c is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer must keep to; None is no limit."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_words: Text | None = None
    shape: str = ""  # "email" or "phone"
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int | None = None
    step: Decimal | None = None
    not_past: bool = False
    accept: tuple[str, ...] = ()
    max_bytes: int = 0
    max_files: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Element):
    """`address` is where its answer stands: names of groups with a path, `*` for the entry of a list, and last its key.

    `field` is the catalogue field it fills (`resource.field`), `reason` why it is asked although the city holds it.
    `options_from` names a list of the city that gives the options on the day the form is asked.
    """

    key: str
    address: Address
    kind: Kind
    label: Text
    help: Text | None = None
    limits: Limits = Limits()
    options: tuple[Option, ...] = ()
    options_from: str = ""
    as_text: bool = False
    readonly: bool = False
    prefix: Text | None = None
    suffix: Text | None = None
    field: str = ""
    prefill: bool = False
    reason: Text | None = None
    autocomplete: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Element):
    """Questions that belong together; with a `name`, their answers stand under it."""

    name: str = ""
    address: Address = ()
    label: Text | None = None
    members: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries(Group):
    """A group that is filled in as many times as needed; the answers are a list under `name`."""

    first: int = 1
    can_add: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage(Element):
    """Words to read."""

    zh: tuple[Block, ...]
    en: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Element):
    """A line across, or room when `is_blank`."""

    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """`needs`: element id → ids of the elements its own condition depends on; it has no cycle."""

    id: str
    members: tuple[Element, ...]
    needs: dict[str, frozenset[str]]

    def elements(self) -> Iterator[Element]:
        yield from walk(self.members)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(e for e in self.elements() if isinstance(e, Question))

    def question(self, address: Address) -> Question | None:
        """By its address, with `*` or the number of an entry."""
        plain = tuple(EACH if part.isdigit() else part for part in address)
        return next((q for q in self.questions if q.address == plain), None)

    @property
    def deciding(self) -> frozenset[str]:
        """The ids of the questions on whose answers it depends what else is asked."""
        return frozenset(name for names in self.needs.values() for name in names)


def with_options(form: Form, lists: Mapping[str, tuple[Option, ...]]) -> Form:
    """The form with the options that stand in lists of the city; a question of its own options is as it was."""
    return replace(form, members=tuple(_filled(one, lists) for one in form.members))


def _filled(element: Element, lists: Mapping[str, tuple[Option, ...]]) -> Element:
    if isinstance(element, Question) and element.options_from:
        return replace(element, options=lists[element.options_from])
    if isinstance(element, Group):
        return replace(element, members=tuple(_filled(one, lists) for one in element.members))
    return element


def walk(members: tuple[Element, ...]) -> Iterator[Element]:
    for element in members:
        yield element
        if isinstance(element, Group):
            yield from walk(element.members)
