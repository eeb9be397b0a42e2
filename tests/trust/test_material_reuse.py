"""A document given once is used again with its holder's word only, and the holder sees where and ends it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from certificates import APPLICANT, SHELL, holder, office_opened
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.service import file_put
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust
from yiwang.trust.models import Material
from yiwang.trust.subjects import subject_hash

pytestmark = pytest.mark.django_db
OTHER = Actor(id="account:4242", name="o")


@pytest.fixture
def who(home: Place) -> Actor:
    office_opened()
    return holder()


def kept(who: Actor, **more: object) -> int:
    file = file_put(actor=SHELL, source=io.BytesIO(b"%PDF-1.4 card"), name="card.pdf", media_type="application/pdf")
    given = trust.GivenMaterial("identity-card", "身份证", file.digest, **more)  # type: ignore[arg-type]
    subject = subject_hash("resident", APPLICANT["id_number"])
    return trust.material_keep(actor=who, kind="resident", subject=subject, given=given)


def used(who: Actor, number: int, case: str = "C-2", consent: str = "我同意") -> str:
    return trust.material_use(actor=who, material=number, case=case, purpose="办证", consent=consent)


def test_given_twice_it_is_kept_once_and_offered(who: Actor) -> None:
    assert kept(who) == kept(who)
    (row,) = reads.material_list(who, kind="identity-card", only_usable=True)
    assert (row.title, row.uses) == ("身份证", 0)
    assert reads.material_list(who, kind="another") == ()


def test_a_use_is_a_line_its_holder_reads(who: Actor) -> None:
    number = kept(who)
    words = reads.consent_text("身份证", "C-2", "办证").zh
    assert used(who, number, consent=words) == used(who, number, consent=words) == Material.objects.get().digest
    (line,) = reads.material_use_list(who)
    assert (line.case, line.purpose, line.consent) == ("C-2", "办证", words)
    assert AuditLine.objects.filter(act="material.use").count() == 2


@pytest.mark.parametrize("consent", ["", "  "])
def test_without_the_holders_word_it_is_not_used(who: Actor, consent: str) -> None:
    with pytest.raises(InputError, match="consent"):
        used(who, kept(who), consent=consent)
    assert reads.material_use_list(who) == ()


def test_when_reuse_is_ended_it_is_neither_offered_nor_used(who: Actor) -> None:
    number = kept(who)
    used(who, number)
    trust.material_end(actor=who, material=number)
    assert reads.material_list(who, only_usable=True) == ()
    with pytest.raises(Conflict, match="ended"):
        used(who, number, case="C-3")
    assert [line.case for line in reads.material_use_list(who)] == ["C-2"]
    assert kept(who) != number


def test_what_is_over_is_not_used(who: Actor) -> None:
    today = timezone.localdate()
    with pytest.raises(InputError, match="over"):
        kept(who, valid_until=today)
    number = kept(who, valid_until=today + timedelta(days=1))
    Material.objects.update(valid_until=today)
    assert reads.material_list(who, only_usable=True) == ()
    with pytest.raises(Conflict, match="over"):
        used(who, number)


def test_nobody_else_keeps_sees_uses_or_ends_it(who: Actor) -> None:
    number = kept(who)
    with pytest.raises(Refused):
        kept(OTHER)
    assert reads.material_list(OTHER) == () and reads.material_use_list(OTHER) == ()
    for act in (lambda: used(OTHER, number), lambda: trust.material_end(actor=OTHER, material=number)):
        with pytest.raises(NotFound):
            act()
    assert Material.objects.get().ended_at is None


def test_a_file_that_is_not_stored_cannot_be_kept(who: Actor) -> None:
    given = trust.GivenMaterial("identity-card", "身份证", "0" * 64)
    subject = subject_hash("resident", APPLICANT["id_number"])
    with pytest.raises(NotFound):
        trust.material_keep(actor=who, kind="resident", subject=subject, given=given)
