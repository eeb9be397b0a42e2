"""Enforcement is recorded: what comes in is bound to one case, checked, kept for good, and read with a purpose only."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import pytest
from casecity import CaseCity, finish, straight, task, work_at
from django.db import connection
from django.utils import timezone
from recordingcity import HEADS, Inspection, film

from yiwang.flow import recordings
from yiwang.flow.core.media import MEDIA, media_kind, media_problem
from yiwang.flow.errors import CaseClosed
from yiwang.flow.models import Case, CaseNote, CaseRecording, RecordingCustody
from yiwang.flow.models.recordings import RecordKept
from yiwang.flow.recordingrules import demand_free
from yiwang.flow.selectors import recording_bytes, recording_gap_list, recording_list, recording_open, recording_viewing
from yiwang.flow.service import recording_add, recording_hand_over, recording_supersede, work_send_back
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine, StoredFile
from yiwang.kernel.selectors import file_path
from yiwang.trust.models import Entry
from yiwang.trust.service import ledger_append_pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
HOUR = timedelta(hours=1)


@pytest.fixture
def scene(cases: CaseCity) -> Inspection:
    return Inspection(cases)


def custody(scene: Inspection, number: int = 1) -> list[str]:
    rows = recording_list(scene.anna, scene.case.number).rows
    return [line.act for line in rows[number - 1].custody]


@pytest.mark.parametrize("name", HEADS)
def test_each_kind_is_told_by_its_first_bytes(name: str) -> None:
    assert media_kind(HEADS[name]) == name.partition(".")[2]
    assert media_problem(HEADS[name], name.upper()) is None
    assert media_problem(HEADS[name], "a.pdf") is not None


@pytest.mark.parametrize(
    "head", [b"", b"MZ\x90", b"%PDF-1.4", b"\x00\x00\x00\x14ftypqt  ", b"\x1a\x45\xdf\xa3..matroska", b"OggS\x80theora"]
)
def test_what_no_browser_plays_is_no_recording(head: bytes) -> None:
    assert media_kind(head) is None
    assert media_problem(head, "a.mp4") is not None


def test_the_list_of_kinds_is_closed() -> None:
    assert {name.partition(".")[2] for name in HEADS} == set(MEDIA)


def test_a_recording_is_bound_sealed_and_told(scene: Inspection) -> None:
    row = scene.add(longitude=132.51, latitude=47.65)
    assert (row.number, row.media_type, row.size, row.at_place) == (1, "video/mp4", 200, (132.51, 47.65))
    with pytest.raises(Conflict, match="sealed"):
        file_path(row.digest)
    (line,) = row.custody
    assert (line.act, line.by, line.is_sound) == ("received", scene.anna.id, True)
    assert AuditLine.objects.get(act="recording.add").object_id == f"{scene.case.number}/1"
    assert recording_list(scene.ben, scene.case.number).rows == (row,)
    with pytest.raises(FrozenInstanceError):
        row.size = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        (lambda s, n: {"ended_at": n + HOUR}, "ended_at"),
        (lambda s, n: {"started_at": n - HOUR / 4, "ended_at": n - HOUR / 2}, "ended_at"),
        (lambda s, n: {"started_at": n - 2 * HOUR}, "started_at"),
        (lambda s, n: {"step": "nowhere"}, "step"),
        (lambda s, n: {"officers": (s.anna.id,)}, "officers"),
        (lambda s, n: {"officers": (s.anna.id, s.anna.id)}, "officers"),
        (lambda s, n: {"officers": (s.anna.id, "ben")}, "officers"),
        (lambda s, n: {"device": " "}, "device"),
        (lambda s, n: {"place": "x" * 201}, "place"),
        (lambda s, n: {"basis": ""}, "basis"),
        (lambda s, n: {"longitude": 132.5}, "longitude"),
        (lambda s, n: {"longitude": 132.5, "latitude": 91.0}, "longitude"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    scene: Inspection, changes: Callable[..., dict[str, Any]], where: str
) -> None:
    with pytest.raises(InputError) as told:
        scene.add(**changes(scene, timezone.now()))
    assert told.value.where == where and told.value.zh and told.value.en
    assert not StoredFile.objects.filter(media_type="video/mp4").exists()


def test_an_officer_nobody_knows_is_refused(scene: Inspection) -> None:
    with pytest.raises(NotFound):
        scene.add(officers=(scene.anna.id, "account:99999"))


@pytest.mark.parametrize(("data", "name"), [(b"", "a.mp4"), (b"%PDF-1.4", "a.mp4"), (HEADS["a.mp4"], "a.mp3")])
def test_the_content_must_be_what_its_name_says(scene: Inspection, data: bytes, name: str) -> None:
    with pytest.raises(InputError) as told:
        recording_add(
            actor=scene.anna, number=scene.case.number, source=io.BytesIO(data), name=name, taken=scene.taken()
        )
    assert told.value.where == "file"


def test_the_same_bytes_are_evidence_of_one_case(cases: CaseCity, scene: Inspection) -> None:
    scene.add()
    with pytest.raises(Conflict, match="number 1 of this case"):
        scene.add()
    other = cases.opened("", item_id="check")
    now = timezone.now()
    Case.objects.filter(pk=other.pk).update(opened_at=now - HOUR)
    with pytest.raises(Conflict, match="another case") as told:
        recording_add(actor=scene.anna, number=other.number, source=film(), name="a.mp4", taken=scene.taken())
    assert scene.case.number not in told.value.zh + told.value.en


def test_of_two_cases_that_ask_at_once_one_gets_the_bytes(
    cases: CaseCity, scene: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.add()
    other = cases.opened("", item_id="check")
    Case.objects.filter(pk=other.pk).update(opened_at=timezone.now() - HOUR)
    asked: list[str] = []

    def late(case: Case, digest: str) -> None:
        """Sees the other one only when the table has refused."""
        asked.append(digest)
        if len(asked) > 2:
            demand_free(case, digest)

    monkeypatch.setattr(recordings, "demand_free", late)
    with pytest.raises(Conflict, match="another case"):
        recording_add(actor=scene.anna, number=other.number, source=film(), name="a.mp4", taken=scene.taken())
    assert CaseRecording.objects.count() == 1 and RecordingCustody.objects.count() == 1


def test_after_the_end_it_comes_in_only_on_the_declared_days(scene: Inspection) -> None:
    finish(scene.case, "visit")
    finish(scene.case, "decide")
    assert recording_list(scene.anna, scene.case.number).takes
    scene.add()
    ended = timezone.now() - timedelta(days=5)
    Case.objects.filter(pk=scene.case.pk).update(closed_at=ended, opened_at=ended - 2 * HOUR)
    with pytest.raises(CaseClosed, match="no longer takes"):
        scene.add(b"2", started_at=ended - HOUR, ended_at=ended - HOUR / 2)
    assert not recording_list(scene.anna, scene.case.number).takes


def test_what_was_taken_after_the_end_is_no_record_of_the_case(scene: Inspection) -> None:
    finish(scene.case, "visit")
    finish(scene.case, "decide")
    Case.objects.filter(pk=scene.case.pk).update(closed_at=timezone.now() - HOUR / 2)
    with pytest.raises(InputError, match="life of this case"):
        scene.add(started_at=timezone.now() - HOUR / 3)


def test_an_item_that_declares_nothing_takes_none_after_the_end(cases: CaseCity) -> None:
    scene = Inspection(cases, rules=None)
    scene.add(officers=(scene.anna.id,))
    finish(scene.case, "visit")
    finish(scene.case, "decide")
    with pytest.raises(CaseClosed):
        scene.add(b"2")


def test_it_is_superseded_with_a_reason_and_stays(scene: Inspection) -> None:
    def better(number: int, mark: bytes, reason: str) -> int:
        return recording_supersede(
            actor=scene.ben,
            number=scene.case.number,
            recording=number,
            source=film(mark),
            name="b.mp4",
            taken=scene.taken(),
            reason=reason,
        ).number

    first = scene.add()
    with pytest.raises(InputError, match="reason"):
        better(1, b"2", " ")
    with pytest.raises(NotFound):
        better(7, b"2", "画面不全")
    assert better(1, b"2", "画面不全") == 2
    with pytest.raises(Conflict, match="superseded by number 2"):
        better(1, b"3", "再换")
    old, new = recording_list(scene.anna, scene.case.number).rows
    assert (old.superseded_by, new.supersedes, old.digest) == (2, 1, first.digest)
    assert custody(scene) == ["received", "superseded"]
    assert (old.custody[1].to, old.custody[1].reason, new.custody[0].reason) == ("2", "画面不全", "画面不全")
    assert AuditLine.objects.filter(act="recording.supersede").count() == 1
    with pytest.raises(Conflict, match="number 1 of this case"):
        better(2, b"1", "换回")


def test_it_goes_into_other_hands_with_a_reason(scene: Inspection) -> None:
    scene.add()
    row = recording_hand_over(
        actor=scene.anna, number=scene.case.number, recording=1, to=scene.ben.id, reason="移交法制审核"
    )
    assert [(one.act, one.to) for one in row.custody] == [("received", ""), ("handed", scene.ben.id)]
    for to, reason in ((scene.ben.id, ""), ("ben", "移交"), ("", "移交")):
        with pytest.raises(InputError):
            recording_hand_over(actor=scene.anna, number=scene.case.number, recording=1, to=to, reason=reason)


def test_custody_cannot_be_edited_and_a_change_past_the_program_is_seen(scene: Inspection) -> None:
    scene.add()
    recording_open(scene.ben, scene.case.number, 1, purpose="复核")
    for row in (CaseRecording.objects.get(), RecordingCustody.objects.first()):
        assert row is not None
        for act in (row.save, row.delete):
            with pytest.raises(RecordKept):
                act()
        rows = type(row).objects
        for change in (
            lambda rows=rows: rows.all().delete(),
            lambda rows=rows: rows.update(at=timezone.now()),
            lambda rows=rows, row=row: rows.bulk_update([row], ["number"]),
            lambda rows=rows, row=row: rows.bulk_create([row], update_conflicts=True),
        ):
            with pytest.raises(RecordKept):
                change()
    assert all(row.is_sound for row in recording_list(scene.anna, scene.case.number).rows)
    with connection.cursor() as cursor:
        cursor.execute("update flow_recordingcustody set reason = 'x' where number = 2")
    (row,) = recording_list(scene.anna, scene.case.number).rows
    assert [line.is_sound for line in row.custody] == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("update flow_caserecording set place = 'x'")
    (row,) = recording_list(scene.anna, scene.case.number).rows
    assert [line.is_sound for line in row.custody] == [False, False] and not row.is_sound


def test_reading_takes_a_purpose_and_leaves_one_line_a_viewing(scene: Inspection) -> None:
    scene.add()
    for purpose in ("", "  ", "x" * 401):
        with pytest.raises(InputError, match="look at it for"):
            recording_open(scene.ben, scene.case.number, 1, purpose=purpose)
    viewing = recording_open(scene.ben, scene.case.number, 1, purpose="法制审核")
    data = film().getvalue()
    for first in (0, 10, 199):
        with recording_bytes(scene.ben, scene.case.number, 1, viewing.number, first) as stream:
            assert stream.read() == data[first:]
    ledger_append_pending()
    (leaf,) = [json.loads(bytes(one.leaf)) for one in Entry.objects.all()]
    assert (leaf["purpose"], leaf["fields"], leaf["resource"]) == (
        "法制审核",
        ["recording 1"],
        f"case:{scene.case.number}",
    )
    (row,) = recording_list(scene.anna, scene.case.number).rows
    assert [(line.act, line.reason, line.use) for line in row.custody[1:]] == [("read", "法制审核", leaf["id"])]
    assert AuditLine.objects.get(act="recording.read").purpose == "法制审核"


def test_a_viewing_is_of_one_account_and_ends(scene: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.add()
    viewing = recording_open(scene.ben, scene.case.number, 1, purpose="法制审核")
    for actor, number in ((scene.anna, viewing.number), (scene.ben, 1), (scene.ben, 9)):
        with pytest.raises(Refused, match="viewing is over"):
            recording_bytes(actor, scene.case.number, 1, number)
    monkeypatch.setattr("yiwang.flow.recordingreads.moment", lambda: viewing.until)
    with pytest.raises(Refused, match="viewing is over") as told:
        recording_viewing(scene.ben, scene.case.number, 1, viewing.number)
    assert told.value.hint_zh and told.value.hint_en


def test_whoever_lost_the_right_reads_no_further(scene: Inspection) -> None:
    scene.add()
    viewing = recording_open(scene.ben, scene.case.number, 1, purpose="法制审核")
    gone = Actor(id=scene.ben.id, name="ben", department="water", scopes={Role.STAFF: frozenset({"water"})})
    with pytest.raises(Refused):
        recording_bytes(gone, scene.case.number, 1, viewing.number)


def test_another_department_neither_adds_nor_sees(scene: Inspection) -> None:
    scene.add()
    number = scene.case.number
    calls: list[Callable[[], object]] = [
        lambda: scene.add(b"2", actor=scene.stranger),
        lambda: recording_list(scene.stranger, number),
        lambda: recording_open(scene.stranger, number, 1, purpose="好奇"),
        lambda: recording_bytes(scene.stranger, number, 1, 2),
        lambda: recording_hand_over(actor=scene.stranger, number=number, recording=1, to=scene.ben.id, reason="要"),
        lambda: recording_supersede(
            actor=scene.stranger,
            number=number,
            recording=1,
            source=film(b"3"),
            name="a.mp4",
            taken=scene.taken(),
            reason="换",
        ),
    ]
    for call in calls:
        with pytest.raises(Refused):
            call()
    assert custody(scene) == ["received"]


def test_an_auditor_is_told_where_for_a_purpose_and_adds_nothing(cases: CaseCity, scene: Inspection) -> None:
    scene.add()
    auditor = cases.person("olga", "civil", Role.AUDITOR)
    (row,) = recording_list(auditor, scene.case.number).rows
    assert (row.number, row.place, row.at_place, row.name, row.is_sound) == (1, "", None, "", True)
    viewing = recording_open(auditor, scene.case.number, 1, purpose="抽查")
    assert (viewing.number, viewing.recording.place, viewing.recording.name) == (2, "通江街 12 号", "a.mp4")
    with pytest.raises(Refused):
        scene.add(b"2", actor=auditor)


def test_a_case_or_recording_nobody_knows_is_said_so(scene: Inspection) -> None:
    for call in (
        lambda: recording_list(scene.anna, "X-1"),
        lambda: recording_open(scene.anna, "X-1", 1, purpose="看"),
        lambda: recording_open(scene.anna, scene.case.number, 1, purpose="看"),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_step_done_without_its_recording_is_a_gap_until_one_comes_in(scene: Inspection) -> None:
    (gap,) = recording_list(scene.anna, scene.case.number).gaps
    assert (gap.step, gap.done_at) == ("visit", None)
    finish(scene.case, "visit", scene.anna)
    (gap,) = recording_list(scene.anna, scene.case.number).gaps
    assert gap.done_at is not None and gap.done_by == scene.anna.id
    note = CaseNote.objects.get(case=scene.case, kind="recording_gap")
    assert "全过程音像记录" in note.text_zh and note.text_en and not note.is_public
    scene.add(step="")
    assert recording_list(scene.anna, scene.case.number).gaps
    scene.add(b"2", step="visit")
    assert recording_list(scene.anna, scene.case.number).gaps == ()


def test_a_step_done_with_its_recording_leaves_no_note(scene: Inspection) -> None:
    scene.add()
    finish(scene.case, "visit", scene.anna)
    finish(scene.case, "decide", scene.anna)
    assert not CaseNote.objects.filter(kind="recording_gap").exists()
    assert recording_list(scene.anna, scene.case.number).gaps == ()


def test_gaps_of_all_cases_one_may_read_stand_in_a_list(cases: CaseCity, scene: Inspection) -> None:
    assert recording_gap_list(scene.anna).total == 0
    finish(scene.case, "visit", scene.anna)
    other = cases.opened("", item_id="check")
    finish(other, "visit", scene.ben)
    listed = recording_gap_list(scene.anna)
    assert [(row.case, row.gap.done_by) for row in listed.items] == [
        (other.number, scene.ben.id),
        (scene.case.number, scene.anna.id),
    ]
    assert recording_gap_list(scene.anna, department="water").total == 0
    assert recording_gap_list(scene.stranger).total == 0
    with pytest.raises(Refused):
        recording_gap_list(Actor(id="", name=""))
    scene.add()
    assert [row.case for row in recording_gap_list(scene.anna).items] == [other.number]


def test_a_step_sent_back_and_done_again_is_one_gap(cases: CaseCity, scene: Inspection) -> None:
    cases.process("again", straight(task("visit", requiresRecording="true"), task("decide", sendBack="visit")))
    cases.item("again", "again")
    case = cases.opened("", item_id="again")
    finish(case, "visit", scene.anna)
    work_send_back(actor=scene.anna, work_id=work_at(case, "decide").pk, to="visit", redo=True, reason="重录")
    assert recording_gap_list(scene.anna).total == 0
    (open_gap,) = recording_list(scene.anna, case.number).gaps
    assert open_gap.done_at is None
    finish(case, "visit", scene.anna)
    (row,) = recording_gap_list(scene.anna).items
    assert (row.case, row.gap.done_by) == (case.number, scene.anna.id)
