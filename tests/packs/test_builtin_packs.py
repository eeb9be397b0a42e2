"""Every built-in pack is sound, and every case it brings holds. A pack added below packs/ is tested without a word here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from yiwang.data.core.headers import wordings
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.pack import Pack, View, pack_check, pack_objects, pack_read, packs_find
from yiwang.kernel.core.packtest import CASES, Case, case_run
from yiwang.kernel.packing import BUILT_IN

PACKS = packs_find([BUILT_IN])


@cache
def pack(name: str) -> Pack:
    return pack_read(PACKS[name], [BUILT_IN])


@cache
def needed(name: str) -> tuple[Pack, ...]:
    """The packs a pack needs, and theirs, each once."""
    found: dict[str, Pack] = {}
    for need in pack(name).manifest.needs:
        if need in PACKS:
            found |= {p.manifest.id: p for p in (pack(need), *needed(need))}
    return tuple(found.values())


@cache
def view(name: str) -> View:
    theirs: dict[str, dict[str, object]] = {}
    for other in needed(name):
        for kind, files in pack_objects(other)[0].items():
            theirs.setdefault(kind, {}).update({f"{other.manifest.id}/{p}": o for p, o in files.items()})
    return View(pack(name), pack_objects(pack(name))[0], theirs)


def cases() -> list[object]:
    listed = []
    for name in sorted(PACKS):
        for path, file in view(name).own.get(CASES.id, {}).items():
            for number, case in enumerate(file.cases, 1):
                where = f"{name}/{path}:{number}"
                listed.append(pytest.param(name, where, case, id=where))
    return listed


def resources() -> list[tuple[str, ResourceFile]]:
    return [(name, file) for name in sorted(PACKS) for file in view(name).own.get("resources", {}).values()]


def test_the_ground_packs_are_here() -> None:
    assert {"departments", "divisions", "calendar", "legal-person", "population", "template"} <= set(PACKS)


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_pack_has_no_finding(name: str) -> None:
    _, findings = pack_check(pack(name), list(needed(name)))
    assert [f"{f.where}: {f.en}" for f in findings if f.level != "info"] == []


@pytest.mark.parametrize(("name", "where", "case"), cases())
def test_a_case_holds(name: str, where: str, case: Case) -> None:
    failure = case_run(case, where, view(name))
    assert failure is None, failure.en


@pytest.mark.parametrize("name", sorted({name for name, _ in resources()}))
def test_a_pack_with_resources_brings_cases_and_a_page_for_people(name: str) -> None:
    checked = {case.when["check"] for file in view(name).own[CASES.id].values() for case in file.cases}
    assert checked, f"{name} has no case that checks rows"
    assert (PACKS[name] / "documents" / "README.md").is_file()


def test_no_two_packs_give_one_resource_or_code() -> None:
    ids = [file.id for _, file in resources()]
    codes = [file.code for _, file in resources()]
    assert sorted(set(ids)) == sorted(ids)
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize(("name", "file"), [pytest.param(n, f, id=f.id) for n, f in resources()])
def test_a_catalogue_entry_is_whole(name: str, file: ResourceFile) -> None:
    told = wordings(file)
    assert {field.id for field in file.fields} == set(told.values()), "a field whose every wording another field shares"
    assert file.serves, "an entry that answers no demand"
    assert file.share.methods, "an entry that says no way of sharing"
    if file.grade >= 4:
        assert file.share.type != "unconditional", "resident numbers and the like are shared on a condition"
        assert not file.open.allowed
    assert set(file.serves) <= set(pack(name).manifest.serves), "the pack serves what its resources serve"


def test_every_rule_shows_a_row_that_it_passes() -> None:
    without = [f"{file.id}.{rule.id}" for _, file in resources() for rule in file.rules if not rule.good]
    assert without == []


def test_a_new_pack_from_the_template_is_found_where_it_lies(tmp_path: Path) -> None:
    text = (PACKS["template"] / "pack.yaml").read_text(encoding="utf-8")
    assert text.count("\nid: template\n") == 1, "the line in which a new pack gets its id"
    folder = tmp_path / "my-pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text(text.replace("id: template", "id: my-pack", 1), encoding="utf-8")
    assert pack_read(folder).manifest.id == "my-pack"
