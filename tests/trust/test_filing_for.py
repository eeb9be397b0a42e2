"""Filing for somebody rests on a delegation that holds; what is held already is offered, chosen, and leaves a line."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from certificates import APPLICANT, SHELL, given, holder, office_opened
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.service import account_create, file_put
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust
from yiwang.trust.models import Delegation, Entry, FiledCase, Material, SubjectLink
from yiwang.trust.subjects import subject_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(home: Place) -> Actor:
    office_opened()
    return holder()


@pytest.fixture
def wang(lin: Actor) -> Actor:
    account = account_create(actor=SHELL, username="wang", display_name="王", password="a-long-and-rare-one")
    return Actor(id=f"account:{account.pk}", name="王")


def of_lin() -> str:
    return f"resident:{subject_hash('resident', APPLICANT['id_number'])}"


def lent(lin: Actor, scope: str = "act") -> int:
    link = SubjectLink.objects.get().pk
    day = timezone.localdate() + timedelta(days=7)
    return trust.delegation_give(actor=lin, link=link, to="wang", scope=scope, until=day, reason="住院").id


def filed(actor: Actor, case: str = "C-9") -> None:
    trust.filing_note(actor=actor, case=case, subject=of_lin(), purpose="代为申办", fields=("name",))


def leaves() -> list[dict[str, Any]]:
    trust.ledger_append_pending()
    return [json.loads(bytes(one.leaf)) for one in Entry.objects.order_by("index")]


def kept(actor: Actor, **more: Any) -> str:
    file = file_put(actor=SHELL, source=io.BytesIO(b"%PDF-1.4 card"), name="card.pdf", media_type="application/pdf")
    about = trust.GivenMaterial("identity-card", "身份证", file.digest, **more)
    name = of_lin().removeprefix("resident:")
    return f"material:{trust.material_keep(actor=actor, kind='resident', subject=name, given=about)}"


def test_for_oneself_it_is_one_s_own_case_and_nobody_used_anything(lin: Actor) -> None:
    filed(lin)
    (row,) = reads.filing_list(lin)
    assert (row.case, row.by, row.by_delegation) == ("C-9", lin.id, False)
    assert leaves() == []


def test_filed_by_delegation_it_is_the_delegator_s_case_with_a_line_that_says_for_whom(lin: Actor, wang: Actor) -> None:
    lent(lin)
    filed(wang)
    (row,) = reads.filing_list(lin)
    assert (row.by, row.by_delegation) == (wang.id, True)
    (leaf,) = leaves()
    assert (leaf["for"], leaf["about"], leaf["resource"]) == (of_lin(), of_lin().partition(":")[2], "case:C-9")
    assert leaf["who"]["id"] == wang.id
    assert AuditLine.objects.get(act="case.filed").rule == "delegation"


@pytest.mark.parametrize("how", ["look", "revoked", "expired", "stranger", "unbound", "none"])
def test_without_a_delegation_that_holds_it_is_refused_and_says_why(lin: Actor, wang: Actor, how: str) -> None:
    said = {
        "look": "only|not act",
        "revoked": "taken back",
        "expired": "over",
        "stranger": "Nobody",
        "unbound": "taken back",
        "none": "choose",
    }
    number = 0 if how in ("stranger", "none") else lent(lin, "look" if how == "look" else "act")
    if how == "revoked":
        trust.delegation_end(actor=lin, delegation=number)
    elif how == "expired":
        Delegation.objects.update(valid_until=timezone.localdate())
    elif how == "unbound":
        trust.subject_unbind(actor=lin, link=SubjectLink.objects.get().pk)
    with pytest.raises((Refused, InputError), match=said[how]):
        trust.filing_note(actor=wang, case="C-9", subject="" if how == "none" else of_lin(), purpose="代为申办")
    assert not FiledCase.objects.exists()


def test_one_case_is_filed_for_one_subject(lin: Actor) -> None:
    filed(lin)
    FiledCase.objects.update(subject_hash="0" * 64)
    with pytest.raises(Refused, match="somebody else"):
        filed(lin)


def test_who_looks_for_another_leaves_a_line_and_a_stranger_finds_nothing(lin: Actor, wang: Actor) -> None:
    filed(lin)
    with pytest.raises(NotFound):
        reads.filing_get(wang, "C-9")
    lent(lin, "look")
    assert reads.filing_get(wang, "C-9").title == "林*"
    assert [leaf["for"] for leaf in leaves()] == [of_lin()]
    reads.filing_get(lin, "C-9")
    assert len(leaves()) == 1


def test_what_fits_is_offered_and_what_is_over_says_why(lin: Actor) -> None:
    card, number = kept(lin, given_for="C-1"), given()
    offers = {one.held: one for one in reads.held_offers(lin, subject=of_lin(), material="identity-card")}
    assert set(offers) == {card} and offers[card].given_for == "C-1" and offers[card].why_not is None
    both = reads.held_offers(lin, subject=of_lin(), material="identity-card", credential="stall-card")
    assert {one.held for one in both} == {card, f"credential:{number}"}
    assert reads.held_offers(lin, subject=of_lin(), material="another") == ()
    Material.objects.update(valid_until=date(2026, 1, 1))
    (over,) = reads.held_offers(lin, subject=of_lin(), material="identity-card")
    assert over.why_not and "2026-01-01" in over.why_not.zh
    with pytest.raises(Conflict, match="cannot be used"):
        reads.held_lend(lin, subject=of_lin(), held=card)


def test_a_revoked_credential_says_so_and_is_not_lent(lin: Actor) -> None:
    number = given()
    assert reads.held_lend(lin, subject=of_lin(), held=f"credential:{number}").content
    trust.credential_revoke(actor=SHELL, number=number, case="C-5", reason="停业")
    (offer,) = reads.held_offers(lin, subject=of_lin(), credential="stall-card")
    assert offer.why_not and "撤销" in offer.why_not.zh
    with pytest.raises(Conflict, match="revoked"):
        reads.held_lend(lin, subject=of_lin(), held=offer.held)


def test_each_use_is_a_line_with_the_words_agreed_to(lin: Actor, wang: Actor) -> None:
    lent(lin)
    for held in (kept(lin), f"credential:{given()}"):
        about = {"subject": of_lin(), "held": held}
        digest = reads.held_lend(wang, **about).digest
        trust.held_use(actor=wang, digest=digest, case="C-9", purpose="办理摊贩登记", **about)
        assert leaves()[-1]["for"] == of_lin() and leaves()[-1]["purpose"] == "办理摊贩登记"
    (line,) = reads.material_use_list(lin)
    assert line.case == "C-9" and "我同意" in line.consent
    assert AuditLine.objects.filter(act="credential.use").count() == 1


def test_what_changed_since_it_was_chosen_is_not_used(lin: Actor) -> None:
    held = kept(lin)
    with pytest.raises(Conflict, match="changed"):
        trust.held_use(actor=lin, subject=of_lin(), held=held, digest="0" * 64, case="C-9", purpose="办理")
    assert leaves() == [] and reads.material_use_list(lin) == ()


def test_another_s_things_are_not_there(lin: Actor, wang: Actor) -> None:
    held = kept(lin)
    with pytest.raises(Refused):
        reads.held_offers(wang, subject=of_lin(), material="identity-card")
    with pytest.raises(Refused):
        reads.held_lend(wang, subject=of_lin(), held=held)
    for wrong in ("material:999", "credential:SC-0", "rubbish"):
        with pytest.raises(NotFound):
            reads.held_lend(lin, subject=of_lin(), held=wrong)
