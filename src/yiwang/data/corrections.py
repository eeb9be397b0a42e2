"""Rejected rows, corrected by a person and sent again as a load of their own that names the one it corrects."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.scratch import scratch_folder
from yiwang.data.core import sql
from yiwang.data.loads import load_receive, the_lake
from yiwang.data.models import Load
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError, NotFound


def load_row(load_id: int) -> Load:
    load = Load.objects.select_related("resource").filter(pk=load_id).first()
    if load is None:
        raise NotFound(zh=f"没有归集记录 {load_id}", en=f"there is no load {load_id}", where="load")
    return load


def rejected_correct(*, actor: Actor, load_id: int, corrections: Mapping[int, Mapping[str, str]]) -> Load:
    """Send corrected rows again. `corrections`: row number → header → new text; cells not named stay as they were.

    Only the corrected rows go; the others stay rejected. Raises InputError for a row that was not rejected or a column the
    file does not have.
    """
    load = load_row(load_id)
    headers: list[str] = load.reading.get("headers", [])
    if not corrections:
        raise InputError(
            zh="没有更正任何行",
            en="nothing was corrected",
            where="corrections",
            hint_zh="请先修改单元格。",
            hint_en="Edit a cell first.",
        )
    rows = _rejected_cells(load, list(corrections))
    for number, cells in corrections.items():
        if number not in rows:
            raise InputError(
                zh=f"第 {number} 行没有被拒绝", en=f"row {number} is not among the rejected", where=f"row {number}"
            )
        for header, value in cells.items():
            if header not in headers:
                raise InputError(zh=f"没有列 {header}", en=f"there is no column {header}", where=f"row {number}")
            rows[number][headers.index(header)] = value
    with scratch_folder(Path(settings.PLACE.scratch)) as folder:
        path = folder / "corrected.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headers)
            writer.writerows(rows[number] for number in sorted(rows))
        mapping = {c["header"]: c["field"] for c in load.reading["columns"]}
        name = f"{Path(load.file_name).name.split('.')[0]}-corrected.csv"
        fresh, _ = load_receive(
            actor=actor, resource_id=load.resource_id, path=path, file_name=name, mapping=mapping, corrects=load.pk
        )
    return fresh


def _rejected_cells(load: Load, numbers: list[int]) -> dict[int, list[str]]:
    """The cells of rejected rows; a broken record has empty cells to be filled in."""
    width = len(load.reading.get("headers", []))
    path = the_lake().rejected_file(load.resource_id, load.key)
    if not path.is_file():
        return {}
    listed = ", ".join(str(int(n)) for n in numbers)
    with engine(Path(settings.PLACE.scratch)) as connection:
        found = connection.execute(
            f"SELECT row, cells FROM {sql.rows_of([str(path)])} WHERE row IN ({listed})"
        ).fetchall()
    return {int(n): [("" if c is None else c) for c in cells] or [""] * width for n, cells in found}
