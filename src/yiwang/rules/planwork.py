"""How a decision would run over everyone, told from the companion alone: before there is any population."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yiwang.kernel.core.pack import Finding
from yiwang.rules.asking import parameter_value
from yiwang.rules.core.plan.columns import FEEL_KINDS, Column
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.population import KEY
from yiwang.rules.prepared import Prepared
from yiwang.rules.proofwork import base_type, first_day
from yiwang.rules.runs import Asked
from yiwang.rules.schema import DERIVED_TYPES, InputFile

if TYPE_CHECKING:
    from yiwang.rules.core.plan.plan import Account

# What a column is taken for until a table says better: whole numbers, or money.
DIGITS, CENTS = 18, 2


@dataclass(frozen=True)
class PlanAccount:
    """How one expression of a decision runs over everyone, or why it cannot."""

    decision: str
    place: str
    text: str
    how: str
    zh: str
    en: str


def plan_accounts(found: Prepared) -> tuple[PlanAccount, ...]:
    """How each expression runs. Raises PlanRefused when the decision cannot be taken in one pass."""
    # only here: the compiler takes longer to import than most commands take
    from yiwang.rules.compiled import plan_of

    asked = Asked(found, 0, {name: name for name in found.inputs if name not in found.uses})
    columns = {name: _column(found, name, found.bindings.get(name)) for name in asked.names}
    on = first_day(found)
    values = {name: found.content.values[parameter].find(on) for name, parameter in found.uses.items()}
    fixed = {asked.id: {name: parameter_value(value) for name, value in values.items() if value is not None}}
    plan = plan_of([asked], columns, KEY, fixed, on)
    return tuple(_told(one) for one in plan.accounts)


def plan_findings(found: Prepared) -> Iterator[Finding]:
    """A warning where a decision that names a subject cannot run over everyone."""
    if found.file.subject is None:
        return
    try:
        plan_accounts(found)
    except PlanRefused as refused:
        yield Finding(
            refused.where or f"{found.content.where}.dmn",
            f"不能对全体一次算完：{refused.zh}",
            f"it cannot be taken for everyone in one pass: {refused.en}",
            "warning",
        )


def _column(found: Prepared, name: str, binding: InputFile | None) -> Column:
    derived = DERIVED_TYPES.get(binding.derive) if binding else None
    kind = FEEL_KINDS.get(derived or base_type(found, found.inputs[name].variable.type) or "")
    if kind is None:
        raise PlanRefused(
            zh=f"输入“{name}”没有简单的类型（typeRef）",
            en=f"the input “{name}” has no simple type (typeRef)",
            where=str(found.inputs[name].place),
        )
    whole = bool(derived) or bool(binding and binding.domain.integer)
    if kind != "number":
        return Column(name, kind)
    return Column(name, "number", DIGITS, 0, whole=True) if whole else Column(name, "number", DIGITS, CENTS)


def _told(one: Account) -> PlanAccount:
    return PlanAccount(one.decision, one.place, one.text, one.how, one.zh, one.en)
