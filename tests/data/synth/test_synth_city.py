"""The same arguments give the same city, however large its surroundings; and what cannot be made is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from yiwang.data.synth import CityManifest, city_write
from yiwang.data.synth.errors import CityImpossible, DivisionsUnusable
from yiwang.data.synth.figures import figure
from yiwang.data.synth.lists import LISTS
from yiwang.data.synth.people import BLOCK, block_people, people_table
from yiwang.data.synth.places import places_read

City = tuple[Path, CityManifest]
AS_OF = date(2026, 11, 1)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    made = [city_write(tmp_path / name, 2_000, seed, AS_OF) for name, seed in (("a", 7), ("b", 7), ("c", 8))]
    digests = [{file.path: file.digest for file in manifest.files} for manifest in made]
    assert digests[0] == digests[1]
    assert all(digests[0][path] != digests[2][path] for path in digests[0])


def test_a_second_city_in_the_same_folder_replaces_the_first(tmp_path: Path) -> None:
    city_write(tmp_path, 3_000, 1, AS_OF)
    again = city_write(tmp_path, 1_000, 7, AS_OF)
    fresh = city_write(tmp_path / "fresh", 1_000, 7, AS_OF)
    assert again == fresh
    assert pq.read_metadata(tmp_path / "truth/people.parquet").num_rows == 1_000


def test_a_block_made_alone_is_the_block_of_the_whole_city(city: City) -> None:
    """Nothing about a block depends on the blocks before it, so the work may be cut up or spread at will."""
    places = places_read(AS_OF, figure("places.shares").shares)
    today = (AS_OF - date(1970, 1, 1)).days
    rest = city[1].residents - BLOCK
    people, homes = block_people(7, 1, rest, places, today)
    whole = pq.read_table(city[0] / "truth/people.parquet").slice(BLOCK)
    assert people_table(people, homes, places).cast(whole.schema).to_pylist() == whole.to_pylist()


def test_full_blocks_do_not_depend_on_the_size_of_the_city(city: City, tmp_path: Path) -> None:
    city_write(tmp_path, BLOCK, 7, AS_OF)
    small = pq.read_table(tmp_path / "truth/people.parquet")
    assert small.equals(pq.read_table(city[0] / "truth/people.parquet").slice(0, BLOCK).combine_chunks())


def test_progress_is_told_for_every_block(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    city_write(tmp_path, 26_000, 7, AS_OF, lambda *step: told.append(step))
    assert [step for step in told if step[0] == "people"] == [("people", 25_000, 26_000), ("people", 26_000, 26_000)]
    assert {step[0] for step in told} == {"people", "firms", "equipment"}


@pytest.mark.parametrize("residents", [1, 2, 5, 40])
def test_the_smallest_cities_are_whole_too(tmp_path: Path, residents: int) -> None:
    manifest = city_write(tmp_path, residents, 7, AS_OF)
    assert next(file.rows for file in manifest.files if file.resource == "resident-register") == residents


def test_the_manifest_on_disk_is_the_one_returned(city: City) -> None:
    stored = json.loads((city[0] / "manifest.json").read_text(encoding="utf-8"))
    assert stored == json.loads(city[1].as_json())
    assert stored["seed"] == 7


@pytest.mark.parametrize("residents", [0, -3, 10**9])
def test_an_impossible_number_of_residents_is_refused(tmp_path: Path, residents: int) -> None:
    with pytest.raises(CityImpossible, match="cannot be made"):
        city_write(tmp_path, residents)


def test_a_missing_table_of_divisions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DivisionsUnusable, match="not there"):
        city_write(tmp_path, 10, divisions=tmp_path / "none.tsv")


def test_a_day_before_any_division_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DivisionsUnusable, match="no village"):
        city_write(tmp_path, 10, as_of=date(1900, 1, 1))


def test_workbooks_open_in_another_reader_with_heading_and_real_dates(city: City) -> None:
    sheet = openpyxl.load_workbook(city[0] / "lists/low-income-allowance.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert str(rows[0][0]).endswith("花名册")
    assert rows[1][0] == "低保证号"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:L1"]
    assert any(type(row[7]).__name__ == "datetime" for row in rows[2:])


def test_lists_only_refer_to_lists_before_them() -> None:
    known: set[str] = set()
    for spec in LISTS:
        assert {field.references for field in spec.fields if field.references} <= known
        known |= {f"{spec.resource}.{name}" for name in spec.ids}


def test_headers_and_field_ids_differ_within_a_list() -> None:
    for spec in LISTS:
        assert len({field.header for field in spec.fields}) == len(set(spec.ids)) == len(spec.fields)


def test_the_firms_come_with_the_headers_of_the_real_register() -> None:
    spec = next(spec for spec in LISTS if spec.resource == "legal-person-registration")
    headers = ",".join(field.header for field in spec.fields)
    assert headers == "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"


def test_the_documentation_lists_every_column() -> None:
    page = Path(__file__).parents[3] / "docs/explanation/synthetic-city.md"
    text = page.read_text(encoding="utf-8")
    for spec in LISTS:
        assert f"### {spec.resource}" in text
        for field in spec.fields:
            assert f"| `{field.id}` | {field.header} |" in text
