"""A form in a city: installed from a pack, drafted, proposed, approved by somebody else, rolled back; who began is asked as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formfiles import body, component

from yiwang.flow.core.forms.elements import Form
from yiwang.flow.errors import FormRefused
from yiwang.flow.formrows import FormVersionRow
from yiwang.flow.forms import FormFile
from yiwang.flow.models import AskedForm, FormVersion
from yiwang.flow.selectors import draft_get, form_get
from yiwang.flow.service import (
    draft_save,
    form_approve,
    form_draft_save,
    form_install,
    form_propose,
    form_reject,
    form_roll_back,
    form_submit,
    form_withdraw,
)
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.rules.errors import SelfApproval, VersionMoved

AUTHOR, APPROVER = system_actor("author"), system_actor("approver")
OLD = body(component("textfield", "what"))
NEW = body(component("textfield", "what"), component("textfield", "where"))
NEWER = body(component("textarea", "what"))
BROKEN = body(component("html", "what"))

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def install(said: dict[str, Any], version: str = "1.0.0") -> FormVersionRow:
    title = Text(zh="试", en="Trial")
    manifest = Manifest(id="trial", version=version, title=title, summary=title, department="civil")
    return form_install(actor=AUTHOR, file=FormFile("a-form", said), pack=Pack(manifest, Path(), {}))


def drafted(said: dict[str, Any] = NEW) -> int:
    return form_draft_save(actor=AUTHOR, form_id="a-form", body=said).number


def proposed(said: dict[str, Any] = NEW) -> int:
    return form_propose(actor=AUTHOR, form_id="a-form", number=drafted(said)).number


def published(said: dict[str, Any] = NEW) -> int:
    return form_approve(actor=APPROVER, form_id="a-form", number=proposed(said)).number


def asked() -> tuple[int, list[str]]:
    found = form_get(AUTHOR, "a-form")
    return found.number, keys(found.form)


def keys(form: Form) -> list[str]:
    return [question.key for question in form.questions]


def states() -> list[tuple[int, str]]:
    return list(FormVersion.objects.order_by("number").values_list("number", "state"))


def test_a_packs_form_is_its_first_version_and_is_asked_at_once() -> None:
    row = install(OLD)
    assert (row.number, row.state, row.author, row.approver) == (1, "published", "pack:trial", "installation")
    assert AskedForm.objects.get().department == "civil"
    assert install(OLD, "1.0.1").number == 1
    assert install(NEW, "1.1.0").number == 2
    assert states() == [(1, "replaced"), (2, "published")]


def test_a_packs_new_content_waits_where_the_city_has_its_own() -> None:
    install(OLD)
    published(NEW)
    assert install(NEWER, "2.0.0").state == "proposed"
    assert asked() == (2, ["what", "where"])


def test_a_draft_is_asked_when_somebody_else_approves_it() -> None:
    install(OLD)
    number = proposed()
    with pytest.raises(SelfApproval):
        form_approve(actor=AUTHOR, form_id="a-form", number=number)
    assert asked() == (1, ["what"])
    row = form_approve(actor=APPROVER, form_id="a-form", number=number, note="好")
    assert (row.state, row.approver, row.based_on) == ("published", "system:approver", 1)
    assert asked() == (2, ["what", "where"])


def test_whoever_began_to_answer_is_asked_as_before() -> None:
    install(OLD)
    before = draft_save(actor=AUTHOR, form_id="a-form", answers={"what": "灯"})
    published()
    held = draft_get(AUTHOR, before.id)
    assert (held.form_number, keys(held.form)) == (1, ["what"])
    assert form_submit(actor=AUTHOR, draft_id=before.id).form_number == 1
    assert draft_save(actor=AUTHOR, form_id="a-form", answers={}).form_number == 2


def test_a_version_that_never_held_is_asked_of_nobody() -> None:
    install(OLD)
    for number in (drafted(), proposed(NEWER)):
        with pytest.raises(NotFound):
            form_get(AUTHOR, "a-form", number=number)


def test_a_draft_is_saved_again_by_its_author_only() -> None:
    install(OLD)
    number = drafted(BROKEN)
    assert form_draft_save(actor=AUTHOR, form_id="a-form", body=NEW, number=number).number == number
    with pytest.raises(VersionMoved):
        form_draft_save(actor=APPROVER, form_id="a-form", body=NEWER, number=number)


def test_an_element_that_is_not_supported_can_be_saved_but_not_proposed() -> None:
    install(OLD)
    with pytest.raises(FormRefused, match="markup is not taken") as refused:
        proposed(BROKEN)
    assert [finding.where for finding in refused.value.findings] == ["html what"]


@pytest.mark.parametrize("said", [{**NEW, "id": "other"}, {"id": "a-form"}, {**NEW, "components": "none"}])
def test_what_is_another_form_or_none_is_not_saved(said: dict[str, Any]) -> None:
    install(OLD)
    with pytest.raises(InputError):
        drafted(said)


def test_a_version_that_changes_nothing_is_not_proposed() -> None:
    install(OLD)
    with pytest.raises(VersionMoved, match="says the same"):
        proposed(OLD)


def test_a_proposed_version_is_taken_back_by_its_author_or_sent_back_with_a_reason() -> None:
    install(OLD)
    number = proposed()
    with pytest.raises(VersionMoved):
        form_withdraw(actor=APPROVER, form_id="a-form", number=number)
    assert form_withdraw(actor=AUTHOR, form_id="a-form", number=number).state == "draft"
    form_propose(actor=AUTHOR, form_id="a-form", number=number)
    with pytest.raises(InputError, match="give the reason"):
        form_reject(actor=APPROVER, form_id="a-form", number=number, note=" ")
    assert form_reject(actor=APPROVER, form_id="a-form", number=number, note="问得太多").state == "rejected"


def test_an_earlier_version_is_asked_again() -> None:
    install(OLD)
    published()
    form_roll_back(actor=APPROVER, form_id="a-form", number=1, note="误改")
    assert asked() == (1, ["what"])
    assert states() == [(1, "published"), (2, "replaced")]


def test_a_form_that_is_not_there_yet_is_made_for_a_department() -> None:
    with pytest.raises(NotFound):
        form_draft_save(actor=AUTHOR, form_id="a-form", body=NEW)
    with pytest.raises(NotFound, match="nowhere"):
        form_draft_save(actor=AUTHOR, form_id="a-form", body=NEW, department="nowhere")
