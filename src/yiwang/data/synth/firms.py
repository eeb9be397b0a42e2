"""Firms, their special equipment and the city's grid: all functions of an index, so any block can name any firm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from yiwang.data.synth import names, numbers
from yiwang.data.synth.columns import blank, dates, join, numerals, pick
from yiwang.data.synth.draws import I64, Bool, below, unit, weighted
from yiwang.data.synth.faults import chosen
from yiwang.data.synth.figures import figure
from yiwang.data.synth.lists import DEVICES, EQUIPMENT, LEGAL_PERSONS
from yiwang.data.synth.places import Places

BLOCK = 25_000
_TYPES = ("有限责任公司(自然人投资或控股)", "个体工商户", "农民专业合作社")
_CAPITAL_WAN = np.asarray([3, 5, 10, 20, 23.8, 50, 100, 200, 300, 500, 1000, 2000, 5000])


def firm_count(residents: int) -> int:
    return max(1, round(residents * figure("firms.per_resident").number))


def _kind(seed: int, index: I64) -> I64:
    return 1 + weighted(unit(seed, "firm/kind", index), [0.35, 0.60, 0.05])


def spoilt_firms(seed: int, index: I64) -> Bool:
    """Firms whose row in the register is spoilt on purpose; no other list names them. The first firm never is."""
    return chosen(seed, LEGAL_PERSONS.resource, index) & (index > 0)


def employers(seed: int, firms: int, index: I64) -> I64:
    """A firm with a sound row for each index of a person or a device."""
    firm = below(seed, "employer", index, firms)
    while (bad := spoilt_firms(seed, firm)).any():
        firm = np.where(bad, (firm + 1) % firms, firm)
    return firm


def employer_codes(seed: int, firm: I64) -> Any:
    return numbers.credit_codes(firm, _kind(seed, firm))


def employer_names(seed: int, firm: I64) -> Any:
    return names.firm_names(seed, firm, _kind(seed, firm))


def firms_table(seed: int, index: I64, places: Places, today: int) -> pa.Table:
    """Rows of the register of firms; capital in yuan, empty for sole traders."""
    kind = _kind(seed, index)
    place = weighted(unit(seed, "firm/place", index), list(places.weight))
    founded = today - 1 - (unit(seed, "firm/age", index) ** 2 * 365 * 30).astype(np.int64)
    capital = _CAPITAL_WAN[below(seed, "firm/capital", index, len(_CAPITAL_WAN))] * 10000
    trade = below(seed, "firm/trade", index, len(names.TRADES))
    street = join("黑龙江省佳木斯市同江市", pick(places.street, place))
    return pa.table(
        {
            "name": names.firm_names(seed, index, kind),
            "credit_code": numbers.credit_codes(index, kind),
            "registered_on": dates(founded),
            "firm_type": pick(_TYPES, kind - 1),
            "registered_capital": blank(pa.array(capital), kind == 2),
            "business_scope": pick([scope for _, scope in names.TRADES], trade),
            "province": pick(("黑龙江",), np.zeros_like(index)),
            "region": pick(("佳木斯",), np.zeros_like(index)),
            "address": join(street, numerals(1 + below(seed, "firm/door", index, 300)), "号"),
        }
    )


def equipment_table(seed: int, index: I64, firms: int, places: Places, today: int) -> pa.Table:
    firm = employers(seed, firms, index + 10**9)
    made = today - 800 - below(seed, "device/made", index, 7000)
    used = made + 30 + below(seed, "device/used", index, 370)
    inspected = np.maximum(used, today - below(seed, "device/inspected", index, 400))
    kind = weighted(unit(seed, "device/kind", index), [14, 26, 30, 9, 12, 7, 0.5, 1.5])
    place = weighted(unit(seed, "device/place", index), list(places.weight))
    return pa.table(
        {
            "registration_no": join("TS黑D", numerals(index + 1, 8)),
            "device_kind": pick(DEVICES, kind),
            "user_name": employer_names(seed, firm),
            "user_code": employer_codes(seed, firm),
            "made_on": dates(made),
            "in_use_on": dates(used),
            "inspected_on": dates(inspected),
            "next_inspection_on": dates(inspected + np.where(kind == 2, 365, 730)),
            "division": pick(places.code, place),
            "status": pick(EQUIPMENT.field("status").choices, weighted(unit(seed, "device/status", index), [90, 8, 2])),
        }
    )


def grid_table(seed: int, places: Places, households: I64, residents: I64) -> pa.Table:
    """Cells of about 300 households; both counts are per village, and the cells of a village add up to them."""
    cells = np.maximum(1, households // 300)
    place = np.repeat(np.arange(len(cells)), cells).astype(np.int64)
    turn = np.arange(len(place)) - np.repeat(np.cumsum(cells) - cells, cells)
    index = np.arange(len(place), dtype=np.int64)

    def share(total: I64) -> I64:
        part: I64 = total[place] // cells[place] + (turn < (total % cells)[place])
        return part

    male = unit(seed, "grid/male", index) < 0.3
    return pa.table(
        {
            "grid_no": join(pick(places.code, place), numerals(turn + 1, 3)),
            "grid_name": join(pick(places.name, place), "第", numerals(turn + 1), "网格"),
            "division": pick(places.code, place),
            "worker_name": names.person_names(seed, index + 10**9, names.surnames(seed, "grid/surname", index), male),
            "worker_mobile": numbers.mobiles(99_000_000 + index),
            "households": pa.array(share(households)),
            "residents": pa.array(share(residents)),
        }
    )
