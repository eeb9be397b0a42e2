"""What a page shows of a form: only what is asked, each part with its answer, its problem and where a prefilled value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yiwang.flow.core.forms.asked import MAX_ENTRIES, Asked, answer_at, entries_of
from yiwang.flow.core.forms.elements import (
    Address,
    Element,
    Entries,
    Group,
    Kind,
    Passage,
    Question,
    Rule,
)
from yiwang.flow.core.forms.filetypes import FILE_TYPES
from yiwang.flow.core.forms.passages import Block
from yiwang.kernel.core.text import Text

_INPUTS = {
    Kind.NUMBER: "text",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.MOMENT: "datetime-local",
}
_SHAPES = {"email": "email", "phone": "tel"}


@dataclass(frozen=True, slots=True)
class OptionView:
    value: str
    label: Text
    id: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """`name` is what a browser sends it by, `address` what the server knows it by; `described` names what explains it."""

    what: str = "question"
    question: Question
    address: str
    name: str
    id: str
    value: str
    options: tuple[OptionView, ...] = ()
    files: tuple[FileView, ...] = ()
    is_checked: bool = False
    problem: Text | None = None
    source: Text | None = None
    decides: bool = False
    input_type: str = "text"
    input_mode: str = ""
    accept: str = ""
    accept_words: Text | None = None
    described: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    what: str = "group"
    label: Text | None
    members: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One entry of a list; `remove` is the act that takes it away, empty when it must stay."""

    number: int
    members: tuple[Part, ...]
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesView:
    """`add` is the act that adds an entry, empty when there may be no more; `count` is sent along as `held`."""

    what: str = "entries"
    label: Text | None
    address: str
    count: str
    entries: tuple[EntryView, ...]
    add: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    what: str = "passage"
    zh: tuple[Block, ...]
    en: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    what: str = "rule"
    is_blank: bool


Part = QuestionView | GroupView | EntriesView | PassageView | RuleView


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line of the summary of problems: it leads to its question."""

    id: str
    label: Text
    problem: Text


@dataclass(frozen=True, slots=True)
class FormView:
    """`fresh`: questions that came since the reader last saw the form, so that it cannot be submitted unseen."""

    id: str
    number: int
    parts: tuple[Part, ...]
    troubles: tuple[Trouble, ...] = ()
    fresh: tuple[Text, ...] = ()
    has_conditions: bool = False


@dataclass(frozen=True)
class Shown:
    """What a view is made of besides the form and the answers."""

    problems: Mapping[str, Text] = field(default_factory=dict)
    sources: Mapping[str, Text] = field(default_factory=dict)
    number: int = 1


def form_view(asked: Asked, shown: Shown, fresh: tuple[Text, ...] = ()) -> FormView:
    maker = _Maker(asked, shown)
    parts = maker.parts(asked.form.members, (), None)
    return FormView(
        id=asked.form.id,
        number=shown.number,
        parts=parts,
        troubles=tuple(maker.troubles),
        fresh=fresh,
        has_conditions=bool(asked.form.needs),
    )


@dataclass
class _Maker:
    asked: Asked
    shown: Shown
    troubles: list[Trouble] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deciding = self.asked.form.deciding

    def parts(self, members: tuple[Element, ...], here: Address, entry: int | None) -> tuple[Part, ...]:
        return tuple(self.part(m, here, entry) for m in members if self.asked.shown(m, entry))

    def part(self, element: Element, here: Address, entry: int | None) -> Part:
        if isinstance(element, Question):
            return self.question(element, (*here, element.key))
        if isinstance(element, Entries):
            return self.entries(element, (*here, element.name))
        if isinstance(element, Group):
            inside = (*here, element.name) if element.name else here
            return GroupView(label=element.label, members=self.parts(element.members, inside, entry))
        if isinstance(element, Passage):
            return PassageView(zh=element.zh, en=element.en)
        assert isinstance(element, Rule)  # the last kind there is
        return RuleView(is_blank=element.is_blank)

    def entries(self, element: Entries, here: Address) -> EntriesView:
        data = answer_at(self.asked.answers, here[:-1]) if len(here) > 1 else self.asked.answers
        rows = entries_of(element, data if isinstance(data, Mapping) else {})
        address = ".".join(here)
        views = tuple(
            EntryView(
                number=number + 1,
                members=self.parts(element.members, (*here, str(number)), number),
                remove=f"remove:{address}.{number}" if element.can_add else "",
            )
            for number in range(len(rows))
        )
        add = f"add:{address}" if element.can_add and len(rows) < MAX_ENTRIES else ""
        return EntriesView(label=element.label, address=address, count=f"{address}={len(rows)}", entries=views, add=add)

    def question(self, question: Question, here: Address) -> QuestionView:
        address = ".".join(here)
        ident = "q-" + "-".join(here)
        value = answer_at(self.asked.answers, here)
        problem, source = self.shown.problems.get(address), self.shown.sources.get(address)
        if problem is not None:
            self.troubles.append(Trouble(ident, question.label, problem))
        said = {
            "help": question.help is not None or question.kind is Kind.FILES or question.kind is Kind.PLACE,
            "reason": question.reason is not None,
            "source": source is not None,
            "problem": problem is not None,
        }
        return QuestionView(
            question=question,
            address=address,
            name=f"q.{address}",
            id=ident,
            value=_words(value),
            options=tuple(
                OptionView(o.value, o.label, f"{ident}-{n}", o.value in (value if isinstance(value, list) else [value]))
                for n, o in enumerate(question.options, 1)
            ),
            files=_files(value) if question.kind is Kind.FILES else (),
            is_checked=value is True,
            problem=problem,
            source=source,
            decides=question.id in self.deciding,
            input_type=_SHAPES.get(question.limits.shape) or _INPUTS.get(question.kind, "text"),
            input_mode="decimal" if question.kind is Kind.NUMBER else "",
            accept=",".join(e for one in question.limits.accept for e in FILE_TYPES[one].endings),
            accept_words=_accepted(question) if question.kind is Kind.FILES else None,
            described=" ".join(f"{ident}-{name}" for name, is_there in said.items() if is_there),
        )


def _words(value: Any) -> str:
    """An answer as it stands in its box."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return ",".join(str(one) for one in value if not isinstance(one, dict))
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value)


def _files(value: Any) -> tuple[FileView, ...]:
    given = value if isinstance(value, list) else []
    return tuple(FileView(one["name"], one["size"], one["digest"]) for one in given)


def _accepted(question: Question) -> Text:
    limits = question.limits
    most = f"{limits.max_bytes >> 20} MB" if limits.max_bytes >= 1 << 20 else f"{limits.max_bytes >> 10} KB"
    zh = "、".join(FILE_TYPES[one].title.zh for one in limits.accept)
    en = ", ".join(FILE_TYPES[one].title.en for one in limits.accept)
    return Text(
        zh=f"{zh}；每个不超过 {most}，至多 {limits.max_files} 个",
        en=f"{en}; each at most {most}, at most {limits.max_files} in all",
    )


def fresh_questions(asked: Asked, seen: frozenset[str]) -> tuple[Text, ...]:
    """Labels of the questions that are asked and were not on the page that was sent."""
    return tuple(q.label for q, here in asked.questions() if ".".join(here) not in seen)
