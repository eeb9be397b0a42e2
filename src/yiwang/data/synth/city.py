"""A whole synthetic city on disk: clean truth, the lists departments bring, and every error put into them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from yiwang.data.synth import programmes
from yiwang.data.synth.columns import texts
from yiwang.data.synth.dirt import soil
from yiwang.data.synth.draws import I64, Bool, generator
from yiwang.data.synth.faults import Fault, chosen, faults_inject, rows_shift
from yiwang.data.synth.figures import figure
from yiwang.data.synth.firms import BLOCK as FIRM_BLOCK
from yiwang.data.synth.firms import equipment_table, firm_count, firms_table, grid_table, spoilt_firms
from yiwang.data.synth.lists import EQUIPMENT, GRID, LEGAL_PERSONS, LISTS, RESIDENTS
from yiwang.data.synth.people import BLOCK, HEAD, block_people, homes_table, people_table, residents_checked
from yiwang.data.synth.places import places_read
from yiwang.data.synth.programmes import Block, Rows
from yiwang.data.synth.score import CLASSES
from yiwang.data.synth.shapes import ListSpec
from yiwang.data.synth.spoilers import Frame
from yiwang.data.synth.writing import ListFile, TableFile, digest, list_open

VERSION = 1
Progress = Callable[[str, int, int], None]

_ERRORS = pa.schema(
    [
        pa.field("list", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("field", pa.string()),
        pa.field("class", pa.string()),
        pa.field("original", pa.string()),
        pa.field("written", pa.string()),
        pa.field("decided", pa.bool_()),
        pa.field("twin", pa.int64()),
    ]
)
_ABOUT_PEOPLE = {
    "household-register": programmes.household_register,
    "low-income-allowance": programmes.low_income_allowance,
    "disability-certificate": programmes.disability_certificate,
    "social-insurance-payment": programmes.social_insurance_payment,
    "school-enrolment": programmes.school_enrolment,
    "employment-registration": programmes.employment_registration,
    "elderly-allowance": programmes.elderly_allowance,
    "agricultural-subsidy": programmes.agricultural_subsidy,
}


@dataclass(frozen=True)
class CityFile:
    """One file of the city. `resource` is empty for truth tables and the record of errors."""

    path: str
    resource: str
    rows: int
    bytes: int
    digest: str


@dataclass(frozen=True)
class CityManifest:
    """What was made, and from what; written as manifest.json beside the files, last of all."""

    version: int
    residents: int
    seed: int
    as_of: str
    files: tuple[CityFile, ...]
    errors: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


@dataclass
class _Output:
    """The open files of a city being written."""

    folder: Path
    seed: int
    frame: Callable[[str, int], Frame]
    lists: dict[str, ListFile] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    truth: dict[str, TableFile] = field(default_factory=dict)
    errors: dict[str, dict[str, int]] = field(default_factory=dict)

    def open(self) -> None:
        for name in ("truth", "lists"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        # The manifest says that all is there, so it goes first and comes back last.
        (self.folder / "manifest.json").unlink(missing_ok=True)
        for spec in LISTS:
            self.lists[spec.resource] = list_open(self.folder / "lists" / spec.file, spec)
            self.rows[spec.resource] = 0
            self.errors[spec.resource] = {}
        for name in ("people", "households", "firms", "equipment", "grid", "plots"):
            self.truth[name] = TableFile(self.folder / "truth" / f"{name}.parquet")
        self.truth["errors"] = TableFile(self.folder / "errors.parquet")
        self.truth["errors"].add(_ERRORS.empty_table())

    def close(self) -> None:
        for file in (*self.lists.values(), *self.truth.values()):
            file.close()

    def add_list(self, spec: ListSpec, rows: Rows, spoilt: Bool, block: int) -> None:
        """Spoils, soils and writes a block of clean rows."""
        frame = self.frame(spec.resource, block)
        columns = {name: texts(rows.table[name]) for name in spec.ids}
        faults, shifted = faults_inject(spec, columns, rows.index, spoilt, self.seed, frame)
        fixed = np.zeros(len(rows.index), dtype=np.bool_)
        fixed[[fault.row for fault in faults]] = True
        soil(spec, columns, fixed, frame.rng)
        faults += rows_shift(spec, columns, shifted, frame)
        self._record(spec, sorted(faults, key=lambda fault: fault.row), columns)
        self.lists[spec.resource].add(zip(*[columns[name] for name in spec.ids], strict=True))
        self.rows[spec.resource] += len(rows.index)

    def _record(self, spec: ListSpec, faults: list[Fault], columns: dict[str, Any]) -> None:
        first = self.rows[spec.resource] + 1
        records = []
        for fault in faults:
            whole = fault.field not in columns
            written = "\t".join(columns[i][fault.row] for i in spec.ids) if whole else columns[fault.field][fault.row]
            twin = None if fault.twin is None else first + fault.twin
            decided = CLASSES[fault.error_class].decided
            records.append(
                (
                    spec.resource,
                    first + fault.row,
                    fault.field,
                    fault.error_class,
                    fault.original,
                    written,
                    decided,
                    twin,
                )
            )
            counts = self.errors[spec.resource]
            counts[fault.error_class] = counts.get(fault.error_class, 0) + 1
        if records:
            columns_of = [list(column) for column in zip(*records, strict=True)]
            self.truth["errors"].add(pa.table(columns_of, schema=_ERRORS))


@dataclass(frozen=True)
class _Plan:
    residents: int
    seed: int
    today: int
    progress: Progress

    def blocks(self, total: int, size: int, stage: str) -> Iterator[tuple[int, int]]:
        """(block, rows in it) for every block, telling progress as each is done."""
        for block in range((total + size - 1) // size):
            yield block, min(size, total - block * size)
            self.progress(stage, min(total, (block + 1) * size), total)


def _people(out: _Output, plan: _Plan, places: Any) -> tuple[I64, I64]:
    """Writes everything about residents. Returns households and residents per village."""
    households = np.zeros(len(places.code), dtype=np.int64)
    residents = np.zeros(len(places.code), dtype=np.int64)
    for number, count in plan.blocks(plan.residents, BLOCK, "people"):
        people, homes = block_people(plan.seed, number, count, places, plan.today)
        spoilt = chosen(plan.seed, RESIDENTS.resource, people.index) & (people.relation != HEAD)
        block = Block(plan.seed, plan.today, firm_count(plan.residents), places, people, homes, spoilt)
        table = people_table(people, homes, places)
        out.truth["people"].add(table)
        out.truth["households"].add(homes_table(people, homes, places))
        out.add_list(RESIDENTS, Rows(table, people.index), spoilt, number)
        for spec in LISTS:
            if spec.resource in _ABOUT_PEOPLE:
                rows = _ABOUT_PEOPLE[spec.resource](block)
                if spec.resource == "agricultural-subsidy":
                    out.truth["plots"].add(rows.table)
                out.add_list(spec, rows, chosen(plan.seed, spec.resource, rows.index), number)
        households += np.bincount(homes.place, minlength=len(households))
        residents += np.bincount(homes.place[people.home], minlength=len(residents))
    return households, residents


def _businesses(out: _Output, plan: _Plan, places: Any) -> None:
    firms = firm_count(plan.residents)
    for number, count in plan.blocks(firms, FIRM_BLOCK, "firms"):
        index = number * FIRM_BLOCK + np.arange(count, dtype=np.int64)
        table = firms_table(plan.seed, index, places, plan.today)
        out.truth["firms"].add(table)
        out.add_list(LEGAL_PERSONS, Rows(table, index), spoilt_firms(plan.seed, index), number)
    devices = max(1, round(plan.residents * figure("equipment.per_resident").number))
    for number, count in plan.blocks(devices, FIRM_BLOCK, "equipment"):
        index = number * FIRM_BLOCK + np.arange(count, dtype=np.int64)
        table = equipment_table(plan.seed, index, firms, places, plan.today)
        out.truth["equipment"].add(table)
        out.add_list(EQUIPMENT, Rows(table, index), chosen(plan.seed, EQUIPMENT.resource, index), number)


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def _files(out: _Output) -> tuple[CityFile, ...]:
    by_path = {f"lists/{spec.file}": (spec.resource, out.rows[spec.resource]) for spec in LISTS}
    by_path |= {f"truth/{name}.parquet": ("", table.rows) for name, table in out.truth.items() if name != "errors"}
    by_path["errors.parquet"] = ("", out.truth["errors"].rows)
    return tuple(
        CityFile(path, resource, rows, (out.folder / path).stat().st_size, digest(out.folder / path))
        for path, (resource, rows) in by_path.items()
        if (out.folder / path).is_file()
    )


def city_write(
    out: Path,
    residents: int = 150_000,
    seed: int = 7,
    as_of: date = date(2026, 11, 1),
    progress: Progress | None = None,
    *,
    divisions: Path | None = None,
) -> CityManifest:
    """Writes a city below `out` (truth/, lists/, errors.parquet, manifest.json); the same arguments give the same bytes.

    `progress(stage, done, total)` is told after every block; `divisions` names another table of divisions than the pack's.
    Raises CityImpossible, DivisionsUnusable.
    """
    today = (as_of - date(1970, 1, 1)).days
    plan = _Plan(residents_checked(residents), seed, today, progress or _silent)
    places = places_read(as_of, figure("places.shares").shares, divisions)
    firms = firm_count(residents)

    def frame(resource: str, block: int) -> Frame:
        return Frame(generator(seed, f"{resource}/errors", block), today, firms, places.retired)

    output = _Output(out, seed, frame)
    output.open()
    try:
        households, people = _people(output, plan, places)
        _businesses(output, plan, places)
        grid = grid_table(seed, places, households, people)
        output.truth["grid"].add(grid)
        index = np.arange(grid.num_rows, dtype=np.int64)
        output.add_list(GRID, Rows(grid, index), chosen(seed, GRID.resource, index), 0)
    finally:
        output.close()
    manifest = CityManifest(VERSION, residents, seed, as_of.isoformat(), _files(output), output.errors)
    (out / "manifest.json").write_text(manifest.as_json() + "\n", encoding="utf-8")
    return manifest
