"""The tables as SQL in the style a person would write: one CASE for each output, the conditions in the order of the rules.

Where SQL and FEEL part on null the text says what FEEL means: `not("外地")` lets an unknown value pass, a list may hold null.
"""

from __future__ import annotations

from decimal import Decimal

from bench.rules.tables import Cell, Constant, Extreme, Formula, Name, Range, Rule, Sum, Table
from bench.rules.task import KEY, column

AMOUNT = "DECIMAL(14,4)"  # every amount of the pack is exact in it


def literal(constant: Constant) -> str:
    return str(constant) if isinstance(constant, Decimal) else "'" + constant.replace("'", "''") + "'"


def formula(what: Formula) -> str:
    match what:
        case Name(name):
            return column(name)
        case Sum(sign, left, right):
            return f"({formula(left)} {sign} {formula(right)})"
        case Extreme(name, items):
            # least() skips null where FEEL's min() answers null: rules that use it test what it reads
            return f"{'least' if name == 'min' else 'greatest'}({', '.join(map(formula, items))})"
        case str() | Decimal():
            return literal(what)


def _range(name: str, limits: Range) -> str:
    low = f"{name} {'>=' if limits.low_in else '>'} {limits.low}" if limits.low is not None else ""
    high = f"{name} {'<=' if limits.high_in else '<'} {limits.high}" if limits.high is not None else ""
    return " AND ".join(part for part in (low, high) if part)


def condition(what: Formula, cell: Cell) -> str:
    """The cell over its input. Empty: always."""
    if cell.always:
        return ""
    name, listed = formula(what), ", ".join(map(literal, cell.values))
    if cell.negated:
        if cell.ranges:
            raise NotImplementedError("the pack negates no range")
        if cell.null:
            return f"{name} NOT IN ({listed})" if listed else f"{name} IS NOT NULL"
        return f"({name} NOT IN ({listed}) OR {name} IS NULL)"
    parts = [f"({_range(name, limits)})" for limits in cell.ranges]
    if cell.values:
        parts.append(f"{name} = {listed}" if len(cell.values) == 1 else f"{name} IN ({listed})")
    if cell.null:
        parts.append(f"{name} IS NULL")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def conditions(table: Table, rule: Rule) -> str:
    pairs = zip(table.inputs, rule.cells, strict=True)
    return " AND ".join(text for what, cell in pairs if (text := condition(what, cell))) or "true"


def case(table: Table, texts: dict[int, str], otherwise: str) -> str:
    """One CASE: what stands behind THEN by the number of the rule."""
    lines = [f"    WHEN {conditions(table, rule)} THEN {texts[rule.number]}" for rule in table.ordered()]
    return "CASE\n" + "\n".join(lines) + f"\n    ELSE {otherwise} END"


def output(table: Table, place: int, otherwise: str) -> str:
    return case(table, {rule.number: formula(rule.outputs[place]) for rule in table.rules}, otherwise)


def reason(table: Table) -> str:
    return case(table, {rule.number: literal(rule.reason) for rule in table.rules}, "NULL")


def number(table: Table) -> str:
    """The number of the rule that counts: what a practised person writes once, to hang the rest on it."""
    return case(table, {rule.number: str(rule.number) for rule in table.rules}, "NULL")


def collected(table: Table) -> str:
    """The sum of the amounts of all rules that pass; null where none does."""
    parts = [f"CASE WHEN {conditions(table, r)} THEN {formula(r.outputs[0])} ELSE 0 END" for r in table.rules]
    any_rule = " OR ".join(f"({conditions(table, rule)})" for rule in table.rules)
    return f"CASE WHEN {any_rule} THEN " + "\n    + ".join(parts) + " END"


def totals(tables: tuple[Table, ...], source: str) -> str:
    """One row: of each table how many are granted, how much, how many have a reason; every output is one CASE."""
    wide, found = [], []
    for at, table in enumerate(tables):
        if table.collects:
            wide.append(f"{collected(table)} AS amount_{at}")
            found.append(f"count(amount_{at}), sum(amount_{at})")
            continue
        wide += [
            f"{output(table, 0, literal('不符合'))} AS result_{at}",
            f"{output(table, 1, '0')} AS amount_{at}",
            f"{reason(table)} AS reason_{at}",
        ]
        found.append(f"count(*) FILTER (WHERE result_{at} = '符合'), sum(amount_{at}), count(reason_{at})")
    return f"WITH decided AS (SELECT {', '.join(wide)} FROM {source})\nSELECT {', '.join(found)} FROM decided"


def _by_rule(table: Table, source: str, columns: str) -> str:
    """A COLLECT table asks each rule by itself. `columns` with {rule}, {amount}, {reason}."""
    parts = []
    for rule in table.rules:
        amount = f"CAST({formula(rule.outputs[0])} AS {AMOUNT})"
        chosen = columns.format(rule=rule.number, amount=amount, reason=literal(rule.reason))
        parts.append(f"SELECT {chosen} FROM {source} WHERE {conditions(table, rule)}")
    return "\nUNION ALL\n".join(parts)


def counts(tables: tuple[Table, ...], source: str) -> str:
    """Rows (decision, reason, hits), nothing kept by person: twenty questions with one CASE for the result, one for the reason."""
    parts = []
    for table in tables:
        if table.collects:
            parts.append(_by_rule(table, source, f"'{table.id}' AS decision, {{reason}} AS reason, count(*) AS hits"))
            continue
        inner = f"SELECT {output(table, 0, literal('不符合'))} AS result, {reason(table)} AS reason FROM {source}"
        parts.append(
            f"SELECT '{table.id}' AS decision, reason, count(*) AS hits FROM ({inner}) "
            "WHERE reason IS NOT NULL GROUP BY result, reason"
        )
    return "\nUNION ALL\n".join(parts)


def decided(tables: tuple[Table, ...], source: str, *, numbered: bool) -> str:
    """A row per person. One CASE for each result and each reason, or (`numbered`) one CASE for the number of the rule.

    A table that collects has a flag for each of its rules.
    """
    wide = [KEY]
    for at, table in enumerate(tables):
        if table.collects:
            wide += [f"coalesce({conditions(table, r)}, false) AS hit_{at}_{r.number}" for r in table.rules]
        elif numbered:
            wide.append(f"CAST({number(table)} AS UTINYINT) AS reason_{at}")
        else:
            wide += [f"{output(table, 0, literal('不符合'))} AS result_{at}", f"{reason(table)} AS reason_{at}"]
    return f"SELECT {', '.join(wide)} FROM {source}"


def decided_counts(tables: tuple[Table, ...], source: str) -> str:
    """Rows (decision, reason or number, hits) over what `decided` gave."""
    parts = []
    for at, table in enumerate(tables):
        if table.collects:
            parts += [
                f"SELECT '{table.id}', {literal(rule.reason)}, count(*) FROM {source} WHERE hit_{at}_{rule.number}"
                for rule in table.rules
            ]
        else:
            chosen = f"SELECT '{table.id}', CAST(reason_{at} AS VARCHAR), count(*) FROM {source}"
            parts.append(f"{chosen} WHERE reason_{at} IS NOT NULL GROUP BY reason_{at}")
    return "\nUNION ALL\n".join(parts)


def hits(tables: tuple[Table, ...], source: str) -> str:
    """Rows (person, decision, result, amount, reason) of everyone a rule speaks of: one CASE for each output."""
    parts = []
    for table in tables:
        if table.collects:
            chosen = f"{KEY}, '{table.id}' AS decision, NULL AS result, {{amount}} AS amount, {{reason}} AS reason"
            parts.append(_by_rule(table, source, chosen))
            continue
        parts.append(
            f"SELECT * FROM (SELECT {KEY}, '{table.id}' AS decision, {output(table, 0, literal('不符合'))} AS result, "
            f"CAST({output(table, 1, '0')} AS {AMOUNT}) AS amount, {reason(table)} AS reason FROM {source}) "
            "WHERE reason IS NOT NULL"
        )
    return "\nUNION ALL\n".join(parts)
