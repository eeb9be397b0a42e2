"""Cases of a pack for a decision: `given: {as_of, facts}`, `when: {decide: id}`, `then:` what the answer must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from yiwang.kernel.core.pack import View
from yiwang.kernel.core.packtest import Case, difference
from yiwang.kernel.errors import PackError, YiwangError
from yiwang.rules.answers import CaseResult
from yiwang.rules.core.facts import said
from yiwang.rules.deciding import granted_with, taken
from yiwang.rules.errors import FactsWrong, NotCovered
from yiwang.rules.packchecking import view_content
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proposing import change_for


def decide_verb(given: dict[str, Any], argument: Any, view: View) -> dict[str, Any]:
    """`when: {decide: <decision id>}` over `given: {as_of: day, facts: {input or resource.field: value}}`.

    Answers value, granted, amount, rules (numbers of the decision's own table), basis, sentence, and for a refusal `change`:
    the facts that would have to be otherwise. Facts that are refused answer `refused`.
    """
    content = view_content(view, f"decisions/{argument}.dmn") if _is_there(view, argument) else None
    if content is None:
        raise PackError(
            zh=f"没有决定 {argument}", en=f"there is no decision {argument}", where=f"{view.pack.manifest.id}/tests"
        )
    return case_answer(prepared(content), given)


def _is_there(view: View, name: Any) -> bool:
    return f"decisions/{name}.dmn" in view.pack.files


def case_answer(found: Prepared, given: Mapping[str, Any]) -> dict[str, Any]:
    on = given.get("as_of")
    on = date.fromisoformat(on) if isinstance(on, str) else on
    if not isinstance(on, date):
        raise PackError(
            zh="用例须写 as_of：决定日", en="a case says `as_of`, the day of the decision", where=found.file.id
        )
    try:
        answer = taken(found, given.get("facts") or {}, on)
    except (FactsWrong, NotCovered) as refused:
        return {"refused": refused.code, "zh": refused.zh, "en": refused.en}
    change = None if answer.granted else change_for(answer, granted_with)
    return {
        **answer.body(),
        "amount": said(answer.amount),
        "rules": [rule.number for rule in answer.note.rules],
        "sentence": {"zh": answer.sentence.zh, "en": answer.sentence.en},
        "change": {step.name: said(step.after) for step in change.steps} if change else None,
    }


def cases_run(found: Prepared, cases: Sequence[Mapping[str, Any]]) -> tuple[CaseResult, ...]:
    """The pack's own cases on another version of the decision."""
    results = []
    for told in cases:
        case = Case.model_validate(told)
        try:
            wrong = difference(case.then, case_answer(found, case.given), "then")
        except YiwangError as error:
            wrong = (error.zh, error.en)
        results.append(CaseResult(case.name, *(wrong or ("", ""))))
    return tuple(results)
