"""docs/reference/pack-files.md names every key there is, and its examples are what it says they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from yiwang.data.core.semantics import semantic_types
from yiwang.data.schema import (
    CYCLES,
    DUTIES,
    LIBRARIES,
    FieldFile,
    OpenFile,
    Options,
    ResourceFile,
    RuleFile,
    ShareFile,
)
from yiwang.flow.schema import ItemFile
from yiwang.kernel.core.calendarfile import calendar_file
from yiwang.kernel.core.divisionfile import ALLOWED, division_lines
from yiwang.kernel.core.pack import Manifest, kinds, pack_objects, pack_read, packs_find
from yiwang.kernel.core.packtest import Case, CaseFile
from yiwang.kernel.packing import BUILT_IN
from yiwang.kernel.schema import DepartmentEntry, DepartmentsFile
from yiwang.rules.schema import (
    DERIVATIONS,
    DecisionFile,
    Domain,
    InputFile,
    OutputFile,
    ParameterFile,
    ParameterUse,
    ParameterValue,
    Sentences,
    SubjectFile,
    ThroughFile,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference" / "pack-files.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "how-to" / "make-a-pack.md").read_text(encoding="utf-8")
MODELS = (
    Manifest, ResourceFile, FieldFile, Options, RuleFile, ShareFile, OpenFile, Case, DepartmentsFile, DepartmentEntry,
    ParameterFile, ParameterValue, DecisionFile, SubjectFile, InputFile, ThroughFile, Domain, ParameterUse, OutputFile, Sentences, ItemFile
)  # fmt: skip


def examples(heading: str) -> list[object]:
    """The YAML blocks below a heading, up to the next of any level."""
    part = re.split(r"^##+ ", PAGE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_a_file_is_on_the_page(model: type[BaseModel]) -> None:
    keys = [field.alias or key for key, field in model.model_fields.items()]
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


def test_every_closed_list_is_on_the_page() -> None:
    words = [*DUTIES, *LIBRARIES, *DERIVATIONS, *CYCLES, *ALLOWED, *(kind.id for kind in semantic_types())]
    words += [word for field in ("kind", "compare") for word in _choices(RuleFile, field)]
    assert [word for word in words if word and f"`{word}`" not in PAGE] == []


def _choices(model: type[BaseModel], field: str) -> tuple[str, ...]:
    return tuple(getattr(model.model_fields[field].annotation, "__args__", ()))


def test_every_kind_of_pack_file_is_on_the_page() -> None:
    assert [kind.pattern for kind in kinds() if f"## {kind.pattern}\n" not in PAGE] == []


def test_the_grades_of_semantic_types_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (\d) \|", PAGE, re.MULTILINE))
    assert rows == {kind.id: str(kind.grade) for kind in semantic_types()}


def test_the_examples_are_what_they_say_they_are() -> None:
    manifest, overlay = examples("pack.yaml")
    assert Manifest.model_validate(manifest).id == "safety"
    assert overlay
    for found in examples("fields"):
        assert [FieldFile.model_validate(entry).id for entry in found["fields"]]  # type: ignore[index]
    for found in examples("rules"):
        assert [RuleFile.model_validate(entry).id for entry in found["rules"]]  # type: ignore[index]
    assert [len(CaseFile.model_validate(found).cases) for found in examples("tests/*.yaml")] == [1]
    assert [len(DepartmentsFile.model_validate(found).departments) for found in examples("departments/*.yaml")] == [2]
    assert [ParameterFile.model_validate(found).until.year for found in examples("parameters/*.yaml")] == [2028]
    assert [DecisionFile.model_validate(found).id for found in examples("decisions/*.yaml")] == ["elderly-allowance"]
    notice = re.findall(r"```yaml\n(kind: notice.*?)```", PAGE, re.DOTALL)
    assert [calendar_file(text, "example").kind for text in notice] == ["notice"]
    table = re.findall(r"```\n(code\t.*?)```", PAGE, re.DOTALL)
    assert [line.name for text in table for line in division_lines(text, "example")] == ["繁荣街道"]


def test_the_guide_lists_every_built_in_resource() -> None:
    packs = [pack_read(f, [BUILT_IN]) for n, f in packs_find([BUILT_IN]).items() if n != "template"]
    ids = {file.id for pack in packs for file in pack_objects(pack)[0].get("resources", {}).values()}
    assert [name for name in sorted(ids) if f"`{name}`" not in GUIDE] == []
