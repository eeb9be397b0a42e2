"""For each service over grants, a call that must leave an audit line."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from smallcity import RESOURCE, SYSTEM, Recipe, World, pack, resource_file

from yiwang.data import service as data
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import department_save
from yiwang.trust import service as trust
from yiwang.trust.models import Grant

EXEMPT: dict[str, str] = {}


def ask(**changed: Any) -> trust.GrantAsk:
    """A year of one field, to check a list."""
    on = timezone.localdate()
    said: dict[str, Any] = {
        "resource": RESOURCE,
        "fields": ["number"],
        "methods": ["batch"],
        "purpose_code": "quality",
        "purpose": "核对名单",
        "basis": "某办法第五条",
        "valid_from": on,
        "valid_until": on + timedelta(days=365),
    }
    return trust.GrantAsk(**{**said, **changed})


def prepared(world: World) -> None:
    """The small list, shared on conditions, and a department that has not got it."""
    world.departments()
    file = resource_file().model_dump(mode="json")
    file["share"] = {"type": "conditional", "condition": {"zh": "核对", "en": "checks"}, "methods": ["batch"]}
    data.resource_install(actor=SYSTEM, file=ResourceFile.model_validate(file), pack=pack())
    department_save(actor=SYSTEM, code="tax", name=Text(zh="税务局", en="Tax"), parent="city", on=timezone.localdate())


def grant_apply(world: World) -> partial[Any]:
    prepared(world)
    return partial(trust.grant_apply, actor=SYSTEM, ask=ask(), department="tax")


def applied(world: World) -> str:
    return str(grant_apply(world)())


def reviewed(world: World) -> str:
    number = applied(world)
    trust.grant_review_note(actor=SYSTEM, number=number)
    return number


def active(world: World) -> str:
    number = reviewed(world)
    trust.grant_issue(actor=SYSTEM, number=number)
    return number


def grants_expire(world: World) -> partial[object]:
    number, over = active(world), timezone.localdate()
    Grant.objects.filter(number=number).update(valid_from=over - timedelta(days=9), valid_until=over)
    return partial(trust.grants_expire, actor=SYSTEM)


def grants_remind(world: World) -> partial[object]:
    Grant.objects.filter(number=active(world)).update(review_on=timezone.localdate())
    return partial(trust.grants_remind, actor=SYSTEM)


RECIPES: dict[str, Recipe] = {
    "grant_apply": grant_apply,
    "grant_review_note": lambda w: partial(trust.grant_review_note, actor=SYSTEM, number=applied(w)),
    "grant_issue": lambda w: partial(trust.grant_issue, actor=SYSTEM, number=reviewed(w)),
    "grant_refuse": lambda w: partial(
        trust.grant_refuse, actor=SYSTEM, number=reviewed(w), reason="涉密", basis="某法第三条"
    ),
    "grant_escalate": lambda w: partial(trust.grant_escalate, actor=SYSTEM, number=reviewed(w), why="silence"),
    "grant_withdraw": lambda w: partial(trust.grant_withdraw, actor=SYSTEM, number=applied(w), reason="不再需要"),
    "grant_revoke": lambda w: partial(
        trust.grant_revoke, actor=SYSTEM, number=active(w), reason="超范围使用", basis="某办法第九条"
    ),
    "grant_confirm": lambda w: partial(trust.grant_confirm, actor=SYSTEM, number=active(w), reason="仍在使用"),
    "grants_expire": grants_expire,
    "grants_remind": grants_remind,
}
