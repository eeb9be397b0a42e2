"""A closed case is archived with its recordings: their bytes up to a limit, their custody always, checked four ways."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import timedelta

import pytest
from casecity import SYSTEM, CaseCity, finish
from django.utils import timezone
from recordingcity import RULES, Inspection, film

from yiwang.flow import recordingparts
from yiwang.flow.models import Case, ItemVersion
from yiwang.flow.selectors import recording_list, recording_open
from yiwang.flow.service import case_archive, cases_archive
from yiwang.kernel.errors import Conflict
from yiwang.kernel.selectors import file_open
from yiwang.kernel.service import file_forget
from yiwang.trust import service as trust
from yiwang.trust.models import ArchiveCheck

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
KEPT = {"completed": "30y", "otherwise": "10y", "basis": {"law": "机关文件材料归档范围", "article": "第八条"}}


@pytest.fixture
def scene(cases: CaseCity) -> Inspection:
    found = Inspection(cases, RULES)
    item = ItemVersion.objects.get()
    item.body = {**item.body, "retention": KEPT}
    item.save()
    return found


def closed(scene: Inspection) -> str:
    """The case ended, and the days on which a recording may still come in are over."""
    finish(scene.case, "visit")
    finish(scene.case, "decide")
    Case.objects.update(closed_at=timezone.now() - timedelta(days=6))
    return scene.case.number


def package(number: str) -> dict[str, bytes]:
    digest = case_archive(actor=SYSTEM, number=number)
    with file_open(digest) as stream, tarfile.open(fileobj=io.BytesIO(stream.read())) as tar:
        members = {member.name.partition("/data/")[2]: tar.extractfile(member) for member in tar.getmembers()}
        return {name: part.read() for name, part in members.items() if name and part}


def test_the_package_holds_the_recordings_and_passes_the_four_checks(scene: Inspection) -> None:
    row = scene.add()
    recording_open(scene.ben, scene.case.number, 1, purpose="法制审核")
    parts = package(closed(scene))
    assert parts["recordings/001.mp4"] == film().getvalue()
    told = json.loads(parts["recordings.json"])
    (one,) = told["recordings"]
    assert (one["part"], one["said"]["digest"]) == ("recordings/001.mp4", row.digest)
    assert [line["act"] for line in one["said"]["custody"]] == ["received", "read"]
    assert told["gaps"] == []
    found = ArchiveCheck.objects.get()
    assert found.holds is True, found.results


def test_what_is_too_large_is_there_by_its_digest(scene: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordingparts, "MOST_PACKED", 250)
    first, second = scene.add(), scene.add(b"2")
    parts = package(closed(scene))
    told = json.loads(parts["recordings.json"])
    assert [one["part"] for one in told["recordings"]] == ["recordings/001.mp4", ""]
    assert [one["said"]["digest"] for one in told["recordings"]] == [first.digest, second.digest]
    assert told["most_bytes_packed"] == 250
    assert [name for name in parts if name.startswith("recordings/")] == ["recordings/001.mp4"]
    assert ArchiveCheck.objects.get().holds is True


def test_a_gap_goes_into_the_archive_as_one(scene: Inspection) -> None:
    told = json.loads(package(closed(scene))["recordings.json"])
    assert (told["recordings"], [gap["step"] for gap in told["gaps"]]) == ([], ["visit"])


def test_while_a_recording_may_come_in_nothing_is_archived(scene: Inspection) -> None:
    scene.add()
    number = closed(scene)
    Case.objects.update(closed_at=timezone.now() - timedelta(days=2))
    with pytest.raises(Conflict, match="may come in until") as told:
        case_archive(actor=SYSTEM, number=number)
    assert told.value.zh and told.value.hint_zh
    run = cases_archive(actor=SYSTEM, closed_before=timezone.localdate())
    assert (run.packed, [name for name, _ in run.refused]) == ((), [number])


def test_evidence_is_destroyed_only_after_the_archive_of_its_case(scene: Inspection) -> None:
    row = scene.add()

    def destroyed() -> int:
        return file_forget(actor=SYSTEM, digest=row.digest, purpose="清理")

    with pytest.raises(Conflict, match="recording of enforcement") as told:
        destroyed()
    assert "执法音视频" in told.value.zh
    number = closed(scene)
    Case.objects.update(closed_at=timezone.now() - timedelta(days=366 * 32))
    case_archive(actor=SYSTEM, number=number)
    with pytest.raises(Conflict):
        destroyed()
    trust.archive_destroy_propose(actor=scene.anna, number=number, reason="保管期满")
    with pytest.raises(Conflict):
        destroyed()
    trust.archive_destroy_approve(actor=SYSTEM, number=number)
    assert destroyed() == row.size
    (left,) = recording_list(scene.anna, number).rows
    assert left.is_sound and left.digest == row.digest
