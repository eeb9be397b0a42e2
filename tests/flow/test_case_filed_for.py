"""Signed in, one files for oneself or for whoever let one; what is held already is chosen, used, and seen."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.data.core.semantics.checkdigits import resident_id_check
from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.answers import GivenFile
from yiwang.flow.models import Case, ItemVersion
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import account_create, file_put
from yiwang.trust import selectors as trust
from yiwang.trust.models import Delegation, Entry, FiledCase, Material, SubjectLink
from yiwang.trust.service import (
    GivenMaterial,
    delegation_end,
    delegation_give,
    ledger_append_pending,
    material_end,
    material_keep,
    subject_bind,
)

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")
ROOT = Path(__file__).parents[2]
ELDER, NEIGHBOUR = (f"{one}{resident_id_check(one)}" for one in ("23088119400101123", "23088119900101567"))
PICTURE = b"%PDF-1.4 the decision"
SAID = {
    "respondent": "市场监管局",
    "act": "罚款五百元",
    "known_on": "2026-03-02",
    "claim": "请求撤销：程序违法",
    "procedure": "simple",
    "name": "老人",
    "phone": "13800000000",
}
ITEM, QUESTION = "reconsideration", "decision_file"
CLERK = Actor(id="account:900", name="c", scopes={Role.STAFF: frozenset({"justice"})})


def account(name: str) -> Actor:
    row = account_create(actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one")
    return Actor(id=f"account:{row.pk}", name=name)


@pytest.fixture
def elder(home: Place) -> Actor:
    """Somebody who is bound to a person of the city, which takes applications for reconsideration."""
    for name in ("foundation/calendar", "foundation/departments", "service/reconsideration"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / name)
    actor = account("elder")
    bound(actor, "resident", ELDER)
    return actor


@pytest.fixture
def child(elder: Actor) -> Actor:
    return account("child")


def bound(actor: Actor, kind: str, number: str) -> None:
    who = int(actor.id.partition(":")[2])
    subject_bind(actor=SYSTEM, account=who, kind=kind, identifier=number, assurance="counter", title="老*")


def of_elder(kind: str = "resident", number: str = ELDER) -> str:
    return f"{kind}:{trust.subject_hash(kind, number)}"


def lent(elder: Actor, scope: str = "act") -> int:
    link = SubjectLink.objects.get().pk
    until = timezone.localdate() + timedelta(days=9)
    return delegation_give(actor=elder, link=link, to="child", scope=scope, until=until, reason="住院").id


def kept(actor: Actor, kind: str = "decision-copy", content: bytes = PICTURE) -> str:
    file = file_put(actor=SYSTEM, source=io.BytesIO(content), name="d.pdf", media_type="application/pdf", sealed=True)
    given = GivenMaterial(kind, "处罚决定书", file.digest, given_for="C-1")
    name = of_elder().partition(":")[2]
    return f"material:{material_keep(actor=actor, kind='resident', subject=name, given=given)}"


def drafted(actor: Actor) -> int:
    return service.draft_save(actor=actor, form_id=ITEM, item_id=ITEM, answers=dict(SAID)).id


def chosen(actor: Actor, held: str) -> int:
    draft = drafted(actor)
    service.draft_held_add(actor=actor, draft_id=draft, question=QUESTION, subject=of_elder(), held=held)
    return draft


def filed(actor: Actor, draft: int | None = None, *, subject: str = "", keep: bool = False, **applicant: str) -> str:
    """File as the portal does, with what the draft holds; without one with a new one."""
    said = service.form_submit(actor=actor, draft_id=draft or drafted(actor))
    answers = {name: value for name, value in said.answers.items() if name not in ("name", "phone")}
    return service.case_file(
        actor=actor,
        filer=service.Filer(subject or of_elder(), keep),
        item_id=ITEM,
        title="复议",
        channel="web",
        answers=answers,
        applicant={"name": "老人", "phone": SAID["phone"], **applicant},
        files=said.files,
        form_number=said.form_number,
        key=f"draft:{draft}" if draft else "",
    ).number


def leaves() -> list[dict[str, Any]]:
    ledger_append_pending()
    return [json.loads(bytes(one.leaf)) for one in Entry.objects.order_by("index")]


def test_filed_for_oneself_it_is_one_s_own_and_followed_without_a_code(elder: Actor) -> None:
    number = filed(elder)
    (row,) = flow.case_own_list(elder)
    assert (row.number, row.by, row.by_delegation) == (number, elder.id, False)
    own, tracked = flow.case_own_get(elder, number)
    assert own == row and tracked.status == "open"
    assert leaves() == []


def test_what_the_office_notes_among_itself_is_not_for_whoever_filed(elder: Actor) -> None:
    number = filed(elder)
    service.case_note(actor=SYSTEM, number=number, text="内部核查意见", public=False)
    with pytest.raises(Refused):
        flow.case_get(elder, number)
    assert flow.case_list(elder).items == ()
    assert all("内部核查意见" not in note.text.zh for note in flow.case_own_get(elder, number)[1].notes)


def test_filed_by_delegation_it_is_the_delegator_s_and_the_line_says_for_whom(elder: Actor, child: Actor) -> None:
    lent(elder)
    number = filed(child)
    (row,) = flow.case_own_list(elder)
    assert (row.number, row.by, row.by_delegation) == (number, child.id, True)
    (leaf,) = leaves()
    assert (leaf["for"], leaf["who"]["id"], leaf["resource"]) == (of_elder(), child.id, f"case:{number}")
    assert leaf["fields"] == ["name", "phone"] and "代为" in leaf["purpose"]
    assert Case.objects.get(number=number).opened_by == child.id


@pytest.mark.parametrize(
    ("how", "said"), [("look", "look"), ("revoked", "taken back"), ("expired", "over"), ("foreign", "Nobody")]
)
def test_without_a_delegation_that_holds_nothing_is_filed(elder: Actor, child: Actor, how: str, said: str) -> None:
    number = lent(elder, "look" if how == "look" else "act") if how != "foreign" else 0
    if how == "revoked":
        delegation_end(actor=elder, delegation=number)
    elif how == "expired":
        Delegation.objects.update(valid_until=timezone.localdate())
    with pytest.raises(Refused, match=said):
        filed(child)
    assert not Case.objects.exists() and not FiledCase.objects.exists() and leaves() == []


def test_taken_back_afterwards_the_case_stays_and_the_other_no_longer_looks(elder: Actor, child: Actor) -> None:
    number = lent(elder)
    case = filed(child)
    delegation_end(actor=elder, delegation=number)
    assert [row.number for row in flow.case_own_list(elder)] == [case]
    assert flow.case_own_list(child) == ()
    with pytest.raises(NotFound):
        flow.case_own_get(child, case)


def test_an_item_that_is_not_filed_for_others_is_refused(elder: Actor, child: Actor) -> None:
    lent(elder)
    version = ItemVersion.objects.get(item_id=ITEM)
    version.body["on_behalf"] = False
    version.digest = "0" * 64
    version.save()
    (choice,) = flow.filer_choices(child, ITEM)
    assert choice.by_delegation and choice.why_not and "本人" in choice.why_not.zh
    with pytest.raises(Refused, match="in person"):
        filed(child)
    assert flow.filer_choices(elder, ITEM)[0].why_not is None


def test_another_s_number_among_the_answers_is_refused(elder: Actor, child: Actor) -> None:
    lent(elder)
    with pytest.raises(InputError, match="not that of"):
        filed(child, id_number=NEIGHBOUR)
    assert filed(child, id_number=ELDER)


def test_what_fits_is_offered_chosen_and_its_use_seen(elder: Actor) -> None:
    held = kept(elder)
    assert kept(elder, "another-thing") != held
    offers = flow.filer_offers(elder, ITEM, of_elder())
    assert [one.held for one in offers[QUESTION].rows] == [held]
    draft = chosen(elder, held)
    assert leaves() == []
    number = filed(elder, draft)
    assert [file.digest for file in Case.objects.get(number=number).files.all()] == [Material.objects.first().digest]
    (leaf,) = leaves()
    assert (leaf["resource"], leaf["fields"], leaf["for"]) == (f"case:{number}", ["处罚决定书"], "")
    assert [use.case for use in trust.material_use_list(elder)] == [number]
    assert filed(elder, draft) == number
    assert len(leaves()) == 1


def test_nothing_is_used_that_was_not_chosen(elder: Actor) -> None:
    kept(elder)
    filed(elder)
    assert trust.material_use_list(elder) == () and leaves() == []


def test_what_does_not_fit_or_is_another_s_is_not_chosen(elder: Actor, child: Actor) -> None:
    with pytest.raises(InputError, match="not the material"):
        chosen(elder, kept(elder, "another-thing"))
    with pytest.raises(Refused):
        chosen(child, kept(elder))
    with pytest.raises(InputError, match="no known type"):
        chosen(elder, kept(elder, content=b"plain words"))


def test_what_was_ended_since_it_was_chosen_stops_the_filing(elder: Actor) -> None:
    held = kept(elder)
    draft = chosen(elder, held)
    material_end(actor=elder, material=int(held.partition(":")[2]))
    assert flow.filer_offers(elder, ITEM, of_elder())[QUESTION].rows[0].why_not is not None
    with pytest.raises(Conflict, match="cannot be used"):
        filed(elder, draft)
    assert not Case.objects.exists()


def test_staff_use_nothing_that_somebody_keeps(elder: Actor) -> None:
    held = kept(elder)
    with pytest.raises(Refused):
        chosen(CLERK, held)
    digest = Material.objects.get().digest
    given = [GivenFile(QUESTION, digest, "d.pdf", held)]
    with pytest.raises(Refused, match="by its holder"):
        service.case_open(actor=SYSTEM, item_id=ITEM, title="复议", files=given, channel="counter")


def test_what_is_given_is_kept_for_the_next_time_only_when_one_says_so(elder: Actor) -> None:
    for keep in (False, True):
        draft = drafted(elder)
        service.draft_file_add(actor=elder, draft_id=draft, question=QUESTION, source=io.BytesIO(PICTURE), name="d.pdf")
        number = filed(elder, draft, keep=keep)
        assert [row.given_for for row in trust.material_list(elder)] == ([number] if keep else [])
    assert [row.kind for row in trust.material_list(elder)] == ["decision-copy"]


def test_a_draft_begun_signed_out_goes_on_signed_in_and_no_other_finds_it(elder: Actor, child: Actor) -> None:
    citizen = Actor(id="public:web", name="市民", kind="public")
    draft = service.draft_save(actor=citizen, form_id=ITEM, item_id=ITEM, answers=dict(SAID))
    with pytest.raises(NotFound):
        service.draft_adopt(actor=elder, draft_id=draft.id, token="wrong")
    assert service.draft_adopt(actor=elder, draft_id=draft.id, token=draft.token).answers["act"] == SAID["act"]
    for actor, token in ((citizen, draft.token), (citizen, ""), (child, "")):
        with pytest.raises(NotFound):
            flow.draft_get(actor, draft.id, token=token)
