"""Clean rows of the lists about residents, one function a list, typed columns in the list's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from yiwang.data.synth import numbers
from yiwang.data.synth.columns import blank, cents, dates, join, numerals, pick
from yiwang.data.synth.draws import F64, I64, Bool, below, unit, weighted
from yiwang.data.synth.figures import figure
from yiwang.data.synth.firms import employer_codes, employer_names, employers
from yiwang.data.synth.households import YEAR
from yiwang.data.synth.lists import DISABILITY, EMPLOYMENT, GRADES, SEXES
from yiwang.data.synth.people import HEAD, Homes, People, low_income, whole_years
from yiwang.data.synth.places import Places

_SCHOOLS = ("小学", "初级中学", "高级中学")
_ORDINALS = "一二三四五六"


@dataclass(frozen=True)
class Block:
    """What the builders read: the residents of one block and the frame of the city. Days are since 1970-01-01."""

    seed: int
    today: int
    firms: int
    places: Places
    people: People
    homes: Homes
    # Residents whose row in the register is spoilt on purpose; no other list names them.
    spoilt: Bool


@dataclass(frozen=True)
class Rows:
    """A list's clean rows and the index every draw about a row depends on."""

    table: pa.Table
    index: I64


def _division(block: Block, who: I64) -> Any:
    return pick(block.places.code, block.homes.place[block.people.home[who]])


def _sex(block: Block, who: I64) -> Any:
    return pick((SEXES[1], SEXES[0]), block.people.male[who].astype(np.int64))


def _between(block: Block, stream: str, index: I64, first: I64, last: I64) -> I64:
    """A day in [first, last]."""
    drawn: I64 = first + below(block.seed, stream, index, 10**6) * (last - first + 1) // 10**6
    return drawn


def household_register(block: Block) -> Rows:
    homes, people = block.homes, block.people
    head = pa.array(homes.head)
    kind = (unit(block.seed, "home/collective", homes.index) < 0.02).astype(np.int64)
    table = pa.table(
        {
            "household_id": homes.number,
            "head_id": people.resident_id.take(head),
            "head_name": people.name.take(head),
            "household_kind": pick(("家庭户", "集体户"), kind),
            "members": pa.array(homes.size),
            "division": pick(block.places.code, homes.place),
            "address": homes.address,
            "established_on": dates(homes.established),
        }
    )
    return Rows(table, homes.index)


def low_income_allowance(block: Block) -> Rows:
    homes, people = block.homes, block.people
    line = figure("welfare.low_income_line_year").shares
    which = np.flatnonzero(low_income(homes) & (unit(block.seed, "low-income/applies", homes.index) < 0.9))
    index, size, urban = homes.index[which], homes.size[which], homes.urban[which]
    head = homes.head[which].astype(np.int64)
    income = homes.income_per_head[which]
    gap = np.maximum(np.where(urban, line["urban"], line["rural"]) - income, 240)
    table = pa.table(
        {
            "certificate_no": join("DB", numerals(index + 1, 10)),
            "applicant_id": people.resident_id.take(pa.array(head)),
            "applicant_name": people.name.take(pa.array(head)),
            "allowance_kind": pick(("农村低保", "城市低保"), urban.astype(np.int64)),
            "members": pa.array(size),
            "monthly_income": pa.array(cents(income * size / 12)),
            "monthly_amount": pa.array(np.round(gap * size / 12)),
            "start_on": dates(block.today - 30 - below(block.seed, "low-income/start", index, 3000)),
            "review_on": dates(block.today + 1 + below(block.seed, "low-income/review", index, 365)),
            "division": pick(block.places.code, homes.place[which]),
            "bank_card": numbers.bank_cards(index),
            "mobile": people.mobile.take(pa.array(head)),
        }
    )
    return Rows(table, index)


def _disabled(block: Block) -> I64:
    chance = np.zeros(len(block.people.age))
    for low, high, share in figure("welfare.disabled").rows:
        chance[(block.people.age >= low) & (block.people.age < high)] = share
    drawn = unit(block.seed, "disability/holds", block.people.index) < chance
    held: I64 = np.flatnonzero(drawn & (block.people.age >= 3) & ~block.spoilt).astype(np.int64)
    return held


def disability_certificate(block: Block) -> Rows:
    people, who = block.people, _disabled(block)
    index, take = people.index[who], pa.array(who)
    category = weighted(unit(block.seed, "disability/category", index), [14, 9, 2, 55, 7, 9, 4])
    level = weighted(unit(block.seed, "disability/level", index), [12, 27, 34, 27])
    first = np.maximum(people.born[who] + int(2.5 * YEAR), block.today - int(9.5 * YEAR))
    issued = _between(block, "disability/issued", index, first, np.full_like(first, block.today))
    guardian = people.name.take(pa.array(block.homes.head[people.home[who]]))
    table = pa.table(
        {
            "certificate_no": join(people.resident_id.take(take), numerals(category + 1), numerals(level + 1)),
            "holder_id": people.resident_id.take(take),
            "name": people.name.take(take),
            "sex": _sex(block, who),
            "category": pick(DISABILITY.field("category").choices, category),
            "level": pick(DISABILITY.field("level").choices, level),
            "issued_on": dates(issued),
            "expires_on": dates(issued + 3652),
            "guardian_name": blank(guardian, people.relation[who] == HEAD),
            "division": _division(block, who),
        }
    )
    return Rows(table, index)


def _employees(block: Block, share: float, stream: str) -> I64:
    people = block.people
    drawn = people.employed & ~block.spoilt & (unit(block.seed, stream, people.index) < share)
    who: I64 = np.flatnonzero(drawn).astype(np.int64)
    return who


def _last_month(today: int) -> tuple[str, int]:
    """The month before a day as YYYYMM, and its first day."""
    month = np.datetime64(today, "D").astype("datetime64[M]") - np.timedelta64(1, "M")
    return str(month).replace("-", ""), int(month.astype("datetime64[D]").astype(np.int64))


def social_insurance_payment(block: Block) -> Rows:
    people, who = block.people, _employees(block, 0.9, "insurance/pays")
    index, take = people.index[who], pa.array(who)
    firm = employers(block.seed, block.firms, index)
    bounds, rates = figure("insurance.base_month").shares, figure("insurance.rates").shares
    base: F64 = np.clip(people.wage[who], bounds["low"], bounds["high"])
    month, first = _last_month(block.today)
    table = pa.table(
        {
            "payment_no": join("SB", month, numerals(index + 1, 10)),
            "resident_id": people.resident_id.take(take),
            "name": people.name.take(take),
            "employer_code": employer_codes(block.seed, firm),
            "employer_name": employer_names(block.seed, firm),
            "insurance": pick(("企业职工基本养老保险",), np.zeros_like(index)),
            "period": pick((month,), np.zeros_like(index)),
            "base": pa.array(base),
            "personal_amount": pa.array(cents(base * rates["personal"])),
            "employer_amount": pa.array(cents(base * rates["employer"])),
            "paid_on": dates(first + 9 + below(block.seed, "insurance/paid", index, 16)),
        }
    )
    return Rows(table, index)


def school_enrolment(block: Block) -> Rows:
    people = block.people
    date = np.datetime64(block.today, "D")
    year = int(date.astype("datetime64[Y]").astype(np.int64)) + 1970
    year -= int(date < np.datetime64(f"{year}-09-01"))
    age = whole_years(people.born, int(np.datetime64(f"{year}-09-01").astype(np.int64)))
    attends = unit(block.seed, "school/attends", people.index) < figure("school.attending").number
    who = np.flatnonzero((age >= 6) & (age < 18) & attends & ~block.spoilt).astype(np.int64)
    index, take, grade = people.index[who], pa.array(who), age[who] - 6
    stage = np.select([grade < 6, grade < 9], [0, 1], default=2).astype(np.int64)
    entered = year - (grade - np.asarray([0, 6, 9])[stage])
    guardian = pa.array(block.homes.head[people.home[who]])
    ordinal = below(block.seed, "school/which", index, len(_ORDINALS))
    table = pa.table(
        {
            "student_no": join("G", people.resident_id.take(take)),
            "student_id": people.resident_id.take(take),
            "name": people.name.take(take),
            "sex": _sex(block, who),
            "birth_date": dates(people.born[who]),
            "school": join("同江市拟设第", pick(tuple(_ORDINALS), ordinal), pick(_SCHOOLS, stage)),
            "grade": pick(GRADES, grade),
            "class_no": pa.array(1 + below(block.seed, "school/class", index, 8)),
            "enrolled_on": dates(
                (entered - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 243 + _leap(entered)
            ),
            "guardian_name": people.name.take(guardian),
            "guardian_mobile": people.mobile.take(guardian),
        }
    )
    return Rows(table, index)


def _leap(year: I64) -> I64:
    leap: I64 = ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))).astype(np.int64)
    return leap


def employment_registration(block: Block) -> Rows:
    people, who = block.people, _employees(block, 0.8, "employment/registered")
    index, take = people.index[who], pa.array(who)
    firm = employers(block.seed, block.firms, index)
    today = np.full_like(index, block.today)
    start = _between(
        block, "employment/start", index, np.maximum(people.born[who] + int(18 * YEAR), today - 7300), today
    )
    end = start + 365 * (1 + below(block.seed, "employment/term", index, 5))
    registered = np.minimum(start + below(block.seed, "employment/delay", index, 30), today)
    kind = weighted(unit(block.seed, "employment/kind", index), [0.8, 0.12, 0.08])
    education = weighted(unit(block.seed, "employment/education", index), [5, 36, 24, 19, 15, 1])
    table = pa.table(
        {
            "registration_no": join("JY", numerals(index + 1, 10)),
            "resident_id": people.resident_id.take(take),
            "name": people.name.take(take),
            "sex": _sex(block, who),
            "employer_code": employer_codes(block.seed, firm),
            "employer_name": employer_names(block.seed, firm),
            "employment_kind": pick(EMPLOYMENT.field("employment_kind").choices, kind),
            "contract_start_on": dates(start),
            # A contract that has run out became one without an end.
            "contract_end_on": dates(end, end < today),
            "monthly_wage": pa.array(people.wage[who]),
            "education": pick(EMPLOYMENT.field("education").choices, education),
            "registered_on": dates(registered),
        }
    )
    return Rows(table, index)


def elderly_allowance(block: Block) -> Rows:
    people = block.people
    who = np.flatnonzero((people.age >= 80) & ~block.spoilt).astype(np.int64)
    index, take = people.index[who], pa.array(who)
    band = np.clip((people.age[who] - 80) // 10, 0, 2)
    month = list(figure("welfare.elderly_month").shares.values())
    birthday = people.born[who] + int(80 * YEAR)
    table = pa.table(
        {
            "allowance_no": join("GL", numerals(index + 1, 10)),
            "resident_id": people.resident_id.take(take),
            "name": people.name.take(take),
            "birth_date": dates(people.born[who]),
            "age_band": pick(("80-89周岁", "90-99周岁", "100周岁及以上"), band),
            "monthly_amount": pa.array(np.asarray(month)[band]),
            "start_on": dates(np.minimum(birthday + 1 + below(block.seed, "elderly/start", index, 60), block.today)),
            "bank_card": numbers.bank_cards(2 * 10**9 + index),
            "division": _division(block, who),
            "mobile": people.mobile.take(take),
        }
    )
    return Rows(table, index)


def agricultural_subsidy(block: Block) -> Rows:
    people, homes = block.people, block.homes
    farms = ~homes.urban & (unit(block.seed, "farm/farms", homes.index) < 0.8)
    plots = np.where(farms, 1 + below(block.seed, "farm/plots", homes.index, 2), 0)
    home = np.repeat(np.arange(len(plots)), plots).astype(np.int64)
    turn = np.arange(len(home)) - np.repeat(np.cumsum(plots) - plots, plots)
    index = homes.index[home] * 2 + turn
    head = homes.head[home].astype(np.int64)
    crops = dict(figure("farm.crops").value)
    crop = weighted(unit(block.seed, "farm/crop", index), [float(pair[0]) for pair in crops.values()])
    rate = np.asarray([float(pair[1]) for pair in crops.values()])[crop]
    # Two draws multiplied: most plots are small, a few very large.
    area = np.round(2 + 400 * unit(block.seed, "farm/area", index) ** 2 * unit(block.seed, "farm/area2", index), 1)
    division = pick(block.places.code, homes.place[home])
    table = pa.table(
        {
            "plot_no": join(division, numerals(index, 8)),
            "farmer_id": people.resident_id.take(pa.array(head)),
            "farmer_name": people.name.take(pa.array(head)),
            "division": division,
            "crop": pick(tuple(crops), crop),
            "area_mu": pa.array(area),
            "rate": pa.array(rate),
            "amount": pa.array(cents(area * rate)),
            "bank_card": numbers.bank_cards(4 * 10**9 + homes.index[home]),
            "paid_on": dates(block.today - 30 - below(block.seed, "farm/paid", index, 60)),
        }
    )
    return Rows(table, index)
