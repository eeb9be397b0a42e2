"""In a process of its own, with a database of its own: lines to the journal, journal to the tree, proofs out of a large one.

`python -m bench.ledger.task entries ROWS` and `python -m bench.ledger.task proofs ROWS` print one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from yiwang.kernel.core.actor import system_actor  # noqa: E402
from yiwang.trust.appending import ledger_append_pending  # noqa: E402
from yiwang.trust.core.merkle import SIZE, inclusion_proof, node_hash, root_of, verify_inclusion  # noqa: E402
from yiwang.trust.core.tiles import HEIGHT, WIDTH, tile_nodes, tile_path  # noqa: E402
from yiwang.trust.models import Entry  # noqa: E402
from yiwang.trust.uses import Use, use_note, uses_note  # noqa: E402

CLERK = system_actor("bench")
FIELDS = ("name", "address", "status")
THREADS, LINES = 8, 4_000
BATCH = 20_000
PROOFS = 500


def _use(number: int) -> Use:
    return Use(
        CLERK,
        "residents",
        "7",
        FIELDS,
        (f"{number % 50_021:064x}",),
        "核对参保",
        grant="G2026-000001",
        via="api",
        rows=1,
    )


def lines() -> dict[str, float]:
    """Eight threads note one use after another, as requests do; microseconds of processor a line, and lines a second."""

    def note() -> None:
        for number in range(LINES // THREADS):
            use = _use(number)
            use_note(
                actor=use.actor,
                resource=use.resource,
                version=use.version,
                fields=use.fields,
                about=use.about,
                purpose=use.purpose,
                grant=use.grant,
                via=use.via,
                rows=use.rows,
            )

    threads = [threading.Thread(target=note) for _ in range(THREADS)]
    began, busy = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    return {"a_second": LINES / spent, "processor_us": busy / LINES * 1e6}


def entries(rows: int) -> dict[str, object]:
    """`rows` uses wait in the journal; from there to rows, index, tiles and a signed checkpoint."""
    call_command("migrate", verbosity=0)
    noted = lines()
    assert ledger_append_pending().entries == LINES
    for start in range(0, rows, BATCH):
        uses_note([_use(number) for number in range(start, min(rows, start + BATCH))])
    began, busy = time.perf_counter(), time.process_time()
    report = ledger_append_pending(rows)
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    assert (report.entries, report.size) == (rows, rows + LINES) == (rows, Entry.objects.count()), report
    return {
        "database": connection.vendor,
        "entries": rows,
        "seconds": spent,
        "a_second": rows / spent,
        "processor_us": busy / rows * 1e6,
        "lines": noted,
    }


def grow(folder: Path, size: int) -> bytes:
    """Tiles of a tree over drawn leaf hashes; its root. Not flushed: nothing is measured of the writing."""
    level, row = 0, b""
    above: list[bytes] = []
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        row = random.randbytes(width * SIZE)
        _put(folder, level, number, row)
        if width == WIDTH:
            above.append(_root(row))
    rest = [row[at : at + SIZE] for at in range(0, len(row), SIZE)] if size % WIDTH else []
    tails = [rest]
    while above:
        level += 1
        whole = []
        for number in range(-(-len(above) // WIDTH)):
            part = above[number * WIDTH : (number + 1) * WIDTH]
            _put(folder, level, number, b"".join(part))
            if len(part) == WIDTH:
                whole.append(_root(b"".join(part)))
        tails.append(above[len(whole) * WIDTH :])
        above = whole
    # the root over a list of trees, each smaller than the one before it
    found = b""
    for tail in tails:
        for hashed in reversed(_peaks(tail)):
            found = node_hash(hashed, found) if found else hashed
    return found


def _peaks(hashes: list[bytes]) -> list[bytes]:
    """Roots of the whole subtrees in a tile that is not full, the largest first."""
    found, at = [], 0
    for level in reversed(range(HEIGHT)):
        if len(hashes) >> level & 1:
            found.append(root_of(hashes[at : at + (1 << level)]))
            at += 1 << level
    return found


def _root(body: bytes) -> bytes:
    row = [body[at : at + SIZE] for at in range(0, len(body), SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _put(folder: Path, level: int, number: int, body: bytes) -> None:
    path = folder / tile_path(level, number, len(body) // SIZE)
    if number % 1000 == 0 or len(body) < WIDTH * SIZE:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def proofs(size: int) -> dict[str, float]:
    """Proofs of drawn entries, each from nothing but files; milliseconds. Every one is checked against the root."""
    random.seed(20261123)
    with tempfile.TemporaryDirectory(dir=settings.PLACE.home) as place:
        folder = Path(place)
        began = time.perf_counter()
        root = grow(folder, size)
        built = time.perf_counter() - began
        spent, worked = [], []
        for _ in range(PROOFS):
            index = random.randrange(size)
            began, busy = time.perf_counter(), time.process_time()
            proof = inclusion_proof(tile_nodes(folder, size), index, size)
            spent.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
            hashed = tile_nodes(folder, size)(0, index)
            assert verify_inclusion(hashed, index, size, proof, root), index
    spent.sort()
    worked.sort()
    return {
        "size": size,
        "build_seconds": built,
        "median_ms": statistics.median(spent),
        "p99_ms": spent[int(len(spent) * 0.99)],
        "most_ms": spent[-1],
        "processor_p99_ms": worked[int(len(worked) * 0.99)],
    }


def main() -> None:
    os.makedirs(settings.PLACE.home, exist_ok=True)
    rows = int(sys.argv[2])
    found = entries(rows) if sys.argv[1] == "entries" else proofs(rows)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
