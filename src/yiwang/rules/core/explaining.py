"""Why a decision came out as it did: decision → inputs and their sources → rules that hit → articles, and the same in sentences.

An `Explainer` holds what never changes (the words of every rule), so that explaining one subject is assembling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from yiwang.rules.core.dmn.boxed import Cell, DecisionTable, HitPolicy, Input, Rule
from yiwang.rules.core.dmn.model import Decision, InputData, Model
from yiwang.rules.core.dmn.places import Place
from yiwang.rules.core.dmn.tracing import DecisionTrace, TableTrace
from yiwang.rules.core.facts import Fact, said
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.running import Note
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import Words, joined, tests_words, value_words
from yiwang.rules.core.proofs.cellchecks import reference_of
from yiwang.rules.core.standing import Reached, tables_in

# How many values are remembered in words; most people share them.
KEPT_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Term:
    """What a name of the table is called, and in what it is measured."""

    title: Words
    unit: Words | None = None

    def value(self, value: Value) -> Words:
        words = value_words(value)
        if self.unit is None or value is None:
            return words
        return Words(f"{words.zh} {self.unit.zh}", f"{words.en} {self.unit.en}")


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell of a rule in words: what it looks at and what it asks."""

    label: Words
    text: str
    words: Words


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is told: its number in the table, its conditions and the article behind it."""

    number: int
    id: str
    conditions: tuple[Condition, ...]
    basis: str
    # Every name its cells mention, so that an explanation leaves out parameters it did not need.
    mentions: frozenset[str]

    def say(self) -> Words:
        parts = [
            Words(f"{one.label.zh}{_glued(one.words.zh)}", f"{one.label.en} {one.words.en}") for one in self.conditions
        ]
        return joined(parts, "，", ", ") if parts else Words("无条件", "without condition")


# A value of a name in words.
Tell = Callable[[str, Value], Words]


class InputNote(NamedTuple):
    """An input as it was. `source` is resource.field with the table's version; `reference` the article of a parameter."""

    name: str
    title: Words
    value: Value
    tell: Tell
    source: str = ""
    version: int | None = None
    is_parameter: bool = False
    reference: Words | None = None

    @property
    def words(self) -> Words:
        """The value in words."""
        return self.tell(self.name, self.value)


class DecisionNote(NamedTuple):
    """A decision with what it rested on. `rules` are those that hit, in the order of the table."""

    id: str
    name: str
    title: Words
    value: Value
    tell: Tell
    inputs: tuple[InputNote, ...]
    below: tuple[DecisionNote, ...]
    rules: tuple[RuleText, ...]
    notes: tuple[Note, ...]

    @property
    def words(self) -> Words:
        """The result in words."""
        return self.tell(self.name, self.value)

    def walk(self) -> Iterator[DecisionNote]:
        """Those it rests on first."""
        for one in self.below:
            yield from one.walk()
        yield self

    def needed(self, each: InputNote) -> bool:
        """Whether the rules that hit speak of it; only parameters may go unsaid."""
        return not each.is_parameter or not self.rules or any(each.name in rule.mentions for rule in self.rules)

    def bases(self) -> tuple[str, ...]:
        """The articles behind the rules that hit, the decision's own first, each once."""
        found = dict.fromkeys(rule.basis for rule in self.rules if rule.basis)
        for one in self.below:
            found.update(dict.fromkeys(one.bases()))
        return tuple(found)

    def sentences(self) -> Iterator[Words]:
        """The explanation as sentences, what it rests on before what follows from it; each input is told once."""
        told: set[str] = set()
        for one in self.walk():
            for each in one.inputs:
                if each.name not in told and one.needed(each):
                    told.add(each.name)
                    yield _input_sentence(each)
            yield _decision_sentence(one)

    def as_dict(self) -> dict[str, Any]:
        """The tree as JSON has it."""
        return {
            "decision": self.name,
            "title": _pair(self.title),
            "value": said(self.value),
            "inputs": [_input_dict(one) for one in self.inputs],
            "below": [one.as_dict() for one in self.below],
            "rules": [_rule_dict(one) for one in self.rules],
            "notes": [{"zh": note.zh, "en": note.en} for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a decision of the model needs, told once."""

    title: Words
    inputs: tuple[tuple[str, Words], ...]
    below: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The rules of a table as they are told; whether the `first` hit counts; what each rule gives where priority decides."""

    rules: tuple[RuleText, ...]
    first: bool
    given: list[list[Any]] | None


class Explainer:
    """Explains one decision of a model. `terms` are the words for its names, `references` say where a parameter comes from."""

    def __init__(self, model: Model, decision: Decision, reach: Reached, terms: Mapping[str, Term]) -> None:
        self.terms = terms
        self._words: dict[Any, Words] = {}
        self.top = (model.namespace, decision.id)
        self._tables: dict[Place, _Table] = {}
        self._plans: dict[tuple[str, str], _Plan] = {}
        for home, one in reach.decisions:
            self._plans[(home.namespace, one.id)] = self._plan(home, one)
            self._read(one.logic)
        for _, function in reach.knowledge:
            self._read(function.function)
        own = [table.place for table in tables_in(decision.logic)]
        self._own = self._tables[own[0]].rules if len(own) == 1 else ()

    def term(self, name: str) -> Term:
        return self.terms.get(name) or Term(Words(name, name))

    def value(self, name: str, value: Value) -> Words:
        """A value or a result in words, its members by their own names."""
        if isinstance(value, Decimal):
            key: Any = (name, str(value))
        elif isinstance(value, dict | list):
            return self._value(name, value)
        else:
            key = (name, value, type(value))
        words = self._words.get(key)
        if words is None:
            if len(self._words) >= KEPT_WORDS:
                self._words.clear()
            words = self._words[key] = self._value(name, value)
        return words

    def _value(self, name: str, value: Value) -> Words:
        if not isinstance(value, dict):
            return self.term(name).value(value)
        parts = [(self.term(member), self.value(member, each)) for member, each in value.items()]
        told = [Words(f"{term.title.zh}{_glued(words.zh)}", f"{term.title.en} {words.en}") for term, words in parts]
        return joined(told, "，", ", ") if told else value_words(value)

    def _plan(self, home: Model, decision: Decision) -> _Plan:
        inputs, below = [], []
        for link in (*decision.requires.inputs, *decision.requires.decisions):
            where, found = home.find(link)
            if isinstance(found, InputData):
                inputs.append((found.name, self.term(found.name).title))
            elif isinstance(found, Decision):
                below.append((where.namespace, found.id))
        return _Plan(self.term(decision.name).title, tuple(inputs), tuple(below))

    def _read(self, logic: Any) -> None:
        for table in tables_in(logic):
            rules = tuple(self._rule(table, at, rule) for at, rule in enumerate(table.rules, 1))
            given = None
            if table.policy is HitPolicy.PRIORITY:
                given = [[_constant(one.node) for one in rule.outputs] for rule in table.rules]
            self._tables[table.place] = _Table(rules, table.policy is HitPolicy.FIRST, given)

    def _rule(self, table: DecisionTable, number: int, rule: Rule) -> RuleText:
        cells = zip(table.inputs, rule.inputs, strict=True)
        found = tuple(self._condition(column, cell) for column, cell in cells if not _asks_nothing(cell))
        texts = [cell.text for cell in rule.inputs] + [output.text for output in rule.outputs]
        mentions = frozenset(name for name in self.terms if any(name in text for text in texts))
        return RuleText(number, rule.place.id, found, reference_of(table, rule), mentions)

    def _condition(self, column: Input, cell: Cell) -> Condition:
        node = column.expression.node
        name = node.name if isinstance(node, n.Name) else column.label or column.expression.text
        label = self.term(name).title
        words = tests_words(cell.tests)
        return Condition(label, cell.text.strip(), self._renamed(words, cell))

    def _renamed(self, words: Words, cell: Cell) -> Words:
        """English words for the names of the table that a cell mentions."""
        english = words.en
        for name, term in self.terms.items():
            if name in english and name in cell.text:
                english = english.replace(name, term.title.en)
        return Words(words.zh, english)

    def own_rules(self) -> tuple[RuleText, ...]:
        """The rules of the decision's own table, in its order; none when it is no table."""
        return self._own

    def rules_of(self, trace: TableTrace) -> tuple[RuleText, ...]:
        """The rules of a table that made its result."""
        known = self._tables.get(trace.place)
        if known is None:
            return ()
        hits = trace.hits[:1] if known.first else trace.hits
        if known.given is not None:
            hits = _preferred(trace, known.given)
        return tuple([known.rules[number] for number in hits])

    def explain(
        self,
        traces: Sequence[DecisionTrace],
        facts: Mapping[str, Fact],
        references: Mapping[str, Words] | None = None,
    ) -> DecisionNote:
        """The tree of a decision that was just taken; `references` tell the article of each parameter by its input's name."""
        found = {(trace.namespace, trace.id): trace for trace in traces}
        return self._note(self.top, found, facts, references or {})

    def _note(
        self,
        key: tuple[str, str],
        found: Mapping[tuple[str, str], DecisionTrace],
        facts: Mapping[str, Fact],
        references: Mapping[str, Words],
    ) -> DecisionNote:
        trace, plan = found[key], self._plans[key]
        rules = tuple([rule for table in trace.tables for rule in self.rules_of(table)])
        inputs, values = [], trace.inputs
        for name, title in plan.inputs:
            fact, reference = facts.get(name), references.get(name)
            source, version = (fact.source, fact.version) if fact is not None else ("", None)
            inputs.append(
                InputNote(name, title, values.get(name), self.value, source, version, reference is not None, reference)
            )
        below = tuple([self._note(one, found, facts, references) for one in plan.below if one in found])
        return DecisionNote(
            trace.id, trace.name, plan.title, trace.result, self.value, tuple(inputs), below, rules, trace.notes
        )


# Stands for an output that is worked out for each subject.
_COMPUTED = object()


def _constant(node: n.Node) -> Any:
    if isinstance(node, n.Number | n.String | n.Boolean):
        return node.value
    return None if isinstance(node, n.Null) else _COMPUTED


def _preferred(trace: TableTrace, given: list[list[Any]]) -> tuple[int, ...]:
    """The first of the hits that gives what the table gave."""
    result = list(trace.result.values()) if isinstance(trace.result, dict) else [trace.result]
    same = (
        number
        for number in trace.hits
        if all(one is _COMPUTED or one == value for one, value in zip(given[number], result, strict=False))
    )
    return (next(same, trace.hits[0]),) if trace.hits else ()


def _asks_nothing(cell: Cell) -> bool:
    return not cell.tests.negated and any(isinstance(test, n.AnyTest) for test in cell.tests.tests)


def _glued(zh: str) -> str:
    return zh if zh[:1] > "\u2fff" else f" {zh}"


def _input_sentence(one: InputNote) -> Words:
    if one.reference is not None:
        return Words(
            f"{one.title.zh}是{_glued(one.words.zh)}（{one.reference.zh}）。",
            f"{_capital(one.title.en)} is {one.words.en} ({one.reference.en}).",
        )
    if not one.source:
        return Words(f"{one.title.zh}：{one.words.zh}。", f"{_capital(one.title.en)}: {one.words.en}.")
    version = ("", "") if one.version is None else (f"，第 {one.version} 版", f", version {one.version}")
    return Words(
        f"{one.title.zh}：{one.words.zh}（来自 {one.source}{version[0]}）。",
        f"{_capital(one.title.en)}: {one.words.en} (from {one.source}{version[1]}).",
    )


def _decision_sentence(one: DecisionNote) -> Words:
    head = Words(f"“{one.title.zh}”的结果：{one.words.zh}", f"Result of “{one.title.en}”: {one.words.en}")
    if not one.rules:
        why = one.notes[-1] if one.notes and one.value is None else None
        if why is None:
            return Words(f"{head.zh}。", f"{head.en}.")
        return Words(f"{head.zh}，因为{why.zh}", f"{head.en}, because {why.en}")
    parts = []
    for rule in one.rules:
        words = rule.say()
        basis = (f"；依据：{rule.basis}", f"; basis: {rule.basis}") if rule.basis else ("", "")
        parts.append(
            Words(f"第 {rule.number} 条规则：{words.zh}{basis[0]}", f"rule {rule.number}: {words.en}{basis[1]}")
        )
    told = joined(parts, "；", "; ")
    return Words(f"{head.zh}。{told.zh}。", f"{head.en}. {_capital(told.en)}.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pair(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _input_dict(one: InputNote) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": _pair(one.title),
        "value": said(one.value),
        "source": one.source,
        "version": one.version,
        "parameter": one.is_parameter,
        "reference": _pair(one.reference) if one.reference else None,
    }


def _rule_dict(rule: RuleText) -> dict[str, Any]:
    return {
        "number": rule.number,
        "id": rule.id,
        "basis": rule.basis,
        "conditions": [
            {"label": _pair(one.label), "text": one.text, "words": _pair(one.words)} for one in rule.conditions
        ],
    }
