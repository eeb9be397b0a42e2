"""A fusion product is run, read and fetched on its page, in both languages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from webcity import HERE, PASSWORD, SYSTEM
from yaml import safe_load

from yiwang.config.place import Place
from yiwang.data.models import FusionRun, Purchase
from yiwang.data.products.fusions import FusionFile
from yiwang.data.schema import ResourceFile
from yiwang.data.service import fusion_install, load_run, resource_install
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.pack import pack_read
from yiwang.kernel.service import account_create, role_grant

PAGE = "/work/products/shelf/stop-flow/"
DECLARED = {
    "id": "stop-flow",
    "title": {"zh": "站点客流", "en": "Stops and riders"},
    "summary": {"zh": "各线路站点数", "en": "Stops by line"},
    "purpose": "statistics",
    "public": {"resource": "bus-stops", "key": "name"},
    "purchased": {"resource": "bought-riders", "key": "name"},
    "by": [{"side": "public", "field": "line"}],
    "threshold": 10,
    "rounding": 1,
    "refused": [{"rule": "person", "change": {"by": [{"side": "public", "field": "name"}]}}],
}
BOUGHT = {
    "title": "客流",
    "subject": "刷卡",
    "supplier": "某公司",
    "cost": "10",
    "sharing": "all",
    "valid_from": "2026-01-01",
    "valid_until": "2030-01-01",
    "resource": "bought-riders",
}
PRODUCT = {
    "id": "stop-flow",
    "title_zh": "站点客流",
    "title_en": "Stops and riders",
    "summary_zh": "各线路",
    "summary_en": "By line",
    "parts": "fusion: stop-flow",
    "pricing": "free",
    "price": "0",
    "terms": "只用于分析",
}


def table(*counts: int) -> str:
    lines = [f"{line}-{n},{line}" for line, many in enumerate(counts, 1) for n in range(many)]
    return "\n".join(["站名,线路", *lines]) + "\n"


def person(name: str, role: Role) -> Client:
    account = account_create(
        actor=SYSTEM, username=name, display_name=name, password=PASSWORD, department="government-office"
    )
    role_grant(actor=SYSTEM, account=account.pk, role=role, department="government-office")
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def steward(city: Place, tmp_path: Path) -> Client:
    pack = pack_read(HERE / "web-tests", [])
    stops = safe_load(pack.files["resources/bus-stops.yaml"])
    bought = stops | {"id": "bought-riders", "code": "TEST/riders", "published": date(2026, 1, 1)}
    resource_install(actor=SYSTEM, file=ResourceFile.model_validate(bought), pack=pack)
    for id in ("bus-stops", "bought-riders"):
        path = tmp_path / f"{id}.csv"
        path.write_text(table(12, 15, 3), encoding="utf-8")
        load_run(actor=SYSTEM, resource_id=id, path=path, file_name=path.name)
    fusion_install(actor=SYSTEM, file=FusionFile.model_validate(DECLARED), pack=pack, path="fusions/stop-flow.yaml")
    return person("steward-a", Role.STEWARD)


def test_what_the_contract_does_not_allow_is_said_with_file_element_and_reason(steward: Client) -> None:
    assert steward.post("/work/products/purchases/", BOUGHT).status_code == 302
    refused = steward.post("/work/products/new/", PRODUCT)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "purchased.contract" in page and "只出汇总数" in page and "fusions/stop-flow.yaml" in page


def test_a_fusion_is_run_shown_and_fetched(steward: Client) -> None:
    assert steward.post("/work/products/purchases/", BOUGHT | {"clause": "可融合，只出汇总数"}).status_code == 302
    assert Purchase.objects.get().clauses[0]["control"] == "aggregates"
    assert steward.post("/work/products/new/", PRODUCT)["Location"] == PAGE
    assert "还没有融合过" in steward.get(PAGE).content.decode()
    assert steward.post(PAGE, {"act": "fuse", "run_purpose": "线"}).status_code == 400
    assert steward.post(PAGE, {"act": "fuse", "run_purpose": "线网优化"}).status_code == 302
    shown = steward.get(PAGE).content.decode()
    assert "第 1 版" in shown and "总计" in shown and "隐藏 2 个数" in shown and "线网优化" in shown
    steward.cookies["django_language"] = "en"
    told = steward.get(PAGE).content.decode()
    assert "Joined figures" in told and "grand total" in told and "2 numbers hidden" in told
    got = steward.get(f"{PAGE}fusions/1.csv")
    body = b"".join(got.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert got["Content-Disposition"].endswith('"stop-flow-1.csv"') and "grand-total,30" in body
    assert "1-0" not in body
    again = steward.post(PAGE, {"act": "fuse", "run_purpose": "线网优化"})
    assert again.status_code == 409 and FusionRun.objects.count() == 1


def test_who_may_not_run_it_reads_it_and_nobody_else_fetches_it(steward: Client) -> None:
    steward.post("/work/products/purchases/", BOUGHT | {"clause": "可融合，只出汇总数"})
    steward.post("/work/products/new/", PRODUCT)
    steward.post(PAGE, {"act": "fuse", "run_purpose": "线网优化"})
    staff = person("staff-a", Role.STAFF)
    assert "run_purpose" not in staff.get(PAGE).content.decode()
    assert staff.post(PAGE, {"act": "fuse", "run_purpose": "线网优化"}).status_code == 403
    got = staff.get(f"{PAGE}fusions/1.json")
    assert got.status_code == 200
    # read to its end: closing it here would close the test's own connection with it
    assert json.loads(b"".join(got.streaming_content))
    assert staff.get(f"{PAGE}fusions/2.json").status_code == 404
    assert staff.get(f"{PAGE}fusions/1.xlsx").status_code == 404
    assert Client().get(f"{PAGE}fusions/1.csv").status_code == 302
