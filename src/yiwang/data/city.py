"""The synthetic city and the engine: its lists are loaded like any department's, and what was found is scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.loads import load_execute, load_receive, the_lake
from yiwang.data.models import Load, Resource
from yiwang.data.resources import definition
from yiwang.data.synth.city import city_write
from yiwang.data.synth.score import ClassScore, score
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import pack_folder

DIVISION_CODES = "administrative-division"

__all__ = ["city_lists", "city_score", "city_write"]


def city_lists(folder: Path) -> list[tuple[str, Path]]:
    """(resource, file) of every list of a written city, those that others refer to first. Raises InputError."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise InputError(
            zh=f"{folder} 里没有合成城市",
            en=f"there is no synthetic city in {folder}",
            where="synth",
            hint_zh="先运行 yiwang synth。",
            hint_en="Run yiwang synth first.",
        )
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    listed = [(f["resource"], folder / f["path"]) for f in files if f["resource"]]
    # the other lists name villages, so the codes in force come first, from the pack that also made the city's own tree
    listed += [(DIVISION_CODES, p) for p in sorted((pack_folder("divisions") / "divisions").glob("*.tsv"))]
    order = _reference_order([r for r, _ in listed])
    return sorted(listed, key=lambda item: (order.get(item[0], 99), item[0]))


def _reference_order(resources: list[str]) -> dict[str, int]:
    """How deep each resource stands in the graph of foreign keys; references come first."""
    needs = {
        r.pk: {rule.references.split(".")[0] for rule in definition(r).rules if rule.references} - {r.pk}
        for r in Resource.objects.filter(pk__in=resources)
    }
    depth: dict[str, int] = {}
    for _ in range(len(needs) + 1):
        for name, wanted in needs.items():
            depth[name] = 1 + max((depth.get(w, 0) for w in wanted), default=0)
    return depth


def city_score(*, actor: Actor, folder: Path) -> list[ClassScore]:
    """Load the lists that are not loaded yet and compare what was found with what was put in, per error class."""
    found: list[tuple[str, int, str, str]] = []
    for resource, path in city_lists(folder):
        load, done = load_receive(actor=actor, resource_id=resource, path=path, file_name=path.name)
        if not done:
            load = load_execute(load, actor)
        if resource != DIVISION_CODES:  # nothing was put into the codes, they are real
            found.extend(_findings(load))
    return list(score(folder / "errors.parquet", found).values())


def _findings(load: Load) -> Iterator[tuple[str, int, str, str]]:
    """(list, row, field, reason) of every rejected row; a rule's id is told as its kind."""
    path = the_lake().rejected_file(load.resource_id, load.key)
    if not path.is_file():
        return
    kinds = {r.id: r.kind for r in definition(load.resource).rules}
    with engine(Path(settings.PLACE.scratch)) as connection:
        rows = connection.execute(
            f"SELECT row, r.code, r.field FROM (SELECT row, unnest(reasons) AS r FROM {sql.rows_of([str(path)])})"
        ).fetchall()
    for number, code, field in rows:
        yield load.resource_id, int(number), field, kinds.get(code, code)
