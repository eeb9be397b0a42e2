"""Two made-up residents and a made-up firm for the demo accounts: as they stand in the registers of a synthetic city."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.engine import engine
from yiwang.data.core import sql
from yiwang.data.core.checks import output_columns
from yiwang.data.loads import the_lake
from yiwang.data.resources import definition, resource_row
from yiwang.data.versions import version_files
from yiwang.kernel.errors import Conflict
from yiwang.kernel.selectors import city_is_synthetic

RESIDENTS, ALLOWANCE, FIRMS = "resident-register", "elderly-allowance", "legal-person-registration"


@dataclass(frozen=True)
class Inhabitant:
    """`kind` is resident or firm; `identifier` is the number the registers know them by."""

    kind: str
    identifier: str
    title: str


def city_inhabitants() -> tuple[Inhabitant, Inhabitant, Inhabitant]:
    """An elder who draws the allowance, somebody else of the same household or else anybody, and a firm.

    Raises Conflict in a city that is not synthetic: real people are nobody's demo; NoData before the lists are loaded.
    """
    if not city_is_synthetic():
        raise Conflict(
            zh="只有合成数据城市有演示居民", en="Only a synthetic city has residents for a demo", where="city"
        )
    people, drawn, firms = (_table(name) for name in (RESIDENTS, ALLOWANCE, FIRMS))
    elder = (
        f"SELECT p.resident_id, p.name, p.household_id FROM {people} AS p JOIN {drawn} AS d USING (resident_id) "
        f"ORDER BY (SELECT count(*) FROM {people} AS o WHERE o.household_id = p.household_id) < 2, p.resident_id LIMIT 1"
    )
    other = (
        f"SELECT p.resident_id, p.name FROM {people} AS p, ({elder}) AS e WHERE p.resident_id <> e.resident_id "
        "ORDER BY p.household_id <> e.household_id, p.resident_id LIMIT 1"
    )
    firm = f"SELECT credit_code, name FROM {firms} ORDER BY credit_code LIMIT 1"
    with engine(Path(settings.PLACE.scratch)) as connection:
        rows = [connection.execute(query).fetchone() for query in (elder, other, firm)]
    first, second, third = (row for row in rows if row is not None)
    return (
        Inhabitant("resident", first[0], _masked(first[1])),
        Inhabitant("resident", second[0], _masked(second[1])),
        Inhabitant("firm", third[0], third[1]),
    )


def _table(resource_id: str) -> str:
    _, files = version_files(the_lake().table("standard", resource_id), resource_id)
    return sql.table_of(files, output_columns(definition(resource_row(resource_id))))


def _masked(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)
