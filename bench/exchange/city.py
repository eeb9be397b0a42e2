"""A city with one register of some rows, a program that may use it, and the same rows as a plain table for the others.

`python -m bench.exchange.city ROWS` is run with YIWANG_HOME set; it leaves `told.json` there.
"""

from __future__ import annotations

import base64
import csv
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FIELDS = {
    "id_number": "resident-id",
    "name": "person-name",
    "town": "text",
    "kind": "text",
    "paid": "decimal",
    "since": "date",
}
OWNER, ASKER, REGISTER = "police", "civil", "people"


def number(n: int) -> str:
    """The identity number of the nth person."""
    born = date(1940, 1, 1) + timedelta(days=n // 999)
    first = f"230833{born:%Y%m%d}{n % 999 + 1:03}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


def people(rows: int) -> Iterator[tuple[str, ...]]:
    for n in range(rows):
        yield number(n), f"李小{chr(0x4E00 + n % 2000)}", "永安", str(n % 7), f"{n % 1000}.50", "2020-03-01"


def plain_table(path: Path, rows: int) -> None:
    columns = ", ".join(f"{name} TEXT{' PRIMARY KEY' if name == 'id_number' else ''}" for name in FIELDS)
    with sqlite3.connect(path) as table:
        table.execute(f"CREATE TABLE people ({columns})")
        table.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", people(rows))
    table.close()


def main(rows: int) -> None:
    home = Path(os.environ["YIWANG_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    plain_table(home / "people.sqlite3", rows)
    # Django must be set up first.
    import django

    django.setup()
    # Django must be set up first.
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _city(home, rows)
    (home / "told.json").write_text(json.dumps(told), encoding="utf-8")


def _city(home: Path, rows: int) -> dict[str, object]:
    # Django must be set up first.
    from yiwang.data.exchange.projection import projection_fill
    from yiwang.data.schema import DUTIES, ResourceFile
    from yiwang.data.service import load_run, resource_install
    from yiwang.kernel.core.actor import system_actor
    from yiwang.kernel.core.pack import Manifest, Pack
    from yiwang.kernel.core.text import Text
    from yiwang.kernel.service import department_save

    system, title = system_actor("bench"), Text(zh="测速", en="Bench")
    for code in (OWNER, ASKER):
        department_save(actor=system, code=code, name=Text(zh=code, en=code), parent=None)
    file = ResourceFile.model_validate(
        {
            "id": REGISTER,
            "code": "BENCH/people",
            "title": {"zh": "登记", "en": "Register"},
            "summary": {"zh": "测速", "en": "For the bench"},
            "category": "base",
            "provider": OWNER,
            "share": {"type": "conditional", "condition": {"zh": "有", "en": "some"}, "methods": ["query"]},
            "update": {"cycle": "daily"},
            "published": date(2026, 1, 1),
            "duties": dict.fromkeys(DUTIES, OWNER),
            "key": ["id_number"],
            "fields": [
                {"id": id, "title": {"zh": id, "en": id}, "semantic": semantic} for id, semantic in FIELDS.items()
            ],
        }
    )
    pack = Pack(Manifest(id="bench", version="1.0.0", title=title, summary=title, department=OWNER), Path(), {})
    resource_install(actor=system, file=file, pack=pack)
    source = home / "people.csv"
    with source.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(FIELDS), *people(rows)])
    began = time.perf_counter()
    load, _ = load_run(actor=system, resource_id=REGISTER, path=source, file_name=source.name)
    loaded = time.perf_counter()
    filled = projection_fill(REGISTER)
    assert filled is not None and filled.written == load.accepted == rows, (filled, load.rejected)
    return {
        "load_seconds": loaded - began,
        "fill_seconds": time.perf_counter() - loaded,
        "token": _token(),
        "grant": _grant(),
    }


def _token() -> str:
    # Django must be set up first.
    from django.test import Client

    # Django must be set up first.
    from yiwang.kernel.core.actor import system_actor
    from yiwang.trust.service import client_new

    made = client_new(actor=system_actor("bench"), client_id="bench", name="测速", department=ASKER, purpose="测速")
    pair = base64.b64encode(f"{made.client_id}:{made.secret}".encode()).decode()
    answer = Client(SERVER_NAME="127.0.0.1").post(
        "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"authorization": f"Basic {pair}"}
    )
    return str(answer.json()["access_token"])


def _grant() -> str:
    # Django must be set up first.
    from django.utils import timezone

    # Django must be set up first.
    from yiwang.kernel.core.actor import Actor, Role
    from yiwang.trust.service import GrantAsk, grant_apply, grant_issue, grant_review_note

    today = timezone.localdate()
    ask = GrantAsk(
        resource=REGISTER,
        fields=tuple(FIELDS),
        methods=("query",),
        purpose_code="benefit",
        purpose="测速",
        basis="测速",
        valid_from=today,
        valid_until=today + timedelta(days=30),
        row_filter='town = "永安"',
    )
    owned, asked = frozenset({OWNER}), frozenset({ASKER})
    owner = Actor("account:1", "owner", "staff", OWNER, {Role.STEWARD: owned, Role.DATA_LEAD: owned})
    made = grant_apply(actor=Actor("account:2", "asker", "staff", ASKER, {Role.STAFF: asked}), ask=ask)
    grant_review_note(actor=owner, number=made)
    grant_issue(actor=owner, number=made)
    return made


if __name__ == "__main__":
    main(int(sys.argv[1]))
