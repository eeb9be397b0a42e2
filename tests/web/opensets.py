"""An open data set published in the city of the page tests, by three people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webcity import SYSTEM

from yiwang.config.place import Place
from yiwang.data.service import SetWords, load_run, release_offer, release_publish, release_review
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text

OFFICES = frozenset({"government-office", "data-bureau"})
STOPS = "站名,线路\n街津口,1\n八岔,1\n勤得利,2\n"


def somebody(role: Role) -> Actor:
    return Actor(f"account:{role}", str(role), department="data-bureau", scopes={role: OFFICES})


STEWARD, LEAD, LEADER = somebody(Role.STEWARD), somebody(Role.DATA_LEAD), somebody(Role.LEADER)


def stops_load(city: Place, text: str = STOPS) -> None:
    path = city.home / "stops.csv"
    path.write_text(text, encoding="utf-8")
    load_run(actor=SYSTEM, resource_id="bus-stops", path=path, file_name="stops.csv")


def stops_publish(id: str = "bus-stops", *, by: Sequence[str] = (), **more: Any) -> int:
    """Its rows, or how many there are by some fields."""
    words: dict[str, Any] = {
        "title": Text(zh="公交站点 <一>", en="Bus stops <one>"),
        "summary": Text(zh="全部“公交”站点\n两行", en='All "bus" stops\\'),
        "theme": "transport",
        "licence": "CC-BY-4.0",
        "keywords": ("公交", "出行"),
    }
    row = release_offer(
        actor=STEWARD,
        resource_id="bus-stops",
        words=SetWords(id=id, **words | more),
        fields=by or ["name", "line"],
        counts=bool(by),
    )
    release_review(actor=LEAD, release_id=row.pk, agree=True, reason="")
    release_publish(actor=LEADER, release_id=row.pk, agree=True, reason="同意")
    return int(row.pk)
