"""What nobody may do to a case: file what its form does not ask for, end or stretch what others answer for, write without end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from casecity import CITIZEN, FOUNDED, SYSTEM, CaseCity, finish, open_works, straight, task
from formfiles import body, choice, component
from packfolder import pack

from yiwang.flow.clients import client_of
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.forms import FormFile
from yiwang.flow.models import Case, CaseNote
from yiwang.flow.selectors import leave_list
from yiwang.flow.service import (
    case_extend,
    case_note,
    case_open,
    case_rate,
    case_supervise,
    case_suspend,
    case_withdraw,
    client_key_make,
    form_install,
    leave_save,
)
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import InputError, Refused

QUESTIONS = (
    component("textfield", "words", validate={"required": True, "maxLength": 20}),
    choice("radio", "kind", "lamp", "road", validate={"required": True}),
    component("textfield", "name", validate={"required": True}, properties={"yw:autocomplete": "name"}),
)
SAID = {"words": "路灯不亮", "kind": "lamp"}
PERSON = {"name": "张三"}


@pytest.fixture
def lamp(cases: CaseCity, tmp_path: Path) -> CaseCity:
    """An item open to the public, with a form; the accountable department's work lies with another."""
    form(tmp_path, *QUESTIONS)
    cases.process("fix", straight(task("mend", department="&quot;water&quot;")))
    cases.item("lamp", "fix", form="lamp", channels=["counter", "web", "phone", "mobile"])
    return cases


def form(folder: Path, *questions: dict[str, Any]) -> None:
    file = FormFile("lamp", body(*questions, id="lamp"))
    form_install(actor=SYSTEM, file=file, pack=pack(folder / "packs"))


def filed(**more: Any) -> Case:
    said = {"actor": CITIZEN, "answers": SAID, "applicant": PERSON, "channel": "web"} | more
    return Case.objects.get(number=case_open(item_id="lamp", title="路灯", **said).number)


def test_what_a_person_answers_is_judged_by_the_form_of_the_item_whatever_the_way_it_came(lamp: CaseCity) -> None:
    for actor in (CITIZEN, lamp.person("anna", "civil")):
        for answers in ({}, {"words": "灯"}, SAID | {"kind": "sea"}, SAID | {"words": "长" * 21}):
            with pytest.raises(AnswersWrong):
                filed(actor=actor, answers=answers)
    with pytest.raises(AnswersWrong):
        filed(applicant={})
    assert not Case.objects.exists()


def test_answers_nobody_asked_for_do_not_reach_the_process_and_the_applicant_stays_apart(lamp: CaseCity) -> None:
    case = filed(answers=SAID | {"department": "city", "solved": True})
    assert case.answers == SAID and case.applicant == PERSON
    assert filed(actor=SYSTEM, answers={"of": "history"}).answers == {"of": "history"}


def test_answers_are_judged_by_the_version_that_asked_them(lamp: CaseCity, tmp_path: Path) -> None:
    form(tmp_path / "later", *QUESTIONS, component("textfield", "where", validate={"required": True}))
    with pytest.raises(AnswersWrong):
        filed()
    assert filed(form_number=1).answers == SAID


def test_a_program_may_leave_out_what_it_does_not_know_but_not_give_what_is_wrong(lamp: CaseCity) -> None:
    made = client_key_make(actor=SYSTEM, title="市民客户端", department="civil")
    program = client_of(made.key)
    assert filed(actor=program, answers={"words": "灯"}, applicant={}, channel="mobile").answers == {"words": "灯"}
    with pytest.raises(AnswersWrong) as refused:
        filed(actor=program, answers={"words": "长" * 21}, applicant={}, channel="mobile")
    assert set(refused.value.problems) == {"words"} and "words" in refused.value.en


def test_a_department_with_work_in_a_case_neither_ends_nor_stretches_nor_supervises_it(lamp: CaseCity) -> None:
    case = filed()
    assert [work.department for work in open_works(case)] == ["water"]
    hand, head = lamp.person("wang", "water"), lamp.person("zhao", "water", Role.LEADER)
    with pytest.raises(Refused):
        case_withdraw(actor=hand, number=case.number, reason="不归我们")
    with pytest.raises(Refused):
        case_extend(actor=head, number=case.number, budget="5wd", reason="忙", basis="条例第三条")
    with pytest.raises(Refused):
        case_supervise(actor=head, number=case.number, text="快办")
    own = lamp.person("li", "civil", Role.LEADER)
    case_supervise(actor=own, number=case.number, text="快办")
    case_extend(actor=own, number=case.number, budget="5wd", reason="复杂", basis="条例第三条")
    case_suspend(actor=hand, number=case.number, reason="hearing")
    case_withdraw(actor=own, number=case.number, reason="重复")
    case.refresh_from_db()
    assert case.status == Case.Status.WITHDRAWN


def test_a_case_that_is_ended_while_it_is_suspended_owes_nothing_any_more(lamp: CaseCity) -> None:
    case = filed()
    assert case.dues.exists()
    case_suspend(actor=SYSTEM, number=case.number, reason="hearing")
    case_withdraw(actor=SYSTEM, number=case.number, reason="重复")
    assert not case.dues.exists() and not open_works(case) and not case.waits.exists()


def test_nobody_writes_without_end(lamp: CaseCity) -> None:
    opened = case_open(actor=CITIZEN, item_id="lamp", title="灯", answers=SAID, applicant=PERSON, channel="web")
    known = {"actor": CITIZEN, "number": opened.number, "code": opened.code}
    before = CaseNote.objects.count()
    with pytest.raises(InputError):
        case_note(**known, text="长" * 2001, public=True)
    case_note(**known, text="长" * 2000, public=True)
    assert CaseNote.objects.count() == before + 1
    finish(Case.objects.get(number=opened.number), "mend")
    with pytest.raises(InputError):
        case_rate(**known, grade=5, text="好" * 2001)


def test_why_somebody_is_away_is_read_by_those_who_hand_over_for_them_only(cases: CaseCity) -> None:
    anna, ben = cases.person("anna", "water"), cases.person("ben", "water")
    leave_save(actor=anna, account=anna.id, deputy=ben.id, first=FOUNDED, last=None, reason="住院")
    above, other = cases.person("wu", "water", Role.LEADER), cases.person("li", "civil", Role.LEADER)
    assert [len(leave_list(one)) for one in (anna, ben, above, SYSTEM)] == [1, 1, 1, 1]
    assert leave_list(other) == () and leave_list(cases.person("fang", "water")) == ()
