"""A file comes in once, whatever happens on the way, and everything it did can be found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from datacity import DEPARTMENT, HEADER, SYSTEM, DataCity, counts, one_field, resource
from django.conf import settings
from django.db import IntegrityError, transaction

from yiwang.data import loads, service
from yiwang.data.errors import LoadBusy, MappingNeeded, SourceError
from yiwang.data.models import LifecycleRecord, Load, QualityScore
from yiwang.data.selectors import load_get, load_mapping_get
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, Refused, YiwangError
from yiwang.kernel.selectors import audit_list, file_get

A = f"{HEADER}\n1,张三,男\n2,李四,女\n"
B = f"{HEADER}\n1,张三丰,男\n"
MIXED = f"{HEADER}\n1,张三,男\n2,,女\n3,王五,x\n4,赵六\n1,重复,男\n"


def test_every_row_of_a_file_is_accepted_or_rejected_with_its_reasons(city: DataCity) -> None:
    load = city.load(MIXED)
    assert counts(load) == (5, 1, 4)
    assert load.reasons == {"not_null": 1, "sex-known": 1, "too_few_cells": 1, "duplicate_key": 1}
    assert city.rows() == [("1", "张三", "男")]


def test_the_database_keeps_no_load_whose_counts_do_not_add_up(city: DataCity) -> None:
    load = city.load(A)
    with pytest.raises(IntegrityError), transaction.atomic():
        Load.objects.filter(pk=load.pk).update(accepted=1)


def test_a_finished_load_has_its_receipt_scores_profile_stages_and_audit_lines(city: DataCity) -> None:
    load = city.load(A)
    assert load.receipt_id and load.state == Load.State.DONE
    assert {s.dimension for s in QualityScore.objects.filter(load=load)} == {
        "accuracy",
        "accessibility",
        "consistency",
        "completeness",
        "timeliness",
    }
    assert {p.field: p.rows for p in load.profiles.all()} == {"code": 2, "name": 2, "sex": 2}
    assert {r.stage for r in LifecycleRecord.objects.all()} == {"register", "parse", "process"}
    lines = audit_list(SYSTEM, object_kind="load", object_id=str(load.pk)).items
    assert [line.details.get("done", False) for line in lines] == [True, False]
    assert file_get(load.file_digest).name == "list.csv"


def test_the_same_file_again_is_the_same_load_and_changes_nothing(city: DataCity) -> None:
    first = city.load(A)
    again, unchanged = service.load_run(
        actor=SYSTEM, resource_id="people", path=city.file(A), file_name="under another name.csv"
    )
    assert unchanged and again.pk == first.pk
    assert city.lake.table("standard", "people").version() == 0 and Load.objects.count() == 1


def test_an_older_file_comes_back_only_when_it_is_asked_for(city: DataCity) -> None:
    city.load(A)
    city.load(B)
    assert city.load(A).state == Load.State.DONE and city.rows()[0] == ("1", "张三丰", "男")
    fresh = city.load(A, again=True)
    assert (fresh.inserted, fresh.updated) == (0, 1)
    assert city.rows()[0] == ("1", "张三", "男") and city.lake.table("standard", "people").version() == 2


def test_a_file_is_checked_again_under_new_rules_and_not_for_a_new_title(city: DataCity) -> None:
    city.load(A)
    city.install(resource(title={"zh": "新名", "en": "New"}))
    assert Load.objects.count() == 1 and city.load(A).pk == Load.objects.get().pk
    strict = resource().model_dump(mode="json")["rules"][0] | {"values": ["男"]}
    city.install(resource(rules=[strict]))
    assert counts(city.load(A)) == (2, 1, 1)


def test_a_load_that_only_takes_rows_away_says_so(city: DataCity) -> None:
    city.install(resource(load={"mode": "replace"}))
    city.load(A)
    load = city.load(f"{HEADER}\n1,张三,男\n")
    assert (load.inserted, load.updated, load.removed) == (0, 0, 1)
    assert not load_get(SYSTEM, load.pk).row.unchanged


def test_a_header_nobody_knows_is_a_question_and_its_answer_goes_on_with_the_same_load(city: DataCity) -> None:
    with pytest.raises(MappingNeeded) as asked:
        city.load("号码,姓名,性别\n1,张三,男\n")
    assert asked.value.open_fields == ("code",) and asked.value.headers == ("号码", "姓名", "性别")
    load = Load.objects.get()
    assert load.state == Load.State.NEEDS_MAPPING and load.error and "编号" in load.error["zh"]
    question = load_mapping_get(SYSTEM, load.pk)
    assert [(m.header, m.field, m.example) for m in question.headers] == [
        ("号码", "", "1"),
        ("姓名", "name", "张三"),
        ("性别", "sex", "男"),
    ]
    service.load_mapping_confirm(actor=SYSTEM, load_id=load.pk, mapping={"号码": "code", "姓名": "name", "性别": ""})
    load.refresh_from_db()
    assert load.state == Load.State.DONE and city.rows() == [("1", "张三", None)]


def test_an_answer_on_the_command_line_need_only_say_what_was_not_sure(city: DataCity) -> None:
    load = city.load("号码,姓名,性别\n1,张三,男\n", mapping={"号码": "code"})
    assert counts(load) == (1, 1, 0) and city.rows() == [("1", "张三", "男")]
    assert [(c["header"], c["how"]) for c in load.reading["columns"]] == [
        ("号码", "confirmed"),
        ("姓名", "exact"),
        ("性别", "exact"),
    ]


def test_an_answer_takes_a_field_from_the_column_that_had_it(city: DataCity) -> None:
    city.load("编号,姓名,曾用名\n1,张三,张二\n", mapping={"曾用名": "name"})
    assert city.rows() == [("1", "张二", None)]


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        ({"没有": "code"}, "no such columns"),
        ({"编号": "nothing"}, "no such fields"),
        ({"编号": "name", "姓名": "name"}, "one column only"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(city: DataCity, mapping: dict[str, str], what: str) -> None:
    with pytest.raises(InputError, match=what):
        city.load(A, mapping=mapping)
    assert city.rows() == []


def test_a_load_that_does_not_wait_for_a_mapping_takes_none(city: DataCity) -> None:
    load = city.load(A)
    with pytest.raises(Conflict):
        service.load_mapping_confirm(actor=SYSTEM, load_id=load.pk, mapping={"编号": "code"})


def test_a_file_that_fails_keeps_why_and_may_come_again(city: DataCity) -> None:
    with pytest.raises(SourceError):
        city.load(b"")
    failed = Load.objects.get()
    assert failed.state == Load.State.FAILED and failed.error and failed.error["code"] == "bad_source"
    with pytest.raises(SourceError):
        city.load(b"")
    assert Load.objects.count() == 2


def test_a_fault_of_the_program_is_kept_without_its_innards_and_the_load_can_be_retried(
    city: DataCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("secret")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(loads, "load_finish", broken)
        city.load(A)
    failed = Load.objects.get()
    assert failed.state == Load.State.FAILED and "secret" not in str(failed.error)
    service.load_retry(actor=SYSTEM, load_id=failed.pk)
    failed.refresh_from_db()
    assert (
        failed.state == Load.State.DONE and counts(failed) == (2, 2, 0) and (failed.inserted, failed.updated) == (2, 0)
    )
    assert len(city.rows()) == 2 and city.lake.table("standard", "people").version() == 0
    with pytest.raises(Conflict):
        service.load_retry(actor=SYSTEM, load_id=failed.pk)


def test_a_load_that_meets_another_is_told_to_wait_and_does_not_disturb_it(city: DataCity) -> None:
    load, _ = loads.load_receive(actor=SYSTEM, resource_id="people", path=city.file(A), file_name="a.csv")
    with city.lake.lock("people"):
        with pytest.raises(LoadBusy):
            loads.load_execute(load, SYSTEM)
        assert Load.objects.get().state == Load.State.FAILED
        Load.objects.update(state=Load.State.RUNNING)
        with pytest.raises(LoadBusy):
            loads.load_execute(load, SYSTEM)
        assert Load.objects.get().state == Load.State.RUNNING
    assert loads.load_execute(load, SYSTEM).state == Load.State.DONE


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/名单.csv", "名单.csv"),
        ("C:\\Users\\a\\list.csv", "list.csv"),
        ("长" * 300 + ".csv", "长" * 251 + ".csv"),
        ("😀名单.csv", "😀名单.csv"),
        ("a\x00b.csv", "ab.csv"),
    ],
)
def test_a_file_may_be_called_anything(city: DataCity, name: str, kept: str) -> None:
    path = city.file(A)
    load, _ = service.load_run(actor=SYSTEM, resource_id="people", path=path, file_name=name)
    assert load.file_name == kept and counts(load) == (2, 2, 0)


def test_a_folder_is_no_file(city: DataCity, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        city.load(tmp_path)


def test_a_provider_the_city_does_not_have_does_not_stop_a_load(city: DataCity) -> None:
    city.install(resource(provider="nobody"))
    assert counts(city.load(A)) == (2, 2, 0)


def test_only_those_who_may_load_into_the_department_do(city: DataCity) -> None:
    stranger = Actor(id="account:1", name="x", scopes={Role.STEWARD: frozenset({"other"})})
    with pytest.raises(Refused):
        service.load_run(actor=stranger, resource_id="people", path=city.file(A), file_name="a.csv")
    own = replace(stranger, scopes={Role.STEWARD: frozenset({DEPARTMENT})})
    load, _ = service.load_run(actor=own, resource_id="people", path=city.file(A), file_name="a.csv")
    assert load.operator == "account:1"


def test_a_reference_without_data_is_told_as_unchecked_and_checked_once_there_is_some(city: DataCity) -> None:
    known = {"id": "known", "title": {"zh": "应在名册中", "en": "known"}, "kind": "foreign_key", "fields": ["person"]}
    claims = resource(
        "claims",
        key=["person"],
        fields=[one_field("person")],
        rules=[known | {"references": "people.code", "bad": [{}], "good": [{}]}],
    )
    city.install(claims)
    first = city.load("person\n1\n9\n", "claims.csv", resource_id="claims")
    assert counts(first) == (2, 2, 0) and load_get(SYSTEM, first.pk).notes == ("unchecked rule: known",)
    city.load(A)
    second = city.load("person\n1\n9\n", "claims.csv", resource_id="claims", again=True)
    assert counts(second) == (2, 1, 1) and second.reasons == {"known": 1}


def test_a_resource_the_catalogue_does_not_have_is_refused_with_those_it_has(city: DataCity) -> None:
    with pytest.raises(YiwangError, match="people") as said:
        city.load(A, resource_id="peeple")
    assert said.value.code == "not_found"


def test_nothing_is_left_in_the_scratch_folder(city: DataCity) -> None:
    city.load(MIXED)
    with pytest.raises(SourceError):
        city.load(b"")
    left = [p.name for p in Path(settings.PLACE.scratch).iterdir()]
    assert left == ["work.lock"]
