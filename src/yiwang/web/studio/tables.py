"""A decision's tables as people read them: each cell as it is written, and beneath it what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.rules.core.dmn.boxed import DecisionTable, HitPolicy, Literal, Rule
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.wording import Words, expression_words, joined, tests_words
from yiwang.rules.core.proofs.cellchecks import reference_of
from yiwang.rules.core.standing import Reached, all_tables, reached, top_decision
from yiwang.rules.selectors import DecisionDetail
from yiwang.web.templatetags.say import amount

POLICIES: dict[HitPolicy, Text] = {
    HitPolicy.UNIQUE: Text(zh="每个人恰好符合一条规则。", en="Exactly one rule fits each person."),
    HitPolicy.ANY: Text(zh="符合的几条规则结果相同。", en="All rules that fit give the same result."),
    HitPolicy.PRIORITY: Text(zh="符合几条时，取排在前面的结果。", en="Of several results the highest one counts."),
    HitPolicy.FIRST: Text(zh="自上而下，取第一条符合的规则。", en="The first rule that fits, from the top, counts."),
    HitPolicy.RULE_ORDER: Text(
        zh="符合的规则都算，按表中次序。", en="Every rule that fits counts, in the table's order."
    ),
    HitPolicy.OUTPUT_ORDER: Text(zh="符合的规则都算，按结果次序。", en="Every rule that fits counts, by its result."),
    HitPolicy.COLLECT: Text(zh="符合的规则都算。", en="Every rule that fits counts."),
}
TOTALS: dict[str, Text] = {
    "SUM": Text(zh="结果相加。", en="The results are added up."),
    "MIN": Text(zh="取最小的结果。", en="The smallest result counts."),
    "MAX": Text(zh="取最大的结果。", en="The largest result counts."),
    "COUNT": Text(zh="结果是符合的条数。", en="The result is how many fit."),
}
ANYTHING = Text(zh="不限", en="any")


@dataclass(frozen=True)
class CellView:
    text: str
    words: Text
    is_any: bool = False
    is_result: bool = False
    # The value in force of a parameter that the cell names, with its unit.
    now: Text | None = None


@dataclass(frozen=True)
class ColumnView:
    title: Text
    is_result: bool = False


@dataclass(frozen=True)
class RuleView:
    """`grants` whether it says yes; None where that cannot be read off the rule."""

    number: int
    cells: tuple[CellView, ...]
    basis: str
    grants: bool | None = None


@dataclass(frozen=True)
class TableView:
    id: str
    title: Text
    # How rules that fit make one result, a sentence or two.
    policy: tuple[Text, ...]
    columns: tuple[ColumnView, ...]
    rules: tuple[RuleView, ...]
    is_own: bool


@dataclass(frozen=True)
class FormulaView:
    """A step of the decision that is worked out instead of looked up."""

    title: Text
    text: str
    words: Text


@dataclass(frozen=True)
class LogicView:
    """The tables and formulas of a version, or why they cannot be shown."""

    tables: tuple[TableView, ...] = ()
    formulas: tuple[FormulaView, ...] = ()
    problem: YiwangError | None = None

    @property
    def granting(self) -> frozenset[int]:
        """The rules of the decision's own table that say yes."""
        return frozenset(rule.number for table in self.tables if table.is_own for rule in table.rules if rule.grants)


def terms_of(detail: DecisionDetail) -> dict[str, Text]:
    """What the table's own names are called in both languages."""
    file = detail.file
    titles = {one.id: one.title for one in detail.parameters}
    found = dict(file.names)
    if file.decision:
        found[file.decision] = file.title
    found |= {one.name: one.title for one in file.inputs if one.title is not None}
    found |= {one.name: titles[one.parameter] for one in file.parameters if one.parameter in titles}
    return found


@dataclass(frozen=True)
class _Words:
    """What the names of a table are called, and the parameters' values of the day."""

    terms: Mapping[str, Text]
    values: Mapping[str, Words]
    # Which result says yes, by which values, and which is the amount.
    granted: str
    grants: tuple[Any, ...]
    amount: str


def logic_view(detail: DecisionDetail, on: date) -> LogicView:
    """Those a decision rests on come first, its own table last; parameters have their values of the day."""
    terms = terms_of(detail)
    output = detail.file.output
    words = _Words(terms, values_of(detail, on), output.granted, output.grants, output.amount)
    try:
        model = read(detail.dmn, f"{detail.row.id}.dmn")
        top = top_decision(model, detail.file.decision)
        found = reached(model, top) if top is not None else Reached((), (), ())
        own = top.name if top is not None else ""
        tables = tuple(
            _table(f"table-{at}", name, table, words, is_own=name == own)
            for at, (name, table) in enumerate(all_tables(found), 1)
        )
        formulas = tuple(
            FormulaView(_title(one.name, terms), one.logic.text, _named(expression_words(one.logic.node), terms))
            for _, one in found.decisions
            if isinstance(one.logic, Literal)
        )
    except YiwangError as error:
        return LogicView(problem=error)
    return LogicView(tables, formulas)


def _table(id: str, name: str, table: DecisionTable, words: _Words, *, is_own: bool) -> TableView:
    terms = words.terms
    columns = [ColumnView(_title(one.expression.text.strip(), terms, one.label)) for one in table.inputs]
    columns += [
        ColumnView(_title(one.name or one.label or name, terms, one.label), is_result=True) for one in table.outputs
    ]
    policy = (POLICIES[table.policy], *([TOTALS[table.aggregation]] if table.aggregation else []))
    rules = []
    for number, rule in enumerate(table.rules, 1):
        cells = [_condition(cell.text.strip(), tests_words(cell.tests), words) for cell in rule.inputs]
        cells += [_result(one, words) for one in rule.outputs]
        rules.append(
            RuleView(
                number,
                tuple(cells),
                reference_of(table, rule),
                _grants(table, rule, words) if is_own else None,
            )
        )
    return TableView(id, _title(name, terms), policy, tuple(columns), tuple(rules), is_own)


def _grants(table: DecisionTable, rule: Rule, output: _Words) -> bool | None:
    """What the column that says yes holds; without one an amount that is not nought says yes."""
    nodes = {one.name: cell.node for one, cell in zip(table.outputs, rule.outputs, strict=True)}
    named = nodes.get(output.granted) if output.granted else None
    if isinstance(named, n.String | n.Boolean):
        return named.value in (output.grants or (True,))
    amounts = nodes.get(output.amount) if output.amount else next(iter(nodes.values()), None)
    if isinstance(amounts, n.Number):
        return amounts.value > 0
    return None if amounts is None or isinstance(amounts, n.Null) else True


def _result(one: Literal, words: _Words) -> CellView:
    """A text that comes out stands without its quotation marks, a parameter with its value in force."""
    text = one.text.strip()
    if isinstance(one.node, n.String):
        return CellView(text, Text(zh=one.node.value, en=one.node.value), is_result=True)
    said = _named(expression_words(one.node), words.terms)
    return CellView(text, said, is_result=True, now=_now(text, words))


def values_of(detail: DecisionDetail, on: date) -> dict[str, Words]:
    """The parameters of the day by the name the table uses."""
    files = {one.id: one for one in detail.parameters}
    found = {}
    for use in detail.file.parameters:
        file = files.get(use.parameter)
        value = file.find(on) if file is not None else None
        if file is not None and value is not None:
            shown = amount(value.value)
            found[use.name] = joined([Words(shown, shown), Words(file.unit.zh, file.unit.en)], " ", " ")
    return found


def _now(text: str, words: _Words) -> Text | None:
    """The values in force of the parameters a cell names."""
    if text in words.values:
        value = words.values[text]
        return Text(zh=f"现为 {value.zh}", en=f"now {value.en}")
    named = [(name, value) for name, value in words.values.items() if name in text]
    if not named:
        return None
    return Text(
        zh="；".join(f"{name}现为 {value.zh}" for name, value in named),
        en="; ".join(f"{_within(words.terms[name].en)} is now {value.en}" for name, value in named),
    )


def _condition(text: str, said: Words, words: _Words) -> CellView:
    if text in ("", "-"):
        return CellView("-", ANYTHING, is_any=True)
    return CellView(text, _named(said, words.terms), now=_now(text, words))


def _title(name: str, terms: Mapping[str, Text], label: str = "") -> Text:
    return terms.get(name) or terms.get(label) or Text(zh=label or name, en=label or name)


def _named(words: Words, terms: Mapping[str, Text]) -> Text:
    """English words for the table's own names."""
    english = words.en
    for name in sorted(terms, key=len, reverse=True):
        english = english.replace(name, _within(terms[name].en))
    return Text(zh=words.zh, en=english)


def _within(title: str) -> str:
    """An English title inside a sentence: without its capital, unless it is all capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
