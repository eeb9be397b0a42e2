"""Contracts over data: what is called enforced is enforced, and what is settled is what the ledger says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from datacity import DEPARTMENT, FOUNDED, SYSTEM, DataCity
from django.utils import timezone
from openworld import LEAD, LEADER, STEWARD, STOP_ROWS, OpenWorld, stops

from yiwang.data.products.shelf import price_of
from yiwang.data.selectors import (
    contract_get,
    contract_list,
    crossing_demand,
    product_list,
    purchase_list,
    trade_supervision,
)
from yiwang.data.service import (
    ClauseText,
    ContractTerms,
    CrossingArguments,
    ProductWords,
    contract_draft,
    contract_end,
    contract_sign,
    crossing_approve,
    crossing_revoke,
    export_file,
    operation_end,
    operation_register,
    product_offer,
    product_withdraw,
    purchase_register,
    purchase_reuse,
    settlement_make,
)
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.service import department_save
from yiwang.trust.models import Entry, Grant
from yiwang.trust.service import ledger_append_pending, use_note

TODAY = timezone.localdate()
GRANT = "G2026-000001"
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
PROCESS = system_actor("process:cross-border")
PROMISE = ClauseText("不转给第三方", "promised")


@pytest.fixture
def world(city: DataCity) -> OpenWorld:
    city.install(stops(share={"type": "conditional", "condition": {"zh": "按约", "en": "as agreed"}}))
    city.load(STOP_ROWS, resource_id="stops")
    return OpenWorld(city)


def grant_made(**more: Any) -> Grant:
    columns: dict[str, Any] = {
        "number": GRANT,
        "resource": "stops",
        "department": DEPARTMENT,
        "provider": DEPARTMENT,
        "methods": ["query"],
        "fields": ["name", "line"],
        "purpose_code": "service",
        "purpose": "导航",
        "basis": "合同",
        "masks": {},
        "row_filter": "",
        "applied_by": "account:buyer",
        "valid_from": FOUNDED,
        "valid_until": TODAY + timedelta(days=300),
        "state": "active",
        "quota_per_day": 1000,
    }
    return Grant.objects.create(**columns | more)


def product(id: str = "stop-service", **more: Any) -> ProductWords:
    said: dict[str, Any] = {
        "title": Text(zh="站点服务", en="Stop service"),
        "summary": Text(zh="站点查询", en="Look up stops"),
        "parts": (("resource", "stops"),),
        "pricing": "per-row",
        "price": Decimal("0.05"),
        "terms": "只用于导航。",
    }
    return ProductWords(id=id, **said | more)


def terms(*clauses: ClauseText, **more: Any) -> ContractTerms:
    said: dict[str, Any] = {
        "buyer": "某导航公司",
        "purpose": "出行导航",
        "valid_from": LAST_MONTH,
        "valid_until": TODAY + timedelta(days=365),
        "grant": GRANT,
    }
    return ContractTerms(clauses=clauses or (PROMISE,), **said | more)


def signed(*clauses: ClauseText, words: ProductWords | None = None, **more: Any) -> str:
    shown = words or product()
    product_offer(actor=STEWARD, words=shown, department=DEPARTMENT, operation=more.pop("operation", None))
    number = contract_draft(actor=STEWARD, product_id=shown.id, terms=terms(*clauses, **more)).number
    contract_sign(actor=LEADER, number=number)
    return number


def uses_planted(*rows: int, at: date) -> None:
    """Lines as the exchange leaves them, moved to the day they are to be of."""
    before = Entry.objects.count()
    for n in rows:
        use_note(
            actor=STEWARD, resource="stops", version="1", fields=["name"], about=[], purpose="导航", grant=GRANT, rows=n
        )
    ledger_append_pending()
    moment = datetime(at.year, at.month, at.day, 12, tzinfo=timezone.get_current_timezone())
    Entry.objects.filter(index__gte=before).update(at=moment)


def test_a_product_stands_on_the_shelf_and_leaves_it(world: OpenWorld) -> None:
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    assert [p.id for p in product_list(STEWARD, search="站点").items] == ["stop-service"]
    product_withdraw(actor=STEWARD, product_id="stop-service", reason="换代")
    assert product_list(STEWARD).total == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts": ()},
        {"parts": (("magic", "stops"),)},
        {"parts": (("resource", "no-such"),)},
        {"parts": (("open-set", "no-such"),)},
        {"pricing": "free"},
        {"pricing": "per-wish"},
        {"terms": " "},
    ],
)
def test_a_product_of_nothing_real_is_refused(world: OpenWorld, wrong: dict[str, Any]) -> None:
    with pytest.raises((InputError, NotFound)):
        product_offer(actor=STEWARD, words=product(**wrong), department=DEPARTMENT)


def test_another_department_s_data_takes_an_authorised_operation(world: OpenWorld) -> None:
    department_save(actor=SYSTEM, code="bureau", name=Text(zh="数据局", en="Bureau"), on=FOUNDED, parent=None)
    lead = Actor("account:b", "b", department="bureau", scopes={Role.DATA_LEAD: frozenset({"bureau"})})
    with pytest.raises(Refused, match="authorisation"):
        product_offer(actor=lead, words=product(), department="bureau")
    said: dict[str, Any] = {
        "operator": "市数据运营公司",
        "scope": "交通出行",
        "resources": ("stops",),
        "basis": "市政府授权",
        "city_share": Decimal(40),
        "department": "bureau",
        "valid_from": TODAY,
    }
    with pytest.raises(InputError):
        operation_register(actor=lead, valid_until=TODAY + timedelta(days=3000), **said)
    run = operation_register(actor=lead, valid_until=TODAY + timedelta(days=700), **said)
    assert product_offer(actor=lead, words=product(), department="bureau", operation=run.pk).operation_id == run.pk
    operation_end(actor=lead, operation_id=run.pk, reason="违约")
    with pytest.raises(InputError, match="not in force"):
        product_offer(actor=lead, words=product("other"), department="bureau", operation=run.pk)


@pytest.mark.parametrize(
    ("control", "grant"),
    [
        ("quota", {"quota_per_day": None}),
        ("mask", {"masks": {}}),
        ("rows", {"row_filter": ""}),
        ("expiry", {"valid_until": TODAY + timedelta(days=999)}),
        ("grant", {"state": "applied"}),
        ("fields", {"state": "revoked"}),
    ],
)
def test_a_clause_is_not_called_enforced_where_nothing_enforces_it(
    world: OpenWorld, control: str, grant: dict[str, Any]
) -> None:
    grant_made(**grant)
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    with pytest.raises(InputError, match="clause 2 claims to be enforced"):
        contract_draft(
            actor=STEWARD, product_id="stop-service", terms=terms(PROMISE, ClauseText("受控", "enforced", control))
        )


def test_clauses_with_their_controls_are_kept_as_they_are(world: OpenWorld) -> None:
    grant_made(masks={"name": "partial"}, row_filter='line = "1"')
    enforced = [ClauseText(f"由{c}执行", "enforced", c) for c in ("grant", "fields", "quota", "expiry", "mask", "rows")]
    number = signed(*enforced, ClauseText("每次使用留痕", "evidenced", "ledger"), PROMISE)
    view = contract_get(STEWARD, number)
    assert [c.kind for c in view.clauses] == ["enforced"] * 6 + ["evidenced", "promised"]
    assert view.clauses[-1].control is None and view.state == "active"


@pytest.mark.parametrize(
    "clause",
    [
        ClauseText("x", "guaranteed"),
        ClauseText("x", "enforced", "goodwill"),
        ClauseText("x", "evidenced", "quota"),
        ClauseText("x", "promised", "quota"),
        ClauseText(" ", "promised"),
    ],
)
def test_a_clause_says_honestly_how_it_is_kept(world: OpenWorld, clause: ClauseText) -> None:
    grant_made()
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    with pytest.raises(InputError):
        contract_draft(actor=STEWARD, product_id="stop-service", terms=terms(clause))


def test_a_control_that_went_away_stops_the_signature(world: OpenWorld) -> None:
    grant = grant_made()
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    row = contract_draft(actor=STEWARD, product_id="stop-service", terms=terms(ClauseText("限额", "enforced", "quota")))
    Grant.objects.filter(pk=grant.pk).update(quota_per_day=None)
    with pytest.raises(InputError, match="claims to be enforced"):
        contract_sign(actor=LEADER, number=row.number)


def test_who_drafts_does_not_sign_and_a_grant_serves_one_contract(world: OpenWorld) -> None:
    grant_made()
    product_offer(actor=LEAD, words=product(), department=DEPARTMENT)
    first, second = (contract_draft(actor=LEAD, product_id="stop-service", terms=terms()).number for _ in "12")
    with pytest.raises(Refused, match="drafted"):
        contract_sign(actor=LEAD, number=first)
    contract_sign(actor=LEADER, number=first)
    with pytest.raises(Conflict, match="another contract"):
        contract_sign(actor=LEADER, number=second)


def test_shared_data_takes_a_grant(world: OpenWorld) -> None:
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    with pytest.raises(InputError, match="takes a grant"):
        contract_draft(actor=STEWARD, product_id="stop-service", terms=terms(grant=""))


@pytest.mark.parametrize(
    ("pricing", "price", "amount"),
    [("per-call", "2", "6.00"), ("per-row", "0.05", "5.75"), ("per-month", "100", "100.00"), ("free", "0", "0.00")],
)
def test_a_month_is_settled_from_the_lines_of_the_ledger(
    world: OpenWorld, pricing: str, price: str, amount: str
) -> None:
    grant_made()
    number = signed(words=product(pricing=pricing, price=Decimal(price)))
    uses_planted(100, 10, 5, at=LAST_MONTH + timedelta(days=3))
    uses_planted(999, at=TODAY)
    made = settlement_make(actor=LEAD, number=number, month=LAST_MONTH)
    assert (made.calls, made.rows, str(made.amount)) == (3, 115, amount)
    assert str(price_of(pricing, Decimal(price), 3, 115)) == amount
    with pytest.raises(Conflict, match="settled already"):
        settlement_make(actor=LEAD, number=number, month=LAST_MONTH)
    with pytest.raises(Conflict, match="not over"):
        settlement_make(actor=LEAD, number=number, month=TODAY)
    assert [s.rows for s in contract_get(LEAD, number).settlements] == [115]


def test_supervision_sees_what_is_wrong(world: OpenWorld) -> None:
    grant_made()
    number = signed()
    view = trade_supervision(LEAD)
    assert (view.products, view.active, view.kinds) == (1, 1, {"promised": 1})
    assert [(n, w.en) for n, w in view.warnings] == [(number, "no clause is enforced")]
    contract_end(actor=LEADER, number=number, reason="违约")
    assert trade_supervision(LEAD).active == 0
    with pytest.raises(Refused):
        trade_supervision(STEWARD)


def test_a_stranger_does_not_see_the_contracts_of_a_department(world: OpenWorld) -> None:
    grant_made()
    number = signed()
    stranger = Actor("account:z", "z", department="z", scopes={Role.STEWARD: frozenset({"z"})})
    assert contract_list(stranger).total == 0
    with pytest.raises(NotFound):
        contract_get(stranger, number)


def bought(title: str = "移动信令人口热力数据", **more: Any) -> Any:
    said: dict[str, Any] = {
        "supplier": "某通信公司",
        "subject": "全市人口分布热力，每小时",
        "department": DEPARTMENT,
        "cost": Decimal(300000),
        "sharing": "all",
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=365),
    }
    return purchase_register(actor=LEAD, title=title, **said | more)


def test_buying_the_same_again_takes_a_reason(world: OpenWorld) -> None:
    bought()
    with pytest.raises(Conflict, match="bought already"):
        bought("人口热力（移动信令）")
    again = bought("人口热力（移动信令）", reason="精度不够")
    assert again.reason == "精度不够"
    assert bought("卫星遥感影像", subject="耕地变化监测").pk
    assert len([row for row in purchase_list(LEAD).items if row.like]) == 2


def test_what_was_bought_is_used_by_others_once_and_within_its_contract(world: OpenWorld) -> None:
    department_save(actor=SYSTEM, code="bureau", name=Text(zh="数据局", en="Bureau"), on=FOUNDED, parent=None)
    other = Actor("account:b", "b", department="bureau", scopes={Role.STEWARD: frozenset({"bureau"})})
    row = bought()
    purchase_reuse(actor=other, purchase_id=row.pk, department="bureau", purpose="应急疏散")
    with pytest.raises(Conflict, match="already"):
        purchase_reuse(actor=other, purchase_id=row.pk, department="bureau", purpose="应急疏散")
    own = bought("专线数据", subject="自用", sharing="own")
    with pytest.raises(Conflict, match="keeps it"):
        purchase_reuse(actor=other, purchase_id=own.pk, department="bureau", purpose="应急疏散")
    assert len(purchase_list(LEAD, search="热力").items[0].reuses) == 1


def decision(**more: Any) -> CrossingArguments:
    said: dict[str, Any] = {
        "case": "20261122-000001",
        "by": "account:leader",
        "resource": "stops",
        "fields": "name\nline",
        "recipient": "Vostok Bus",
        "country": "RU",
        "purpose": "口岸客运衔接",
        "route": "contract",
        "assessment": "仅含站点公开信息，不含个人信息。",
        "until": TODAY + timedelta(days=30),
    }
    return CrossingArguments(**said | more)


def test_only_a_case_approves_that_data_leaves_the_country(world: OpenWorld) -> None:
    for somebody in (LEADER, SYSTEM):
        with pytest.raises(Refused, match="process of a case"):
            crossing_approve(actor=somebody, decision=decision())
    assert crossing_approve(actor=PROCESS, decision=decision()).number.startswith("X")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": "nothing"},
        {"fields": ""},
        {"country": "CN"},
        {"route": "by-hand"},
        {"until": TODAY - timedelta(days=1)},
    ],
)
def test_an_approval_that_is_not_sound_is_refused(world: OpenWorld, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        crossing_approve(actor=PROCESS, decision=decision(**wrong))


def test_the_gate_opens_for_what_the_approval_names_and_nothing_else(world: OpenWorld) -> None:
    number = crossing_approve(actor=PROCESS, decision=decision()).number
    asked: dict[str, Any] = {"country": "RU", "number": number, "resource": "stops", "fields": ["name"]}
    crossing_demand(**asked, recipient="Vostok Bus")
    crossing_demand(country="CN", number="", resource="stops", fields=["built"])
    for wrong in (
        {"country": "JP"},
        {"number": ""},
        {"number": "X2026-999999"},
        {"resource": "people"},
        {"fields": ["name", "built"]},
        {"recipient": "Somebody else"},
    ):
        with pytest.raises(Refused, match="may not leave the country"):
            crossing_demand(**asked | wrong)
    crossing_revoke(actor=LEADER, number=number, reason="目的变更")
    with pytest.raises(Refused, match="taken back"):
        crossing_demand(**asked)


def test_a_foreign_buyer_takes_an_approval_at_draft_and_at_signature(world: OpenWorld) -> None:
    grant_made()
    product_offer(actor=STEWARD, words=product(), department=DEPARTMENT)
    abroad: dict[str, Any] = {"buyer": "Vostok Bus", "country": "RU"}
    with pytest.raises(Refused, match="may not leave"):
        contract_draft(actor=STEWARD, product_id="stop-service", terms=terms(**abroad))
    number = crossing_approve(actor=PROCESS, decision=decision()).number
    row = contract_draft(actor=STEWARD, product_id="stop-service", terms=terms(**abroad, crossing=number))
    crossing_revoke(actor=LEADER, number=number, reason="目的变更")
    with pytest.raises(Refused, match="taken back"):
        contract_sign(actor=LEADER, number=row.number)


def test_an_export_abroad_takes_an_approval_of_every_field(world: OpenWorld) -> None:
    said: dict[str, Any] = {"actor": STEWARD, "resource_id": "stops", "format": "csv", "purpose": "口岸客运衔接"}
    with pytest.raises(Refused, match="may not leave"):
        export_file(**said, country="RU")
    part = crossing_approve(actor=PROCESS, decision=decision()).number
    with pytest.raises(Refused, match="does not cover: built, code"):
        export_file(**said, country="RU", crossing=part)
    whole = crossing_approve(actor=PROCESS, decision=decision(fields="code,name,line,built")).number
    export_file(**said, country="RU", crossing=whole).path.unlink()
