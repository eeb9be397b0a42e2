"""What a process may do to the grant its case is about: actions of the kernel's closed list.

`case` is the number of the case that asks; a case is about one grant at a time. Lists are written as people write them: one
a line, or with commas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import action_declare
from yiwang.trust.asking import GrantAsk
from yiwang.trust.granting import (
    grant_apply,
    grant_escalate,
    grant_issue,
    grant_refuse,
    grant_review_note,
    grant_revoke,
    grant_withdraw,
)
from yiwang.trust.models import Grant

# A question that was left blank asks for nothing.
Whole = Annotated[int | None, BeforeValidator(lambda said: None if said == "" else said)]
Day = Annotated[date | None, BeforeValidator(lambda said: None if said == "" else said)]
_APART = re.compile(r"[\s,，、;；]+")


class CaseArguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case: str = Field(min_length=1)


class ApplyArguments(CaseArguments):
    """`by` is who opened the case: the application is that person's department's. `masks`: `field: mask`, one a line.
    A second application of a case takes the place of the first. `until` is the last day asked for."""

    by: str = Field(min_length=1)
    resource: str
    fields: str | tuple[str, ...]
    methods: str | tuple[str, ...]
    purpose_code: str
    purpose: str
    basis: str
    until: date
    row_filter: str | None = None
    masks: str | None = None
    quota_per_day: Whole = None
    client: str | None = None


class IssueArguments(CaseArguments):
    """Less than was asked: tighter `masks`, a lower `quota_per_day`, an earlier `until`. What is null stays as asked."""

    masks: str | None = None
    quota_per_day: Whole = None
    until: Day = None
    reason: str | None = None


class ReasonArguments(CaseArguments):
    reason: str = Field(min_length=1)


class BasisArguments(ReasonArguments):
    basis: str = Field(min_length=1)


class EscalateArguments(CaseArguments):
    why: str
    reason: str | None = None


def listed(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The words of a list as a person writes it."""
    return tuple(word for word in _APART.split(text) if word) if isinstance(text, str) else tuple(text)


def masks_read(text: str | None) -> dict[str, str]:
    """`name: hash`, one a line. Raises InputError for a line that says neither."""
    found: dict[str, str] = {}
    for line in (text or "").splitlines():
        name, colon, mask = line.replace("：", ":").partition(":")
        if not line.strip():
            continue
        if not (colon and name.strip() and mask.strip()) or name.strip() in found:
            raise InputError(
                zh=f"看不懂这一行：{line}",
                en=f"this line cannot be read: {line}",
                where="masks",
                hint_zh="每行写一个：信息项: 遮盖方式。",
                hint_en="Write one a line: field: mask.",
            )
        found[name.strip()] = mask.strip()
    return found


def _apply(actor: Actor, said: ApplyArguments) -> dict[str, str]:
    """`problem` says why it cannot be registered, for whoever corrects it; else `number` and `provider`."""
    try:
        with transaction.atomic():
            return _applied(actor, said)
    except (InputError, NotFound, Refused) as error:
        return {"number": "", "provider": "", "problem": error.zh, "problem_en": error.en}


def _applied(actor: Actor, said: ApplyArguments) -> dict[str, str]:
    by = actor_again(said.by, said.by)
    for before in Grant.objects.filter(case_number=said.case, state=Grant.State.APPLIED):
        grant_withdraw(actor=actor, number=before.number, reason="补正后重新提出")
    today = timezone.localdate()
    ask = GrantAsk(
        resource=said.resource.strip(),
        fields=listed(said.fields),
        methods=listed(said.methods),
        purpose_code=said.purpose_code,
        purpose=said.purpose,
        basis=said.basis,
        valid_from=today,
        valid_until=said.until + timedelta(days=1),
        row_filter=said.row_filter or "",
        masks=masks_read(said.masks),
        quota_per_day=said.quota_per_day,
        client=said.client or "",
    )
    number = grant_apply(actor=by, ask=ask, case_number=said.case)
    provider = Grant.objects.get(number=number).provider
    return {"number": number, "provider": provider, "problem": "", "problem_en": ""}


def _number(case: str) -> str:
    row = Grant.objects.filter(case_number=case).exclude(state=Grant.State.WITHDRAWN).order_by("-id").first()
    if row is None:
        raise NotFound(zh=f"办件 {case} 没有授权申请", en=f"the case {case} is about no grant", where="case")
    return row.number


def _review(actor: Actor, said: CaseArguments) -> None:
    grant_review_note(actor=actor, number=_number(said.case))


def _issue(actor: Actor, said: IssueArguments) -> dict[str, str]:
    """`problem` says why it cannot be issued as answered: wider than what was asked."""
    try:
        with transaction.atomic():
            grant_issue(
                actor=actor,
                number=_number(said.case),
                masks=masks_read(said.masks),
                quota_per_day=said.quota_per_day,
                valid_until=said.until + timedelta(days=1) if said.until else None,
                reason=said.reason or "",
            )
    except InputError as error:
        return {"problem": error.zh, "problem_en": error.en}
    return {"problem": "", "problem_en": ""}


def _refuse(actor: Actor, said: BasisArguments) -> None:
    grant_refuse(actor=actor, number=_number(said.case), reason=said.reason, basis=said.basis)


def _escalate(actor: Actor, said: EscalateArguments) -> None:
    grant_escalate(actor=actor, number=_number(said.case), why=said.why, reason=said.reason or "")


def _revoke(actor: Actor, said: BasisArguments) -> None:
    grant_revoke(actor=actor, number=_number(said.case), reason=said.reason, basis=said.basis)


def _withdraw(actor: Actor, said: ReasonArguments) -> None:
    grant_withdraw(actor=actor, number=_number(said.case), reason=said.reason)


def actions_register() -> None:
    """Called once when the program starts."""
    kinds: tuple[tuple[str, type[BaseModel], Callable[[Actor, Any], object], str, str], ...] = (
        ("grant.apply", ApplyArguments, _apply, "登记共享申请", "register an application for data"),
        ("grant.review_note", CaseArguments, _review, "记下符合性审查通过", "note that an application is in order"),
        ("grant.issue", IssueArguments, _issue, "发出授权", "issue a grant"),
        ("grant.refuse", BasisArguments, _refuse, "不予共享", "refuse to share"),
        ("grant.escalate", EscalateArguments, _escalate, "提请协调", "call the coordinator"),
        ("grant.revoke", BasisArguments, _revoke, "撤销授权", "revoke a grant"),
        ("grant.withdraw", ReasonArguments, _withdraw, "撤回申请", "withdraw an application"),
    )
    for name, schema, handler, zh, en in kinds:
        action_declare(name, schema, handler, Text(zh=zh, en=en))
