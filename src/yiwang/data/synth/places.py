"""The real divisions of Tongjiang, read from the division pack, as places to live in."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from yiwang.data.synth.draws import F64, Bool
from yiwang.data.synth.errors import DivisionsUnusable

CITY = "230881000000"
# The package is installed from its checkout (editable), so the packs lie beside src.
DEFAULT_TABLE = Path(__file__).parents[4] / "packs/foundation/divisions/divisions/tongjiang.tsv"


@dataclass(frozen=True)
class Places:
    """Villages and communities in force on one day; all columns have one entry per village."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    town: tuple[str, ...]
    # As an address writes it after the city: town and village, or the village alone where it already names the town.
    street: tuple[str, ...]
    urban: Bool
    weight: F64
    # Codes of the city that no longer held on that day.
    retired: tuple[str, ...]


def _kind(code: str) -> str:
    """Which share of the population a village takes part in."""
    if code[6:9] in ("001", "002"):
        return "street"
    if code[6] == "5":
        return "farm_community" if code[9] == "4" else "farm_section"
    return "village"


def _spoken(name: str) -> str:
    """The place as an address writes it, without its committee."""
    if name.endswith("社区居委会"):
        return name.removesuffix("居委会")
    return (
        name.removesuffix("村委会") + "村"
        if name.endswith("村委会") and not name.endswith("村村委会")
        else name.removesuffix("村委会")
    )


def places_read(on: date, shares: dict[str, float], table: Path | None = None) -> Places:
    """The villages of the city on a day; `shares` says how much of the population each kind of village holds."""
    path = table or DEFAULT_TABLE
    if not path.is_file():
        raise DivisionsUnusable(
            zh=f"找不到行政区划表 {path.name}",
            en=f"The table of divisions {path.name} is not there",
            where=str(path),
            hint_zh="请安装 divisions 包,或指明区划表的位置",
            hint_en="Install the pack divisions or name the table",
        )
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["code"].startswith(CITY[:6])]
    day = on.isoformat()
    held = [row for row in rows if row["valid_from"] <= day and (not row["valid_until"] or day < row["valid_until"])]
    names = {row["code"]: row["name"] for row in held}
    villages = [row for row in held if row["level"] == "village"]
    if not villages:
        raise DivisionsUnusable(
            zh=f"区划表在 {day} 没有任何村或社区", en=f"The table of divisions has no village on {day}", where=str(path)
        )
    kinds = [_kind(row["code"]) for row in villages]
    weight = np.asarray([shares[kind] / kinds.count(kind) for kind in kinds])
    spoken = [_spoken(row["name"]) for row in villages]
    towns = [names[row["parent"]] for row in villages]
    return Places(
        code=tuple(row["code"] for row in villages),
        name=tuple(spoken),
        town=tuple(towns),
        street=tuple(name if name.startswith(town) else town + name for town, name in zip(towns, spoken, strict=True)),
        urban=np.asarray([kind in ("street", "farm_community") for kind in kinds]),
        weight=weight / weight.sum(),
        retired=tuple(sorted({row["code"] for row in rows if row["code"] not in names})),
    )
