"""Whoever of an office reads what is personal leaves a line that the person reads; a new such read must be listed here."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from certificates import APPLICANT, LEADER, SHELL, given, holder, office_opened
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.data import selectors as data
from yiwang.data.core.semantics.checkdigits import resident_id_check
from yiwang.flow import selectors as flow
from yiwang.flow.answers import GivenFile
from yiwang.flow.models import Case
from yiwang.flow.service import Taken, case_open, recording_add
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.service import account_create, file_put, pack_install
from yiwang.trust import selectors as trust
from yiwang.trust.models import Entry, SubjectLink
from yiwang.trust.service import Matter, archive_pack, ledger_append_pending
from yiwang.trust.subjects import subject_hash

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
STAFF = Actor(id="account:910", name="w", department="justice", scopes={Role.STAFF: frozenset({"justice"})})
COLLEAGUE = Actor(id="account:911", name="c", department="justice", scopes={Role.STAFF: frozenset({"justice"})})
AUDITOR = Actor(id="account:912", name="a", department="audit", scopes={Role.AUDITOR: frozenset({"justice"})})
PURPOSE = "复核申请材料"
PERSON = {"name": "林某（模拟）", "id_number": f"23088119900101123{resident_id_check('23088119900101123')}"}
# Reads that take a purpose and whose lines are looked for elsewhere, or that read nobody's data.
ELSEWHERE = {
    "data.record_trace": "tests/data/test_looking.py",
    "data.resource_sample": "tests/data/test_looking.py",
    "trust.grant_check": "tests/trust/test_grant_check.py: it allows, and reads nothing; the exchange notes what it hands out",
    "trust.reading_demand": "it decides and reads nothing",
    "trust.reading_verdict": "it decides and reads nothing",
}


def case_filed() -> tuple[str, str]:
    """A case of the applicant with one file: its number and the file's digest."""
    for name in ("foundation/calendar", "foundation/departments", "service/reconsideration"):
        pack_install(actor=SHELL, folder=ROOT / "packs" / name)
    file = file_put(actor=SHELL, source=io.BytesIO(b"%PDF-1.4 d"), name="d.pdf", media_type="application/pdf")
    opened = case_open(
        actor=SHELL,
        item_id="reconsideration",
        title="复议",
        applicant=PERSON,
        files=[GivenFile("decision_file", file.digest, "d.pdf")],
    )
    return opened.number, file.digest


def case_read() -> None:
    number, _ = case_filed()
    assert flow.case_get(STAFF, number, purpose=PURPOSE).applicant == PERSON


def steps_read() -> None:
    number, _ = case_filed()
    assert flow.case_steps(STAFF, number, purpose=PURPOSE)


def file_read() -> None:
    number, digest = case_filed()
    with flow.case_file_open(STAFF, number, digest)[1] as content:
        assert content.read() == b"%PDF-1.4 d"


def recording_read() -> None:
    number, _ = case_filed()
    now = timezone.now()
    Case.objects.update(opened_at=now - timedelta(hours=1))
    officer = account_create(
        actor=SHELL, username="officer", display_name="o", password="a-long-and-rare-one", department="justice"
    )
    begin, end = now - timedelta(minutes=2), now - timedelta(minutes=1)
    taken = Taken(begin, end, "ZF-1", (f"account:{officer.pk}",), "听证室", "规定第一条")
    film = io.BytesIO(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    recording_add(actor=SHELL, number=number, source=film, name="a.wav", taken=taken)
    assert flow.recording_open(STAFF, number, 1, purpose=PURPOSE).number == 2


def archive_read() -> None:
    number, _ = case_filed()
    matter = Matter(number, "复议", "justice", "completed", date(2026, 1, 1), "10y", "归档规定 第八条", {})
    archive_pack(actor=SHELL, matter=matter, parts={"case.json": b"{}"})
    trust.archive_file(SHELL, number, purpose=PURPOSE).close()


def credential_read() -> None:
    assert trust.credential_get(LEADER, given(), purpose=PURPOSE).claims


# How it is read, and about whom.
READS: dict[str, tuple[Callable[[], None], str]] = {
    "flow.case_get": (case_read, PERSON["id_number"]),
    "flow.case_steps": (steps_read, PERSON["id_number"]),
    "flow.case_file_open": (file_read, PERSON["id_number"]),
    "flow.recording_open": (recording_read, PERSON["id_number"]),
    "trust.archive_file": (archive_read, PERSON["id_number"]),
    "trust.credential_get": (credential_read, APPLICANT["id_number"]),
}


@pytest.mark.parametrize("name", READS)
def test_the_person_reads_who_read_and_why(home: Place, name: str) -> None:
    office_opened()
    person = holder()
    read, number = READS[name]
    about = subject_hash("resident", number)
    SubjectLink.objects.update(subject_hash=about)
    read()
    ledger_append_pending()
    leaves = [json.loads(bytes(one.leaf)) for one in Entry.objects.all()]
    (leaf,) = [one for one in leaves if one["about"] == about]
    assert leaf["purpose"] and leaf["fields"]
    (row,) = trust.use_list(person, subject=about).items
    assert (row.purpose, row.resource) == (leaf["purpose"], leaf["resource"])


def test_every_read_with_a_purpose_is_listed() -> None:
    found = {
        f"{name}.{one}"
        for name, door in (("flow", flow), ("trust", trust), ("data", data))
        for one in door.__all__
        if inspect.isfunction(getattr(door, one))
        and {"actor", "purpose"} <= set(inspect.signature(getattr(door, one)).parameters)
    }
    assert found - set(READS) == set(ELSEWHERE)


def told(person: Actor) -> list[tuple[str, tuple[str, ...]]]:
    ledger_append_pending()
    about = subject_hash("resident", PERSON["id_number"])
    return [(row.purpose, tuple(row.fields)) for row in trust.use_list(person, subject=about).items]


def test_without_a_purpose_nobody_learns_who_the_applicant_is(home: Place) -> None:
    office_opened()
    number, _ = case_filed()
    assert flow.case_get(STAFF, number).applicant is None
    assert trust.credential_get(LEADER, given()).claims is None


def test_who_deals_with_a_case_reads_it_for_that_and_one_line_an_hour_says_so(home: Place) -> None:
    office_opened()
    person, (number, _) = holder(), case_filed()
    SubjectLink.objects.update(subject_hash=subject_hash("resident", PERSON["id_number"]))
    work = flow.case_get(STAFF, number).works[0]
    assert flow.case_get(STAFF, number).is_told and flow.case_steps(STAFF, number)
    assert flow.work_get(STAFF, work.id).values
    assert told(person) == [(f"办理办件 {number}", ("history",))]
    flow.case_get(COLLEAGUE, number)
    assert len(told(person)) == 2


def test_who_may_only_look_says_what_for(home: Place) -> None:
    office_opened()
    person, (number, _) = holder(), case_filed()
    SubjectLink.objects.update(subject_hash=subject_hash("resident", PERSON["id_number"]))
    hidden = flow.case_get(AUDITOR, number)
    assert (hidden.is_told, hidden.answers, hidden.values, hidden.files, hidden.notes) == (False, {}, {}, (), ())
    assert flow.case_steps(AUDITOR, number) == () and not flow.work_get(AUDITOR, hidden.works[0].id).values
    assert flow.case_head(AUDITOR, number) == hidden.case
    assert told(person) == []
    shown = flow.case_get(AUDITOR, number, purpose=PURPOSE)
    assert shown.is_told and shown.files and flow.case_steps(AUDITOR, number, purpose=PURPOSE)
    assert [purpose for purpose, _ in told(person)] == [PURPOSE]
