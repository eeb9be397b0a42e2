"""Whole public files through intake: what comes out of each, to the row. Skipped where the data folder is absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Lake
from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import match_headers, open_fields
from yiwang.data.core.reading import open_source
from yiwang.data.loading import Prepared, prepare, publish
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.pack import pack_objects, pack_read, packs_find
from yiwang.kernel.packing import BUILT_IN

AS_OF = date(2026, 11, 22)
FIRMS = "legal-person-registration"


@dataclass
class Intake:
    """A lake of its own; each file goes in after those before it, as a city would load them."""

    folder: Path
    loads: int = 0

    def load(self, resource: ResourceFile, path: Path) -> tuple[Prepared, tuple[str, ...], list[tuple[str, int]]]:
        """The prepared and published load, the fields a person would be asked about, and (reason, row) of the refused."""
        self.loads += 1
        scratch = self.folder / f"scratch-{self.loads}"
        scratch.mkdir()
        key = f"load-{self.loads}"
        source = open_source(path, path.name, resource, scratch)
        matches = match_headers(source.headers, resource)
        lake = Lake(str(self.folder / "lake"))
        with engine(scratch) as connection:
            done = prepare(
                connection,
                lake,
                Checks(resource, AS_OF),
                source,
                {m.index: m.field for m in matches if m.sure},
                load=self.loads,
                load_key=key,
                scratch=scratch,
                report=lambda *said: None,
            )
            publish(lake, done, key)
            kept = str(lake.rejected_file(resource.id, key))
            rows = connection.execute(
                f"SELECT DISTINCT unnest(reasons).code AS code, row FROM {sql.rows_of([kept])} ORDER BY ALL"
            ).fetchall()
        return done, open_fields(matches, resource), [(str(code), int(row)) for code, row in rows]

    def table(self, resource_id: str, query: str) -> list[tuple[object, ...]]:
        files = Lake(str(self.folder / "lake")).table("standard", resource_id).files()
        with engine(self.folder / "look") as connection:
            return connection.execute(query.format(table=sql.rows_of(files))).fetchall()


@pytest.fixture(scope="module")
def resources() -> dict[str, ResourceFile]:
    packs = [pack_read(folder, [BUILT_IN]) for folder in packs_find([BUILT_IN]).values()]
    return {file.id: file for pack in packs for file in pack_objects(pack)[0].get("resources", {}).values()}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    yield Intake(tmp_path)


# resource, file, source, accepted, reason -> rows
FILES = [
    (
        FIRMS,
        "enterprise/hlj_1978_2004.csv.gz",
        18990,
        18964,
        {"credit_code_characters": 16, "row_shifted": 10, "damaged_text": 10, "date_form": 10},
    ),
    (FIRMS, "enterprise/tongjiang.csv", 76, 76, {}),
    ("division-codes-2016", "admin/vonng2016_county_and_up_china.csv", 3512, 3512, {}),
    (
        "division-codes-2016",
        "admin/vonng2016_heilongjiang_all5levels.csv.gz",
        16127,
        15738,
        {"dummy-is-no-place": 389},
    ),
    ("division-codes-2016", "admin/vonng2016_tongjiang_230881.csv", 175, 170, {"dummy-is-no-place": 5}),
    ("division-codes-2023", "admin/modood_provinces.csv", 31, 31, {}),
    ("division-codes-2023", "admin/modood_cities.csv", 342, 342, {}),
    ("division-codes-2023", "admin/modood_areas.csv", 2978, 2978, {}),
    ("division-codes-2023", "admin/modood_streets_all.csv.gz", 41352, 41352, {}),
    ("division-codes-2024", "admin/adyliu_area_2024_3level.json.gz", 3706, 3706, {}),
    ("division-codes-undated", "admin/mdphp_region_230881.json", 24, 24, {}),
    ("surface-water-monitoring", "env/cnemc_water_20260821_480sections.csv", 480, 480, {}),
    ("county-gdp", "stats/hlj_county_gdp_2022_2023.csv", 67, 67, {}),
    ("macro-series-monthly", "stats/china_macro_monthly_long.csv", 4041, 4041, {}),
    ("retail-sales-monthly", "stats/china_retail_monthly_2012_2017.csv", 70, 70, {}),
]


@pytest.mark.parametrize(("resource_id", "name", "source", "accepted", "reasons"), FILES, ids=[f[1] for f in FILES])
def test_a_file_maps_without_a_question_and_gives_these_numbers(
    resources: dict[str, ResourceFile],
    shared_data: Path,
    intake: Intake,
    resource_id: str,
    name: str,
    source: int,
    accepted: int,
    reasons: dict[str, int],
) -> None:
    done, asked, _ = intake.load(resources[resource_id], shared_data / name)
    assert asked == ()
    assert (done.source, done.accepted, done.rejected) == (source, accepted, source - accepted)
    assert dict(done.reasons) == reasons


def test_firms_lose_exactly_sixteen_bad_codes_and_ten_shifted_rows(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    done, _, told = intake.load(resources[FIRMS], shared_data / "enterprise/hlj_1978_2004.csv.gz")
    shifted = {row for code, row in told if code == "row_shifted"}
    bad_codes = {row for code, row in told if code == "credit_code_characters"}
    assert shifted == set(range(11658, 11668))
    assert len(bad_codes) == 16
    assert not shifted & bad_codes
    assert {row for _, row in told} == shifted | bad_codes
    assert done.flags == {"credit_code_organisation_check": 2, "code-of-market-supervision": 2}
    missing = intake.table(
        FIRMS, "SELECT count(*) FILTER (firm_type IS NULL), count(*) FILTER (region IS NULL) FROM {table}"
    )
    assert missing == [(16099, 3)]
    currencies = "SELECT registered_capital_currency, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC"
    assert intake.table(FIRMS, currencies) == [("CNY", 12133), (None, 6748), ("USD", 75), ("HKD", 5), ("AUD", 3)]


def test_the_firms_of_the_city_are_among_those_of_the_province(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    intake.load(resources[FIRMS], shared_data / "enterprise/hlj_1978_2004.csv.gz")
    done, _, _ = intake.load(resources[FIRMS], shared_data / "enterprise/tongjiang.csv")
    assert (done.change.inserted, done.change.updated) == (0, 0)


def test_editions_of_the_division_codes_do_not_touch_each_other(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    for resource_id, name, *_ in FILES:
        if resource_id.startswith("division-codes"):
            done, _, _ = intake.load(resources[resource_id], shared_data / name)
            assert done.change.updated == 0, f"{name} changed a row of another file of its edition"
    town = "SELECT name FROM {table} WHERE code = '230881001000'"
    assert intake.table("division-codes-2016", town) == [("同江市城市管理委员会",)]
    assert intake.table("division-codes-2023", town) == [("繁荣街道",)]
    sizes = {
        r: intake.table(r, "SELECT count(*) FROM {table}")[0][0]
        for r in sorted({f[0] for f in FILES})
        if "division" in r
    }
    # 154 rows of the country's 2016 list and all of the city's stand in the province's list as well; the 2023 lists share four
    # places that are written at two levels
    assert sizes == {
        "division-codes-2016": 3512 + 15738 - 154,
        "division-codes-2023": 31 + 342 + 2978 + 41352 - 4,
        "division-codes-2024": 3706,
        "division-codes-undated": 24,
    }


def test_every_division_code_is_kept_with_twelve_digits(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    for name in ("modood_provinces.csv", "modood_cities.csv", "modood_areas.csv", "modood_streets_all.csv.gz"):
        intake.load(resources["division-codes-2023"], shared_data / "admin" / name)
    lengths = "SELECT DISTINCT length(code) FROM {table}"
    assert intake.table("division-codes-2023", lengths) == [(12,)]
    levels = "SELECT code_level, count(*) FROM {table} GROUP BY 1 ORDER BY 1"
    assert [level for level, _ in intake.table("division-codes-2023", levels)] == [1, 2, 3, 4]


def test_water_that_was_not_assessed_is_kept_and_flagged(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    water = "surface-water-monitoring"
    done, _, _ = intake.load(resources[water], shared_data / "env/cnemc_water_20260821_480sections.csv")
    assert done.flags == {"class-not-assessed": 1}
    classes = "SELECT water_class, count(*) FROM {table} GROUP BY 1 ORDER BY 1 NULLS LAST"
    assert intake.table(water, classes) == [(1, 17), (2, 110), (3, 137), (4, 133), (5, 51), (6, 31), (None, 1)]
    assert intake.table(water, "SELECT DISTINCT year(observed_at), month(observed_at) FROM {table}") == [(2026, 8)]


def test_months_published_together_keep_both_ends(
    resources: dict[str, ResourceFile], shared_data: Path, intake: Intake
) -> None:
    intake.load(resources["retail-sales-monthly"], shared_data / "stats/china_retail_monthly_2012_2017.csv")
    two = "SELECT count(*) FROM {table} WHERE period_from < period AND month(period) = 2 AND month(period_from) = 1"
    assert intake.table("retail-sales-monthly", two) == [(7,)]


def test_the_codes_in_force_load_from_the_city_s_own_division_files(
    resources: dict[str, ResourceFile], intake: Intake
) -> None:
    tables = sorted((BUILT_IN / "foundation" / "divisions" / "divisions").glob("*.tsv"))
    assert tables
    for table in tables:
        lines = table.read_text(encoding="utf-8").splitlines()[1:]
        ended = sum(bool(line.split("\t")[5]) for line in lines)
        done, asked, _ = intake.load(resources["administrative-division"], table)
        assert asked == ()
        assert done.accepted == len(lines) - ended
        assert dict(done.reasons) == ({"code-has-ended": ended} if ended else {})
