"""Rules: a million synthetic residents under twenty decision tables, CPU seconds of one thread, as ratios against peers in one run.

Every contender decides the same tables for the same residents in a process of its own; a stage is measured when it has run once before.
The answers of all are compared; a peer that computes in float32 is told apart, any other difference fails the run.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.contest import ROOT, Contender, Ran, measure
from bench.machine import machine
from bench.peers import peers_python
from bench.rules import task, variants
from bench.rules.agreement import Agreement, Reference
from bench.rules.tables import read_tables

ROWS, QUICK_ROWS = task.ROWS, task.QUICK_ROWS
THREADS = 1
COPIES = 5
WHERE = "bench.rules.contenders"
OURS, SPARK, SQL, FLOAT32 = "yiwang", "yiwang_spark", "case_sql", ("openfisca",)
PEERS = {
    "polars": "polars_cases",
    "openfisca": "openfisca_formulas",
    "zen": "zen_batch",
    "spiff": "spiff_tables",
}
ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ratio:
    """A stage of one contender over a stage of another; `least` or `most` is what it is held to, neither when it is only told."""

    name: str
    above: tuple[str, str]
    below: tuple[str, str]
    least: float | None = None
    most: float | None = None

    def held(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def limit(self) -> str:
        return (
            "" if self.least is None and self.most is None else f">= {self.least}" if self.least else f"<= {self.most}"
        )


HITS, LIST = (OURS, "hits_counts"), (OURS, "hit_list")
RATIOS = (
    Ratio("case_sql", (SQL, "hits_counts"), HITS, least=8),
    Ratio("case_sql_hit_list", (SQL, "hit_list"), LIST, least=2),
    Ratio("coded_scan", (OURS, "match"), (OURS, "scan_coded"), most=4),
    Ratio("hundred_decisions", (OURS, "hits_counts_100"), HITS, most=3),
    Ratio("openfisca", ("openfisca", "hits_counts"), HITS, least=2),
    Ratio("polars", ("polars", "hits_counts"), HITS, least=3),
    Ratio("zen", ("zen", "hits_counts"), HITS, least=500),
    Ratio("spiff", ("spiff", "hits_counts"), HITS, least=5000),
    Ratio("case_sql_against_coding_too", (SQL, "hits_counts"), (OURS, "coding_hits_counts")),
    Ratio("case_sql_against_keyed", (SQL, "hits_counts"), (OURS, "hits_keyed")),
    Ratio("case_sql_numbered", (SQL, "hits_counts_numbered"), HITS),
    Ratio("case_sql_enum", (SQL, "hits_counts_enum"), HITS),
    Ratio("case_sql_counts_only", (SQL, "counts_only"), HITS),
    Ratio("polars_against_coding_too", ("polars", "hits_counts"), (OURS, "coding_hits_counts")),
    Ratio("polars_prepared", ("polars", "hits_counts_prepared"), HITS),
    Ratio("polars_hit_list", ("polars", "hit_list"), LIST),
    Ratio("enum_scan", (OURS, "match"), (SQL, "scan_enum")),
)


def source_file(folder: Path, rows: int, say: Say) -> Path:
    """The residents, made when they are not there."""
    target = folder / f"residents-{task.SEED}-{rows}.parquet"
    if not target.exists():
        say(f"writing {rows:,} residents …")
        subprocess.run([sys.executable, "-m", "bench.rules.population", str(target), str(rows)], cwd=ROOT, check=True)
    return target


def contenders(python: Path, pack: Path) -> list[Contender]:
    """`python` has the peers; `pack` holds the hundred decisions."""
    own = Path(sys.executable)
    ours = Contender(OURS, f"{WHERE}.yiwang_population", own, {**ONE_THREAD, "YIWANG_BENCH_HUNDRED": str(pack)})
    sql = Contender(SQL, f"{WHERE}.case_sql", own, ONE_THREAD)
    return [ours, sql, *(Contender(name, f"{WHERE}.{module}", python, ONE_THREAD) for name, module in PEERS.items())]


def in_turns(
    found: Sequence[Contender], source: Path, folder: Path, repeat: int, say: Say
) -> dict[str, tuple[Ran, dict[str, list[float]]]]:
    """Every contender so many times; per contender what the last run did and the seconds of each stage in every run."""
    runs: dict[str, list[Ran]] = {one.name: [] for one in found}
    for turn in range(repeat):
        for one in found if turn % 2 == 0 else reversed(found):
            _, ran = measure(one, source, folder / one.name, THREADS)
            runs[one.name].append(ran)
            say(f"{one.name}: " + ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in ran.stages.items()))
    return {
        name: (ran[-1], {stage: [one.stages[stage] for one in ran] for stage in ran[-1].stages})
        for name, ran in runs.items()
    }


def on_spark(source: Path, folder: Path, say: Say) -> dict[str, tuple[Ran, dict[str, list[float]]]]:
    """Our plan on Spark Connect, once: for its answers. Empty where the Spark extra is not installed."""
    if find_spec("pysail") is None:
        say(f"{SPARK}: not run, pysail is not installed")
        return {}
    found = [Contender(SPARK, f"{WHERE}.yiwang_spark", Path(sys.executable), ONE_THREAD)]
    return in_turns(found, source, folder, 1, say)


def medians(ran: Mapping[str, tuple[Ran, Mapping[str, Sequence[float]]]]) -> dict[tuple[str, str], float]:
    """Seconds by (contender, stage)."""
    return {
        (name, stage): statistics.median(seconds)
        for name, (_, stages) in ran.items()
        for stage, seconds in stages.items()
    }


def told(ratios: Sequence[Ratio], seconds: Mapping[tuple[str, str], float]) -> tuple[dict[str, float], list[str]]:
    """The ratios, and in words those that miss what they are held to."""
    values = {one.name: seconds[one.above] / seconds[one.below] for one in ratios}
    missed = [
        f"{one.name}: {values[one.name]:.2f}, wanted {one.limit}" for one in ratios if not one.held(values[one.name])
    ]
    return {name: round(value, 2) for name, value in values.items()}, missed


def agreements(source: Path, folder: Path, ran: Mapping[str, tuple[Ran, Any]]) -> list[Agreement]:
    """Everyone's hit list against that of CASE SQL."""
    reference = Reference(folder / SQL / "hits.parquet", read_tables(task.DECISIONS))
    found = [
        reference.against(name, folder / name / "hits.parquet", done.rows)
        for name, (done, _) in ran.items()
        if name in PEERS
    ]
    found += [
        reference.against_answers(name, folder / name / "answers.parquet", ran[name][0].rows)
        for name in (OURS, SPARK)
        if name in ran
    ]
    return found


def differing(found: Sequence[Agreement]) -> list[str]:
    """In words; amounts of a peer that computes in float32 may differ, but not which rules counted."""
    return [
        f"{one.contender}: {one.rules} other rules, {one.results} other results, {one.amounts} other amounts, such as {one.example}"
        for one in found
        if one.rules or one.results or (one.amounts and one.contender not in FLOAT32)
    ]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """Measure, compare, judge. `failed` lists the limits missed and the answers that differ; empty means all is well."""
    before = machine()
    source = source_file(task.cache(), rows, say)
    folder = Path(tempfile.mkdtemp(prefix="rules-", dir=task.cache()))
    try:
        variants.write(folder / "hundred", COPIES)
        ran = in_turns(contenders(peers_python(say), folder / "hundred"), source, folder, repeat, say)
        ran |= on_spark(source, folder, say)
        agreed = agreements(source, folder, ran)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios, missed = told(RATIOS, medians(ran))
    return {
        "name": "rules",
        "ratios": ratios,
        "limit": {one.name: one.limit for one in RATIOS if one.limit},
        "failed": missed + differing(agreed),
        "machine": asdict(before),
        "rows": rows,
        "repeat": repeat,
        "spark": SPARK in ran,
        "agreement": [asdict(one) for one in agreed],
        "contenders": {
            name: {
                "rows": done.rows,
                "hits": done.accepted,
                "versions": dict(done.versions),
                "seconds": {stage: [round(one, 4) for one in seconds] for stage, seconds in stages.items()},
            }
            for name, (done, stages) in ran.items()
        },
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [f"{found['name']}: {found['rows']:,} residents, CPU seconds of one thread, median of {found['repeat']}"]
    for name, one in found["contenders"].items():
        for stage, seconds in one["seconds"].items():
            lines.append(f"  {name:<12}{stage:<26}{statistics.median(seconds):>12.3f}")
    for name, value in found["ratios"].items():
        lines.append(f"  {name:<40}{value:>12}  {found['limit'].get(name, '')}")
    for one in found.get("agreement", []):
        lines.append(
            f"  {one['contender']}: {one['answers']:,} answers of {one['residents']:,} residents, other rules {one['rules']}, "
            f"other results {one['results']}, "
            f"other amounts {one['amounts']}, at most {one['largest']:.2g} apart"
        )
    lines += [f"MISSED: {text}" for text in found["failed"]] or ["all limits held"]
    return "\n".join(lines)
