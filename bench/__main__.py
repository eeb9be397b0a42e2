"""python -m bench [NAME] [--json]: speed as ratios against peers measured in the same run; exit 1 when a limit is missed.

`python -m bench fuzz` is a check of its own: see bench/fuzz.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from types import ModuleType

from bench import fuzz
from bench.agreement import benchmark as agreement
from bench.exchange import benchmark as exchange
from bench.intake import benchmark as intake
from bench.ledger import benchmark as ledger
from bench.obligations import benchmark as obligations
from bench.process import benchmark as process
from bench.process import database as kept
from bench.routing import benchmark as routing
from bench.rules import benchmark as rules
from bench.rules import deciding as decide

# each has ROWS, QUICK_ROWS, run(rows, repeat, say) and table(found)
BENCHMARKS: dict[str, ModuleType] = {
    "exchange": exchange,
    "intake": intake,
    "rules": rules,
    "decide": decide,
    "routing": routing,
    "process": process,
    "process-database": kept,
    "obligations": obligations,
    "ledger": ledger,
}


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS), help="which benchmark; all of them by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object; what happens goes to stderr")
    parser.add_argument("--rows", type=int, help="rows instead of the benchmark's own number")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contender; the median counts")
    parser.add_argument("--quick", action="store_true", help="one run of each, on fewer rows where that says enough")
    return parser.parse_args(words)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(words: Sequence[str]) -> int:
    if words[:1] == ["fuzz"]:
        return fuzz.main(words[1:])
    if words[:1] == ["agreement"]:
        return agreement.main(words[1:])
    given = _arguments(words)
    repeat = 1 if given.quick else given.repeat
    failed = False
    for name in [given.name] if given.name else sorted(BENCHMARKS):
        benchmark = BENCHMARKS[name]
        rows = given.rows or (benchmark.QUICK_ROWS if given.quick else benchmark.ROWS)
        found = benchmark.run(rows, repeat, _say)
        failed = failed or bool(found["failed"])
        sys.stdout.write((json.dumps(found, ensure_ascii=False) if given.json else benchmark.table(found)) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
