"""What people say in a case lies sealed in the database, opens for its own row only, and is never taken for nothing said."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from casecity import SYSTEM, CaseCity, finish, straight, task
from django.db import connection
from django.utils import timezone

from yiwang.flow import sealing
from yiwang.flow.answers import GivenFile
from yiwang.flow.holding import case_applicant
from yiwang.flow.models import Case, CaseNote, CaseStep, Draft, Migration, Rating
from yiwang.flow.opening import files_add
from yiwang.flow.scopes import secret_of
from yiwang.flow.selectors import case_get, case_steps
from yiwang.flow.service import case_rate, case_supervise, cases_migrate, migration_revert
from yiwang.kernel.service import file_put
from yiwang.trust import keys
from yiwang.trust.errors import KeysLocked, SealBroken
from yiwang.trust.master import master_file
from yiwang.trust.models import Key

A, B = task("a"), task("b")
NAME, NUMBER = "欧阳试名", "11010519491231002X"
WHO = {"name": NAME, "id": NUMBER}
TABLES = ("flow_case", "flow_casestep", "flow_draft", "flow_migration")


def lying(*tables: str) -> bytes:
    """Every value of the tables as the database keeps it."""
    found = b""
    for table in tables or TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                found += b"\n".join(
                    bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row
                )
    return found


def shown(found: bytes) -> bool:
    """Also as JSON writes it in ASCII."""
    return any(one in found for one in (NAME.encode(), NUMBER.encode(), ascii(NAME)[1:-1].encode()))


def told(cases: CaseCity) -> Case:
    cases.process("flow", straight(A))
    return cases.opened("flow", applicant=WHO, answers={"name": NAME, "words": NUMBER})


def test_no_column_of_a_case_shows_who_applied_or_what_was_said(cases: CaseCity) -> None:
    case = told(cases)
    finish(case, "a", said=NAME)
    case = Case.objects.get(pk=case.pk)
    assert not shown(lying())
    assert (case.applicant, case.answers) == (WHO, {"name": NAME, "words": NUMBER})
    assert NAME in case.state
    assert [step.event.get("values", {}).get("said") for step in case.steps.order_by("number")][-1] == NAME
    assert case_applicant(case.number) == WHO
    seen = case_get(SYSTEM, case.number, purpose="核对")
    assert (seen.applicant, seen.answers["name"]) == (WHO, NAME)


def test_the_outline_of_a_step_stays_open_and_its_words_do_not(cases: CaseCity) -> None:
    case = told(cases)
    step = CaseStep.objects.filter(case=case, kind="started").get()
    assert step.outline == {}
    assert set(step.event) == {"values"}
    assert case_steps(SYSTEM, case.number)[0].event == step.event


def test_a_draft_lies_sealed_for_the_number_it_has(cases: CaseCity) -> None:
    row = Draft(form_id="f", form_number=1, owner=SYSTEM.id)
    with pytest.raises(ValueError, match="number"):
        row.answers = {"name": NAME}
    row.save()
    row.answers = {"name": NAME}
    row.save()
    assert not shown(lying("flow_draft"))
    assert Draft.objects.get(pk=row.pk).answers == {"name": NAME}
    row.pk += 1
    with pytest.raises(SealBroken):
        _ = row.answers


@pytest.mark.parametrize("column", ["sealed_applicant", "sealed_answers", "sealed_state"])
def test_an_envelope_of_another_case_or_column_does_not_open(cases: CaseCity, column: str) -> None:
    case = told(cases)
    other = cases.opened("flow", applicant={"name": "别人"})
    setattr(other, column, getattr(case, column))
    with pytest.raises(SealBroken, match=other.number) as refused:
        getattr(other, column.removeprefix("sealed_"))
    assert "改动" in refused.value.zh and "changed" in refused.value.en
    case.sealed_applicant, case.sealed_answers = case.sealed_answers, case.sealed_applicant
    with pytest.raises(SealBroken):
        _ = case.applicant


def test_an_emptied_column_is_an_error_and_not_an_applicant_without_a_name(cases: CaseCity) -> None:
    case = told(cases)
    Case.objects.filter(pk=case.pk).update(sealed_applicant=b"")
    with pytest.raises(SealBroken):
        case_applicant(case.number)


def test_without_the_key_reading_says_so_in_both_languages(cases: CaseCity) -> None:
    case = told(cases)
    keys.keys_forget()
    master_file().rename(master_file().with_suffix(".away"))
    with pytest.raises(KeysLocked) as locked:
        case_get(SYSTEM, case.number, purpose="核对")
    assert "主密钥" in locked.value.zh and "master key" in locked.value.en
    with pytest.raises(KeysLocked):
        case_applicant(case.number)
    master_file().with_suffix(".away").rename(master_file())
    assert case_applicant(case.number) == WHO


def test_a_destroyed_version_of_the_key_is_an_error(cases: CaseCity) -> None:
    case = told(cases)
    keys.keys_forget()
    Key.objects.filter(purpose="case").delete()
    with pytest.raises(SealBroken):
        case_applicant(case.number)


def test_what_was_sealed_before_a_rotation_opens_and_goes_on(cases: CaseCity) -> None:
    case = told(cases)
    keys.key_rotate(actor=SYSTEM, purpose="case", cipher="sm4-gcm")
    keys.keys_forget()
    assert case_applicant(case.number) == WHO
    finish(case, "a", said=NAME)
    case = Case.objects.get(pk=case.pk)
    assert (keys.sealed_version(bytes(case.sealed_applicant)), keys.sealed_version(bytes(case.sealed_state))) == (1, 2)
    assert not shown(lying())


def test_a_list_of_cases_opens_nothing(cases: CaseCity, monkeypatch: pytest.MonkeyPatch) -> None:

    told(cases)

    def opened(*_: object) -> bytes:
        raise AssertionError("opened")

    monkeypatch.setattr(sealing, "open_bytes", opened)
    assert [case.title for case in Case.objects.all()] == ["试办"]


def test_what_is_noted_and_what_files_are_called_lies_sealed(cases: CaseCity) -> None:
    case = told(cases)
    file = file_put(
        actor=SYSTEM, source=io.BytesIO(b"%PDF-1.4"), name=f"{NAME}.pdf", media_type="application/pdf", sealed=True
    )
    files_add(case, [GivenFile("paper", file.digest, f"{NAME}.pdf")], SYSTEM, timezone.now())
    case_supervise(actor=SYSTEM, number=case.number, text=f"请尽快联系{NAME}")
    assert not shown(lying("flow_casenote", "flow_casefile", "kernel_storedfile"))
    seen = case_get(SYSTEM, case.number)
    assert [row.name for row in seen.files] == [f"{NAME}.pdf"]
    assert seen.notes[-1].text.zh == f"请尽快联系{NAME}"


def test_a_note_of_another_moment_does_not_open_and_an_emptied_one_is_no_silence(cases: CaseCity) -> None:
    case = told(cases)
    case_supervise(actor=SYSTEM, number=case.number, text=NAME)
    note = CaseNote.objects.get(kind="supervised")
    note.at += timedelta(microseconds=1)
    with pytest.raises(SealBroken):
        _ = note.text_zh
    CaseNote.objects.update(sealed_zh=b"")
    with pytest.raises(SealBroken):
        case_get(SYSTEM, case.number)


def test_the_words_of_a_rating_lie_sealed_for_their_case(cases: CaseCity) -> None:
    case = told(cases)
    finish(case, "a")
    Case.objects.filter(pk=case.pk).update(secret=secret_of(case.number, "CODE"))
    case_rate(actor=SYSTEM, number=case.number, code="CODE", grade=5, text=f"谢谢{NAME}")
    assert not shown(lying("flow_rating", "flow_casenote"))
    rating = Rating.objects.get()
    assert rating.text == f"谢谢{NAME}"
    rating.case = cases.opened("flow")
    with pytest.raises(SealBroken):
        _ = rating.text


def test_a_case_that_is_moved_and_taken_back_shows_nothing_either(cases: CaseCity) -> None:
    case = told(cases)
    cases.process("flow", straight(A, B))
    report = cases_migrate(actor=SYSTEM, process_id="flow", to=2, dry_run=False, consent=[case.number])
    assert [row.moved for row in report.rows] == [True]
    assert not shown(lying())
    state = case.state
    migration_revert(actor=SYSTEM, batch=report.batch)
    assert Case.objects.get(pk=case.pk).state == state
    assert Migration.objects.count() == 1


def test_a_city_of_before_is_sealed_when_its_tables_are_brought_forward(tmp_path: Path) -> None:
    script = Path(__file__).with_name("sealingcity.py")
    env = {**os.environ, "YIWANG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "yiwang.config.base"}
    env.pop("YIWANG_DATABASE_URL", None)
    done = subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["forward", "again", "opened"]
    assert not shown(b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()))
