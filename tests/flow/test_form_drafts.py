"""A draft keeps what was answered for whoever holds it; what is handed in is only what was asked."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from formfiles import body, choice, component, shown_when
from packfolder import item, pack

from yiwang.config.place import Place
from yiwang.flow.core.forms.elements import Form
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.forms import FormFile
from yiwang.flow.models import Draft
from yiwang.flow.schema import ItemFile
from yiwang.flow.selectors import asked_again_list, draft_get, form_get, item_get
from yiwang.flow.service import (
    Record,
    draft_drop,
    draft_file_add,
    draft_file_drop,
    draft_prefill,
    draft_save,
    form_install,
    form_submit,
    item_install,
)
from yiwang.kernel.core.actor import ANONYMOUS, Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine

SYSTEM = system_actor("tests")
CITIZEN = Actor(id="public:web", name="市民", kind="public")
STAFF = Actor(id="7", name="甲", department="civil", scopes={Role.STAFF: frozenset({"civil"})})
OTHER = Actor(id="8", name="乙", department="civil", scopes={Role.STAFF: frozenset({"civil"})})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
QUESTIONS = (
    choice("radio", "car", "yes", "no", validate={"required": True}),
    component("textfield", "plate", properties=shown_when('car = "yes"'), validate={"required": True}),
    component("textfield", "colour"),
    component("textfield", "where", properties={"yw:place": "true"}),
    component("filepicker", "photo", multiple=True, properties={"yw:accept": "png", "yw:count": "2", "yw:max": "1KB"}),
    component("textfield", "name", readonly=True, properties={"yw:field": "people.name", "yw:prefill": "true"}),
    component("textfield", "mobile", properties={"yw:field": "people.mobile", "yw:prefill": "true"}),
)
PERSON = Record("people", Text(zh="人口登记", en="Register of people"), 4, {"name": "王五", "mobile": "13800000000"})
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(home: Place, tmp_path: Path) -> None:
    """One item open to the public, with its form."""
    made = pack(tmp_path / "packs")
    said = body(*QUESTIONS, id="allowance")
    form_install(actor=SYSTEM, file=FormFile("allowance", said), pack=made)
    item_install(actor=SYSTEM, file=ItemFile.model_validate(item()), pack=made)


def saved(actor: Actor = STAFF, **answers: Any) -> int:
    return draft_save(actor=actor, form_id="allowance", item_id="allowance", answers=answers).id


def test_a_draft_comes_back_as_it_was_saved() -> None:
    number = saved(car="yes", plate="黑A1")
    draft_save(actor=STAFF, form_id="allowance", draft_id=number, answers={"car": "no", "plate": "黑A1"})
    found = draft_get(STAFF, number)
    assert (found.answers, found.item_id, found.form_number) == ({"car": "no", "plate": "黑A1"}, "allowance", 1)
    assert isinstance(found.form, Form)


def test_nobody_else_finds_a_draft() -> None:
    number = saved(car="no")
    with pytest.raises(NotFound):
        draft_get(OTHER, number)
    with pytest.raises(NotFound):
        draft_get(CITIZEN, number)


def test_a_signed_out_person_holds_the_token_and_the_city_only_its_digest() -> None:
    made = draft_save(actor=CITIZEN, form_id="allowance", item_id="allowance", answers={"car": "no"})
    assert draft_get(CITIZEN, made.id, token=made.token).answers == {"car": "no"}
    assert made.token and made.token not in str(Draft.objects.values().get())
    for wrong in ("", "guess"):
        with pytest.raises(NotFound):
            draft_get(CITIZEN, made.id, token=wrong)
    with pytest.raises(NotFound):
        draft_get(STAFF, made.id, token=made.token)


def test_a_draft_nobody_touched_for_thirty_days_is_gone() -> None:
    number = saved(car="no")
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=30))
    with pytest.raises(NotFound):
        draft_get(STAFF, number)
    saved(car="yes")
    assert not Draft.objects.filter(pk=number).exists()


def test_a_draft_is_begun_only_for_a_form_that_is_asked() -> None:
    with pytest.raises(Refused):
        draft_save(actor=CITIZEN, form_id="allowance", answers={})
    with pytest.raises(Refused):
        draft_save(actor=ANONYMOUS, form_id="allowance", item_id="allowance", answers={})
    with pytest.raises(NotFound):
        draft_save(actor=CITIZEN, form_id="allowance", item_id="nothing", answers={})
    with pytest.raises(InputError):
        draft_save(actor=CITIZEN, form_id="other", item_id="allowance", answers={})


def test_what_is_handed_in_is_only_what_was_asked_and_the_draft_keeps_the_rest() -> None:
    number = saved(car="no", plate="黑A1", colour="", where=[132.5, 47.6], admin=True)
    found = form_submit(actor=STAFF, draft_id=number)
    assert found.answers == {
        "car": "no",
        "colour": "",
        "where": [132.5, 47.6],
        "photo": None,
        "name": None,
        "mobile": None,
    }
    assert (found.place, found.item_id, found.form_number) == ((132.5, 47.6), "allowance", 1)
    assert draft_get(STAFF, number).answers["plate"] == "黑A1"


def test_what_is_wrong_is_said_by_question_and_nothing_is_handed_in() -> None:
    with pytest.raises(AnswersWrong) as caught:
        form_submit(actor=STAFF, draft_id=saved(car="yes"))
    assert {name: text.en for name, text in caught.value.problems.items()} == {"plate": "Answer this"}


def test_the_trail_names_the_submission_and_no_answer() -> None:
    form_submit(actor=STAFF, draft_id=saved(car="no", colour="secret-colour"))
    line = AuditLine.objects.get(act="form.submit")
    assert len(line.details["answers"]) == 64
    assert "secret-colour" not in str(list(AuditLine.objects.values()))


def test_a_file_is_given_kept_and_taken_back() -> None:
    number = saved(car="no")
    first = give(number, PNG, "一.png")
    give(number, PNG + b"2", "二.png")
    found = form_submit(actor=STAFF, draft_id=number)
    assert [(f.question, f.name) for f in found.files] == [("photo", "一.png"), ("photo", "二.png")]
    draft_file_drop(actor=STAFF, draft_id=number, question="photo", digest=first)
    assert [f.name for f in form_submit(actor=STAFF, draft_id=number).files] == ["二.png"]


def give(number: int, content: bytes, name: str) -> str:
    return draft_file_add(actor=STAFF, draft_id=number, question="photo", source=io.BytesIO(content), name=name).digest


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.png", "is empty"),
        (b"MZ" + bytes(50), "a.png", "is no known type"),
        (b"%PDF-1.7", "a.pdf", "is PDF file; there may be PNG picture"),
        (PNG, "a.exe", "which its ending does not say"),
        (PNG + bytes(1024), "a.png", "has more than 1 KB"),
    ],
)
def test_a_file_is_refused_by_what_it_is(content: bytes, name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        give(saved(car="no"), content, name)


def test_there_are_no_more_files_than_the_question_takes() -> None:
    number = saved(car="no")
    for n in range(2):
        give(number, PNG + bytes([n]), "a.png")
    with pytest.raises(InputError, match="at most 2 files"):
        give(number, PNG + b"third", "a.png")


def test_a_file_cannot_be_claimed_by_sending_its_digest() -> None:
    forged = {"digest": "0" * 64, "name": "x.png", "media_type": "image/png", "size": 1}
    number = saved(car="no", photo=[forged])
    draft_save(actor=STAFF, form_id="allowance", draft_id=number, answers={"car": "no", "photo": [forged]})
    assert form_submit(actor=STAFF, draft_id=number).files == ()


def test_what_a_register_holds_is_filled_in_with_its_source() -> None:
    number = saved(car="no", mobile="13911111111")
    found = draft_prefill(actor=STAFF, draft_id=number, records=[PERSON])
    assert (found.answers["name"], found.answers["mobile"]) == ("王五", "13911111111")
    assert {a: t.en for a, t in found.sources.items()} == {"name": "From Register of people (people.name, version 4)"}


def test_a_readonly_answer_is_the_registers_and_nobody_elses() -> None:
    number = saved(car="no", name="假名")
    draft_prefill(actor=STAFF, draft_id=number, records=[PERSON])
    draft_save(actor=STAFF, form_id="allowance", draft_id=number, answers={"car": "no", "name": "假名"})
    assert form_submit(actor=STAFF, draft_id=number).answers["name"] == "王五"


def test_why_a_question_is_asked_again_is_printed_with_the_item_and_in_the_catalogue(tmp_path: Path) -> None:
    why = {
        "yw:field": "people.mobile",
        "yw:reason": "来电人未必登记",
        "yw:en.reason": "A caller need not be registered",
    }
    said = body(*QUESTIONS, component("textfield", "call", properties=why), id="allowance")
    form_install(actor=SYSTEM, file=FormFile("allowance", said), pack=pack(tmp_path / "again"))
    (printed,) = item_get(CITIZEN, "allowance").asked_again
    assert (printed.label.en, printed.field) == ("Question call", "people.mobile")
    assert printed.reason.en == "A caller need not be registered"
    assert asked_again_list(STAFF) == (printed,)


def test_a_draft_that_is_dropped_is_gone() -> None:
    number = saved(car="no")
    draft_drop(actor=STAFF, draft_id=number)
    with pytest.raises(NotFound):
        draft_get(STAFF, number)


def test_the_public_sees_the_forms_of_items_open_to_it_and_no_others(tmp_path: Path) -> None:
    said = body(component("textarea", "what"), id="inside")
    form_install(actor=SYSTEM, file=FormFile("inside", said), pack=pack(tmp_path / "inner"))
    assert form_get(CITIZEN, "allowance").number == 1
    with pytest.raises(NotFound):
        form_get(CITIZEN, "inside")
    assert form_get(STAFF, "inside").form.questions[0].key == "what"
