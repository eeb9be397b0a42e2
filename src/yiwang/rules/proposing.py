"""For a refusal: the smallest change of the facts that would make it a grant, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yiwang.rules.core.dmn.tracing import DecisionTrace
from yiwang.rules.core.explaining import Explainer, RuleText
from yiwang.rules.core.facts import said
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import Words, joined
from yiwang.rules.core.nearest import Span, Step, nearest, table_constants
from yiwang.rules.core.standing import all_tables
from yiwang.rules.prepared import Prepared
from yiwang.rules.schema import InputFile
from yiwang.rules.telling import rounded

if TYPE_CHECKING:
    from yiwang.rules.deciding import Answer

Trial = Callable[[Prepared, Mapping[str, Value], date], tuple[bool, Value, list[DecisionTrace]]]


@dataclass(frozen=True)
class Change:
    """What would have to change, and what would come of it. `rules` are those that would hit."""

    steps: tuple[Step, ...]
    value: Any
    amount: Decimal | None
    rules: tuple[RuleText, ...]
    words: Words

    def as_dict(self) -> dict[str, Any]:
        return {
            "facts": [{"name": s.name, "from": said(s.before), "to": said(s.after)} for s in self.steps],
            "value": self.value,
            "amount": said(self.amount),
            "zh": self.words.zh,
            "en": self.words.en,
        }


def change_for(answer: Answer, trial: Trial) -> Change | None:
    """The smallest change that was found to make a grant of a refusal; parameters stay as the law has them."""
    found = answer.found
    fixed = {name: value for name, value in answer.inputs.items() if name in found.uses}
    facts = {name: fact.value for name, fact in answer.facts.items()}
    spans = {name: _span(found.bindings.get(name)) for name in facts}
    tables = [table for _, table in all_tables(found.reach)]

    def grants(changed: Mapping[str, Value]) -> bool:
        return trial(found, {**fixed, **changed}, answer.on)[0]

    steps = nearest(facts, spans, table_constants(tables, fixed), grants)
    if steps is None:
        return None
    changed = {**fixed, **facts, **{step.name: step.after for step in steps}}
    _, value, traces = trial(found, changed, answer.on)
    top = next(one for one in traces if one.id == found.decision.id)
    rules = tuple(rule for table in top.tables for rule in found.explainer.rules_of(table))
    amount = found.reading.amount_of(value)
    return Change(steps, said(value), amount, rules, _words(found, steps, rules, amount))


def _span(binding: InputFile | None) -> Span:
    if binding is None:
        return Span()
    domain = binding.domain
    step = Decimal(1) if domain.integer else Decimal("0.01")
    return Span(domain.min, domain.max, step, tuple(domain.values), domain.nullable)


def _words(found: Prepared, steps: tuple[Step, ...], rules: tuple[RuleText, ...], amount: Decimal | None) -> Words:
    parts = joined([_step_words(found.explainer, step) for step in steps], "，且", ", and ")
    result = _result_words(found, amount)
    rule = rules[0] if rules else None
    basis = (f"（第 {rule.number} 条规则）", f" (rule {rule.number})") if rule else ("", "")
    return Words(f"如果{parts.zh}，{result.zh}{basis[0]}。", f"If {parts.en}, {result.en}{basis[1]}.")


def _step_words(explainer: Explainer, step: Step) -> Words:
    term = explainer.term(step.name)
    before, after = term.value(step.before), term.value(step.after)
    return Words(
        f"{term.title.zh}由 {before.zh} 变为 {after.zh}", f"the {term.title.en} changes from {before.en} to {after.en}"
    )


def _result_words(found: Prepared, amount: Decimal | None) -> Words:
    if amount is None:
        return Words("结果就会是准予", "the answer is yes")
    shown = f"{rounded(amount, found.file.output.decimals).normalize():f}"
    unit = found.file.output.unit
    return Words(
        f"就可得 {shown}{' ' + unit.zh if unit else ''}", f"the amount is {shown}{' ' + unit.en if unit else ''}"
    )
