"""What whoever filed a case says while it runs: heard only where the diagram lets the applicant speak, and only with the code."""

from __future__ import annotations

import pytest
from bpmnfiles import flow
from casecity import CITIZEN, SYSTEM, CaseCity, open_works, task

from yiwang.flow.errors import NotWaiting
from yiwang.flow.models import Case, CaseNote
from yiwang.flow.selectors import applicant_form, case_steps, case_track
from yiwang.flow.service import case_answer, case_open, case_withdraw, draft_save
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.kernel.selectors import audit_list

SAID = '<message id="m" name="said"/>'


def asks(cases: CaseCity, more: str = 'yw:from="applicant"', key: str = "talk") -> tuple[Case, str]:
    """A case whose only work may be answered for by a message."""
    edge = f'<boundaryEvent id="said" name="说说" yw:en="Say it" attachedToRef="call" {more}>'
    body = (
        '<startEvent id="start"/>' + task("call") + edge
        + '<messageEventDefinition messageRef="m"/></boundaryEvent>' + task("again")
        + '<endEvent id="end"/>' + flow("start", "call") + flow("call", "end") + flow("said", "again") + flow("again", "end")
    )  # fmt: skip
    cases.process(key, body, around=SAID)
    cases.item(f"{key}-item", key)
    opened = case_open(actor=CITIZEN, item_id=f"{key}-item", title="试", channel="web")
    return Case.objects.get(number=opened.number), opened.code


def test_what_the_applicant_says_moves_the_case_and_leaves_a_step_a_note_and_an_audit_line(cases: CaseCity) -> None:
    case, code = asks(cases)
    (said,) = case_track(case.number, code).says
    assert (said.node, said.title.zh, said.form) == ("said", "说说", "")
    case_answer(actor=CITIZEN, number=case.number, code=code, node="said")
    assert [work.node for work in open_works(case)] == ["again"]
    assert case_steps(SYSTEM, case.number)[-1].kind == "message_came"
    assert case_track(case.number, code).says == ()
    assert "说说" in [note.text.zh for note in case_track(case.number, code).notes]
    (line,) = [one for one in audit_list(SYSTEM).items if one.act == "case.answer"]
    assert line.object_id == case.number and line.rule == "code"


def test_the_code_of_another_case_says_nothing_here(cases: CaseCity) -> None:
    one, _ = asks(cases)
    two = case_open(actor=CITIZEN, item_id="talk-item", title="试", channel="web")
    for wrong in (two.code, "", "WRONGONE"):
        with pytest.raises(NotFound):
            case_answer(actor=CITIZEN, number=one.number, code=wrong, node="said")
    assert [work.node for work in open_works(one)] == ["call"]


@pytest.mark.parametrize("node", ["call", "again", "nothing", ""])
def test_only_what_the_diagram_lets_the_applicant_say_is_heard(cases: CaseCity, node: str) -> None:
    case, code = asks(cases)
    with pytest.raises(NotWaiting):
        case_answer(actor=CITIZEN, number=case.number, code=code, node=node)


def test_a_message_that_is_not_from_the_applicant_is_neither_shown_nor_taken(cases: CaseCity) -> None:
    case, code = asks(cases, "")
    assert case_track(case.number, code).says == ()
    with pytest.raises(NotWaiting):
        case_answer(actor=CITIZEN, number=case.number, code=code, node="said")


def test_it_is_heard_once_and_never_after_the_end(cases: CaseCity) -> None:
    case, code = asks(cases)
    case_answer(actor=CITIZEN, number=case.number, code=code, node="said")
    with pytest.raises(NotWaiting):
        case_answer(actor=CITIZEN, number=case.number, code=code, node="said")
    ended, its_code = asks(cases, key="other")
    case_withdraw(actor=CITIZEN, number=ended.number, code=its_code, reason="不用了")
    assert case_track(ended.number, its_code).says == ()
    with pytest.raises(YiwangError):
        case_answer(actor=CITIZEN, number=ended.number, code=its_code, node="said")
    assert CaseNote.objects.filter(kind="answered").count() == 1


def test_without_a_form_nothing_is_smuggled_into_the_case(cases: CaseCity) -> None:
    case, code = asks(cases)
    with pytest.raises(InputError):
        case_answer(actor=CITIZEN, number=case.number, code=code, node="said", answers={"department": "water"})


def test_a_draft_of_an_answer_is_begun_only_with_the_code_and_for_its_own_form(cases: CaseCity) -> None:
    case, code = asks(cases)
    assert applicant_form(case.number, code, "said") == ""
    for which in ((case.number, "WRONGONE", "said"), (case.number, code, "call"), (case.number, code, "9" * 30)):
        with pytest.raises(YiwangError):
            draft_save(actor=CITIZEN, form_id="any", answers={}, asked=which)
    with pytest.raises(InputError):
        draft_save(actor=CITIZEN, form_id="any", answers={}, asked=(case.number, code, "said"))
