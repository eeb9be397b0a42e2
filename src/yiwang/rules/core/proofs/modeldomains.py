"""The domains of a table's inputs as the model's own types give them."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.dmn.model import ItemDefinition, Model
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.proofs.dimensions import BASIC, label
from yiwang.rules.core.proofs.domains import Domain


def domains_of(model: Model, table: DecisionTable, known: Mapping[str, Domain] | None = None) -> dict[str, Domain]:
    """For each input the type and the allowed values its item definition gives; `known` ones go before.

    The type is the column's, else that of the input data or decision its expression names, members of structures included.
    """
    found: dict[str, Domain] = {}
    for column in table.inputs:
        name = label(column)
        type_ = column.expression.type or _type_of(model, column.expression.node)
        found[name] = _domain(model, type_)
    return {**found, **(known or {})}


def _domain(model: Model, type_: str | None) -> Domain:
    allowed: n.UnaryTests | None = None
    seen: set[str] = set()
    while type_ is not None and type_ not in BASIC and type_ not in seen:
        seen.add(type_)
        found = _item(model, type_)
        if found is None:
            break
        model, item = found
        if item.collection:
            return Domain("list")
        if item.components:
            return Domain("context")
        allowed = allowed or item.allowed
        type_ = item.base
    return Domain(type_ or "", allowed)


def _item(model: Model, name: str) -> tuple[Model, ItemDefinition] | None:
    if name in model.items:
        return model, model.items[name]
    for one in model.imports:
        if one.prefix and name.startswith(f"{one.prefix}."):
            return _item(one.model, name.removeprefix(f"{one.prefix}."))
    return None


def _type_of(model: Model, node: n.Node) -> str | None:
    """The declared type of what an expression names; None for anything worked out."""
    if isinstance(node, n.Name):
        variables = [one.variable for one in model.inputs] + [one.variable for one in model.decisions]
        return next((variable.type for variable in variables if variable.name == node.name), None)
    if isinstance(node, n.Path):
        around = _type_of(model, node.target)
        found = _item(model, around) if around is not None else None
        while found is not None and not found[1].components and found[1].base is not None:
            found = _item(found[0], found[1].base)
        members = found[1].components if found is not None else ()
        return next((member.base for member in members if member.name == node.name), None)
    return None
