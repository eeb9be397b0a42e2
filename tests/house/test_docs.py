"""The manual says what the code does, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.build import pages, stale
from smallcity import SYSTEM
from sources import ROOT, engines, written

import yiwang.data.service
import yiwang.flow.service
import yiwang.kernel.service
import yiwang.rules.service
import yiwang.trust.service
from yiwang.config.place import Place
from yiwang.data.core.checks import COMMON_REASONS, ROW_REASONS
from yiwang.data.core.rules import DIMENSION_OF_KIND
from yiwang.data.schema import DIMENSIONS
from yiwang.data.service import load_run
from yiwang.kernel.service import pack_install

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
README_LINES = 80
FIRMS = "legal-person-registration"
SERVICES = {
    "kernel": yiwang.kernel.service.__all__,
    "rules": yiwang.rules.service.__all__,
    "trust": yiwang.trust.service.__all__,
    "data": yiwang.data.service.__all__,
    "flow": yiwang.flow.service.__all__,
}


def broken_links(path: Path, root: Path = ROOT) -> list[str]:
    """Relative links of a page that lead to no file."""
    text = CODE.sub("", (root / path).read_text(encoding="utf-8"))
    faults = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:|#", target):
            continue
        if not (root / path.parent / target.partition("#")[0]).exists():
            faults.append(f"{path}: {target} leads nowhere")
    return faults


def missing_names(page: str, names: list[str]) -> list[str]:
    return [name for name in names if f"### {name}\n" not in page]


def headings(page: str) -> list[str]:
    return [line.partition(" ")[0] for line in CODE.sub("", page).splitlines() if line.startswith("#")]


def links(page: str) -> list[str]:
    """Where a page leads, the same page in the other language left out."""
    return sorted(target for target in LINK.findall(CODE.sub("", page)) if not target.startswith("README"))


def test_generated_pages_are_what_the_code_says() -> None:
    assert stale() == [], "run: make docs"


def test_a_generated_page_that_is_old_or_gone_is_found(tmp_path: Path) -> None:
    every = pages()
    for path, text in every.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert stale(tmp_path) == []
    old, gone, *_ = every
    (tmp_path / old).write_text("old", encoding="utf-8")
    (tmp_path / gone).unlink()
    assert stale(tmp_path) == [str(old), str(gone)]


@pytest.mark.parametrize("engine", [engine.name for engine in engines()])
def test_every_name_of_a_service_is_in_the_reference(engine: str) -> None:
    page = (ROOT / "docs/reference/services.md").read_text(encoding="utf-8")
    assert missing_names(page, SERVICES[engine]) == []
    assert missing_names(page, ["not_written_down"]) == ["not_written_down"]


def test_relative_links_lead_somewhere() -> None:
    assert [fault for path in written(".md") for fault in broken_links(path)] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    text = "[here](page.md) [there](gone.md#part) [out](https://example.org) `[code](x.md)`\n"
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert broken_links(Path("page.md"), tmp_path) == ["page.md: gone.md#part leads nowhere"]


def test_the_readme_is_short_and_equal_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert max(len(english.splitlines()), len(chinese.splitlines())) <= README_LINES
    assert headings(english) == headings(chinese)
    assert links(english) == links(chinese)
    assert links("[a](b.md)") != links("[a](c.md)")


def test_the_quality_page_names_every_rule_reason_and_dimension() -> None:
    page = (ROOT / "docs/reference/quality.md").read_text(encoding="utf-8")
    codes = [*DIMENSION_OF_KIND, *ROW_REASONS, *(code for code, _, _ in COMMON_REASONS.values()), *DIMENSIONS]
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_the_table_of_the_tutorial_gets_what_the_tutorial_says(db: None, home: Place, tmp_path: Path) -> None:
    page = (ROOT / "docs/tutorials/first-load.md").read_text(encoding="utf-8")
    table, told = (re.search(f"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("csv", "text"))
    assert table and told
    for pack in ("foundation/departments", "base/legal-person"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / pack)
    (tmp_path / "firms.csv").write_text(table[1], encoding="utf-8")
    load, _ = load_run(actor=SYSTEM, resource_id=FIRMS, path=tmp_path / "firms.csv", file_name="firms.csv")
    said = [line.split()[:2] for line in told[1].splitlines()[1:]]
    assert told[1].startswith(f"source {load.source} rows = accepted {load.accepted} + rejected {load.rejected} ")
    assert {code: int(rows) for rows, code in said} == load.reasons


def test_the_index_leads_to_every_page_of_the_manual() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    told = {target.partition("#")[0] for target in LINK.findall(index)}
    manual = [p.relative_to("docs").as_posix() for p in written(".md") if p.parts[0] == "docs"]
    assert sorted(set(manual) - told - {"README.md"}) == []
