"""What each semantic type costs: run by hand, `python tests/data/semantics/measure.py [million rows]`.

Prints nanoseconds per value, elapsed with two threads and summed over them, for right values of the usual form
(20,000 different ones) in a table of flat VARCHAR; then twelve fields of one wide row together.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

import pyarrow as pa
from agreement import OPTIONS, connect

from yiwang.data.core.semantics import Field, SemanticType, semantic_type, semantic_types, typed_select
from yiwang.data.core.semantics.checkdigits import (
    CREDIT_CODE_ALPHABET,
    credit_code_check,
    luhn_check,
    organisation_code_check,
    resident_id_check,
)

RANDOM = random.Random(7)
TWELVE = ("resident-id", "person-name", "mobile", "address", "credit-code", "text", "date", "datetime", "money")
TWELVE += ("decimal", "integer", "division-code")
DIFFERENT = 20_000


def number(digits: int) -> str:
    return str(RANDOM.randrange(10 ** (digits - 1), 10**digits))


def day(form: str = "{:04}-{:02}-{:02}") -> str:
    return form.format(RANDOM.randrange(1950, 2020), RANDOM.randrange(1, 13), RANDOM.randrange(1, 29))


def resident() -> str:
    body = RANDOM.choice(["230881", "110105"]) + day("{:04}{:02}{:02}") + number(3)
    return body + resident_id_check(body)


def organisation() -> str:
    body = RANDOM.choice([number(8), "MA" + "".join(RANDOM.choices(CREDIT_CODE_ALPHABET, k=6))])
    return body + organisation_code_check(body)


def firm() -> str:
    body = RANDOM.choice(["91230881", "92230881", "93230800"]) + organisation()
    return body + credit_code_check(body)


def card() -> str:
    body = "622202" + number(12)
    return body + luhn_check(body)


MADE: dict[str, Callable[[], str]] = {
    "text": lambda: RANDOM.choice(["有限责任公司", "个体工商户", "农民专业合作社", "股份有限公司分公司"]),
    "person-name": lambda: "".join(RANDOM.choices("赵钱孙李周吴郑王建国秀英志强", k=RANDOM.choice([2, 3]))),
    "address": lambda: f"黑龙江省佳木斯市同江市通江街{number(4)}号",
    "resident-id": resident,
    "mobile": lambda: "13" + number(9),
    "email": lambda: f"user{number(5)}@example.cn",
    "bank-card": card,
    "postcode": lambda: "156" + number(3),
    "credit-code": firm,
    "organisation-code": organisation,
    "licence-number": lambda: "230881" + number(9),
    "division-code": lambda: RANDOM.choice(["230881", "230881001002", "2308"]),
    "date": day,
    "month": lambda: day("{:04}年{:02}月"),
    "datetime": lambda: f"{day()} {RANDOM.randrange(10, 24)}:30:15",
    "money": lambda: f"{number(4)}{RANDOM.choice(['(万元)', '万元', '.5(万元)'])}",
    "integer": lambda: number(RANDOM.randrange(1, 8)),
    "decimal": lambda: f"{number(4)}.{number(2)}",
    "boolean": lambda: RANDOM.choice("是否"),
}


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Best of three: seconds elapsed and seconds of all threads."""
    best = (float("inf"), float("inf"))
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    return best


def main(millions: float) -> None:
    rows = int(millions * 1_000_000)
    connection = connect()
    connection.execute("SET threads = 2")
    kinds = {kind.id: kind for kind in semantic_types()}
    made = {name: [make() for _ in range(DIFFERENT)] for name, make in MADE.items()}

    def fill(names: tuple[str, ...]) -> None:
        connection.register("made", pa.table({"_n": range(DIFFERENT)} | {name: made[name] for name in names}))
        listed = ", ".join(f'"{name}"' for name in names)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE given AS SELECT {listed} FROM range({rows}) r(i)"
            f" JOIN made ON _n = i * 7919 % {DIFFERENT}"
        )

    def cost(chosen: tuple[SemanticType, ...]) -> tuple[float, float]:
        fields = [Field(f'"{kind.id}"', kind.steps(f'"{kind.id}"', OPTIONS)) for kind in chosen]
        used = [f'count("{kind.id}{output.suffix}")' for kind in chosen for output in kind.outputs]
        used += [f'sum("{kind.id}~fail"), sum("{kind.id}~warn")' for kind in chosen]
        query = f"SELECT {', '.join(used)} FROM ({typed_select('given', fields)})"
        return timed(lambda: connection.execute(query).fetchall())

    for name in MADE:
        fill((name,))
        wall, cpu = cost((kinds[name],))
        sys.stdout.write(f"{name:18} {wall / rows * 1e9:7.0f} {cpu / rows * 1e9:7.0f} ns\n")
    fill(TWELVE)
    wall, cpu = cost(tuple(semantic_type(name) for name in TWELVE))
    sys.stdout.write(f"twelve fields of {millions:g} million rows: {wall:.2f} s elapsed, {cpu:.2f} s of all threads\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
