"""A stand-in for a parent platform: takes catalogue entries, rows and open sets, gives back what belongs to a division.

It keeps everything in memory and judges as a parent does: an entry needs code, title and provider; a row comes once a key; an open
set needs a licence it knows, and its files are those whose digests it names.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from yiwang.data.adapters.parent import Row, call_hmac

SKEW_SECONDS = 300
NEEDED = ("code", "title", "provider")
OPEN_NEEDED = ("id", "mark", "title", "licence", "department", "fields", "files")


class ParentStandin:
    """`returns`: rows by resource; those whose `division` begins with the one asked for go back. `licences`: those it takes open
    sets under, all when it is empty."""

    def __init__(
        self,
        key: str,
        *,
        port: int = 0,
        returns: Mapping[str, Sequence[Row]] | None = None,
        licences: Sequence[str] = (),
    ) -> None:
        self.key, self.licences = key, frozenset(licences)
        self.opened: dict[str, Row] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.catalogue: dict[str, Row] = {}
        self.rows: dict[str, dict[str, Row]] = {}
        self.returns = {name: list(rows) for name, rows in (returns or {}).items()}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> ParentStandin:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def take(self, path: str, said: Row) -> Row:
        with self._lock:
            if path == "/catalogue":
                return self._entries(said["entries"])
            if path.startswith("/open/"):
                return self._open(path.removeprefix("/open/"), said)
            return self._data(path.removeprefix("/data/"), said["rows"])

    def keep(self, path: str, body: bytes) -> Row:
        set_id, format = path.removeprefix("/open/").split("/")
        with self._lock:
            self.files[set_id, format] = body
        return {"accepted": 1, "rejected": []}

    def held(self) -> Row:
        return {"sets": [{"id": set_id, "mark": said["mark"]} for set_id, said in self.opened.items()]}

    def _open(self, path: str, said: Row) -> Row:
        set_id, _, act = path.partition("/")
        if act == "withdraw":
            self.opened.pop(set_id, None)
            self.files = {key: body for key, body in self.files.items() if key[0] != set_id}
            return {"accepted": 1, "rejected": []}
        fault = self._open_fault(set_id, said)
        if fault:
            return {"accepted": 0, "rejected": [{"row": 0, "reason": fault}]}
        self.opened[set_id] = said
        return {"accepted": 1, "rejected": []}

    def _open_fault(self, set_id: str, said: Row) -> str:
        missing = [name for name in OPEN_NEEDED if not said.get(name)]
        if missing or said["id"] != set_id:
            return f"missing {missing[0]}" if missing else "another id"
        if self.licences and said["licence"] not in self.licences:
            return f"unknown licence {said['licence']}"
        for file in said["files"]:
            body = self.files.get((set_id, file["format"]))
            if body is None or hashlib.sha256(body).hexdigest() != file["digest"]:
                return f"the bytes of {file['format']} are not those of its digest"
        return ""

    def give(self, resource: str, division: str) -> Row:
        rows = [row for row in self.returns.get(resource, []) if str(row.get("division", "")).startswith(division)]
        return {"version": str(len(rows)), "rows": rows}

    def _entries(self, entries: Sequence[Row]) -> Row:
        rejected = []
        for place, entry in enumerate(entries):
            missing = [name for name in NEEDED if not entry.get(name)]
            if missing:
                rejected.append({"row": place, "reason": f"missing {missing[0]}"})
            else:
                self.catalogue[str(entry["code"])] = entry
        return {"accepted": len(entries) - len(rejected), "rejected": rejected}

    def _data(self, resource: str, rows: Sequence[Row]) -> Row:
        known = {str(entry.get("id")): entry for entry in self.catalogue.values()}
        if resource not in known:
            return {"accepted": 0, "rejected": [{"row": n, "reason": "not in the catalogue"} for n in range(len(rows))]}
        held, rejected = self.rows.setdefault(resource, {}), []
        for place, row in enumerate(rows):
            key = [row.get(name) for name in known[resource]["key"]]
            if any(part in (None, "") for part in key):
                rejected.append({"row": place, "reason": "no key"})
            else:
                held[json.dumps(key, ensure_ascii=False)] = row
        return {"accepted": len(rows) - len(rejected), "rejected": rejected}


def _handler(parent: ParentStandin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self._is_known("POST", body):
                try:
                    self._say(200, parent.take(self.path, json.loads(body)))
                except (ValueError, KeyError, TypeError, AttributeError):
                    self._say(400, {"error": "this is not what is expected here"})

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self._is_known("PUT", body):
                try:
                    self._say(200, parent.keep(self.path, body))
                except ValueError:
                    self._say(400, {"error": "this is not what is expected here"})

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if not self._is_known("GET", b""):
                return
            if parts.path == "/open":
                self._say(200, parent.held())
            else:
                division = parse_qs(parts.query).get("division", [""])[0]
                self._say(200, parent.give(parts.path.removeprefix("/return/"), division))

        def _is_known(self, method: str, body: bytes) -> bool:
            said = self.headers.get("Yiwang-Timestamp", "")
            fresh = said.isdigit() and abs(time.time() - int(said)) < SKEW_SECONDS
            wanted = call_hmac(parent.key, said, method, self.path, body)
            if fresh and hmac.compare_digest(wanted, self.headers.get("Yiwang-Hmac", "")):
                return True
            self._say(401, {"error": "the signature does not hold"})
            return False

        def _say(self, status: int, told: Row) -> None:
            body = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """What was taken is told by the runs of who sent it."""

    return Handler
