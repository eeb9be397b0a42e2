"""What the tests of fusions are made of: a public register of people, bought data about them, a purchase, a product."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from datacity import DEPARTMENT, FOUNDED, DataCity, one_field, pack, resource
from django.utils import timezone
from openworld import STEWARD

from yiwang.data.models import FusionRun
from yiwang.data.products.fusions import FusionFile
from yiwang.data.service import ClauseText, ProductWords, fusion_install, fusion_run, product_offer, purchase_register
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.text import Text

TODAY = timezone.localdate()
ALLOWED = ClauseText("可与公共数据融合，只出汇总数", "enforced", "aggregates")
PRODUCT = "townfolk-flow"
MEASURE = {"kind": "sum", "side": "purchased", "field": "trips", "rounding": 1}
PUBLIC_FIELDS = [
    one_field("id_number", "resident-id"),
    one_field("town"),
    one_field("name", "person-name"),
    one_field("age", "integer"),
]
BOUGHT_FIELDS = [one_field("id_number", "resident-id"), one_field("habit"), one_field("trips", "integer")]


def identity_number(serial: int) -> str:
    body = f"23080319900101{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def townfolk(**changes: Any) -> Any:
    return resource("townfolk", **{"key": ["id_number"], "fields": PUBLIC_FIELDS, "rules": []} | changes)


def bought(**changes: Any) -> Any:
    said: dict[str, Any] = {
        "key": ["id_number"],
        "fields": BOUGHT_FIELDS,
        "rules": [],
        "share": {"type": "conditional", "condition": {"zh": "按合同", "en": "by contract"}},
        "load": {"mode": "replace"},
    }
    return resource("bought-flow", **said | changes)


def declared(**changes: Any) -> FusionFile:
    said: dict[str, Any] = {
        "id": "townfolk-flow",
        "title": {"zh": "出行", "en": "Trips"},
        "summary": {"zh": "各镇出行", "en": "Trips by town"},
        "purpose": "statistics",
        "public": {"resource": "townfolk", "key": "id_number"},
        "purchased": {"resource": "bought-flow", "key": "id_number"},
        "by": [{"side": "public", "field": "town"}],
        "measures": [MEASURE | {"id": "trips", "title": {"zh": "次数", "en": "Trips"}}],
        "threshold": 10,
        "rounding": 1,
        "refused": [{"rule": "grade", "change": {"by": [{"side": "public", "field": "name"}]}}],
    }
    return FusionFile.model_validate(said | changes)


def people_csv(people: Iterable[tuple[int, str]]) -> str:
    lines = [f"{identity_number(n)},{town},张三,30" for n, town in people]
    return "\n".join(["id_number,town,name,age", *lines]) + "\n"


def flow_csv(serials: Iterable[int], trips: Callable[[int], int] = lambda n: 2) -> str:
    lines = [f"{identity_number(n)},常客,{trips(n)}" for n in serials]
    return "\n".join(["id_number,habit,trips", *lines]) + "\n"


def towns(**counts: int) -> list[tuple[int, str]]:
    """People numbered through, so many in each town."""
    listed = [town for town, n in counts.items() for _ in range(n)]
    return list(enumerate(listed))


class FusionWorld:
    """Forty people of two towns on either side, unless other files are loaded before the product is put up."""

    def __init__(self, city: DataCity) -> None:
        self.city = city
        city.install(townfolk(load={"mode": "replace"}))
        city.install(bought())

    def install(self, **changes: Any) -> None:
        fusion_install(
            actor=system_actor("tests"), file=declared(**changes), pack=pack("2.0.0"), path="fusions/townfolk-flow.yaml"
        )

    def purchase(self, *clauses: ClauseText, **more: Any) -> int:
        said: dict[str, Any] = {
            "actor": STEWARD,
            "title": "出行数据",
            "supplier": "某公司",
            "subject": "手机信令",
            "department": DEPARTMENT,
            "cost": Decimal(10),
            "sharing": "all",
            "valid_from": FOUNDED,
            "valid_until": TODAY + timedelta(days=300),
            "resource": "bought-flow",
            "clauses": clauses or (ALLOWED,),
        }
        return int(purchase_register(**said | more).pk)

    def load(self, people: Iterable[tuple[int, str]], flow: str) -> None:
        self.city.load(people_csv(people), name="people.csv", resource_id="townfolk")
        self.city.load(flow, name="flow.csv", resource_id="bought-flow")

    def offer(self) -> None:
        words = ProductWords(
            PRODUCT, Text(zh="出行", en="Trips"), Text(zh="各镇", en="By town"), (("fusion", "townfolk-flow"),),
            "free", Decimal(0), "只用于分析",
        )  # fmt: skip
        product_offer(actor=STEWARD, words=words, department=DEPARTMENT)

    def ready(self, people: list[tuple[int, str]] | None = None, flow: str = "", **changes: Any) -> None:
        self.install(**changes)
        self.purchase()
        self.load(people or towns(东镇=20, 西镇=20), flow or flow_csv(range(40)))
        self.offer()

    def run(self, **more: Any) -> FusionRun:
        return fusion_run(**{"actor": STEWARD, "product_id": PRODUCT, "purpose": "公交线网优化"} | more)
