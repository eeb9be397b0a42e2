"""Values from outside (JSON facts) as FEEL values by declared type, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from yiwang.kernel.errors import InputError
from yiwang.rules.core.dmn.model import Decision, InputData, Model
from yiwang.rules.core.dmn.typing import Types
from yiwang.rules.core.feel import literals
from yiwang.rules.core.feel.builtins.conversion import text_pieces
from yiwang.rules.core.feel.types import Constrained, ContextOf, ListOf, Recursive, Type
from yiwang.rules.core.feel.values import (
    ARITHMETIC,
    Date,
    DateTime,
    Function,
    MonthsDuration,
    Range,
    Time,
    TimeDuration,
    Value,
)

_READERS = {
    "date": literals.date_read,
    "time": literals.time_read,
    "date and time": lambda text: literals.datetime_read(text) or literals.date_read(text),
    "days and time duration": literals.duration_read,
    "years and months duration": literals.duration_read,
}
_TEMPORAL = (Date, Time, DateTime, MonthsDuration, TimeDuration)


def inputs_from(model: Model, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by name as the inputs of a model; an imported model's stand under the import's name. Raises InputError."""
    declared = _declared(model)
    imports = {one.prefix: one.model for one in model.imports if one.prefix}
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if name in declared:
            found[name] = value_from(value, declared[name], name)
        elif name in imports and isinstance(value, Mapping):
            found[name] = inputs_from(imports[name], value)
        else:
            known = sorted(one.variable.name for one in model.inputs)
            raise InputError(
                zh=f"模型“{model.name}”没有输入“{name}”。",
                en=f"The model {model.name} has no input “{name}”.",
                where=name,
                hint_zh=f"可用的输入：{'、'.join(known)}。",
                hint_en=f"Its inputs are: {', '.join(known)}.",
            )
    return found


def _declared(model: Model) -> dict[str, Type]:
    """Inputs and decisions by name, those of imports without a name where the model has no own of that name."""
    types = Types(model)
    found = {
        one.variable.name: types.of(one.variable.type)
        for one in model.elements()
        if isinstance(one, (InputData, Decision))
    }
    for one in model.imports:
        if not one.prefix:
            found = {**_declared(one.model), **found}
    return found


def value_from(value: Any, wanted: Type, where: str = "") -> Value:
    """A JSON value as a FEEL value. Text becomes a date, a time or a duration only where the type asks for one."""
    wanted = _bare(wanted)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return _number(value, where)
    if isinstance(value, str):
        return _text(value, wanted, where)
    if isinstance(value, (list, tuple)):
        item = wanted.item if isinstance(wanted, ListOf) else Type("Any")
        return [value_from(one, item, f"{where}[{number}]") for number, one in enumerate(value, 1)]
    if isinstance(value, Mapping):
        members = dict(wanted.members) if isinstance(wanted, ContextOf) else {}
        return {name: value_from(one, members.get(name, Type("Any")), f"{where}.{name}") for name, one in value.items()}
    if isinstance(value, (*_TEMPORAL, Range)):
        return value
    raise _bad(where, f"{type(value).__name__} 不是可用的值。", f"A {type(value).__name__} cannot be used as a value.")


def _bare(wanted: Type) -> Type:
    while isinstance(wanted, (Constrained, Recursive)):
        wanted = wanted.base if isinstance(wanted, Constrained) else wanted.target()
    return wanted


def _number(value: int | float | Decimal, where: str) -> Decimal:
    read = ARITHMETIC.copy()
    read.clear_traps()
    found = read.create_decimal(repr(value) if isinstance(value, float) else value)
    if not found.is_finite():
        raise _bad(where, f"{value} 不是 34 位十进制数。", f"{value} is no 34-digit decimal.")
    return found


def _text(value: str, wanted: Type, where: str) -> Value:
    reader = _READERS.get(wanted.name)
    if reader is None:
        return value
    found = reader(value)
    if found is None:
        raise _bad(where, f"“{value}”不是 {wanted.name}。", f"“{value}” is no {wanted.name}.")
    return found


def _bad(where: str, zh: str, en: str) -> InputError:
    return InputError(zh=zh, en=en, where=where)


def plain(value: Value) -> Any:
    """A FEEL value as JSON knows it. A number that a float cannot hold exactly becomes text; so do dates, ranges and functions."""
    if isinstance(value, Decimal):
        return _plain_number(value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (*_TEMPORAL, Range, Function)):
        return "".join(text_pieces(value, inside=False))
    return value


def _plain_number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and value.adjusted() < ARITHMETIC.prec:
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)
