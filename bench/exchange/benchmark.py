"""Exchange: one record of 1,000,000 over HTTP, with token, grant, row filter, masks, a flushed line of the use and a signature,
against Datasette and a bare Django view serving the same table to anybody. In turns, on the same machine, eight connections.
"""

from __future__ import annotations

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.contest import ROOT
from bench.exchange.city import REGISTER, number
from bench.exchange.pounding import Pounded, first_answer, pound
from bench.machine import machine
from bench.peers import peers_python

ROWS, QUICK_ROWS = 1_000_000, 20_000
SECONDS, CONNECTIONS, SAMPLE = 6.0, 8, 5_000
LEAST = {"datasette": 1.0, "bare": 0.6}
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "16"]
APPEND = (
    "import django, threading; django.setup(); from yiwang.trust.service import append_until; "
    "append_until(threading.Event())"
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Side:
    """`asks`: the request for one person."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    asks: Callable[[str], bytes]


def run(rows: int, repeat: int, say: Say) -> dict[str, Any]:
    """`failed` names each ratio that is missed, and any answer that was not 200."""
    before = asdict(machine())
    peers = peers_python(say)
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        home = Path(folder)
        env = _environment(home)
        say(f"exchange: building a city of {rows:,} rows")
        subprocess.run([sys.executable, "-m", "bench.exchange.city", str(rows)], cwd=ROOT, env=env, check=True)
        told = json.loads((home / "told.json").read_text())
        say(f"  loaded in {told['load_seconds']:.0f} s, records written in {told['fill_seconds']:.0f} s")
        found = _turns(_sides(home, env, told, peers), rows, repeat, say)
    speed = {name: statistics.median(one.per_second for one in runs) for name, runs in found.items()}
    ratios = {name: speed["yiwang"] / speed[name] for name in LEAST}
    failed = [f"{ratios[n]:.2f} of {n}, wanted {least}" for n, least in LEAST.items() if ratios[n] < least]
    failed += [f"{name}: {one.bad} answers were not 200" for name, runs in found.items() for one in runs if one.bad]
    return {
        "name": "exchange",
        "rows": rows,
        "failed": failed,
        "ratios": ratios,
        "per_second": speed,
        "p50": {name: statistics.median(one.p50 for one in runs) for name, runs in found.items()},
        "p99": {name: statistics.median(one.p99 for one in runs) for name, runs in found.items()},
        "fill_seconds": told["fill_seconds"],
        "machine": before,
    }


def table(found: Mapping[str, Any]) -> str:
    """What a person reads."""
    lines = [f"exchange: one record of {found['rows']:,} (load {found['machine']['load']})"]
    lines += [
        f"  {name:<10}{found['per_second'][name]:8.0f} requests/s   p50 {found['p50'][name]:6.1f} ms   p99 {found['p99'][name]:6.1f} ms"
        for name in found["per_second"]
    ]
    lines += [f"  {ratio:.2f} times {name} (wanted {LEAST[name]})" for name, ratio in found["ratios"].items()]
    return "\n".join([*lines, *(f"  missed: {one}" for one in found["failed"])])


def _turns(sides: list[Side], rows: int, repeat: int, say: Say) -> dict[str, list[Pounded]]:
    found: dict[str, list[Pounded]] = {side.name: [] for side in sides}
    chosen = random.Random(7).sample(range(rows), min(SAMPLE, rows))
    for turn in range(repeat):
        for side in sides if turn % 2 == 0 else reversed(sides):
            with _serving(side) as port:
                requests = [side.asks(number(n)) for n in chosen]
                first_answer(port, requests[0])
                pound(port, requests, seconds=1.0, connections=CONNECTIONS)
                found[side.name].append(pound(port, requests, seconds=SECONDS, connections=CONNECTIONS))
            last = found[side.name][-1]
            say(f"  {side.name}: {last.per_second:.0f} requests/s, p99 {last.p99:.1f} ms, {last.bad} bad")
    return found


def _sides(home: Path, env: dict[str, str], told: Mapping[str, Any], peers: Path) -> list[Side]:
    body = {"key": {"id_number": ""}, "grant": told["grant"], "purpose": "benefit"}
    plain = f"sqlite:///{home / 'people.sqlite3'}"

    def ours(who: str) -> bytes:
        said = json.dumps(body | {"key": {"id_number": who}}).encode()
        return (
            f"POST /api/exchange/resources/{REGISTER}/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {told['token']}\r\nContent-Length: {len(said)}\r\n\r\n"
        ).encode() + said

    def get(path: str) -> Callable[[str], bytes]:
        return lambda who: f"GET {path.format(who)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    served = [str(peers), "-m", "datasette", "serve", "-i", str(home / "people.sqlite3"), "--host", "127.0.0.1"]
    python = [sys.executable, *GRANIAN]
    return [
        Side("yiwang", [*python, "yiwang.config.wsgi:application", "--port"], env, ours),
        Side(
            "bare",
            [*python, "bench.exchange.bare:application", "--port"],
            env | {"BENCH_TABLE": plain},
            get("/people/{}"),
        ),
        Side("datasette", [*served, "--port"], env, get("/people/people/{}.json")),
    ]


@contextmanager
def _serving(side: Side) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    running = [
        subprocess.Popen(
            [*side.command, str(port)],
            cwd=ROOT,
            env=dict(side.env),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ]
    if side.name == "yiwang":
        # What `yiwang up` runs beside the server: the lines of the uses get their places in the tree.
        running.append(subprocess.Popen([sys.executable, "-c", APPEND], cwd=ROOT, env=dict(side.env)))
    try:
        _wait(port)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def _environment(home: Path) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("YIWANG_")}
    return inherited | {
        "YIWANG_HOME": str(home),
        "YIWANG_SECRET_KEY": "only-measured",
        "YIWANG_EXCHANGE_PER_SECOND": "0",
        "DJANGO_SETTINGS_MODULE": "yiwang.config.demo",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
