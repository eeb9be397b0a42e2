"""The tables as JDM graphs for zen-engine: one table node per decision, cells guarded against null.

zen compares null with a number to an error, so cells say `$ != null and …`, and a formula asks first for what it reads.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bench.rules.tables import Cell, Constant, Extreme, Formula, Name, Range, Rule, Sum, Table, UnreadTable
from bench.rules.task import column


def literal(constant: Constant) -> str:
    return str(constant) if isinstance(constant, Decimal) else f'"{constant}"'


def formula(what: Formula) -> str:
    match what:
        case Name(name):
            return column(name)
        case Sum(sign, left, right):
            return f"({formula(left)} {sign} {formula(right)})"
        case Extreme(name, items):
            return f"{name}([{', '.join(map(formula, items))}])"
        case str() | Decimal():
            return literal(what)


def names(what: Formula) -> list[str]:
    match what:
        case Name(name):
            return [column(name)]
        case Sum(_, left, right):
            return [*names(left), *names(right)]
        case Extreme(_, items):
            return [name for item in items for name in names(item)]
        case _:
            return []


def guarded(what: Formula) -> str:
    """Null where anything it reads is null."""
    read = list(dict.fromkeys(names(what)))
    if not read or isinstance(what, Name):
        return formula(what)
    return f"{' and '.join(f'{name} != null' for name in read)} ? {formula(what)} : null"


def _range(limits: Range) -> str:
    low = f"$ {'>=' if limits.low_in else '>'} {limits.low}" if limits.low is not None else ""
    high = f"$ {'<=' if limits.high_in else '<'} {limits.high}" if limits.high is not None else ""
    return " and ".join(part for part in ("$ != null", low, high) if part)


def _ranges(ranges: tuple[Range, ...]) -> str:
    """Without parentheses: before a comparison zen takes one for the start of a range, and its `and` binds no closer than `or`."""
    match ranges:
        case (one,):
            return _range(one)
        case (Range(None, _, below, below_in), Range(above, above_in, None, _)):
            return f"$ != null and not ($ in {'(' if below_in else '['}{below}..{above}{')' if above_in else ']'})"
        case _:
            raise UnreadTable(f"no way to say it in zen: {ranges}")


def cell(what: Cell) -> str:
    """Empty: always."""
    if what.always:
        return ""
    listed = ", ".join(map(literal, what.values))
    if what.negated:
        if what.null:
            return "$ != null"
        return f"$ != {listed}" if len(what.values) == 1 else f"not ($ in [{listed}])"
    parts = [_ranges(what.ranges)] if what.ranges else []
    if what.values:
        parts.append(f"$ == {listed}" if len(what.values) == 1 else f"$ in [{listed}]")
    if what.null:
        parts.append("$ == null")
    return " or ".join(parts)


def _row(table: Table, rule: Rule) -> dict[str, str]:
    row = {"_id": f"{table.id}-{rule.number}", "rule": str(rule.number), "reason": literal(rule.reason)}
    row |= {f"in{at}": cell(one) for at, one in enumerate(rule.cells)}
    outputs = dict(zip(table.outputs, rule.outputs, strict=True))
    return row | {name: guarded(what) for name, what in outputs.items()}


def table_node(table: Table) -> dict[str, Any]:
    outputs = ["rule", "reason", *table.outputs]
    return {
        "id": table.id,
        "name": table.id,
        "type": "decisionTableNode",
        "content": {
            "hitPolicy": "collect" if table.collects else "first",
            "inputs": [
                {"id": f"in{at}", "name": f"in{at}", "field": guarded(what)} for at, what in enumerate(table.inputs)
            ],
            "outputs": [{"id": name, "name": name, "field": name} for name in outputs],
            "rules": [_row(table, rule) for rule in table.ordered()],
            "passThrough": False,
            "executionMode": "single",
            "outputPath": table.id.replace("-", "_"),
        },
    }


def graph(tables: tuple[Table, ...]) -> dict[str, Any]:
    """All tables side by side between one input and one output."""
    edges = [{"id": f"a-{t.id}", "type": "edge", "sourceId": "in", "targetId": t.id} for t in tables]
    edges += [{"id": f"b-{t.id}", "type": "edge", "sourceId": t.id, "targetId": "out"} for t in tables]
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            *[table_node(table) for table in tables],
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": edges,
    }
