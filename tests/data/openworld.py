"""What the tests of open data are made of: a resource that may be opened, three people, and data in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datacity import DEPARTMENT, DataCity, one_field, resource

from yiwang.data.models import Release
from yiwang.data.schema import ResourceFile
from yiwang.data.service import SetWords, release_offer, release_publish, release_review
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text

CITY = frozenset({DEPARTMENT})


def person(name: str, role: Role) -> Actor:
    return Actor(id=f"account:{name}", name=name, department=DEPARTMENT, scopes={role: CITY})


STEWARD = person("steward", Role.STEWARD)
LEAD = person("lead", Role.DATA_LEAD)
LEADER = person("leader", Role.LEADER)
STOPS = [one_field("code"), one_field("name"), one_field("line"), one_field("built", "date")]
STOP_ROWS = "code,name,line,built\n1,街津口,1,2020-01-02\n2,八岔,1,2021-03-04\n3,=勤得利,2,2022-05-06\n"


def stops(**changes: Any) -> ResourceFile:
    return resource("stops", **{"open": {"allowed": True}, "fields": STOPS, "rules": []} | changes)


def words(id: str = "bus-stops", **more: Any) -> SetWords:
    said: dict[str, Any] = {
        "title": Text(zh="公交站点", en="Bus stops"),
        "summary": Text(zh="全市公交站点", en="All bus stops of the city"),
        "theme": "transport",
        "licence": "CC-BY-4.0",
        "keywords": ("公交",),
    }
    return SetWords(id=id, **said | more)


@dataclass
class OpenWorld:
    city: DataCity

    def offer(self, *fields: str, resource_id: str = "stops", set: SetWords | None = None, **more: Any) -> Release:
        return release_offer(
            actor=STEWARD, resource_id=resource_id, words=set or words(), fields=fields or ("name", "line"), **more
        )

    def publish(self, *fields: str, **more: Any) -> Release:
        row = self.offer(*fields, **more)
        release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
        return release_publish(actor=LEADER, release_id=row.pk, agree=True, reason="同意")
