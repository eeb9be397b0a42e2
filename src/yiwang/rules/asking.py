"""Facts for one subject: read by the declared types, derived for the day, refused when missing, unknown or impossible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.kernel.core.closest import closest
from yiwang.rules.core.facts import Fact, NotAFact, derived, fact_value
from yiwang.rules.core.feel.types import ANY, Type
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.feel.wording import value_words
from yiwang.rules.errors import FactsWrong
from yiwang.rules.parameters import values_on
from yiwang.rules.prepared import Prepared
from yiwang.rules.schema import Domain, InputFile, ParameterValue

Fault = tuple[str, str]


def day(on: date) -> Date:
    return Date(on.year, on.month, on.day)


def facts_read(found: Prepared, given: Mapping[str, Any], on: date) -> dict[str, Fact]:
    """The facts by input name. `given` names inputs, or fields as `resource.field`; a value may be told with its source:
    `{"value": …, "version": 3}`.

    Raises FactsWrong that tells every fault: what is missing and where it would come from, what is not of its type.
    """
    asked = [name for name in found.inputs if name not in found.uses]
    facts: dict[str, Fact] = {}
    faults: list[Fault] = []
    used: set[str] = set()
    for name in asked:
        binding = found.bindings.get(name)
        key = name if name in given else (binding.source if binding else None)
        if key is None or key not in given:
            faults.append(_missing(name, binding))
            continue
        used.add(key)
        try:
            facts[name] = _fact(name, binding, given[key], found.types[name], on, is_raw=key != name)
        except NotAFact as error:
            faults.append((f"“{key}”：{error.zh}", f"“{key}”: {error.en}"))
    known = [*asked, *(b.source for b in found.bindings.values() if b.source)]
    for key in sorted(set(given) - used - set(known)):
        near = "、".join(closest(key, known)) or "–"
        faults.append((f"不认识的事实“{key}”（相近：{near}）", f"unknown fact “{key}” (near: {near})"))
    if faults:
        raise FactsWrong(
            zh="；".join(zh for zh, _ in faults),
            en="; ".join(en for _, en in faults),
            where=f"facts of {found.file.id}",
            hint_zh="没有值的写 null（允许空缺时）。",
            hint_en="Where there is no value and none is needed, say null.",
        )
    return facts


def _missing(name: str, binding: InputFile | None) -> Fault:
    if binding is None or binding.source is None:
        return f"缺少“{name}”", f"“{name}” is missing"
    return f"缺少“{name}”（来自 {binding.source}）", f"“{name}” is missing (it comes from {binding.source})"


def _fact(name: str, binding: InputFile | None, said: Any, wanted: Type, on: date, *, is_raw: bool) -> Fact:
    source, version = (binding.source or "" if binding else ""), None
    if isinstance(said, dict) and "value" in said and set(said) <= {"value", "source", "version"}:
        source, version, said = said.get("source", source), said.get("version"), said["value"]
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise NotAFact("version 应为整数", "version must be a whole number")
    derive = binding.derive if binding else "value"
    if is_raw and derive != "value":
        raw = fact_value(said, ANY if derive == "present" else Type("date"))
        value = derived(derive, raw, day(on))
    else:
        raw = value = fact_value(said, wanted)
    if binding is not None:
        _within(value, binding.domain)
    return Fact(name, value, str(source), version, derive, raw)


def _within(value: Value, domain: Domain) -> None:
    """Raises NotAFact for a value the companion says cannot be."""
    if value is None:
        if not domain.nullable:
            raise NotAFact("不能空缺", "it cannot be empty")
        return
    if domain.values and value not in domain.values:
        listed = [value_words(one) for one in domain.values]
        raise NotAFact(
            f"应为 {'、'.join(one.zh for one in listed)} 之一",
            f"it must be one of {', '.join(one.en for one in listed)}",
        )
    if isinstance(value, Decimal):
        if domain.integer and value != value.to_integral_value():
            raise NotAFact("应为整数", "it must be a whole number")
        low, high = domain.min, domain.max
        if (low is not None and value < low) or (high is not None and value > high):
            raise NotAFact(
                f"应在 {'…' if low is None else low} 与 {'…' if high is None else high} 之间",
                f"it must lie between {'…' if low is None else low} and {'…' if high is None else high}",
            )


def parameters_on(found: Prepared, on: date) -> dict[str, ParameterValue]:
    """The parameter values of the day by the name of their input. Raises NotCovered."""
    values = values_on(found.content.values, on)
    return {name: values[parameter] for name, parameter in found.uses.items()}


def parameter_value(value: ParameterValue) -> Value:
    said = value.value
    return day(said) if isinstance(said, date) else said
