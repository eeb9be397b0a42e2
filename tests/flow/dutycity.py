"""A city with five departments and a duty list, for the tests of duties."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from yiwang.flow.dutyfile import DutyFile
from yiwang.flow.service import duties_install
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import department_save

SYSTEM = system_actor("tests")
FOUNDED = date(2020, 1, 1)
DEPARTMENTS = ("hotline", "housing", "urban", "water", "transport")
LAW = {"law": "城市供热条例", "article": "第五条"}


def said(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def duty(department: str, day: str = "2026-01-01", **more: object) -> dict[str, object]:
    return {"from": day, "department": department, "basis": LAW, **more}


def list_body(**more: object) -> dict[str, Any]:
    """Heat and its two leaves, broken roads, street lamps that nobody wants."""
    body: dict[str, Any] = {
        "id": "city",
        "title": said("全市职责清单", "Duties of the city"),
        "intake": {"item": "hotline-ticket"},
        "gap": {"item": "duty-gap", "department": "hotline", "bounces": 2, "days": 90},
        "open311": {
            "jurisdiction": "city.example",
            "contact": said("热线：12345", "Hotline: 12345"),
            "keys": said("向热线申请密钥", "Ask the hotline for a key"),
        },
        "topics": [
            {"id": "heat", "title": said("供热", "Heating"), "duties": [duty("housing")]},
            {
                "id": "heat-cold",
                "title": said("室温不达标", "Too cold at home"),
                "parent": "heat",
                "urgent": True,
                "examples": ["家里暖气不热只有十四度", "老人在家冻得不行，暖气片冰凉", "供热温度不够"],
            },
            {
                "id": "heat-fee",
                "title": said("供热收费", "Heating fees"),
                "parent": "heat",
                "examples": ["供热费多收了怎么退", "停热了还要交取暖费吗", "取暖费按建筑面积收合理吗"],
            },
            {
                "id": "road",
                "title": said("道路破损", "Broken roads"),
                "in_public": True,
                "duties": [duty("transport"), duty("urban", division="230881001000")],
                "examples": ["路面有个大坑，车轮陷进去了", "人行道地砖破碎", "马路塌陷没有人修"],
                "attributes": [
                    {
                        "code": "surface",
                        "type": "singlevaluelist",
                        "required": True,
                        "title": said("路面", "Surface"),
                        "values": [
                            {"key": "asphalt", "title": said("沥青", "Asphalt")},
                            {"key": "brick", "title": said("地砖", "Brick")},
                        ],
                    },
                    {"code": "depth", "type": "number", "title": said("坑深（厘米）", "Depth in cm")},
                ],
            },
            {
                "id": "lamp",
                "title": said("路灯不亮", "Dark street lamps"),
                "in_public": True,
                "duties": [duty("urban")],
                "examples": ["路灯坏了一个月没人修", "小区门口的灯晚上不亮", "路灯忽明忽暗"],
            },
        ],
    }
    return {**body, **more}


def pack(version: str = "1.0.0") -> Pack:
    manifest = Manifest(
        id="duty-tests",
        version=version,
        title=said("试", "Trial"),  # type: ignore[arg-type]
        summary=said("试", "A trial"),  # type: ignore[arg-type]
        department="hotline",
    )
    return Pack(manifest, Path(), {"pack.yaml": version.encode()})


def departments() -> None:
    for code in DEPARTMENTS:
        department_save(actor=SYSTEM, code=code, name=Text(zh=f"{code}局", en=code.title()), parent=None, on=FOUNDED)


def install(body: dict[str, Any] | None = None, *, actor: Actor = SYSTEM, version: str = "1.0.0") -> None:
    file = DutyFile.model_validate(deepcopy(body or list_body()))
    duties_install(actor=actor, file=file, pack=pack(version))
