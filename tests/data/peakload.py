"""Loads a file in a process of its own and tells what came of it and how much memory it took: peakload.py FOLDER."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import django

django.setup()

from badfiles import LIST, endless  # noqa: E402
from datacity import Core  # noqa: E402


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main(folder: Path) -> None:
    core = Core(folder)
    core.load(LIST)
    before = megabytes()
    prepared, _ = core.load(endless(folder / "endless.csv"))
    told = {"source": prepared.source, "accepted": prepared.accepted, "reasons": dict(prepared.reasons)}
    sys.stdout.write(json.dumps(told | {"more": megabytes() - before}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
