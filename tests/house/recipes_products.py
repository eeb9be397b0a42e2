"""For each service of data products, a call that must leave an audit line."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import recipes_open
import smallcity
from smallcity import RESOURCE, Recipe, World

from yiwang.data import service as data
from yiwang.data.products.fusions import FusionFile
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.text import Text

TODAY = date.today()  # noqa: DTZ011 - contracts are dated from last year to next, any zone will do
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
PROCESS = system_actor("process:cross-border")
PRODUCT = "small-product"


def product_offer(world: World) -> partial[object]:
    recipes_open.release_publish(world)()
    words = data.ProductWords(
        id=PRODUCT,
        title=Text(zh="小产品", en="Small product"),
        summary=Text(zh="试", en="A trial"),
        parts=(("open-set", recipes_open.WORDS.id),),
        pricing="per-month",
        price=Decimal(10),
        terms="试用",
    )
    return partial(data.product_offer, actor=world.actor, words=words, department="civil")


def product_withdraw(world: World) -> partial[object]:
    product_offer(world)()
    return partial(data.product_withdraw, actor=world.actor, product_id=PRODUCT, reason="换代")


def contract_draft(world: World) -> partial[object]:
    product_offer(world)()
    terms = data.ContractTerms(
        buyer="某公司",
        purpose="出行导航",
        valid_from=LAST_MONTH,
        valid_until=TODAY + timedelta(days=100),
        clauses=(data.ClauseText("不转给第三方", "promised"),),
    )
    return partial(data.contract_draft, actor=world.actor, product_id=PRODUCT, terms=terms)


def contract_sign(world: World) -> partial[object]:
    row: Any = contract_draft(world)()
    return partial(data.contract_sign, actor=recipes_open.LEADER, number=row.number)


def _signed(world: World) -> str:
    row: Any = contract_sign(world)()
    return str(row.number)


def contract_end(world: World) -> partial[object]:
    return partial(data.contract_end, actor=world.actor, number=_signed(world), reason="违约")


def settlement_make(world: World) -> partial[object]:
    return partial(data.settlement_make, actor=world.actor, number=_signed(world), month=LAST_MONTH)


def operation_register(world: World) -> partial[object]:
    world.resource()
    return partial(
        data.operation_register,
        actor=world.actor,
        operator="某公司",
        scope="交通",
        resources=(RESOURCE,),
        basis="授权书",
        city_share=Decimal(40),
        department="civil",
        valid_from=TODAY,
        valid_until=TODAY + timedelta(days=300),
    )


def operation_end(world: World) -> partial[object]:
    row: Any = operation_register(world)()
    return partial(data.operation_end, actor=world.actor, operation_id=row.pk, reason="违约")


def purchase_register(world: World) -> partial[object]:
    world.departments()
    return partial(
        data.purchase_register,
        actor=world.actor,
        title="热力数据",
        supplier="某公司",
        subject="人口分布",
        department="civil",
        cost=Decimal(1),
        sharing="all",
        valid_from=TODAY,
        valid_until=TODAY + timedelta(days=300),
    )


def purchase_reuse(world: World) -> partial[object]:
    row: Any = purchase_register(world)()
    return partial(data.purchase_reuse, actor=world.actor, purchase_id=row.pk, department="city", purpose="应急疏散")


def fusion_install(world: World) -> partial[object]:
    for name in ("townfolk", "bought-flow"):
        file = smallcity.resource_file().model_dump(mode="json") | {"id": name, "code": f"TEST/{name}", "rules": []}
        world.departments()
        data.resource_install(actor=world.actor, file=ResourceFile.model_validate(file), pack=smallcity.pack())
        path = world.folder / f"{name}.csv"
        path.write_text("编号,说明\n" + "".join(f"{n},a\n" for n in range(20)), encoding="utf-8")
        data.load_run(actor=world.actor, resource_id=name, path=path, file_name=path.name)
    key = ResourceFile.model_validate(file).key[0]
    declared = {
        "id": "small-fusion",
        "title": {"zh": "融合", "en": "Joined"},
        "summary": {"zh": "试", "en": "A trial"},
        "purpose": "statistics",
        "public": {"resource": "townfolk", "key": key},
        "purchased": {"resource": "bought-flow", "key": key},
        "by": [{"side": "public", "field": "remark"}],
        "refused": [{"rule": "person", "change": {"by": [{"side": "public", "field": key}]}}],
    }
    return partial(
        data.fusion_install,
        actor=world.actor,
        file=FusionFile.model_validate(declared),
        pack=smallcity.pack(),
        path="fusions/small-fusion.yaml",
    )


def fusion_run(world: World) -> partial[object]:
    fusion_install(world)()
    clause = data.ClauseText("可融合，只出汇总数", "enforced", "aggregates")
    bought = {**purchase_register(world).keywords, "resource": "bought-flow", "clauses": (clause,)}
    data.purchase_register(**bought)
    words = data.ProductWords(
        id=PRODUCT,
        title=Text(zh="融合产品", en="Joined product"),
        summary=Text(zh="试", en="A trial"),
        parts=(("fusion", "small-fusion"),),
        pricing="free",
        price=Decimal(0),
        terms="试用",
    )
    data.product_offer(actor=world.actor, words=words, department="civil")
    return partial(data.fusion_run, actor=world.actor, product_id=PRODUCT, purpose="选址分析")


def crossing_approve(world: World) -> partial[object]:
    world.resource()
    decision = data.CrossingArguments(
        case="20261122-000001",
        by="account:1",
        resource=RESOURCE,
        fields="remark",
        recipient="Vostok",
        country="RU",
        purpose="口岸客运",
        route="contract",
        assessment="不含个人信息和重要数据。",
        until=TODAY + timedelta(days=30),
    )
    return partial(data.crossing_approve, actor=PROCESS, decision=decision)


def crossing_revoke(world: World) -> partial[object]:
    row: Any = crossing_approve(world)()
    return partial(data.crossing_revoke, actor=world.actor, number=row.number, reason="目的变更")


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        contract_draft,
        contract_end,
        contract_sign,
        crossing_approve,
        crossing_revoke,
        fusion_install,
        fusion_run,
        operation_end,
        operation_register,
        product_offer,
        product_withdraw,
        purchase_register,
        purchase_reuse,
        settlement_make,
    )
}
