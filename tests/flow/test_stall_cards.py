"""A stall is applied for, looked into and given a card; another case withdraws it. The process never knows who applied."""

from __future__ import annotations

import json
import tarfile
from datetime import timedelta

import pytest
from casecity import CITIZEN, ROOT, SYSTEM, finish
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.flow.models import Case
from yiwang.flow.selectors import filer_offers
from yiwang.flow.service import (
    Filer,
    case_archive,
    case_file,
    case_open,
    cases_archive,
    draft_held_add,
    draft_save,
    form_submit,
)
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, NotFound
from yiwang.kernel.selectors import file_lent
from yiwang.kernel.service import account_create, pack_install
from yiwang.trust.holders import holder_of
from yiwang.trust.models import Credential
from yiwang.trust.selectors import archive_get
from yiwang.trust.service import subject_bind
from yiwang.trust.subjects import subject_hash

APPLICANT = {"name": "林某（模拟）", "id_number": "23088119900101123X", "phone": "13900000000"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market(home: Place) -> None:
    for folder in ("foundation/departments", "foundation/calendar", "service/food-stall"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)


def filed() -> Case:
    opened = case_open(
        actor=CITIZEN,
        item_id="food-stall",
        title="食品摊贩登记",
        answers={"goods": "煎饼", "place": "早市 12 号"},
        applicant=APPLICANT,
        channel="web",
    )
    return Case.objects.get(number=opened.number)


def test_a_case_gives_the_card_and_another_withdraws_it() -> None:
    case = filed()
    finish(case, "examine", granted="yes")
    card = Credential.objects.get()
    assert (card.case, case.status) == (case.number, Case.Status.COMPLETED)
    assert card.subject_hash == subject_hash("resident", APPLICANT["id_number"])
    assert case.notes.get(kind="message").text_zh == f"已发食品摊贩登记卡：{card.number}"
    kept = case.state + repr(case.answers) + "".join(repr(step.__dict__) for step in case.steps.all())
    assert [word for word in APPLICANT.values() if word in kept] == []
    withdrawal = Case.objects.get(
        number=case_open(
            actor=SYSTEM,
            item_id="food-stall-withdraw",
            title="撤销",
            answers={"number": card.number, "grounds": "停业"},
        ).number
    )
    finish(withdrawal, "decide", withdrawn="yes")
    card.refresh_from_db()
    assert (withdrawal.status, card.revoked_case) == (Case.Status.COMPLETED, withdrawal.number)


def test_who_renews_is_offered_the_card_they_hold_and_the_case_takes_it() -> None:
    finish(filed(), "examine", granted="yes")
    card = Credential.objects.get()
    row = account_create(actor=SYSTEM, username="lin", display_name="林", password="a-long-and-rare-one")
    lin = Actor(id=f"account:{row.pk}", name="林")
    number = APPLICANT["id_number"]
    subject_bind(actor=SYSTEM, account=row.pk, kind="resident", identifier=number, assurance="counter", title="林*")
    subject = f"resident:{subject_hash('resident', number)}"
    (offer,) = filer_offers(lin, "food-stall-renewal", subject)["old_card"].rows
    assert offer.held == f"credential:{card.number}"
    said = {
        "goods": "煎饼",
        "place": "早市 12 号",
        "name": "林某",
        "phone": "13900000000",
        "applicant": {"id_number": number},
    }
    draft = draft_save(actor=lin, form_id="food-stall-renewal", item_id="food-stall-renewal", answers=said).id
    kept = draft_held_add(actor=lin, draft_id=draft, question="old_card", subject=subject, held=offer.held)
    with file_lent(kept.digest) as path:
        assert path.read_bytes().startswith(b"%PDF")
    told = form_submit(actor=lin, draft_id=draft)
    assert told.answers["applicant"] == {"id_number": number} and [file.digest for file in told.files] == [kept.digest]
    renewed = case_file(
        actor=lin,
        filer=Filer(subject),
        item_id="food-stall-renewal",
        title="延续",
        channel="web",
        answers={name: told.answers[name] for name in ("goods", "place", "old_card")},
        applicant=APPLICANT,
        files=told.files,
        form_number=told.form_number,
        key=f"draft:{draft}",
    )
    finish(Case.objects.get(number=renewed.number), "examine", granted="yes")
    assert Credential.objects.count() == 2


def test_a_refusal_gives_no_card() -> None:
    finish(filed(), "examine", granted="no", grounds="占用消防通道")
    assert not Credential.objects.exists()


def test_a_case_that_is_not_there_has_no_holder() -> None:
    with pytest.raises(NotFound):
        holder_of("nothing")


def test_a_closed_case_goes_into_the_archive_whole_with_the_retention_of_its_item() -> None:
    case = filed()
    with pytest.raises(Conflict, match="has not ended"):
        case_archive(actor=SYSTEM, number=case.number)
    finish(case, "examine", granted="yes")
    digest = case_archive(actor=SYSTEM, number=case.number)
    assert case_archive(actor=SYSTEM, number=case.number) == digest
    row = archive_get(SYSTEM, case.number).row
    assert (row.holds, row.retention, row.result) == (True, "30y", "completed")
    with file_lent(digest) as path, tarfile.open(path) as tar:
        found = {member.name.split("/", 1)[1]: tar.extractfile(member) for member in tar.getmembers()}
        told = json.loads(found["data/case.json"].read())  # type: ignore[union-attr]
    assert {"data/steps.json", "data/process.bpmn", "data/item.json"} <= set(found)
    assert (told["applicant"]["name"], "secret" in told) == (APPLICANT["name"], False)


def test_a_case_whose_item_says_no_retention_is_left_and_named() -> None:
    case = filed()
    finish(case, "examine", granted="yes")
    assert case.item is not None
    case.item.body = {**case.item.body, "retention": None}
    case.item.save()
    done = cases_archive(actor=SYSTEM, closed_before=timezone.localdate() + timedelta(days=1))
    assert (done.packed, [number for number, _ in done.refused]) == ((), [case.number])
    assert "retention" in done.refused[0][1]
