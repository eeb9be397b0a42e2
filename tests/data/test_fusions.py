"""Public and bought data are joined into figures: terms first, a line of use for each side, nobody to be found in them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from datacity import DEPARTMENT, FOUNDED, DataCity, one_field
from django.conf import settings
from fusionworld import (
    ALLOWED,
    BOUGHT_FIELDS,
    MEASURE,
    PRODUCT,
    PUBLIC_FIELDS,
    TODAY,
    FusionWorld,
    bought,
    declared,
    flow_csv,
    identity_number,
    townfolk,
    towns,
)
from openworld import STEWARD, person
from pydantic import ValidationError

from yiwang.data.errors import FusionRefused
from yiwang.data.models import FusionRun, Product, Purchase
from yiwang.data.products.fusions import contract_blocks, fusion_blocks
from yiwang.data.selectors import fusion_file, fusion_get
from yiwang.data.service import ClauseText, ContractTerms, contract_draft, purchase_register
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.trust.errors import UseRefused
from yiwang.trust.models import Entry, Grant
from yiwang.trust.selectors import subject_hash
from yiwang.trust.service import ledger_append_pending


@pytest.fixture
def world(city: DataCity) -> FusionWorld:
    return FusionWorld(city)


def told(run: FusionRun) -> dict[str, list[Any]]:
    """Rows of the whole file by their group: kind, count, hidden, measures."""
    path, _ = fusion_file(STEWARD, PRODUCT, run.number, "json")
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {next(iter(row.values())): list(row.values())[1:] for row in rows}


def stopped(world: FusionWorld, *rules: str) -> FusionRefused:
    before = FusionRun.objects.count()
    with pytest.raises(FusionRefused) as caught:
        world.run()
    assert tuple(b.rule for b in caught.value.blocks) == rules
    assert FusionRun.objects.count() == before
    return caught.value


# The declaration


def test_a_sound_declaration_is_not_stopped() -> None:
    assert fusion_blocks(declared(), {"townfolk": townfolk(), "bought-flow": bought()}) == ()


TRIPS = {"id": "m", "title": {"zh": "数", "en": "Number"}}
HABIT_KEY = {"resource": "bought-flow", "key": "habit"}
CODE_KEY = bought(key=["code"], fields=[one_field("code"), *BOUGHT_FIELDS[1:]])


@pytest.mark.parametrize(
    ("rule", "element", "changes", "other"),
    [
        ("resource", "public.resource", {"public": {"resource": "gone", "key": "id_number"}}, None),
        ("field", "public", {"by": [{"side": "public", "field": "gone"}]}, None),
        ("key", "purchased.key", {"purchased": HABIT_KEY}, None),
        ("key", "purchased.key", {}, bought(load={"mode": "append"})),
        ("type", "purchased.key", {"purchased": {"resource": "bought-flow", "key": "code"}}, CODE_KEY),
        ("person", "by 1", {"by": [{"side": "public", "field": "id_number"}]}, None),
        ("grade", "by 1", {"by": [{"side": "public", "field": "name"}]}, None),
        ("number", "measure m", {"measures": [MEASURE | TRIPS | {"field": "habit"}]}, None),
        ("share", "purchased", {}, bought(share={"type": "refused", "basis": "某法"})),
    ],
)
def test_what_a_declaration_may_not_ask_for_is_refused(
    rule: str, element: str, changes: dict[str, Any], other: Any
) -> None:
    changes = changes | ({"measures": []} if rule == "type" else {})
    found = fusion_blocks(declared(**changes), {"townfolk": townfolk(), "bought-flow": other or bought()})
    assert [(b.rule, b.field) for b in found] == [(rule, element)]


def test_a_field_raised_to_grade_four_is_no_group_either() -> None:
    secret = [f | {"grade": 4} if f["id"] == "town" else f for f in PUBLIC_FIELDS]
    found = fusion_blocks(declared(), {"townfolk": townfolk(fields=secret), "bought-flow": bought()})
    assert [b.rule for b in found] == ["grade"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": []},
        {"by": [{"side": "public", "field": "town"}] * 2},
        {"purpose": "whatever"},
        {"threshold": 2},
        {"refused": []},
        {"refused": [{"rule": "no-such-rule"}]},
        {"sql": "SELECT 1"},
        {"purchased": {"resource": "townfolk", "key": "id_number"}},
        {"measures": [MEASURE | TRIPS | {"id": "count"}]},
    ],
)
def test_what_is_no_declaration_is_refused_as_it_is_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        declared(**wrong)


@pytest.mark.parametrize("clause", [None, ClauseText("同意", "promised"), ClauseText("留痕", "evidenced", "ledger")])
def test_only_an_enforced_clause_allows_joining(clause: ClauseText | None) -> None:
    assert [b.rule for b in contract_blocks([clause] if clause else [], "出行")] == ["contract"]
    assert contract_blocks([ALLOWED], "出行") == ()


def test_two_fusions_of_one_pair_are_refused(world: FusionWorld) -> None:
    world.install()
    with pytest.raises(FusionRefused, match="joins these two already"):
        world.install(id="another")


# Terms


@pytest.mark.parametrize(
    "more",
    [
        {"sharing": "own"},
        {"sharing": "asked", "department": "city"},
        {"valid_until": TODAY},
        {"clauses": (ClauseText("同意", "promised"),)},
        {"resource": ""},
    ],
)
def test_a_contract_that_does_not_allow_it_is_refused_when_the_product_is_put_up(
    world: FusionWorld, more: dict[str, Any]
) -> None:
    world.install()
    if more.get("resource") == "":
        more = more | {"clauses": (ClauseText("同意", "promised"),)}
    clauses = more.pop("clauses", (ALLOWED,))
    if more.get("department"):
        Purchase.objects.filter(pk=world.purchase(*clauses)).update(**more)
    else:
        world.purchase(*clauses, **more)
    with pytest.raises(FusionRefused) as caught:
        world.offer()
    assert [(b.field, b.rule) for b in caught.value.blocks] == [("purchased.contract", "contract")]
    assert caught.value.where.endswith("/fusions/townfolk-flow.yaml")
    assert not Product.objects.exists()


def test_a_contract_that_ended_stops_the_next_run(world: FusionWorld) -> None:
    world.ready()
    Purchase.objects.update(valid_until=TODAY)
    stopped(world, "contract")
    assert ledger_append_pending().size == 0


def test_bought_data_without_a_resource_cannot_claim_the_clause(world: FusionWorld) -> None:
    with pytest.raises(InputError, match="claims to be enforced"):
        world.purchase(resource="")
    with pytest.raises(InputError, match="claims to be enforced"):
        world.purchase(ClauseText("限额", "enforced", "quota"))


def test_the_public_side_takes_a_grant_for_this_purpose(world: FusionWorld) -> None:
    conditional = {"type": "conditional", "condition": {"zh": "按约", "en": "as agreed"}}
    world.city.install(townfolk(share=conditional, load={"mode": "replace"}))
    world.ready()
    with pytest.raises(UseRefused) as caught:
        world.run()
    assert caught.value.where == "use.grant-missing"
    fields = {"id_number": "partial", "town": "plain"}
    grant = Grant.objects.create(
        number="G2026-000009", resource="townfolk", department=DEPARTMENT, provider=DEPARTMENT, methods=["batch"],
        fields=list(fields), purpose_code="service", purpose="办事", basis="法", masks=fields, row_filter="",
        applied_by="account:1", valid_from=FOUNDED, valid_until=TODAY + timedelta(days=9), state="active",
    )  # fmt: skip
    with pytest.raises(UseRefused) as caught:
        world.run(grant=grant.number)
    assert caught.value.where == "use.other-purpose"
    right = {**{f.name: getattr(grant, f.name) for f in Grant._meta.fields if f.name != "id"}, "number": "G2026-000010"}
    Grant.objects.create(**right | {"purpose_code": "statistics", "masks": fields | {"town": "hash"}})
    with pytest.raises(FusionRefused, match="the grant masks"):
        world.run(grant="G2026-000010")
    Grant.objects.create(**right | {"purpose_code": "statistics", "number": "G2026-000011"})
    assert world.run(grant="G2026-000011").grant == "G2026-000011"


def test_only_who_puts_up_products_of_the_department_runs_it(world: FusionWorld) -> None:
    world.ready()
    with pytest.raises(Refused):
        world.run(actor=person("staff", Role.STAFF))
    other = Actor("account:o", "o", department="city", scopes={Role.STEWARD: frozenset({"city"})})
    with pytest.raises(Refused):
        world.run(actor=other)
    with pytest.raises(InputError):
        world.run(purpose="测")
    with pytest.raises(NotFound):
        world.run(product_id="no-such")


def test_a_fusion_stands_on_the_shelf_once(world: FusionWorld) -> None:
    world.ready()
    with pytest.raises(Conflict, match="on the shelf already"):
        world.offer()


def test_a_contract_over_figures_may_call_that_enforced_and_stays_at_home(world: FusionWorld) -> None:
    world.ready()
    terms: dict[str, Any] = {
        "buyer": "某公司",
        "purpose": "选址分析",
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=9),
        "clauses": (ALLOWED,),
    }
    assert contract_draft(actor=STEWARD, product_id=PRODUCT, terms=ContractTerms(**terms)).state == "draft"
    with pytest.raises(Refused, match="leave the country"):
        contract_draft(actor=STEWARD, product_id=PRODUCT, terms=ContractTerms(**terms, country="RU"))


# The result


def test_a_run_tells_groups_and_nothing_of_anybody(world: FusionWorld) -> None:
    world.ready(towns(东镇=20, 西镇=25), flow_csv(range(5, 60)))
    run = world.run()
    assert told(run) == {
        "东镇": ["cell", 15, False, 30.0],
        "西镇": ["cell", 25, False, 50.0],
        "": ["grand-total", 40, False, None],
    }
    assert (run.public_rows, run.purchased_rows, run.matched, run.suppressed) == (45, 55, 40, 0)
    assert (run.public_version, run.purchased_version) == (0, 0)
    texts = [fusion_file(STEWARD, PRODUCT, 1, kind)[0].read_bytes() for kind in ("csv", "json", "parquet")]
    assert not [1 for text in texts for n in range(60) if identity_number(n).encode() in text]
    assert not [one for one in Path(settings.PLACE.scratch).iterdir() if one.is_dir()]


def test_a_small_group_is_hidden_with_another_so_that_the_total_does_not_give_it_back(world: FusionWorld) -> None:
    world.ready(towns(东镇=20, 西镇=25, 小镇=3), flow_csv(range(48)))
    run = world.run()
    found = told(run)
    assert found["小镇"] == ["cell", None, True, None]
    assert found["东镇"] == ["cell", None, True, None]
    assert found["西镇"] == ["cell", 25, False, 50.0]
    assert run.suppressed == 2


def test_a_sum_that_is_mostly_one_persons_is_not_told(world: FusionWorld) -> None:
    world.ready(flow=flow_csv(range(40), lambda n: 1000 if n == 0 else 1))
    found = told(world.run())
    assert found["东镇"] == ["cell", 20, False, None]
    assert found["西镇"] == ["cell", 20, False, 20.0]


def test_figures_are_rounded_as_declared(world: FusionWorld) -> None:
    each = MEASURE | {"id": "each", "title": {"zh": "人均", "en": "Each"}, "kind": "average", "rounding": "0.5"}
    world.ready(towns(东镇=23, 西镇=21), flow_csv(range(44), lambda n: n % 3), rounding=5, measures=[each])
    found = told(world.run())
    assert found["东镇"] == ["cell", 25, False, 1.0]
    assert found["西镇"][1] == 20


def test_groups_that_are_too_fine_give_no_result(world: FusionWorld) -> None:
    world.ready(towns(甲=3, 乙=3, 丙=4), flow_csv(range(10)))
    stopped(world, "cells")


def test_everybody_on_either_side_finds_the_use_in_the_ledger(world: FusionWorld) -> None:
    world.ready(flow=flow_csv(range(20, 60)))
    world.run()
    ledger_append_pending()
    public, purchased = Entry.objects.order_by("index")
    assert (public.resource, purchased.resource) == ("townfolk", "bought-flow")
    assert (public.via, public.rows, public.purpose) == ("fusion", 40, "statistics")
    assert purchased.grant == f"purchase-{Purchase.objects.get().pk}"
    everybody = [{subject_hash("resident", identity_number(n)) for n in range(a, a + 40)} for a in (0, 20)]
    assert [set(e.subjects.values_list("subject", flat=True)) for e in (public, purchased)] == everybody
    lead = person("lead", Role.DATA_LEAD)
    view = fusion_get(lead, PRODUCT)
    assert view is not None
    assert [(use.grant, use.uses, use.rows) for use in view.uses] == [(purchased.grant, 1, 40)]


# Subtraction


def test_two_results_that_differ_by_one_person_are_never_both_given(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=20)
    world.ready(people, flow_csv(range(60)))
    world.run()
    world.load([*people, (40, "东镇")], flow_csv(range(60)))
    stopped(world, "difference")
    assert AuditLine.objects.filter(details__refused=["difference"]).count() == 1


def test_whether_one_person_is_on_the_other_side_is_not_told_by_the_refusal(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=20)
    world.ready(people, flow_csv(range(60)))
    world.run()
    world.load([*people, (40, "东镇")], flow_csv(range(60)))
    there = stopped(world, "difference")
    world.load([*people, (70, "东镇")], flow_csv(range(60)))
    absent = stopped(world, "difference")
    assert (there.zh, there.en) == (absent.zh, absent.en)


def test_a_changed_value_of_one_person_stops_the_rerun(world: FusionWorld) -> None:
    world.ready()
    world.run()
    world.load(towns(东镇=20, 西镇=20), flow_csv(range(40), lambda n: 9 if n == 7 else 2))
    stopped(world, "difference")


def test_many_changes_of_which_one_is_in_a_group_stop_the_rerun(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=20)
    world.ready(people, flow_csv(range(41)))
    world.run()
    # eleven new people, of whom one alone is on the other side
    world.load([*people, *((n, "东镇") for n in range(40, 51))], flow_csv(range(41)))
    stopped(world, "difference")


def test_what_was_hidden_beside_a_small_group_is_not_told_later(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=25, 小镇=3)
    world.ready(people, flow_csv(range(70)))
    world.run()
    # the small one grew past the threshold; the unchanged one beside it would be told now and give the old one back
    world.load([*people, *((n, "小镇") for n in range(48, 60))], flow_csv(range(70)))
    stopped(world, "difference")


def test_every_earlier_result_is_compared_not_only_the_last(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=20)
    more = [*people, *((n, "东镇") for n in range(40, 55))]
    world.ready(people, flow_csv(range(70)))
    world.run()
    world.load(more, flow_csv(range(70)))
    assert world.run().number == 2
    # far from the second result, one person from the first
    world.load(people[:-1], flow_csv(range(70)))
    stopped(world, "difference")


def test_enough_change_gives_a_new_version_and_no_change_none(world: FusionWorld) -> None:
    people = towns(东镇=20, 西镇=20)
    world.ready(people, flow_csv(range(60)))
    world.run()
    stopped(world, "same")
    world.load([*people, *((n, "东镇") for n in range(40, 55))], flow_csv(range(60)))
    assert told(world.run())["东镇"] == ["cell", 35, False, 70.0]
    view = fusion_get(STEWARD, PRODUCT)
    assert view is not None
    assert [(r.number, r.public_version, r.public_rows, r.matched) for r in view.runs] == [
        (2, 1, 55, 55),
        (1, 0, 40, 40),
    ]


def test_other_groups_over_the_same_pair_are_refused_after_a_result(world: FusionWorld) -> None:
    world.ready()
    world.run()
    FusionRun.objects.update(shape="0" * 64)
    stopped(world, "shape")


def test_a_purchase_without_clauses_is_kept_as_it_was(world: FusionWorld) -> None:
    row = purchase_register(
        actor=STEWARD, title="地图", supplier="某公司", subject="底图", department=DEPARTMENT, cost=Decimal(1),
        sharing="all", valid_from=FOUNDED, valid_until=TODAY,
    )  # fmt: skip
    assert row.clauses == []
