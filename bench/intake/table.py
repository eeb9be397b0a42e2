"""The file every contender reads: synthetic residents with their social insurance, about one row in a hundred faulty.

    python -m bench.intake.table FILE ROWS

writes FILE (CSV, UTF-8, values in their plain form) and beside it FILE.truth.parquet: `row` (1-based) and `fault`. The same
number of rows gives the same bytes. Numbers are of the reserved synthetic families (docs/explanation/synthetic-city.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.intake.task import SEED
from yiwang.data.synth.numbers import FIRST_PREFIX, LAST_PREFIX, credit_codes, mobiles, resident_ids

Row = dict[str, str | None]
BLOCK = 250_000
FAULTY = 0.01
CATEGORIES = (
    "企业职工养老",
    "城乡居民养老",
    "失业保险",
    "工伤保险",
    "生育保险",
    "灵活就业",
    "机关事业单位",
    "退役军人",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国庆春雪松柏"
NOTES = ("窗口办理", "网上申报", "补缴 3 个月, 已核", "材料齐全", "由村(社区)代办", '备注"原件已退"', "续保")
FIRST_BIRTH, LAST_BIRTH = np.datetime64("1930-01-01"), np.datetime64("2006-12-31")
LAST_DAY = np.datetime64("2025-06-30")
FIELDS = (
    "resident_id", "name", "sex", "birth_date", "division", "mobile", "employer", "registered_on", "amount", "months",
    "category", "note",
)  # fmt: skip
# fault -> the field that is spoilt
FAULTS: dict[str, str] = {
    "id_missing": "resident_id",
    "id_short": "resident_id",
    "id_check": "resident_id",
    "duplicate": "resident_id",
    "name_missing": "name",
    "name_form": "name",
    "sex_missing": "sex",
    "sex_list": "sex",
    "sex_against_id": "sex",
    "birth_impossible": "birth_date",
    "birth_future": "birth_date",
    "birth_against_id": "birth_date",
    "division_province": "division",
    "division_elsewhere": "division",
    "mobile_form": "mobile",
    "employer_check": "employer",
    "registered_impossible": "registered_on",
    "registered_future": "registered_on",
    "registered_before_birth": "registered_on",
    "amount_number": "amount",
    "amount_range": "amount",
    "months_range": "months",
    "category_list": "category",
}


def _pick(rng: np.random.Generator, words: tuple[str, ...] | str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(rng.integers(0, len(words), count).astype(np.int32)), pa.array(list(words))
    ).cast(pa.string())


def _days(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype("datetime64[D]")).cast(pa.string())


def _some(rng: np.random.Generator, values: pa.Array, share: float) -> pa.Array:
    """`values` with null in all but `share` of the places."""
    return pc.if_else(pa.array(rng.random(len(values)) < share), values, pa.scalar(None, pa.string()))


def _money(cents: np.ndarray) -> pa.Array:
    fen = pc.utf8_lpad(pa.array(cents % 100).cast(pa.string()), 2, "0")
    return pc.binary_join_element_wise(pa.array(cents // 100).cast(pa.string()), fen, ".")


def clean_block(start: int, count: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Rows start+1 … start+count, all right."""
    index = np.arange(start, start + count, dtype=np.int64)
    span = int((LAST_BIRTH - FIRST_BIRTH).astype(int)) + 1
    # a stride prime to every factor below scatters the rows and never gives a number twice
    scattered = index * 851_741_003 % (span * 1000 * (LAST_PREFIX - FIRST_PREFIX + 1))
    sequence, rest = scattered % 1000, scattered // 1000
    birth = FIRST_BIRTH.astype("datetime64[D]").astype(np.int64) + rest % span
    registered = birth + (rng.random(count) * (LAST_DAY.astype("datetime64[D]").astype(np.int64) - birth)).astype(
        np.int64
    )
    name = pc.binary_join_element_wise(
        _pick(rng, SURNAMES, count), _pick(rng, GIVEN, count), _pick(rng, GIVEN, count), ""
    )
    village = rng.integers(1, 1000, count) * 1000 + rng.integers(1, 1000, count)
    cents = rng.integers(1_000, 2_000_000, count)
    return {
        "resident_id": resident_ids(FIRST_PREFIX + rest // span, birth, sequence),
        "name": name,
        "sex": pc.if_else(pa.array(sequence % 2 == 1), "男", "女"),
        "birth_date": _days(birth),
        "division": pa.array(230_881_000_000 + village).cast(pa.string()),
        "mobile": _some(rng, mobiles(index), 0.9),
        "employer": _some(rng, credit_codes(rng.integers(0, 50_000, count), np.ones(count, np.int64)), 0.7),
        "registered_on": _days(registered),
        "amount": _money(cents),
        "months": pa.array(rng.integers(1, 480, count)).cast(pa.string()),
        "category": _pick(rng, CATEGORIES, count),
        "note": _some(rng, _pick(rng, NOTES, count), 0.8),
    }


def _other_digit(text: str, place: int) -> str:
    """`text` with another digit at `place`, so that its check character no longer fits."""
    return text[:place] + str((int(text[place]) + 3) % 10) + text[place + 1 :]


def _before(day: str, days: int) -> str:
    return str(np.datetime64(day) - np.timedelta64(days, "D"))


# fault -> what the field holds instead, from the right row
SPOILT: dict[str, Callable[[Row], str | None]] = {
    "id_missing": lambda row: None,
    "id_short": lambda row: str(row["resident_id"])[:17],
    "id_check": lambda row: _other_digit(str(row["resident_id"]), 15),
    "name_missing": lambda row: None,
    "name_form": lambda row: f"{row['name']}7",
    "sex_missing": lambda row: None,
    "sex_list": lambda row: "未说明",
    "sex_against_id": lambda row: "女" if row["sex"] == "男" else "男",
    "birth_impossible": lambda row: str(row["birth_date"])[:5] + "02-30",
    "birth_future": lambda row: "2098" + str(row["birth_date"])[4:].replace("02-29", "02-28"),
    "birth_against_id": lambda row: _before(str(row["birth_date"]), 1),
    "division_province": lambda row: "99" + str(row["division"])[2:],
    "division_elsewhere": lambda row: "230882" + str(row["division"])[6:],
    "mobile_form": lambda row: "12912345678",
    "employer_check": lambda row: "91239901000000000A",
    "registered_impossible": lambda row: str(row["registered_on"])[:5] + "13-01",
    "registered_future": lambda row: "2097" + str(row["registered_on"])[4:].replace("02-29", "02-28"),
    "registered_before_birth": lambda row: _before(str(row["birth_date"]), 400),
    "amount_number": lambda row: "12x4",
    "amount_range": lambda row: "88888.88",
    "months_range": lambda row: "999",
    "category_list": lambda row: "不详",
}


def spoil(columns: dict[str, pa.Array], rng: np.random.Generator) -> tuple[dict[str, pa.Array], np.ndarray, list[str]]:
    """About FAULTY of the rows of a block with one fault each: the columns, the places of the rows, their faults.

    A duplicate repeats the nearest right row before it, whole.
    """
    count, kinds = len(columns["resident_id"]), list(FAULTS)
    places = np.flatnonzero(rng.random(count) < FAULTY)
    places = places[places > 0]
    faults = [kinds[k] for k in rng.integers(0, len(kinds), len(places))]
    wrong = set(places.tolist())
    sources = places.copy()
    for i, (place, fault) in enumerate(zip(places.tolist(), faults, strict=True)):
        if fault == "duplicate":
            sources[i] = next((p for p in range(place - 1, -1, -1) if p not in wrong), place)
    rows = pa.table(columns).take(pa.array(sources)).to_pylist()
    for row, fault in zip(rows, faults, strict=True):
        if fault != "duplicate":
            row[FAULTS[fault]] = SPOILT[fault](row)
    mask = np.zeros(count, bool)
    mask[places] = True
    spoilt = {
        name: pc.replace_with_mask(values, pa.array(mask), pa.array([row[name] for row in rows], pa.string()))
        for name, values in columns.items()
    }
    return spoilt, places, faults


def write(target: Path, rows: int) -> None:
    """Write the file and its truth; the file comes under its name last, so a cut-off run leaves none."""
    truth_rows: list[int] = []
    truth_faults: list[str] = []

    def blocks() -> Iterator[pa.RecordBatch]:
        for start in range(0, rows, BLOCK):
            rng = np.random.default_rng([SEED, start])
            columns, places, faults = spoil(clean_block(start, min(BLOCK, rows - start), rng), rng)
            truth_rows.extend((places + start + 1).tolist())
            truth_faults.extend(faults)
            yield from pa.table(columns, schema=schema).to_batches()

    schema = pa.schema([(name, pa.string()) for name in FIELDS])
    part = target.with_suffix(".part")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("blocks", pa.RecordBatchReader.from_batches(schema, blocks()))
        connection.execute(f"COPY (SELECT * FROM blocks) TO '{part}' (FORMAT csv, HEADER true)")
    truth = pa.table({"row": pa.array(truth_rows, pa.int64()), "fault": truth_faults})
    pq.write_table(truth, target.with_suffix(".truth.parquet"))
    part.rename(target)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
