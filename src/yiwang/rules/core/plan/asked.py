"""The decisions a population is asked for, read off DMN models: logic, types, functions and what each name enters as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yiwang.rules.core.dmn.boxed import DecisionTable, Literal
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.model import Decision, Model
from yiwang.rules.core.dmn.typing import Types
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import Function
from yiwang.rules.core.plan.refusal import PlanRefused


@dataclass(frozen=True)
class Asked:
    """`id` names the decision in results, `variable` in the expressions of those that rest on it.

    `entries` are the types its inputs enter as. `result` and `amount` are the outputs that a hit list shows as such,
    None where there is none. `around` is the typeRef of the variable.
    """

    id: str
    variable: str
    logic: DecisionTable | Literal
    type: Type
    types: Types
    entries: Mapping[str, Type]
    rests_on: tuple[str, ...] = ()
    functions: Mapping[str, Function] | None = None
    result: str | None = None
    amount: str | None = None
    around: str | None = None


AMOUNTS = ("amount", "金额")
RESULTS = ("result", "结论")


def asked(model: Model, wanted: Iterable[str] | None = None) -> tuple[Asked, ...]:
    """Decisions of a model by name or id (all of them by default), each after those it rests on. Raises PlanRefused."""
    prepared = PreparedModel(model)
    names = list(wanted) if wanted is not None else [one.id for one in model.decisions]
    found: dict[str, Asked] = {}
    waiting = [(name, False) for name in reversed(names)]
    while waiting:
        name, ready = waiting.pop()
        decision = model.named(name)
        if not isinstance(decision, Decision):
            raise PlanRefused(zh=f"没有决策“{name}”。", en=f"There is no decision {name}.")
        if decision.id in found:
            continue
        if ready or not decision.requires.decisions:
            found[decision.id] = _asked(prepared, decision)
            continue
        waiting.append((name, True))
        for link in reversed(decision.requires.decisions):
            if link.prefix is not None:
                raise PlanRefused(
                    zh=f"决策“{decision.name}”依据另一文件中的决策，请先把两者放进一个文件。",
                    en=f"The decision {decision.name} rests on one of another file; put both into one.",
                )
            waiting.append((link.id, False))
    return tuple(found.values())


def _asked(prepared: PreparedModel, decision: Decision) -> Asked:
    if decision.refused is not None:
        raise PlanRefused(zh=decision.refused.zh, en=decision.refused.en, where=str(decision.refused.place))
    if not isinstance(decision.logic, (DecisionTable, Literal)):
        raise PlanRefused(
            zh=f"决策“{decision.name}”既不是决策表也不是表达式，不能对全体执行。",
            en=f"The decision {decision.name} is neither a table nor an expression and cannot be taken for a population.",
            where=str(decision.place),
        )
    root = prepared.root
    step = root.step(decision.id)
    outputs = tuple(one.name for one in decision.logic.outputs) if isinstance(decision.logic, DecisionTable) else ("",)
    return Asked(
        id=decision.id,
        variable=decision.variable.name,
        logic=decision.logic,
        type=step.type,
        types=root.types,
        entries={f"{need.prefix}.{need.name}" if need.prefix else need.name: need.type for need in step.inputs},
        around=decision.variable.type,
        rests_on=tuple(link.id for link in decision.requires.decisions),
        functions={need.name: function for need, function in step.functions if function is not None},
        amount=next((name for name in outputs if name in AMOUNTS), None),
        result=next((name for name in outputs if name in RESULTS), None),
    )
