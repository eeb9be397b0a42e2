"""Cases give credentials once, withdraw them by another case, and nobody else reads what they say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from certificates import (
    APPLICANT,
    CLAIMS,
    CLERK,
    LEADER,
    SHELL,
    STRANGER,
    declaration,
    given,
    holder,
    office_opened,
)
from django.utils import timezone
from pydantic import ValidationError

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine, StoredFile
from yiwang.kernel.selectors import file_path
from yiwang.kernel.service import action_run
from yiwang.trust import holders
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust
from yiwang.trust.credentialkinds import ends_on
from yiwang.trust.models import Credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(home: Place) -> Actor:
    office_opened()
    return holder()


def test_asked_twice_it_is_given_once(who: Actor) -> None:
    assert given() == given()
    assert Credential.objects.count() == 1
    with pytest.raises(Conflict):
        trust.credential_issue(
            actor=SHELL, kind="stall-card", case="C-9", applicant=APPLICANT, claims=CLAIMS, key="C-1/stall-card"
        )


def test_a_process_gives_one_by_an_action_and_knows_nothing_of_its_holder(
    who: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "_sources", [(lambda case: APPLICANT, lambda case: ())])
    said = {"case": "C-5", "kind": "stall-card", "claims": CLAIMS}
    number = action_run(name="trust.credential_issue", arguments=said, actor=SHELL, key="case:C-5:1")
    assert number == action_run(name="trust.credential_issue", arguments=said, actor=SHELL, key="case:C-5:1")
    withdraw = {"case": "C-6", "number": number, "reason": "停业"}
    day = action_run(name="trust.credential_revoke", arguments=withdraw, actor=SHELL, key="case:C-6:1")
    assert day == timezone.localdate().isoformat()


@pytest.mark.parametrize(
    ("applicant", "claims", "field"),
    [
        (APPLICANT, {"goods": "x"}, "place"),
        (APPLICANT, {**CLAIMS, "colour": "red"}, "colour"),
        (APPLICANT, {**CLAIMS, "goods": 7}, "goods"),
        (APPLICANT, {**CLAIMS, "goods": "x" * 201}, "goods"),
        (APPLICANT, {**CLAIMS, "name": "another"}, "name"),
        ({"name": "x"}, CLAIMS, "id_number"),
        ({"id_number": "1"}, CLAIMS, "name"),
    ],
)
def test_what_does_not_fit_the_declaration_gives_nothing(
    who: Actor, applicant: dict[str, str], claims: dict[str, str], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        trust.credential_issue(actor=SHELL, kind="stall-card", case="C-1", applicant=applicant, claims=claims, key="k")
    assert caught.value.where == field
    assert Credential.objects.count() == 0


def test_only_the_office_that_answers_for_it_gives_and_withdraws(who: Actor) -> None:
    with pytest.raises(Refused):
        trust.credential_issue(
            actor=STRANGER, kind="stall-card", case="C-1", applicant=APPLICANT, claims=CLAIMS, key="k"
        )
    number = given()
    with pytest.raises(Refused):
        trust.credential_revoke(actor=CLERK, number=number, case="C-2", reason="x")
    trust.credential_revoke(actor=LEADER, number=number, case="C-2", reason="x")


def test_it_is_withdrawn_once_by_a_case_of_its_own(who: Actor) -> None:
    number = given()
    for case in ("", "C-1"):
        with pytest.raises(Conflict, match="case of its own"):
            trust.credential_revoke(actor=SHELL, number=number, case=case, reason="x")
    today = timezone.localdate()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(InputError, match="between"):
            trust.credential_revoke(actor=SHELL, number=number, case="C-2", reason="x", day=day)
    first = trust.credential_revoke(actor=SHELL, number=number, case="C-2", reason="x")
    assert trust.credential_revoke(actor=SHELL, number=number, case="C-2", reason="x") == first
    with pytest.raises(Conflict, match="withdrawn"):
        trust.credential_revoke(actor=SHELL, number=number, case="C-3", reason="x")
    with pytest.raises(NotFound):
        trust.credential_revoke(actor=SHELL, number="nothing", case="C-3", reason="x")


def test_nothing_of_the_holder_stands_in_the_clear(who: Actor) -> None:
    given()
    row = Credential.objects.get()
    kept = b"".join(bytes(part) for part in (row.sealed_claims, row.sealed_vc, row.sealed_sd_jwt))
    kept += file_path(row.pdf).read_bytes() + repr(vars(row)).encode()
    kept += repr(list(AuditLine.objects.values())).encode() + repr(list(StoredFile.objects.values())).encode()
    found = [word for word in (*APPLICANT.values(), *CLAIMS.values()) if word.encode() in kept]
    assert found == []


def test_the_page_is_sealed_and_a_changed_byte_breaks_the_seal(who: Actor) -> None:
    pdf = reads.credential_pdf_bytes(who, given())
    assert pdf.startswith(b"%PDF")
    checked = reads.seal_check(pdf)
    assert (checked.sealed, checked.whole, checked.trusted) == (True, True, True)
    place = pdf.index(b"/Title") + 10
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert reads.seal_check(changed).whole is False
    assert reads.seal_check(pdf + b"\n% more").whole is False
    assert reads.seal_check(b"no pdf").sealed is False


def test_an_office_reads_with_a_purpose_and_leaves_a_line(who: Actor) -> None:
    number = given()
    assert reads.credential_get(CLERK, number).claims is None
    claims = reads.credential_get(CLERK, number, purpose="核对").claims
    assert claims is not None and claims["goods"] == "煎饼"
    assert AuditLine.objects.get(act="credential.read").purpose == "核对"
    assert [row.number for row in reads.credential_list(CLERK).items] == [number]


def test_a_holder_reads_without_a_line_and_a_stranger_not_at_all(who: Actor) -> None:
    number = given()
    assert reads.credential_get(who, number).claims is not None
    assert [row.number for row in reads.credential_holder_list(who)] == [number]
    assert not AuditLine.objects.filter(act="credential.read").exists()
    nobody = Actor(id="account:12345", name="n")
    for actor in (STRANGER, nobody, Actor(id="7", name="no account")):
        with pytest.raises(NotFound):
            reads.credential_get(actor, number, purpose="好奇")
        with pytest.raises(NotFound):
            reads.credential_text(actor, number, "vc")
        with pytest.raises(NotFound):
            reads.credential_pdf_bytes(actor, number)
    assert reads.credential_list(STRANGER).total == 0
    with pytest.raises(Refused):
        reads.credential_list(nobody)


def test_the_printed_code_tells_the_state_and_nothing_of_the_holder(who: Actor) -> None:
    number = given()
    mark = Credential.objects.get().mark
    fact = reads.credential_fact(number, mark)
    assert fact is not None and fact.answer is reads.Answer.GENUINE
    assert "林" not in repr(fact) and "煎饼" not in repr(fact)
    assert reads.credential_fact(number, "0" * 16) is None
    assert reads.credential_fact(number, "") is None
    trust.credential_revoke(actor=SHELL, number=number, case="C-2", reason="x")
    fact = reads.credential_fact(number, mark)
    assert fact is not None and fact.answer is reads.Answer.REVOKED


def test_months_end_on_the_same_day_or_the_last() -> None:
    def after(months: int, begins: date) -> date | None:
        return ends_on(declaration(validity={"months": months}), begins)

    assert after(36, date(2026, 11, 22)) == date(2029, 11, 22)
    assert after(1, date(2026, 1, 31)) == date(2026, 2, 28)
    assert after(1, date(2027, 12, 31)) == date(2028, 1, 31)
    assert after(12, date(2028, 2, 29)) == date(2029, 2, 28)
    assert ends_on(declaration(validity={"until_withdrawn": True}), date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"validity": {}}, "months, or until_withdrawn"),
        ({"validity": {"months": 3, "until_withdrawn": True}}, "months, or until_withdrawn"),
        ({"legal_basis": []}, "legal_basis"),
        ({"prefix": "lower"}, "prefix"),
        ({"fields": [{"id": "iss", "title": {"zh": "甲", "en": "A"}}]}, "iss has a meaning"),
        ({"page": {"heading": {"zh": "甲", "en": "A"}, "lines": ["colour"]}}, "no field colour"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_broken_declaration_is_refused_with_its_reason(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        declaration(**changes)
