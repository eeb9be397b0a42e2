"""The process of the data-sharing pack on the real engine, from the application to the grant."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import grantcity as city
import pytest
import yaml
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.flow.models import Case, Due, Work
from yiwang.flow.selectors import case_get
from yiwang.flow.service import case_open, dues_tick, work_done
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.errors import Refused
from yiwang.kernel.selectors import actor_of
from yiwang.kernel.service import account_create, pack_install, role_grant
from yiwang.rules.selectors import parameter_get
from yiwang.trust import describing
from yiwang.trust.models import Grant
from yiwang.trust.selectors import ResourceFacts

PACKS = Path(__file__).resolve().parents[2] / "packs" / "foundation"
PACK = PACKS / "data-sharing"
OWNER = "public-security"


def facts(resource: str) -> ResourceFacts:
    found = city.facts(resource)
    return ResourceFacts(found.id, found.title, OWNER, found.share, found.share_basis, found.methods, found.fields)


def person(name: str, role: Role, department: str, scope: str = "") -> Actor:
    made = account_create(
        actor=city.SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department=department
    )
    role_grant(actor=city.SYSTEM, account=made.pk, role=role, department=scope or department)
    made.refresh_from_db()
    return actor_of(made)


@pytest.fixture
def people(db: None, home: Place, monkeypatch: pytest.MonkeyPatch) -> dict[str, Actor]:
    monkeypatch.setattr(describing, "_DESCRIBERS", [facts])
    for name in ("departments", "calendar", "data-sharing"):
        pack_install(actor=city.SYSTEM, folder=PACKS / name)
    return {
        "clerk": person("clerk", Role.STAFF, "civil-affairs"),
        "owner": person("owner", Role.LEADER, OWNER),
        "lead": person("lead", Role.DATA_LEAD, "data-bureau", "city-government"),
    }


def apply(actor: Actor, **changed: Any) -> str:
    answers: dict[str, Any] = {
        "resource": city.REGISTER,
        "fields": "id_number\nname，division",
        "methods": ["query"],
        "row_filter": 'starts with(division, "230881")',
        "masks": "id_number: hash",
        "purpose_code": "benefit",
        "purpose": "高龄津贴资格核对",
        "basis": "老年人权益保障法 第三十三条",
        "until": str(timezone.localdate() + timedelta(days=200)),
        "quota": None,
        "client": "",
    }
    opened = case_open(actor=actor, item_id="data-sharing", title="申请名册", answers={**answers, **changed})
    return opened.number


def work(case: str, node: str) -> int:
    return int(Work.objects.get(case__number=case, node=node, closed_at=None).pk)


def done(actor: Actor, case: str, node: str, **answers: Any) -> None:
    work_done(actor=actor, work_id=work(case, node), answers=answers)


def test_an_application_that_is_agreed_to_becomes_a_grant(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"])
    done(people["lead"], case, "review", finding="conforms")
    done(people["owner"], case, "answer", answer="grant", answer_masks="name: none", answer_quota=20, answer_until="")
    grant = Grant.objects.get(case_number=case)
    assert (grant.state, grant.department, grant.provider) == ("active", "civil-affairs", OWNER)
    assert grant.masks == {"id_number": "hash", "name": "none", "division": "plain"}
    assert (grant.quota_per_day, grant.applied_by) == (20, people["clerk"].id)
    assert Case.objects.get(number=case).status == "completed"


def test_the_applicant_follows_the_case_and_does_not_answer_it(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"])
    assert case_get(people["clerk"], case).case.number == case
    done(people["lead"], case, "review", finding="conforms")
    with pytest.raises(Refused):
        done(people["clerk"], case, "answer", answer="grant", answer_masks="", answer_quota=None, answer_until="")


def test_what_the_catalogue_does_not_have_goes_back_to_the_applicant(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"], fields="nickname")
    assert not Grant.objects.exists()
    assert any("nickname" in note.text.zh for note in case_get(people["clerk"], case).notes)
    again = {"fields": "name", "masks": ""}
    said = {**Case.objects.get(number=case).answers, **again}
    done(people["clerk"], case, "correct", **said)
    assert Grant.objects.get().fields == ["name"]


def test_a_refusal_is_appealed_and_ruled_on(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"])
    done(people["lead"], case, "review", finding="conforms")
    done(
        people["owner"],
        case,
        "answer",
        answer="refuse",
        answer_reason="涉及隐私",
        answer_basis="个人信息保护法 第二十八条",
    )
    assert Grant.objects.get().state == "refused"
    done(people["clerk"], case, "decide-appeal", appeal="appeal", appeal_reason="属于法定职责")
    done(people["lead"], case, "rule", ruling="grant", ruling_reason="履行法定职责所必需")
    assert Grant.objects.get().state == "active"


def test_an_owner_who_says_nothing_is_called_up_and_has_not_agreed(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"])
    done(people["lead"], case, "review", finding="conforms")
    due = Due.objects.get(case__number=case, spec__node="five-days")
    assert due.look_at is not None
    dues_tick(now=(due.look_at + timedelta(minutes=1)).astimezone(ZONE))
    grant = Grant.objects.get()
    assert (grant.state, grant.escalated) == ("reviewed", "silence")
    assert work(case, "rule")


def test_an_answer_wider_than_the_application_is_asked_for_again(people: dict[str, Actor]) -> None:
    case = apply(people["clerk"])
    done(people["lead"], case, "review", finding="conforms")
    done(
        people["owner"],
        case,
        "answer",
        answer="grant",
        answer_masks="id_number: plain",
        answer_quota=None,
        answer_until="",
    )
    assert Grant.objects.get().state == "reviewed"
    assert work(case, "answer")


def test_the_limits_of_the_diagram_are_those_of_the_dated_parameters(people: dict[str, Actor]) -> None:
    diagram = (PACK / "processes" / "data-sharing.bpmn").read_text(encoding="utf-8")
    day = timezone.localdate()
    limits = {
        file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in (PACK / "parameters").glob("*.yaml")
    }
    days = {name: parameter_get(name, day).value.value for name in limits}  # type: ignore[union-attr]
    assert f'yw:form="data-sharing-review" yw:budget="{days["sharing-review-days"]}wd"' in diagram
    assert f'yw:form="data-sharing-answer" yw:budget="{days["sharing-answer-days"]}wd"' in diagram
    assert f'yw:form="data-sharing-ruling" yw:budget="{days["sharing-ruling-days"]}wd"' in diagram
    for timer, name in (
        ("five-days", "sharing-answer-days"),
        ("too-long", "sharing-answer-days-extended"),
        ("no-appeal", "sharing-appeal-days"),
    ):
        assert f'id="{timer}_def"><bpmn:timeDuration>{days[name]}wd<' in diagram
