"""The product: a whole load into an empty lake. All that `yiwang load` does but the rows of the SQL database.

Raw and standard layer as Delta tables on disk (synced), rejected rows with every reason, counts and identity, quality, search
for sensitive fields, profile.
"""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import yaml

import yiwang
from bench.contest import Ran, contend
from bench.intake.task import AS_OF, RESOURCE
from yiwang.data.adapters.engine import engine
from yiwang.data.adapters.lake import Lake
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import match_headers
from yiwang.data.core.profiling import profile_table
from yiwang.data.core.reading import open_source
from yiwang.data.core.sensitive import find_sensitive
from yiwang.data.loading import prepare, publish
from yiwang.data.schema import ResourceFile

MEMORY = "1GB"  # as settings.ENGINE_MEMORY


class Stages:
    """Seconds by stage; a stage lasts until the next is reported."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._since = "open", time.perf_counter()

    def report(self, stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = stage, now


def run(source: Path, out: Path, threads: int) -> Ran:
    stages = Stages()
    resource = ResourceFile.model_validate(yaml.safe_load(RESOURCE.read_text(encoding="utf-8")))
    scratch, lake = out / "scratch", Lake(str(out / "lake"))
    scratch.mkdir()
    opened = open_source(source, source.name, resource, scratch)
    mapping = {m.index: m.field for m in match_headers(opened.headers, resource) if m.field}
    checks = Checks(resource, AS_OF)
    with engine(scratch, memory=MEMORY, threads=threads) as connection:
        prepared = prepare(
            connection, lake, checks, opened, mapping, load=1, load_key="bench", scratch=scratch, report=stages.report
        )
        stages.report("sensitive", 0, 1)
        find_sensitive(connection, checks, prepared.raw)
        stages.report("publish", 0, 1)
        published = publish(lake, prepared, "bench")
        stages.report("profile", 0, 1)
        profile_table(connection, resource, lake.table("standard", resource.id).files(published.table_version))
        stages.report("end", 1, 1)
    return Ran(
        rows=prepared.source,
        accepted=prepared.accepted,
        rejected=str(lake.rejected_file(resource.id, "bench")),
        stages=stages.seconds,
        versions={"yiwang": yiwang.__version__, "duckdb": duckdb.__version__},
        reasons=dict(prepared.reasons),
    )


if __name__ == "__main__":
    contend(run)
