"""The product as a person starts it: `yiwang load` in a city that YIWANG_HOME names and that was made before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from bench.contest import Ran, contend
from bench.intake.task import RESOURCE_ID


def run(source: Path, out: Path, threads: int) -> Ran:
    began = time.perf_counter()
    program = Path(sys.executable).with_name("yiwang")
    done = subprocess.run(
        [str(program), "load", RESOURCE_ID, str(source), "--json"], stdout=subprocess.PIPE, check=True, text=True
    )
    answer = json.loads(done.stdout)
    rejected = next((Path(os.environ["YIWANG_HOME"]) / "lake/rejected" / RESOURCE_ID).glob("*.parquet"))
    return Ran(
        rows=answer["source"],
        accepted=answer["accepted"],
        rejected=str(rejected),
        stages={"load": time.perf_counter() - began},
        versions={"yiwang": version("yiwang")},
        reasons=answer["reasons"],
    )


if __name__ == "__main__":
    contend(run)
