"""python -m bench fuzz [--feel N] [--dmn N] [--seed N] [--workers N]: broken texts and files for the rules room.

A check, not a race: exit 1 for an exception that is none of the rules' own, for more than a second of processor, for more than 500 MB, or
for an answer from a file that was broken on purpose. Every run of a seed makes the same texts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.fuzzing.bombs import BOMBS
from bench.fuzzing.dmn import fuzz_dmn, sound_files
from bench.fuzzing.feel import FeelCase, Tally, fuzz_feel
from bench.fuzzing.mutating import kit_texts, own_texts

ROOT = Path(__file__).resolve().parents[1]
PEAK_MB = 500
SILENCE = 60.0  # seconds without a word after which a worker is taken to hang
_ADDRESS_SPACE = 2 << 30


def kit_folder() -> Path:
    """The conformance kit, where somebody has put it; nothing of it is kept here."""
    return Path(os.environ.get("YIWANG_TCK", ROOT.parent / "shared/tck"))


def work(pipe: Connection, seed: str, feel: int, dmn: int, bombs: bool) -> None:
    """A worker: sends each text before it tries it, now and then, and its tally at the end."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    tally, told = Tally(), [0.0]

    def begin(text: str) -> None:
        now = time.monotonic()
        if now - told[0] > 1:
            told[0] = now
            pipe.send(text)

    expressions, cells = own_texts()
    texts = expressions + kit_texts(kit_folder())
    if bombs:
        case = FeelCase(tally, mixed=0)
        for text in BOMBS:
            begin(text)
            case.expression(text)
    fuzz_feel(f"feel {seed}", feel, texts, cells, tally, begin)
    if dmn:
        files = sound_files([ROOT / "tests/rules/benefits", kit_folder()])
        fuzz_dmn(f"dmn {seed}", dmn, files, texts, tally, begin)
    tally.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pipe.send(tally)


def fuzz(feel: int, dmn: int, seed: int, workers: int) -> Tally:
    """What became of that many texts and files; a worker that dies or hangs is a fault with its last text."""
    context, whole = get_context("fork"), Tally()
    started = []
    for number in range(workers):
        mine, theirs = context.Pipe(duplex=False)
        shares = [count // workers + (number < count % workers) for count in (feel, dmn)]
        process = context.Process(target=work, args=(theirs, f"{seed}/{workers}/{number}", *shares, number == 0))
        process.start()
        theirs.close()
        started.append((process, mine))
    for process, pipe in started:
        found = _heard(pipe)
        if isinstance(found, Tally):
            whole.add(found)
        else:
            process.kill()
            whole.fault(found, "a worker fell silent or died near this text")
        process.join()
    if whole.peak_mb > PEAK_MB:
        whole.fault("", f"a worker held {whole.peak_mb} MB")
    return whole


def _heard(pipe: Connection) -> Tally | str:
    """The tally of a worker, or the last text it spoke of."""
    last = ""
    try:
        while pipe.poll(SILENCE):
            found = pipe.recv()
            if isinstance(found, Tally):
                return found
            last = found
    except EOFError:
        return last
    return last


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench fuzz", description=__doc__)
    parser.add_argument("--feel", type=int, default=1_000_000, help="texts of FEEL")
    parser.add_argument("--dmn", type=int, default=2_000, help="files of DMN")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    start = time.monotonic()
    tally = fuzz(given.feel, given.dmn, given.seed, given.workers)
    seconds, text = tally.slowest
    found: dict[str, Any] = {
        "name": "fuzz",
        "feel": given.feel + len(BOMBS),
        "dmn": given.dmn,
        "seed": given.seed,
        "seconds": round(time.monotonic() - start, 1),
        "counts": dict(sorted(tally.counts.items())),
        "peak_mb": tally.peak_mb,
        "slowest": {"seconds": round(seconds, 3), "text": text[:200]},
        "faults": [{"text": text[:2_000], "what": what} for text, what in tally.faults],
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=True, indent=None if given.json else 1) + "\n")
    return 1 if tally.counts["faults"] else 0
