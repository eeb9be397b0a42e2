"""The manual lists what a form and an item may hold, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from yiwang.flow.core.forms.filetypes import FILE_TYPES
from yiwang.flow.core.forms.vocabulary import (
    AUTOCOMPLETE,
    COMPONENTS,
    EVERY,
    PROPERTIES,
    REFUSED,
    REFUSED_KEYS,
    ROOT_KEYS,
)
from yiwang.flow.schema import KINDS, RESULT_KINDS, ItemFile

DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMS = (DOCS / "reference" / "forms.md").read_text(encoding="utf-8")
ITEMS = (DOCS / "how-to" / "write-an-item.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"^#+ ", FORMS.partition(f" {title}")[2], maxsplit=1, flags=re.M)[0]


def first_cells(text: str) -> set[str]:
    """What is named as code in the first cell of each row of the tables."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}


def test_every_component_has_a_row_and_every_row_a_component() -> None:
    assert first_cells(section("Components · 组件")) == set(COMPONENTS)


def test_every_row_lists_the_keys_and_checks_of_its_component() -> None:
    for line in section("Components · 组件").splitlines():
        if not line.startswith("| `"):
            continue
        cells = line.split("|")
        name = cells[1].strip().strip("`")
        shared = {"key", "label", "description", "validate", "readonly", "components", "path"}
        keys = set(re.findall(r"`([a-zA-Z0-9]+)`", cells[4]))
        assert keys - shared == COMPONENTS[name].keys - shared, name
        assert set(re.findall(r"`([a-zA-Z]+)`", cells[5])) - {"email", "phone"} == COMPONENTS[name].checks, name


def test_everything_refused_by_name_is_listed_with_its_reason() -> None:
    assert first_cells(section("Refused · 拒绝")) == set(REFUSED) | set(REFUSED_KEYS)


def test_every_property_is_listed() -> None:
    assert first_cells(section("Properties · 属性")) == {*PROPERTIES, "yw:en.value.<value>"}
    assert all(f"`{token}`" in FORMS for token in AUTOCOMPLETE)


def test_every_type_of_file_is_listed_with_its_endings() -> None:
    table = section("Files · 文件")
    assert first_cells(table) == set(FILE_TYPES)
    assert all(" ".join(kind.endings) in table for kind in FILE_TYPES.values())


def test_what_is_taken_without_effect_is_said() -> None:
    silent = {"layout", "showOutline", "verticalAlignment", "searchable", "height", "use24h", "timeInterval"}
    said = FORMS.partition("without effect")[2].partition("###")[0]
    assert all(f"`{key}`" in said for key in silent | (ROOT_KEYS - {"id", "type", "components"}))
    assert "layout" in EVERY


def test_the_example_of_the_how_to_is_an_item() -> None:
    example = ItemFile.model_validate(yaml.safe_load(ITEMS.partition("```yaml\n")[2].partition("```")[0]))
    assert (example.id, example.limit.budget, example.before is not None) == ("street-lamp-permit", "5wd", True)


def test_every_kind_every_result_and_every_key_of_an_item_is_told() -> None:
    assert [name for name in (*KINDS, *RESULT_KINDS) if f"`{name}`" not in ITEMS] == []
    told = set(re.findall(r"[a-z_]+", ITEMS))
    assert set(ItemFile.model_fields) - told - {"serves"} == set()
