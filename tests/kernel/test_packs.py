"""Packs: read, refused, overlaid, checked, installed, upgraded."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.pack import merge, pack_objects, pack_read
from yiwang.kernel.core.strictyaml import yaml_read
from yiwang.kernel.errors import Conflict, InputError, NotFound, PackError, Refused
from yiwang.kernel.models import AuditLine, Department, Event, InstalledPack
from yiwang.kernel.packing import pack_examine, pack_folder, pack_install, pack_list, pack_new, packs_install_built_in

SHELL = system_actor("test")
MANIFEST = """\
id: {id}
version: {version}
title: {{zh: 试, en: Trial}}
summary: {{zh: 试, en: A trial}}
department: office
{more}
"""
DEPARTMENTS = """\
valid_from: 2020-01-01
departments:
  - {id: office, name: {zh: 办公室, en: Office}}
  - {id: labour, name: {zh: 人社局, en: Labour}, parent: office}
"""


def write_pack(root: Path, name: str, *, version: str = "1.0.0", more: str = "", **files: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(MANIFEST.format(id=name, version=version, more=more), encoding="utf-8")
    for path, text in files.items():
        target = folder / path.replace("__", "/").replace("_yaml", ".yaml")
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def test_a_key_that_stands_twice_is_refused_with_its_line() -> None:
    with pytest.raises(PackError) as caught:
        yaml_read("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert caught.value.where == "x.yaml:3"


def test_an_alias_is_refused_because_it_can_unfold_without_end() -> None:
    with pytest.raises(PackError, match="aliases"):
        yaml_read("a: &x [1]\nb: [*x, *x]\n", "x.yaml")


def test_an_unknown_key_of_the_manifest_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", more="colour: red")
    with pytest.raises(PackError) as caught:
        pack_read(folder)
    assert "colour" in caught.value.en
    assert caught.value.where.endswith("pack.yaml:6")


def test_a_folder_that_is_not_called_like_its_pack_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial")
    moved = folder.rename(tmp_path / "other")
    with pytest.raises(PackError, match="differs from its folder"):
        pack_read(moved)


def test_a_link_in_a_pack_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial")
    (folder / "documents").mkdir()
    (folder / "documents" / "passwd").symlink_to("/etc/hostname")
    with pytest.raises(PackError, match="no links"):
        pack_read(folder)


def test_python_in_a_pack_is_an_unknown_file(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial")
    (folder / "hook.py").write_text("print(1)", encoding="utf-8")
    _, findings = pack_objects(pack_read(folder))
    assert [f.where for f in findings] == ["trial/hook.py"]


def test_the_digest_changes_with_one_byte_and_with_nothing_else(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS)
    before = pack_read(folder).digest
    assert pack_read(folder).digest == before
    (folder / "departments" / "city.yaml").write_text(DEPARTMENTS + "# note\n", encoding="utf-8")
    assert pack_read(folder).digest != before


def test_an_overlay_merges_by_key_and_by_id() -> None:
    under = {"a": 1, "list": [{"id": "x", "v": 1}, {"id": "y", "v": 2}], "plain": [1, 2]}
    over = {"a": 2, "list": [{"id": "y", "v": 3}, {"id": "z", "v": 4}], "plain": [9]}
    assert merge(under, over) == {
        "a": 2,
        "list": [{"id": "x", "v": 1}, {"id": "y", "v": 3}, {"id": "z", "v": 4}],
        "plain": [9],
    }


def test_an_overlay_states_only_what_differs(tmp_path: Path) -> None:
    write_pack(tmp_path, "base-list", departments__city_yaml=DEPARTMENTS)
    over = write_pack(
        tmp_path,
        "our-list",
        more="extends: base-list",
        departments__city_yaml="departments:\n  - {id: labour, name: {zh: 人力资源局, en: Labour bureau}}\n",
    )
    pack = pack_read(over, [tmp_path])
    objects, findings = pack_objects(pack)
    names = {d.id: d.name.zh for d in objects["departments"]["departments/city.yaml"].departments}
    assert findings == []
    assert names == {"office": "办公室", "labour": "人力资源局"}


def test_an_overlay_changes_its_digest_with_its_base(tmp_path: Path) -> None:
    base = write_pack(tmp_path, "base-list", departments__city_yaml=DEPARTMENTS)
    over = write_pack(
        tmp_path, "our-list", more="extends: base-list", departments__city_yaml="valid_from: 2021-01-01\n"
    )
    before = pack_read(over, [tmp_path]).digest
    (base / "departments" / "city.yaml").write_text(DEPARTMENTS.replace("人社局", "社保局"), encoding="utf-8")
    assert pack_read(over, [tmp_path]).digest != before


def test_an_overlay_without_its_base_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "our-list", more="extends: nowhere")
    with pytest.raises(PackError, match="nowhere"):
        pack_read(folder, [tmp_path])


def test_a_missing_need_is_found(tmp_path: Path) -> None:
    report = pack_examine(write_pack(tmp_path, "trial", more="needs: [not-there]"))
    assert not report.sound
    assert "not-there" in report.findings[0].en


def test_a_failing_case_makes_a_pack_unsound_and_says_where(tmp_path: Path) -> None:
    case = "cases:\n  - name: {zh: 到期, en: due}\n    given: {from: 2026-09-28T10:00}\n    when: {clock: 3wd}\n"
    week = (pack_folder("calendar") / "calendars" / "week.yaml").read_text(encoding="utf-8")
    notice = (pack_folder("calendar") / "calendars" / "state-council-2026.yaml").read_text(encoding="utf-8")
    right = case + "    then: {due: '2026-10-08T23:59:59+08:00'}\n"
    wrong = case + "    then: {due: '2026-10-01T23:59:59+08:00'}\n"
    folder = write_pack(tmp_path, "trial", calendars__week_yaml=week, calendars__y_yaml=notice, tests__due_yaml=right)
    assert pack_examine(folder).sound
    (folder / "tests" / "due.yaml").write_text(wrong, encoding="utf-8")
    report = pack_examine(folder)
    assert [f.where for f in report.failures] == ["trial/tests/due.yaml case 1"]
    assert "2026-10-08" in report.failures[0].en


@pytest.mark.django_db
def test_installing_writes_row_audit_line_and_event_and_is_done_once(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS)
    row, changed = pack_install(actor=SHELL, folder=folder)
    assert changed
    assert Department.objects.filter(code="labour").exists()
    assert AuditLine.objects.filter(act="pack.install", object_id="trial").count() == 1
    assert Event.objects.filter(name="pack.installed").count() == 1
    again, changed = pack_install(actor=SHELL, folder=folder)
    assert (again.pk, changed) == (row.pk, False)


@pytest.mark.django_db
def test_changed_content_under_the_old_version_number_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS)
    pack_install(actor=SHELL, folder=folder)
    write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS.replace("Labour", "Work"))
    with pytest.raises(Conflict, match="still called 1.0.0"), transaction.atomic():
        pack_install(actor=SHELL, folder=folder)


@pytest.mark.django_db
def test_an_upgrade_keeps_the_version_before_readable(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS)
    first, _ = pack_install(actor=SHELL, folder=folder)
    write_pack(tmp_path, "trial", version="1.1.0", departments__city_yaml=DEPARTMENTS.replace("人社局", "人力局"))
    second, _ = pack_install(actor=SHELL, folder=folder)
    kept = InstalledPack.objects.get(pk=first.pk)
    assert not kept.is_current
    assert InstalledPack.objects.get(pk=second.pk).is_current
    assert kept.files["departments/city.yaml"] != second.files["departments/city.yaml"]


@pytest.mark.django_db
def test_an_unsound_pack_is_not_installed_at_all(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "trial", departments__city_yaml=DEPARTMENTS, notes__x_yaml="a: 1")
    with pytest.raises(PackError, match="unknown file"):
        pack_install(actor=SHELL, folder=folder)
    assert not Department.objects.filter(code="labour").exists()


@pytest.mark.django_db
def test_somebody_without_the_role_installs_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        pack_install(actor=Actor(id="account:1", name="x"), folder=write_pack(tmp_path, "trial"))


@pytest.mark.django_db
def test_the_built_in_packs_install_after_those_they_need_and_twice_is_once() -> None:
    first = packs_install_built_in(actor=SHELL)
    assert all(changed for _, changed in first)
    assert not any(changed for _, changed in packs_install_built_in(actor=SHELL))
    listed = {row.id: row.installed for row in pack_list()}
    assert listed["departments"] and listed["calendar"]


def test_a_new_pack_is_a_sound_copy_of_the_template(tmp_path: Path) -> None:
    folder = pack_new(folder=tmp_path, name="street-lights")
    assert pack_read(folder).manifest.id == "street-lights"
    assert pack_examine(folder).sound
    with pytest.raises(InputError, match="there already"):
        pack_new(folder=tmp_path, name="street-lights")
    with pytest.raises(InputError, match="lower-case"):
        pack_new(folder=tmp_path, name="Street Lights")


def test_an_unknown_pack_is_told_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match="calendar"):
        pack_folder("calender")
