"""The data of a case, and FEEL over it. A name is looked for in the run where a token stands, then in those around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from yiwang.flow.core.process.nodes import Binding
from yiwang.flow.core.process.state import Run
from yiwang.flow.core.process.walking import Halt, Walk
from yiwang.rules.core.facts import NotAFact, fact_value, said
from yiwang.rules.core.feel import interpreter
from yiwang.rules.core.feel.types import ANY
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value, Zone
from yiwang.rules.errors import BudgetExceeded

Known = Mapping[str, Any]
NOTHING: Known = {}


def feel_moment(now: datetime) -> DateTime:
    """An aware moment as FEEL has it, with the name of its zone when it has one."""
    offset = now.utcoffset()
    if offset is None:
        raise ValueError("the moment of a step must know its zone")
    key = getattr(now.tzinfo, "key", None)
    zone = Zone(name=key) if isinstance(key, str) else Zone(offset=int(offset.total_seconds()))
    return DateTime(
        Date(now.year, now.month, now.day), Time(now.hour, now.minute, now.second, now.microsecond * 1000, zone)
    )


# Data -------------------------------------------------------------------------------------------------------------------


def around(walk: Walk, run: int) -> Iterator[Run]:
    """The run and those it lies in, innermost first."""
    found: Run | None = walk.state.runs[run]
    while found is not None:
        yield found
        found = None if found.parent is None else walk.state.runs[found.parent]


def write(walk: Walk, run: int, values: Known) -> None:
    """Each name goes where it is declared or known already, else to the scope of the token.

    What an instance of a multi-instance writes stays in it: instances cannot overwrite one another, what they found is collected.
    """
    for name, value in values.items():
        _holder(walk, run, name).data[name] = value


def _holder(walk: Walk, run: int, name: str) -> Run:
    first: Run | None = None
    for each in around(walk, run):
        if not each.own:
            continue
        first = first or each
        if name in each.data or (each.index is None and name in walk.definition.scopes[each.scope].data):
            return each
        if each.index is not None:
            break
    if first is None:
        raise ValueError(f"no run of {run} keeps data")
    return first


def _seen(walk: Walk, run: int, names: tuple[str, ...], known: Known) -> dict[str, Value]:
    """The names an expression may read, as FEEL values. A declared one that nobody wrote is null; others are left out."""
    found: dict[str, Value] = {}
    runs = walk.state.runs
    for name in names:
        if name in known:
            found[name] = fact_value(known[name], ANY)
            continue
        at: int | None = run
        while at is not None:
            here = runs[at]
            if name in here.data:
                value = here.data[name]
                found[name] = value if isinstance(value, str | bool) else fact_value(value, ANY)
                break
            if name in walk.definition.scopes[here.scope].data:
                found[name] = None
                break
            at = here.parent
    return found


# Expressions ------------------------------------------------------------------------------------------------------------


def feel_value(walk: Walk, text: str, run: int, known: Known = NOTHING) -> tuple[Value, str, str]:
    """The value, and when it is null why, in both languages. Raises Halt when it asks for more work than it may have."""
    prepared = walk.plan.expression(text)
    if walk.moment is None:
        walk.moment = feel_moment(walk.now)
    going = interpreter.Run(walk.moment)
    try:
        value = prepared.expression.value(
            interpreter.Scope(_seen(walk, run, prepared.names, known)),
            going,
        )
    except (BudgetExceeded, NotAFact) as error:
        raise Halt("expression", f"表达式“{text}”：{error.zh}", f"The expression “{text}”: {error.en}") from error
    if value is None and going.notes:
        return None, "".join(each.zh for each in going.notes), " ".join(each.en for each in going.notes)
    return value, "", ""


def value_of(walk: Walk, text: str, run: int, known: Known = NOTHING) -> Any:
    """The JSON value of an expression. Raises Halt where FEEL gives null for a fault; a null that is meant passes."""
    value, zh, en = feel_value(walk, text, run, known)
    if zh or en:
        raise Halt("expression", f"表达式“{text}”没有值：{zh}", f"The expression “{text}” has no value: {en}")
    return said(value)


def truth(walk: Walk, text: str, run: int, known: Known = NOTHING) -> tuple[bool, str, str]:
    """Whether an expression is exactly true; when it is neither true nor false also what it was, in both languages."""
    value, zh, en = feel_value(walk, text, run, known)
    if value is True or value is False:
        return value, "", ""
    if value is None:
        return False, f"条件“{text}”为空：{zh}", f"The condition “{text}” is null: {en}".rstrip(": ")
    return False, f"条件“{text}”既非真也非假。", f"The condition “{text}” is neither true nor false."


def text_of(walk: Walk, text: str | None, run: int, known: Known = NOTHING) -> str:
    """The text an expression gives, empty for none and for null. Raises Halt for anything else."""
    if text is None:
        return ""
    value = value_of(walk, text, run, known)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Halt("expression", f"表达式“{text}”应得到文本。", f"The expression “{text}” must give a text.")
    return value


def bound(walk: Walk, bindings: tuple[Binding, ...], run: int, known: Known = NOTHING) -> dict[str, Any]:
    return {each.name: value_of(walk, each.expression, run, known) for each in bindings}
