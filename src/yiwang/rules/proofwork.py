"""The proofs over a decision as it stands: domains from the companion, parameters with their days, each table it reaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from yiwang.kernel.core.pack import Finding
from yiwang.rules.asking import day, parameter_value
from yiwang.rules.core.feel.parser import parse_tests
from yiwang.rules.core.feel.values import Date
from yiwang.rules.core.feel.wording import Words
from yiwang.rules.core.feel.writing import number_text, quoted
from yiwang.rules.core.proofs.domains import Dated, Period
from yiwang.rules.core.proofs.domains import Domain as ProofDomain
from yiwang.rules.core.proofs.findings import Proof
from yiwang.rules.core.proofs.proving import prove
from yiwang.rules.core.standing import all_tables
from yiwang.rules.prepared import Prepared
from yiwang.rules.schema import Domain, InputFile


def proofs(found: Prepared) -> Iterator[tuple[str, str, Proof]]:
    """(name of the decision or function, place, proof) for every table the decision reaches."""
    domains = proof_domains(found)
    dated = {name: _dated(found, parameter) for name, parameter in found.uses.items()}
    period = _period(found)
    for name, table in all_tables(found.reach):
        yield name, str(table.place), prove(table, domains, dated, period)


def proof_domains(found: Prepared) -> dict[str, ProofDomain]:
    """What each input can be, as the companion says."""
    return {name: _domain(found, one) for name, one in found.bindings.items()}


def proof_findings(found: Prepared) -> Iterator[Finding]:
    for name, place, proof in proofs(found):
        for one in proof.findings:
            yield Finding(place, f"“{name}”：{one.zh}", f"“{name}”: {one.en}", one.level)


def base_type(found: Prepared, name: str | None) -> str | None:
    """The basic type under a declared one, None when it is not a simple one."""
    seen: set[str] = set()
    while name is not None and name not in seen:
        seen.add(name)
        item = found.model.items.get(name)
        if item is None:
            return name
        if item.collection or item.components or item.function:
            return None
        name = item.base
    return None


def _domain(found: Prepared, one: InputFile) -> ProofDomain:
    domain, wanted = one.domain, found.inputs.get(one.name)
    text = _allowed(domain)
    return ProofDomain(
        type=(base_type(found, wanted.variable.type) if wanted else None) or "",
        allowed=parse_tests(text) if text else None,
        nullable=domain.nullable,
        step=Decimal(1) if domain.integer else None,
        unit=Words(one.unit.zh, one.unit.en) if one.unit else Words("", ""),
    )


def _allowed(domain: Domain) -> str:
    """The domain as unary tests; empty when any value of the type may come."""
    if domain.values:
        return ", ".join(_literal(value) for value in domain.values)
    if domain.min is not None and domain.max is not None:
        return f"[{_literal(domain.min)}..{_literal(domain.max)}]"
    if domain.min is not None:
        return f">= {_literal(domain.min)}"
    return f"<= {_literal(domain.max)}" if domain.max is not None else ""


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return quoted(str(value))


def _dated(found: Prepared, parameter: str) -> list[Dated]:
    file = found.content.values[parameter]
    end = day(file.until) if file.until else None
    starts = [day(one.first) for one in file.values]
    ends: list[Date | None] = [*starts[1:], end]
    return [
        Dated(start, parameter_value(one), until) for start, one, until in zip(starts, file.values, ends, strict=True)
    ]


def first_day(found: Prepared) -> date:
    """The first day on which every parameter has a value; any day when there is none."""
    firsts = [found.content.values[name].first for name in set(found.uses.values())]
    return max(firsts, default=date(2026, 1, 1))


def _period(found: Prepared) -> Period | None:
    """From the first day all parameters have a value until the last of them ends: one that ends sooner is a finding."""
    ends = [found.content.values[name].until for name in sorted(set(found.uses.values()))]
    if not ends:
        return None
    last = None if None in ends else max(end for end in ends if end is not None) - timedelta(days=1)
    return Period(day(first_day(found)), day(last) if last else None)
