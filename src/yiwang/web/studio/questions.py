"""The questions of a try-out: one for each input of a decision, answered by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import YiwangError
from yiwang.rules.core.dmn.model import InputData, Model
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.standing import reached, top_decision
from yiwang.rules.selectors import DecisionDetail
from yiwang.web.reading import posted

YES_NO = (("true", Text(zh="是", en="yes")), ("false", Text(zh="否", en="no")))


@dataclass(frozen=True)
class Question:
    """`kind` is number, choice, date or text; `options` are those of a choice."""

    id: str
    name: str
    title: Text
    kind: str
    unit: Text | None
    options: tuple[tuple[str, Text], ...]
    source: str
    resource: str
    field: str
    low: str
    high: str
    step: str
    needed: bool
    value: str = ""


def questions(detail: DecisionDetail, request: HttpRequest) -> tuple[Question, ...]:
    """In the order of the companion, with what was answered already."""
    types = _types(detail)
    found = []
    for at, one in enumerate(detail.file.inputs, 1):
        domain, id = one.domain, f"fact-{at}"
        kind, options = _kind(types.get(one.name, ""), one.derive, bool(domain.values))
        if domain.values:
            options = tuple((str(value), Text(zh=str(value), en=str(value))) for value in domain.values)
        found.append(
            Question(
                id=id,
                name=one.name,
                title=one.title or Text(zh=one.name, en=one.name),
                kind=kind,
                unit=one.unit,
                options=options,
                source=one.source or "",
                resource=one.resource,
                field=one.field,
                low=_shown(domain.min),
                high=_shown(domain.max),
                step="1" if domain.integer else "any",
                needed=not domain.nullable,
                value=posted(request, id)[:200],
            )
        )
    return tuple(found)


def facts(asked: tuple[Question, ...], types: dict[str, str]) -> dict[str, Any]:
    """The answers as facts; an empty one is null, and the decision says whether it may be."""
    return {one.name: _fact(one.value, types.get(one.name, "")) for one in asked}


def _fact(value: str, kind: str) -> Any:
    if value == "":
        return None
    if kind == "boolean" or value in ("true", "false"):
        return {"true": True, "false": False}.get(value, value)
    return value


def types_of(detail: DecisionDetail) -> dict[str, str]:
    return _types(detail)


def _types(detail: DecisionDetail) -> dict[str, str]:
    """The basic type of each input by its name; a table that cannot be read has none."""
    try:
        model = read(detail.dmn, f"{detail.row.id}.dmn")
        top = top_decision(model, detail.file.decision)
    except YiwangError:
        return {}
    return {one.name: _base(home, one) for home, one in reached(model, top).inputs} if top is not None else {}


def _base(model: Model, one: InputData) -> str:
    name, seen = one.variable.type or "", set[str]()
    while name in model.items and name not in seen:
        seen.add(name)
        name = model.items[name].base or ""
    return name


def _kind(type: str, derive: str, is_listed: bool) -> tuple[str, tuple[tuple[str, Text], ...]]:
    if is_listed:
        return "choice", ()
    if type == "boolean" or derive == "present":
        return "choice", YES_NO
    if type == "number" or derive in ("age", "months", "days"):
        return "number", ()
    return ("date" if type == "date" else "text"), ()


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else ""
