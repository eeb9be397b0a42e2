"""The pack of inspections: recorded as the law asks, decided, archived; a misspelt declaration is refused with its place."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from casecity import ROOT, SYSTEM, finish
from django.utils import timezone
from recordingcity import film

from yiwang.config.place import Place
from yiwang.flow.models import Case
from yiwang.flow.selectors import recording_list
from yiwang.flow.service import Taken, case_archive, case_open, recording_add
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, PackError
from yiwang.kernel.selectors import actor_of
from yiwang.kernel.service import account_create, pack_install, role_grant
from yiwang.trust.models import ArchiveCheck

PACK = ROOT / "packs/service/enforcement"
OFFICE = "market-supervision"
ASKED = {"subject": "某超市（模拟）", "address": "通江街 12 号", "reason": "random", "matter": "冷链食品"}
VISIT = {"shown": "yes", "seen": "冷库零上八度"}
RECORD = {"finding": "breach", "record": "温度记录缺失", "signed": "yes"}
DECISION = {"decision": "correct", "decision_text": "七日内改正", "decision_basis": "食品安全法 第一百二十六条"}

pytestmark = pytest.mark.django_db


def officer(name: str, role: Role = Role.STAFF) -> Actor:
    account = account_create(
        actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department=OFFICE
    )
    role_grant(actor=SYSTEM, account=account.pk, role=role, department=OFFICE)
    return actor_of(account)


@pytest.fixture
def case(home: Place) -> Case:
    for folder in ("foundation/calendar", "foundation/departments", "service/enforcement"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)
    opened = case_open(actor=SYSTEM, item_id="market-inspection", title="抽查", answers=ASKED)
    Case.objects.filter(number=opened.number).update(opened_at=timezone.now() - timedelta(hours=1))
    return Case.objects.get(number=opened.number)


def recorded(case: Case, actor: Actor, *officers: Actor) -> None:
    now = timezone.now()
    begin, end = now - timedelta(minutes=30), now - timedelta(minutes=10)
    basis = recording_list(actor, case.number).basis
    taken = Taken(begin, end, "ZF-1", tuple(one.id for one in officers), "通江街 12 号", basis, step="inspect")
    recording_add(actor=actor, number=case.number, source=film(), name="a.mp4", taken=taken)


def decided(case: Case, anna: Actor, lead: Actor) -> None:
    finish(case, "inspect", anna, **VISIT)
    finish(case, "write", anna, **RECORD)
    finish(case, "decide", lead, **DECISION)


def test_an_inspection_is_recorded_decided_and_archived(case: Case) -> None:
    anna, ben, lead = officer("anna"), officer("ben"), officer("lead", Role.LEADER)
    with pytest.raises(InputError, match="at least 2"):
        recorded(case, anna, anna)
    recorded(case, anna, anna, ben)
    decided(case, anna, lead)
    listed = recording_list(lead, case.number)
    assert (case.status, listed.gaps, listed.basis) == (Case.Status.COMPLETED, (), "行政处罚法 第四十七条")
    Case.objects.update(closed_at=timezone.now() - timedelta(days=6))
    case_archive(actor=anna, number=case.number)
    assert ArchiveCheck.objects.get().holds is True


def test_an_inspection_that_was_not_recorded_shows_its_gap(case: Case) -> None:
    anna, lead = officer("anna"), officer("lead", Role.LEADER)
    decided(case, anna, lead)
    (gap,) = recording_list(lead, case.number).gaps
    assert (gap.step, gap.done_by, gap.title.zh, gap.title.en) == (
        "inspect",
        anna.id,
        "现场检查",
        "Inspect on the spot",
    )


@pytest.mark.parametrize(
    ("file", "was", "becomes", "named"),
    [
        ("processes/market-inspection.bpmn", 'requiresRecording="true"', 'requiresRecordings="true"', "inspect"),
        ("processes/market-inspection.bpmn", 'requiresRecording="true"', 'requiresRecording="always"', "inspect"),
        ("items/market-inspection.yaml", "days_after: 5", "day_after: 5", "recordings"),
        ("items/market-inspection.yaml", "days_after: 5", "days_after: 500", "days_after"),
        ("items/market-inspection.yaml", "officers: 2", "officers: 0", "officers"),
        ("items/market-inspection.yaml", ", basis: {law: 行政处罚法, article: 第四十七条}}", "}", "basis"),
    ],
)
def test_a_misspelt_declaration_is_refused_with_its_place(
    home: Place, tmp_path: Path, file: str, was: str, becomes: str, named: str
) -> None:
    copy = tmp_path / "copy" / "enforcement"
    shutil.copytree(PACK, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(was) == 1
    (copy / file).write_text(text.replace(was, becomes), encoding="utf-8")
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/departments")
    with pytest.raises(PackError) as told:
        pack_install(actor=SYSTEM, folder=copy)
    said: Any = (told.value.where, told.value.zh, told.value.en)
    assert file.rpartition("/")[2].partition(".")[0] in str(said) and named in str(said)
