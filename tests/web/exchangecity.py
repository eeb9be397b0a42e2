"""A register of one department and the program of another that wants to use it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from yiwang.data.exchange.projection import projection_fill
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.data.service import load_run, resource_install
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import department_save
from yiwang.trust.service import GrantAsk, client_new, grant_apply, grant_issue, grant_review_note

SYSTEM = system_actor("tests")
OWNER, ASKER = "police", "civil"
REGISTER, WEATHER = "register", "weather"
HEAD = "id_number,name,town,born,income"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person(n: int) -> str:
    """The identity number of the nth person."""
    first = f"23083319900307{n:03}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


LI, WU, ZHAO = person(1), person(2), person(3)
ROWS = f"{HEAD}\n{LI},李小江,永安,1990-03-07,1200.50\n{WU},吴五,新城,1985-01-02,900\n{ZHAO},赵六,永安,1970-05-06,\n"


def _field(id: str, semantic: str = "text", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": {"zh": id, "en": id}, "semantic": semantic} | more


FIELDS = [
    _field("id_number", "resident-id", required=True),
    _field("name", "person-name"),
    _field("town"),
    _field("born", "date", grade=3),
    _field("income", "decimal", grade=3),
]


def _resource(id: str, share: dict[str, Any], fields: list[dict[str, Any]], key: str, mode: str) -> ResourceFile:
    return ResourceFile.model_validate(
        {
            "id": id,
            "code": f"TEST/{id}",
            "title": {"zh": "登记", "en": "Register"},
            "summary": {"zh": "试验用", "en": "for tests"},
            "category": "department",
            "provider": OWNER,
            "share": share,
            "update": {"cycle": "daily"},
            "published": date(2020, 1, 1),
            "duties": dict.fromkeys(DUTIES, OWNER),
            "key": [key],
            "load": {"mode": mode},
            "fields": fields,
        }
    )


def register(mode: str = "replace") -> ResourceFile:
    share = {"type": "conditional", "condition": {"zh": "有", "en": "some"}, "methods": []}
    return _resource(REGISTER, share, FIELDS, "id_number", mode)


@dataclass
class ExchangeCity:
    """Loaded, with one client let in; `lines` are the uses that were noted."""

    inbox: Path
    lines: list[dict[str, Any]] = field(default_factory=list)
    loads: int = 0
    token: str = ""

    def load(self, text: str, resource: str = REGISTER) -> None:
        self.loads += 1
        path = self.inbox / f"{resource}-{self.loads}.csv"
        path.write_text(text, encoding="utf-8")
        load_run(actor=SYSTEM, resource_id=resource, path=path, file_name=path.name)
        projection_fill(resource)

    def grant(self, **changed: Any) -> str:
        today = timezone.localdate()
        said: dict[str, Any] = {
            "resource": REGISTER,
            "fields": [f["id"] for f in FIELDS],
            "methods": ["query", "verify", "batch", "subscribe"],
            "purpose_code": "benefit",
            "purpose": "高龄津贴资格核对",
            "basis": "老年人权益保障法 第三十三条",
            "valid_from": today,
            "valid_until": today + timedelta(days=30),
        }
        owner = Actor(
            "account:o", "o", "staff", OWNER, {Role.STEWARD: frozenset({OWNER}), Role.DATA_LEAD: frozenset({OWNER})}
        )
        number = grant_apply(
            actor=Actor("account:a", "a", "staff", ASKER, {Role.STAFF: frozenset({ASKER})}),
            ask=GrantAsk(**said | changed),
        )
        grant_review_note(actor=owner, number=number)
        grant_issue(actor=owner, number=number)
        return number

    def client(self, client_id: str = "desk", department: str = ASKER) -> str:
        made = client_new(actor=SYSTEM, client_id=client_id, name="窗口", department=department, purpose="核对")
        pair = base64.b64encode(f"{made.client_id}:{made.secret}".encode()).decode()
        answer = Client().post(
            "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"authorization": f"Basic {pair}"}
        )
        return str(answer.json()["access_token"])

    def post(self, path: str, body: Mapping[str, Any], *, token: str = "", **headers: str) -> Any:
        given = {"authorization": f"Bearer {token or self.token}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return Client().post(f"/api/exchange/{path}", json.dumps(body), "application/json", headers=given)

    def get(self, path: str, *, token: str = "") -> Any:
        return Client().get(f"/api/exchange/{path}", headers={"authorization": f"Bearer {token or self.token}"})

    def delete(self, path: str) -> Any:
        return Client().delete(f"/api/exchange/{path}", headers={"authorization": f"Bearer {self.token}"})

    def query(self, number: str = LI, *, grant: str = "", purpose: str = "benefit", **more: Any) -> Any:
        body = {"key": {"id_number": number}, "grant": grant, "purpose": purpose}
        return self.post(f"resources/{REGISTER}/query", body | more)


def found(inbox: Path) -> ExchangeCity:
    for code in (OWNER, ASKER, "tax"):
        department_save(actor=SYSTEM, code=code, name=Text(zh=code, en=code), parent=None)
    title = Text(zh="试验", en="Trial")
    pack = Pack(
        Manifest(id="exchange-tests", version="1.0.0", title=title, summary=title, department=OWNER), Path(), {}
    )
    resource_install(actor=SYSTEM, file=register(), pack=pack)
    open_share = {"type": "unconditional", "methods": ["query", "batch"]}
    weather = _resource(WEATHER, open_share, [_field("day", "date"), _field("rain", "decimal")], "day", "merge")
    resource_install(actor=SYSTEM, file=weather, pack=pack)
    inbox.mkdir(exist_ok=True)
    city = ExchangeCity(inbox)
    city.load(ROWS)
    city.load("day,rain\n2026-05-01,3.5\n2026-05-02,0\n", WEATHER)
    city.token = city.client()
    return city
