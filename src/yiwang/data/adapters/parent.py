"""The parent platform (市、省政务数据平台) as this city talks to it: JSON over HTTP, each call signed with the key both know.

    POST catalogue            {"entries": […]}                    → {"accepted": n, "rejected": [{"row": i, "reason": "…"}]}
    POST data/RESOURCE        {"version": v, "rows": […]}          → the same
    GET  return/RESOURCE?division=D                                → {"version": "…", "rows": […]}
    GET  open                                                      → {"sets": [{"id": "…", "mark": "…"}]}
    PUT  open/SET/FORMAT        the bytes of the file              → {"accepted": 1, "rejected": []}
    POST open/SET               {"id", "mark", "licence", "files"…} → the same; after its files
    POST open/SET/withdraw      {"reason": "…"}                    → the same

Yiwang-Timestamp, and Yiwang-Hmac over it, a dot, method, blank, path with query, a dot and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from yiwang.kernel.errors import Unavailable

SECONDS = 30.0
MOST_BYTES = 256 << 20
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the parent made of what it was sent: source = accepted + rejected, or the call counts as failed."""

    source: int
    accepted: int
    reasons: Mapping[str, int]

    @property
    def rejected(self) -> int:
        return self.source - self.accepted


@dataclass(frozen=True)
class ParentClient:
    url: str
    key: str

    def catalogue(self, entries: Sequence[Row]) -> Reply:
        """Raises Unavailable."""
        return _reply(self._call("POST", "catalogue", {"entries": list(entries)}), len(entries))

    def rows(self, resource: str, version: int, rows: Sequence[Row]) -> Reply:
        """Raises Unavailable."""
        return _reply(self._call("POST", f"data/{resource}", {"version": version, "rows": list(rows)}), len(rows))

    def returned(self, resource: str, division: str) -> tuple[str, list[Row]]:
        """The version and rows that belong to a division. Raises Unavailable."""
        told = self._call("GET", f"return/{resource}?{urlencode({'division': division})}")
        rows = told.get("rows")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _wrong("没有 rows 列表", "there is no list of rows")
        return str(told.get("version", "")), rows

    def open_held(self) -> dict[str, str]:
        """The open sets of this city the parent's portal holds: id → mark. Raises Unavailable."""
        sets = self._call("GET", "open").get("sets")
        if not isinstance(sets, list) or not all(isinstance(one, dict) and "id" in one for one in sets):
            raise _wrong("没有 sets 列表", "there is no list of sets")
        return {str(one["id"]): str(one.get("mark", "")) for one in sets}

    def open_file(self, set_id: str, format: str, path: Path) -> Reply:
        """Raises Unavailable."""
        return _reply(self._sent("PUT", f"open/{set_id}/{format}", path.read_bytes(), "application/octet-stream"), 1)

    def open_set(self, set_id: str, said: Row) -> Reply:
        """After its files. Raises Unavailable."""
        return _reply(self._call("POST", f"open/{set_id}", said), 1)

    def open_withdraw(self, set_id: str, reason: str) -> Reply:
        """Raises Unavailable."""
        return _reply(self._call("POST", f"open/{set_id}/withdraw", {"reason": reason}), 1)

    def _call(self, method: str, path: str, said: Row | None = None) -> Row:
        body = json.dumps(said, ensure_ascii=False).encode() if said is not None else b""
        return self._sent(method, path, body, "application/json; charset=utf-8")

    def _sent(self, method: str, path: str, body: bytes, kind: str) -> Row:
        address = f"{self.url.rstrip('/')}/{path}"
        timestamp, parts = str(int(time.time())), urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {"Yiwang-Timestamp": timestamp, "Yiwang-Hmac": call_hmac(self.key, timestamp, method, target, body)}
        request = urllib.request.Request(address, body or None, headers | {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                told = json.loads(answer.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise _wrong(f"HTTP {error.code}", f"HTTP {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise _wrong(str(error)[:200], str(error)[:200]) from error
        if not isinstance(told, dict):
            raise _wrong("答复不是对象", "the answer is no object")
        return told


def call_hmac(key: str, timestamp: str, method: str, target: str, body: bytes) -> str:
    said = f"{timestamp}.{method} {target}.".encode() + body
    return "sha256=" + hmac.new(key.encode(), said, hashlib.sha256).hexdigest()


def _reply(told: Row, source: int) -> Reply:
    rejected = told.get("rejected")
    if not isinstance(rejected, list) or told.get("accepted") != source - len(rejected):
        raise _wrong(
            "答复的接收数与拒绝数之和不等于报送数", "accepted and rejected of its answer are not what was sent"
        )
    reasons: dict[str, int] = {}
    for one in rejected:
        reason = str(one.get("reason", "?"))[:200] if isinstance(one, dict) else "?"
        reasons[reason] = reasons.get(reason, 0) + 1
    return Reply(source, source - len(rejected), reasons)


def _wrong(zh: str, en: str) -> Unavailable:
    return Unavailable(
        zh=f"上级平台没有正常答复：{zh}",
        en=f"the parent platform gave no good answer: {en}",
        where="parent",
        hint_zh="请检查 parent.json 中的地址和密钥，稍后再试。",
        hint_en="Look at address and key in parent.json, and try again later.",
    )
