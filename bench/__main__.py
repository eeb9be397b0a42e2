"""python -m bench [NAME] [--json]: speed as ratios against peers measured in the same run; exit 1 when a limit is missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from bench.intake import benchmark as intake

BENCHMARKS = {"intake": intake}


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS), help="which benchmark; all of them by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object; what happens goes to stderr")
    parser.add_argument("--rows", type=int, help="rows instead of the benchmark's own number")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contender; the median counts")
    parser.add_argument("--quick", action="store_true", help="one run of each")
    return parser.parse_args(words)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['name']}: {found['rows']:,} rows, {found['file_mb']} MB, median of {found['repeat']}"]
    lines.append(f"{'':<12}{'seconds':>10}{'processor':>11}{'peak MB':>10}{'rejected':>11}")
    for name, cost in found["contenders"].items():
        rejected = cost["rejected"] if cost["reasons"] else ""
        lines.append(
            f"{name:<12}{cost['seconds']:>10}{cost['processor_seconds']:>11}{cost['peak_mb']:>10}{rejected:>11}"
        )
    lines.append(f"ratios: {found['ratios']} (by processor time: {found['ratios_processor']})")
    lines += [f"MISSED: {text}" for text in found["failed"]] or ["all limits held"]
    return "\n".join(lines)


def main(words: Sequence[str]) -> int:
    given = _arguments(words)
    repeat = 1 if given.quick else given.repeat
    failed = False
    for name in [given.name] if given.name else sorted(BENCHMARKS):
        benchmark = BENCHMARKS[name]
        found = benchmark.run(given.rows or benchmark.ROWS, repeat, _say)
        failed = failed or bool(found["failed"])
        sys.stdout.write((json.dumps(found, ensure_ascii=False) if given.json else _table(found)) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
