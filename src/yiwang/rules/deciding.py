"""One decision for one subject: the result, why, what would have to change, and a receipt by which it can be taken again."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

import yiwang
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest, canonical_json
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import file_open, receipt_get
from yiwang.kernel.service import audit, file_put, receipt_write
from yiwang.rules.asking import day, facts_read, parameter_value, parameters_on
from yiwang.rules.core.dmn.tracing import DecisionTrace, TracedRun
from yiwang.rules.core.explaining import DecisionNote
from yiwang.rules.core.facts import Fact, said
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value, Zone
from yiwang.rules.core.feel.wording import Words
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proposing import Change, change_for
from yiwang.rules.rows import content_of, decision_row, version_by_digest, version_row
from yiwang.rules.schema import ParameterValue
from yiwang.rules.telling import sentence

RECEIPT = "decision"
# Decisions are taken in the city's own time.
ZONE = Zone(offset=8 * 3600)


@dataclass(frozen=True)
class Answer:
    """A decision taken, before anything is kept of it. `body` is what its receipt stands for."""

    found: Prepared
    on: date
    value: Value
    granted: bool
    amount: Decimal | None
    note: DecisionNote
    sentence: Words
    facts: Mapping[str, Fact]
    inputs: Mapping[str, Value]

    def body(self) -> dict[str, Any]:
        return {
            "decision": self.found.file.id,
            "digest": self.found.content.digest,
            "on": self.on.isoformat(),
            "value": said(self.value),
            "granted": self.granted,
            "amount": said(self.amount),
            "rules": [{"decision": one.name, "rules": [rule.number for rule in one.rules]} for one in self.note.walk()],
            "basis": list(self.note.bases()),
        }


@dataclass(frozen=True)
class Outcome:
    """A decision taken. `data` is its canonical JSON: taking it again from the receipt gives the same bytes.

    `change` says what would have to change for a refusal to become a grant; None when granted, or when nothing was found.
    """

    decision: str
    version: int
    digest: str
    on: date
    value: Any
    granted: bool
    amount: Decimal | None
    sentence: Words
    explanation: DecisionNote
    change: Change | None
    basis: tuple[str, ...]
    receipt: str
    data: bytes


def moment(on: date) -> DateTime:
    """What `now()` is in a decision of that day: its first moment."""
    return DateTime(day(on), Time(0, 0, 0, 0, ZONE))


def taken(found: Prepared, given: Mapping[str, Any], on: date) -> Answer:
    """Take a prepared decision; nothing is kept. Raises FactsWrong, NotCovered, BudgetExceeded."""
    values = parameters_on(found, on)
    facts = facts_read(found, given, on)
    inputs: dict[str, Value] = {name: fact.value for name, fact in facts.items()}
    inputs |= {name: parameter_value(value) for name, value in values.items()}
    run = TracedRun(moment(on))
    value = found.engine.decide(found.decision.id, inputs, run)
    note = found.explainer.explain(run.decisions, facts, _references(values))
    granted = found.reading.is_granted(value)
    amount = found.reading.amount_of(value)
    return Answer(
        found=found,
        on=on,
        value=value,
        granted=granted,
        amount=amount,
        note=note,
        sentence=sentence(found.file, granted, inputs, value, amount),
        facts=facts,
        inputs=inputs,
    )


def granted_with(found: Prepared, inputs: Mapping[str, Value], on: date) -> tuple[bool, Value, list[DecisionTrace]]:
    """Whether the decision says yes to other inputs; for trials, without an explanation."""
    run = TracedRun(moment(on))
    value = found.engine.decide(found.decision.id, inputs, run)
    return found.reading.is_granted(value), value, run.decisions


def plain_run(on: date) -> Run:
    return Run(moment(on))


def _references(values: Mapping[str, ParameterValue]) -> dict[str, Words]:
    """Where each parameter's value comes from, in words."""
    found = {}
    for name, value in values.items():
        if value.reference is not None:
            basis = Words(f"依据 {value.reference.say()}", f"basis: {value.reference.say()}")
        else:
            basis = Words("假定", "an assumption")
        found[name] = Words(f"自 {value.first} 起，{basis.zh}", f"from {value.first}, {basis.en}")
    return found


def decision_take(
    *, actor: Actor, decision_id: str, facts: Mapping[str, Any], on: date, explain: bool = True, purpose: str = ""
) -> Outcome:
    """Take a decision for one subject as of a day, by the version that holds.

    `facts` are JSON values by input name or `resource.field`. Facts and outcome are kept by digest; the receipt names them.
    Raises NotFound, Refused, FactsWrong, NotCovered, BudgetExceeded.
    """
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.take", decision.department).rule
    version = version_row(decision)
    # Decided and explained before the transaction, so that nobody waits for the search of what would have to change.
    answer = taken(prepared(content_of(version)), facts, on)
    change = change_for(answer, granted_with) if explain and not answer.granted else None
    data = canonical_json(answer.body())
    with transaction.atomic():
        kept = file_put(
            actor=actor,
            source=io.BytesIO(_facts_json(facts)),
            name=f"{decision_id}-facts.json",
            media_type="application/json",
            sealed=True,
        )
        receipt = receipt_write(
            actor=actor,
            kind=RECEIPT,
            inputs={"decision": decision_id, "digest": version.digest, "facts": kept.digest},
            outputs={"sha256": canonical_digest(answer.body()), "size": len(data)},
            pack_digests={decision.pack_id: version.pack_digest or decision.pack_digest},
            as_of=on,
            engine_versions={"yiwang": yiwang.__version__},
        )
        audit(
            actor=actor,
            act="decision.take",
            object_kind="decision",
            object_id=decision_id,
            rule=rule,
            purpose=purpose[:400],
            details={"version": version.number, "on": on.isoformat(), "receipt": receipt.id},
        )
    return _outcome(answer, decision_id, version.number, receipt.id, data, change)


def decision_retake(*, actor: Actor, receipt_id: str) -> tuple[Outcome, bool]:
    """Take a decision again from its receipt: the same version, facts and day. True when the bytes are the same.

    Raises NotFound when the receipt, the version or the facts are gone, InputError for a receipt of another kind.
    """
    receipt = receipt_get(receipt_id)
    if receipt.kind != RECEIPT:
        raise InputError(
            zh=f"回执 {receipt_id} 是 {receipt.kind}，不是一次决定",
            en=f"receipt {receipt_id} is of kind {receipt.kind}, not of a decision",
            where="receipt",
        )
    body = receipt.body
    version = version_by_digest(body["inputs"]["digest"])
    rule = demand(actor, "decision.take", version.decision.department).rule
    with file_open(body["inputs"]["facts"]) as kept:
        given = json.loads(kept.read())
    answer = taken(prepared(content_of(version)), given, date.fromisoformat(body["as_of"]))
    same = canonical_digest(answer.body()) == body["outputs"]["sha256"]
    audit(
        actor=actor,
        act="decision.retake",
        object_kind="receipt",
        object_id=receipt_id,
        rule=rule,
        details={"decision": version.decision_id, "same": same},
    )
    change = None if answer.granted else change_for(answer, granted_with)
    data = canonical_json(answer.body())
    return _outcome(answer, version.decision_id, version.number, receipt_id, data, change), same


def _outcome(
    answer: Answer, decision_id: str, version: int, receipt: str, data: bytes, change: Change | None
) -> Outcome:
    return Outcome(
        decision=decision_id,
        version=version,
        digest=answer.found.content.digest,
        on=answer.on,
        value=said(answer.value),
        granted=answer.granted,
        amount=answer.amount,
        sentence=answer.sentence,
        explanation=answer.note,
        change=change,
        basis=answer.note.bases(),
        receipt=receipt,
        data=data,
    )


def _facts_json(facts: Mapping[str, Any]) -> bytes:
    """The facts as they were given: numbers keep their digits."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_as_text).encode("utf-8")


def _as_text(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, Date):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    raise InputError(
        zh=f"事实里不能有 {type(value).__name__}", en=f"facts cannot hold a {type(value).__name__}", where="facts"
    )
