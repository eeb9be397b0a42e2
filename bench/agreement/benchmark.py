"""python -m bench agreement [--pairs N] [--seed N] [--spark] [--kit DIR]: interpreter and plans must give the same value everywhere.

Random worlds are decided row by row by the interpreter and at once by a plan on DuckDB (and on Spark through Sail), until so many pairs of
expression and row were compared; then every expression of the conformance kit with its literals lifted into columns. Any difference fails.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.agreement import lifting
from bench.agreement.comparing import Executor, compare
from bench.agreement.engines import on_duckdb, on_spark
from bench.agreement.worlds import world
from bench.contest import ROOT

PAIRS, SEED, ROWS = 200_000, 20_261_123, 200
Say = Callable[[str], None]


def run(pairs: int, seed: int, executors: dict[str, Executor], say: Say) -> dict[str, Any]:
    """`differences` name the seed of their world."""
    compared: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    differences: list[str] = []
    refused: list[str] = []
    at = seed
    while min(compared[name] for name in executors) < pairs:
        made = world(at, ROWS)
        for name, executor in executors.items():
            found = compare(made, executor)
            compared[name] += found.pairs
            differences += [f"{name}, world {at}: {text}" for text in found.differences]
            refused += [f"world {at}: {text}" for text in found.refused] if name == "duckdb" else []
            ways.update(found.ways if name == "duckdb" else {})
        at += 1
        if (at - seed) % 10 == 0:
            say(f"{at - seed} worlds, {dict(compared)} pairs, {len(differences)} differences")
    return {
        "name": "agreement",
        "seed": seed,
        "worlds": at - seed,
        "pairs": dict(compared),
        "ways": dict(ways),
        "refused": refused,
        "failed": differences,
    }


def table(found: dict[str, Any]) -> str:
    """What a person reads."""
    lines = [f"agreement: seed {found['seed']}, {found['worlds']} worlds, pairs {found['pairs']}, how: {found['ways']}"]
    lines.append(f"{len(found['refused'])} decisions were refused by the plan, with a reason")
    if "kit" in found:
        lines.append(f"conformance kit, literals lifted into columns: {found['kit']}")
    lines += [f"DIFFERENT: {text}" for text in found["failed"][:50]] or ["no difference"]
    return "\n".join(lines)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench agreement", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of expression and row to compare")
    parser.add_argument("--seed", type=int, default=SEED, help="the first world; the others follow")
    parser.add_argument("--spark", action="store_true", help="also on Spark Connect, by Sail in this process")
    parser.add_argument("--kit", type=Path, default=_kit(), help="the conformance kit's folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object; what happens goes to stderr")
    return parser.parse_args(words)


def _kit() -> Path:
    return Path(os.environ.get("YIWANG_TCK", ROOT.parent / "shared" / "tck"))


def main(words: Sequence[str]) -> int:
    given = _arguments(words)

    def say(text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    with ExitStack() as stack:
        executors: dict[str, Executor] = {"duckdb": on_duckdb}
        if given.spark:
            executors["spark"] = stack.enter_context(on_spark())
        say(f"seed {given.seed}")
        found = run(given.pairs, given.seed, executors, say)
        if given.kit.is_dir():
            kit = lifting.run(given.kit, executors, say)
            found["kit"] = kit.told()
            found["failed"] += kit.differences
        else:
            say(f"no conformance kit at {given.kit}: left out")
    sys.stdout.write((json.dumps(found, ensure_ascii=False) if given.json else table(found)) + "\n")
    return 1 if found["failed"] else 0
