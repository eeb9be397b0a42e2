"""The residents of one block: who they are, where they live, what they live on. Clean: nothing here is wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from yiwang.data.synth import names, numbers
from yiwang.data.synth.columns import blank, join, numerals, pick, where
from yiwang.data.synth.draws import F64, I64, Bool, below, unit, weighted
from yiwang.data.synth.errors import CityImpossible
from yiwang.data.synth.figures import figure
from yiwang.data.synth.households import (
    CHILD,
    GRANDFATHER,
    GRANDMOTHER,
    MAN,
    SECOND_CHILD,
    WOMAN,
    YEAR,
    Families,
    families_draw,
)
from yiwang.data.synth.places import Places

# Residents a block. A day of birth has room for a dozen people of each sex within a block, forty blocks share a prefix.
BLOCK = 25_000
_SEQUENCES = 25
_BLOCKS_A_PREFIX = 1000 // _SEQUENCES
LARGEST = BLOCK * _BLOCKS_A_PREFIX * (numbers.LAST_PREFIX - numbers.FIRST_PREFIX + 1)

RELATIONS = ("户主", "配偶", "子", "女", "父亲", "母亲")
HEAD = 0


@dataclass(frozen=True)
class People:
    """Residents of a block, one entry a person; `home` is the place of the household in `Homes`."""

    index: I64
    resident_id: Any
    name: Any
    male: Bool
    born: I64
    age: I64
    nationality: Any
    home: I64
    relation: I64
    mobile: Any
    registered: I64
    employed: Bool
    wage: F64


@dataclass(frozen=True)
class Homes:
    """Households of a block, one entry a household; `head` is the place of its head in `People`."""

    index: I64
    number: Any
    head: I64
    size: I64
    place: I64
    urban: Bool
    address: Any
    established: I64
    income_per_head: F64


def whole_years(born: I64, on: int) -> I64:
    """Completed years of age on a day (both days since 1970-01-01)."""
    year, month, day = numbers.calendar_parts(born)
    y, m, d = (int(part[0]) for part in numbers.calendar_parts(np.asarray([on], dtype=np.int64)))
    years: I64 = y - year - ((month > m) | ((month == m) & (day > d)))
    return years


def _sequences(block: int, male: Bool, born: I64) -> tuple[I64, I64]:
    """A sequence number for each person, unique for the prefix and birthday; and the birthdays, moved where a day was full."""
    room = _SEQUENCES // 2
    while True:
        order = np.lexsort((male, born))
        group = born[order] * 2 + male[order]
        starts = np.r_[0, np.flatnonzero(np.diff(group)) + 1]
        rank = np.empty(len(born), dtype=np.int64)
        rank[order] = np.arange(len(born)) - np.repeat(starts, np.diff(np.r_[starts, len(born)]))
        if not (rank >= room).any():
            break
        born = np.where(rank >= room, born - 1, born)
    first = (block % _BLOCKS_A_PREFIX) * _SEQUENCES
    sequence: I64 = first + 2 * rank + ((first % 2 == 1) != male)
    return sequence, born


def _relations(families: Families, home: I64, slot: I64, male: Bool) -> I64:
    """Relation to the head, as a place in RELATIONS."""
    head = slot == np.where(families.man_heads[home], MAN, WOMAN)
    relation: I64 = np.select(
        [head, slot <= WOMAN, slot <= SECOND_CHILD, slot == GRANDFATHER], [HEAD, 1, np.where(male, 2, 3), 4], default=5
    ).astype(np.int64)
    return relation


def _names(seed: int, index: I64, home: I64, slot: I64, male: Bool) -> Any:
    """Children and the paternal grandfather carry the man's surname, whether he lives there or not."""
    fathers, mothers = (names.surnames(seed, f"surname/{line}", home) for line in ("father", "mother"))
    grandmothers = names.surnames(seed, "surname/grandmother", home)
    surname = np.where(slot == WOMAN, mothers, np.where(slot == GRANDMOTHER, grandmothers, fathers))
    return names.person_names(seed, index, surname, male)


def _normal(seed: int, stream: str, index: I64) -> F64:
    radius = np.sqrt(-2 * np.log(1 - unit(seed, stream + "/radius", index)))
    drawn: F64 = radius * np.cos(2 * np.pi * unit(seed, stream + "/angle", index))
    return drawn


def _homes(seed: int, index: I64, size: I64, head_born: I64, head: I64, places: Places, today: int) -> Homes:
    place = weighted(unit(seed, "home/place", index), list(places.weight))
    urban = places.urban[place]
    income = figure("income.per_head_year").shares
    mean = np.where(urban, income["urban"], income["rural"])
    per_head = mean * np.exp(income["spread"] * _normal(seed, "home/income", index) - income["spread"] ** 2 / 2)
    grown = np.minimum(head_born + int(18 * YEAR), today)
    flat = [
        numerals(1 + below(seed, f"home/address{part}", index, bound)) for part, bound in enumerate((30, 6, 6, 4, 200))
    ]
    street = join("黑龙江省同江市", pick(places.street, place))
    address = where(
        urban,
        join(street, flat[0], "号楼", flat[1], "单元", flat[2], "0", flat[3], "室"),
        join(street, flat[4], "号"),
    )
    return Homes(
        index=index,
        number=join("TJ", numerals(index + 1, 10)),
        head=head,
        size=size,
        place=place,
        urban=urban,
        address=address,
        established=grown + below(seed, "home/established", index, 10**6) * (today - grown) // 10**6,
        income_per_head=np.round(per_head, 2),
    )


def low_income(homes: Homes) -> Bool:
    """Whether a household lives under the line of its kind of place."""
    line = figure("welfare.low_income_line_year").shares
    under: Bool = homes.income_per_head < np.where(homes.urban, line["urban"], line["rural"])
    return under


def _work(seed: int, index: I64, age: I64, home: I64, homes: Homes) -> tuple[Bool, F64]:
    rate = figure("work.employed").shares
    chance = np.where(homes.urban[home], rate["urban"], rate["rural"])
    able = (age >= 20) & (age < 60) & ~low_income(homes)[home]
    employed: Bool = able & (unit(seed, "person/employed", index) < chance)
    earners = np.maximum(np.bincount(home, weights=employed, minlength=len(homes.size)), 1)
    wage = (homes.income_per_head * homes.size / earners / 12)[home] * (0.8 + 0.4 * unit(seed, "person/wage", index))
    bounds = figure("income.wage_month").shares
    clipped = np.round(np.clip(wage, bounds["low"], bounds["high"])).astype(np.float64)
    return employed, clipped


def block_people(seed: int, block: int, residents: int, places: Places, today: int) -> tuple[People, Homes]:
    """The residents of one block, at most BLOCK of them; `today` in days since 1970-01-01."""
    families = families_draw(seed, block, residents, today)
    home, slot = (part.astype(np.int64) for part in np.nonzero(families.present))
    index = block * BLOCK + np.arange(residents, dtype=np.int64)
    child_male = families.child_male[home, np.clip(slot - CHILD, 0, 1)]
    male: Bool = np.select(
        [np.isin(slot, [MAN, GRANDFATHER]), np.isin(slot, [WOMAN, GRANDMOTHER])], [True, False], child_male
    )
    sequence, born = _sequences(block, male, families.born[home, slot])
    relation = _relations(families, home, slot, male)
    head = np.flatnonzero(relation == HEAD).astype(np.int64)
    homes = _homes(
        seed,
        block * BLOCK + np.arange(len(families.kind), dtype=np.int64),
        families.present.sum(axis=1).astype(np.int64),
        born[head],
        head,
        places,
        today,
    )
    age = whole_years(born, today)
    employed, wage = _work(seed, index, age, home, homes)
    prefix = np.full(residents, numbers.FIRST_PREFIX + block // _BLOCKS_A_PREFIX, dtype=np.int64)
    shares = figure("people.nationality").shares
    wait = below(seed, "person/registered", index, 10**6) * (today - born) // 10**6
    native = unit(seed, "person/native", index) < 0.7
    has_telephone = (age >= 12) & (unit(seed, "person/telephone", index) < 0.95)
    people = People(
        index=index,
        resident_id=numbers.resident_ids(prefix, born, sequence),
        name=_names(seed, index, homes.index[home], slot, male),
        male=male,
        born=born,
        age=age,
        nationality=pick(
            tuple(shares), weighted(unit(seed, "home/nationality", homes.index), list(shares.values()))[home]
        ),
        home=home,
        relation=relation,
        mobile=blank(numbers.mobiles(index), ~has_telephone),
        registered=born + np.where(native, np.minimum(wait, 30), wait),
        employed=employed,
        wage=wage,
    )
    return people, homes


def residents_checked(residents: int) -> int:
    if not 1 <= residents <= LARGEST:
        raise CityImpossible(
            zh=f"不能生成 {residents:,} 名居民的城市",
            en=f"A city of {residents:,} residents cannot be made",
            where="residents",
            hint_zh=f"请给出 1 到 {LARGEST:,} 之间的人数",
            hint_en=f"Ask for between 1 and {LARGEST:,} residents",
        )
    return residents


def people_table(people: People, homes: Homes, places: Places) -> pa.Table:
    """The clean truth about residents, with typed columns."""
    return pa.table(
        {
            "resident_id": people.resident_id,
            "name": people.name,
            "sex": pick(("女", "男"), people.male.astype(np.int64)),
            "birth_date": pa.array(people.born.astype("datetime64[D]")),
            "nationality": people.nationality,
            "household_id": homes.number.take(pa.array(people.home)),
            "relation": pick(RELATIONS, people.relation),
            "division": pick(places.code, homes.place[people.home]),
            "address": homes.address.take(pa.array(people.home)),
            "mobile": people.mobile,
            "registered_on": pa.array(people.registered.astype("datetime64[D]")),
            "employed": pa.array(people.employed),
            "wage_month": pa.array(np.where(people.employed, people.wage, 0.0)),
        }
    )


def homes_table(people: People, homes: Homes, places: Places) -> pa.Table:
    """The clean truth about households."""
    head = pa.array(homes.head)
    return pa.table(
        {
            "household_id": homes.number,
            "head_id": people.resident_id.take(head),
            "head_name": people.name.take(head),
            "members": pa.array(homes.size),
            "division": pick(places.code, homes.place),
            "address": homes.address,
            "urban": pa.array(homes.urban),
            "established_on": pa.array(homes.established.astype("datetime64[D]")),
            "income_per_head_year": pa.array(homes.income_per_head),
        }
    )
