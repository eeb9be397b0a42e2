"""What a person decides about data holds at once and for good: grades, archiving, destruction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from datacity import DEPARTMENT, HEADER, SYSTEM, DataCity, counts, resource
from django.db import transaction

from yiwang.config.place import Place
from yiwang.data import custody, service
from yiwang.data.errors import NoData
from yiwang.data.models import FieldProfile, LifecycleRecord, Resource, SensitiveFinding
from yiwang.data.selectors import resource_get, resource_sample
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import InstalledPack, Receipt
from yiwang.kernel.selectors import audit_list, file_get, file_path
from yiwang.kernel.service import file_forget, file_put

ROWS = "".join(f"{n},{name},男\n" for n, name in enumerate(["王小江", "李冬雪", "张永利", "刘大川", "陈平"] * 4))
LIST = f"{HEADER}\n{ROWS}"
LEAD = Actor(id="account:7", name="lead", scopes={Role.DATA_LEAD: frozenset({DEPARTMENT})})
STEWARD = Actor(id="account:8", name="steward", scopes={Role.STEWARD: frozenset({DEPARTMENT})})


def found(city: DataCity) -> SensitiveFinding:
    city.load(LIST)
    return SensitiveFinding.objects.get(field="name", semantic="person-name")


def shown_names(city: DataCity) -> set[str]:
    return {row[1] for row in resource_sample(SYSTEM, "people", purpose="核对名单").rows}


def test_a_confirmed_finding_masks_the_field_raises_the_grade_and_clears_what_the_profile_showed(
    city: DataCity,
) -> None:
    finding = found(city)
    assert "王小江" in shown_names(city) and FieldProfile.objects.get(field="name").minimum
    service.finding_decide(actor=LEAD, finding_id=finding.pk, confirm=True)
    assert shown_names(city) == {"****"}
    assert resource_get(SYSTEM, "people").row.grade == 3
    profile = FieldProfile.objects.get(field="name")
    assert (profile.minimum, profile.maximum, profile.top) == ("", "", [])


def test_a_new_version_of_the_pack_does_not_take_a_confirmed_grade_back(city: DataCity) -> None:
    service.finding_decide(actor=LEAD, finding_id=found(city).pk, confirm=True)
    city.install(resource(title={"zh": "新名", "en": "New"}))
    assert Resource.objects.get().grade == 3 and shown_names(city) == {"****"}
    city.load(f"{HEADER}\n99,赵六,女\n")
    assert all(not p.top for p in FieldProfile.objects.filter(field="name"))


def test_a_confirmed_grade_does_not_make_old_files_new(city: DataCity) -> None:
    service.finding_decide(actor=LEAD, finding_id=found(city).pk, confirm=True)
    again, unchanged = service.load_run(actor=SYSTEM, resource_id="people", path=city.file(LIST), file_name="list.csv")
    assert unchanged and counts(again) == (20, 20, 0)


def test_a_dismissed_finding_needs_a_reason_and_stays_dismissed(city: DataCity) -> None:
    finding = found(city)
    with pytest.raises(InputError):
        service.finding_decide(actor=LEAD, finding_id=finding.pk, confirm=False, note=" ")
    service.finding_decide(actor=LEAD, finding_id=finding.pk, confirm=False, note="是单位名称")
    city.load(LIST + "99,赵六,女\n")
    finding.refresh_from_db()
    assert finding.state == "dismissed" and SensitiveFinding.objects.count() == 1
    assert Resource.objects.get().grade == 1
    with pytest.raises(Conflict):
        service.finding_decide(actor=LEAD, finding_id=finding.pk, confirm=True)


def test_only_a_data_lead_decides(city: DataCity) -> None:
    finding = found(city)
    with pytest.raises(Refused):
        service.finding_decide(actor=STEWARD, finding_id=finding.pk, confirm=True)
    with pytest.raises(NotFound):
        service.finding_decide(actor=LEAD, finding_id=finding.pk + 1, confirm=True)


def test_archiving_is_recorded_and_what_the_system_records_itself_is_not_recorded_by_hand(city: DataCity) -> None:
    service.stage_record(actor=STEWARD, resource_id="people", stage="archive", details={"place": "市档案馆"})
    assert LifecycleRecord.objects.get(stage="archive").operator == STEWARD.id
    with pytest.raises(InputError):
        service.stage_record(actor=STEWARD, resource_id="people", stage="destroy", details={})


def destroyed(city: DataCity, actor: Actor = LEAD) -> str:
    return service.data_destroy(
        actor=actor, resource_id="people", basis="档案法 第三十一条", confirm_code="TEST/people"
    )


def kept_bytes(place: Place, what: str) -> list[str]:
    """Files under the city's home that still hold some text."""
    everything = (p for p in place.home.rglob("*") if p.is_file() and "sqlite" not in p.name and "inbox" not in p.parts)
    return [p.name for p in everything if what.encode() in p.read_bytes()]


def test_destruction_leaves_nothing_but_its_certificate(city: DataCity) -> None:
    load = city.load(LIST.replace("王小江", "王独一无二") + ",李独一无二,男\n")
    assert kept_bytes(city.place, "独一无二")
    receipt = destroyed(city)
    assert kept_bytes(city.place, "独一无二") == []
    assert city.rows() == [] and not city.lake.table("raw", "people").folder.exists()
    assert list((city.lake.root / "rejected").iterdir()) == []
    with pytest.raises(NotFound):
        file_get(load.file_digest)
    body = Receipt.objects.get(pk=receipt).body
    assert body["inputs"]["tables"]["standard"] == [0, 20] and body["inputs"]["files"] == [load.file_digest]
    assert body["inputs"]["basis"] == "档案法 第三十一条"
    assert LifecycleRecord.objects.get(stage="destroy").details["certificate"] == receipt
    assert not any(p.minimum or p.maximum or p.top for p in FieldProfile.objects.all())


def test_destruction_leaves_its_trail_from_the_beginning(city: DataCity) -> None:
    city.load(LIST)
    receipt = destroyed(city)
    lines = audit_list(SYSTEM, object_kind="resource", act="resource.destroy").items
    assert [sorted(line.details) for line in lines] == [["certificate"], ["begun", "files", "tables"]]
    assert lines[0].details["certificate"] == receipt and lines[1].purpose == "档案法 第三十一条"
    assert audit_list(SYSTEM, act="file.forget").total == 1


def test_a_file_another_resource_was_loaded_from_is_kept_and_the_certificate_says_so(city: DataCity) -> None:
    city.install(resource("others"))
    load = city.load(LIST)
    city.load(LIST, resource_id="others")
    receipt = destroyed(city)
    assert file_path(load.file_digest).is_file() and len(city.rows("others")) == 20
    assert Receipt.objects.get(pk=receipt).body["inputs"]["files_kept"] == [load.file_digest]


def test_the_same_file_can_be_loaded_again_after_destruction(city: DataCity) -> None:
    first = city.load(LIST)
    destroyed(city)
    second = city.load(LIST)
    assert second.pk != first.pk and len(city.rows()) == 20


def test_destroying_takes_the_code_a_basis_the_right_and_something_to_destroy(city: DataCity) -> None:
    with pytest.raises(NoData):
        destroyed(city)
    city.load(LIST)
    with pytest.raises(Refused):
        destroyed(city, STEWARD)
    for basis, code in (("", "TEST/people"), ("档案法", "people")):
        with pytest.raises(InputError):
            service.data_destroy(actor=LEAD, resource_id="people", basis=basis, confirm_code=code)
    assert len(city.rows()) == 20


def test_a_destruction_that_was_cut_short_can_be_finished(city: DataCity, monkeypatch: pytest.MonkeyPatch) -> None:
    city.load(LIST)

    def cut(*given: object, **named: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(custody, "file_forget", cut)
        destroyed(city)
    assert city.rows() == [] and not LifecycleRecord.objects.filter(stage="destroy").exists()
    assert destroyed(city) and kept_bytes(city.place, "王小江") == []
    with pytest.raises(NoData):
        destroyed(city)


@pytest.fixture
def stored(db: None, home: Place, tmp_path: Path) -> str:
    (tmp_path / "x").write_bytes(b"some bytes")
    return str(file_put(actor=SYSTEM, source=tmp_path / "x", name="x.csv").digest)


def test_a_forgotten_file_is_gone_and_only_the_trail_knows_its_name(stored: str) -> None:
    path = file_path(stored)
    assert file_forget(actor=LEAD, digest=stored, purpose="依法销毁") == 10
    assert not path.exists()
    with pytest.raises(NotFound):
        file_get(stored)
    line = audit_list(SYSTEM, act="file.forget").items[0]
    assert (line.details, line.purpose, line.object_id) == ({"name": "x.csv", "size": 10}, "依法销毁", stored)
    with pytest.raises(NotFound):
        file_forget(actor=LEAD, digest=stored, purpose="依法销毁")


def test_forgetting_that_was_cut_short_is_finished_by_the_next_one(stored: str) -> None:
    file_path(stored).unlink()
    file_forget(actor=LEAD, digest=stored, purpose="依法销毁")
    with pytest.raises(NotFound):
        file_get(stored)


def test_forgetting_that_does_not_come_to_its_end_keeps_the_record(stored: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        file_forget(actor=LEAD, digest=stored, purpose="依法销毁")
        raise RuntimeError("killed")
    assert file_get(stored).digest == stored


def test_not_everybody_may_forget_a_file_and_nobody_one_of_a_pack(stored: str) -> None:
    with pytest.raises(Refused):
        file_forget(actor=replace(LEAD, scopes={}), digest=stored, purpose="x")
    InstalledPack.objects.create(
        pack_id="p", version="1.0.0", digest="d" * 64, manifest={}, files={"a": stored}, installed_by="x"
    )
    with pytest.raises(Conflict):
        file_forget(actor=LEAD, digest=stored, purpose="x")
    assert file_path(stored).is_file()
