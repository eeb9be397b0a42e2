"""Made-up tickets for a made-up city, so that a demo has something to look at. A real city never gets any.

Each is a text of the duty list's own examples, taken along the real services with dates of its own: some are closed and
rated, some are late, some wait, and one topic bounces until its duty gap opens.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.flow.bouncing import duty_basis, work_refuse
from yiwang.flow.casework import moment
from yiwang.flow.duties import TopicRow, list_known, settings_of, topics_on
from yiwang.flow.models import Case, Topic, Work
from yiwang.flow.opening import case_open
from yiwang.flow.ratings import case_rate
from yiwang.flow.works import work_done
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import Conflict
from yiwang.kernel.selectors import city_is_synthetic

# Roughly the built-up part of the city (WGS 84).
WEST, EAST, SOUTH, NORTH = 132.47, 132.55, 47.62, 47.67
CHANNELS = ("phone", "phone", "phone", "web", "mobile", "message")
PEOPLE = ("王", "李", "张", "刘", "陈", "杨", "尤", "葛")
REPLIES = ("已派人到现场处理完毕。", "已修复，请再看看。", "已与有关单位协调解决。", "已说明政策并答复。")
BOUNCED = 3


@dataclass(frozen=True)
class _Ticket:
    number: str
    code: str
    topic: TopicRow
    opened_at: datetime


def specimens_make(*, actor: Actor, count: int = 80, days: int = 40, seed: int = 12345) -> int:
    """File and work on `count` tickets of the last `days` days; returns how many there are.

    Does nothing when the city has tickets already. Raises Conflict in a city whose people are real.
    """
    if not city_is_synthetic():
        raise Conflict(
            zh="只有合成数据城市可以有样例工单", en="Only a synthetic city may have sample tickets", where="city"
        )
    settings = settings_of(list_known())
    if Case.objects.filter(item__item_id=settings.intake.item).exists():
        return 0
    dice = random.Random(seed)
    tickets = list(_filed(actor, dice, count, days, settings.intake.item))
    for ticket in tickets[BOUNCED:]:
        _worked(actor, dice, ticket)
    for ticket in tickets[:BOUNCED]:
        _bounced(actor, ticket)
    return len(tickets)


def _filed(actor: Actor, dice: random.Random, count: int, days: int, item: str) -> Iterator[_Ticket]:
    now = moment()
    rows = [row for row in topics_on(now.date()) if row.duty is not None]
    examples = {topic.pk: topic.body["examples"] for topic in Topic.objects.all()}
    # A city does not call about everything alike; the first topics of its list are the frequent ones.
    weights = [len(rows) - place for place in range(len(rows))]
    # The last come first: those that bounce are of one topic and of these days.
    hours = sorted(dice.uniform(30, days * 24) for _ in range(count))
    for place, ago in enumerate(hours):
        row = rows[-1] if place < BOUNCED else dice.choices(rows, weights)[0]
        text = dice.choice(examples[row.id])
        opened_at = now - timedelta(hours=ago)
        answers = {
            "content": text,
            "class": "urgent" if row.is_urgent else dice.choices(("ordinary", "question", "complex"), (8, 3, 1))[0],
            "topic": row.id,
            "address": None,
            "place": None,
            "photos": None,
        }
        opened = case_open(
            actor=actor,
            item_id=item,
            title=text[:60],
            answers=answers,
            channel=dice.choice(CHANNELS),
            topic=row.id,
            place=(round(dice.uniform(WEST, EAST), 5), round(dice.uniform(SOUTH, NORTH), 5)),
            applicant={"name": f"{dice.choice(PEOPLE)}某（模拟）", "phone": "12345"},
            opened_at=opened_at,
        )
        yield _Ticket(opened.number, opened.code, row, opened_at)


def _worked(actor: Actor, dice: random.Random, ticket: _Ticket) -> None:
    """As far as the ticket has come by now."""
    at = ticket.opened_at + timedelta(days=dice.lognormvariate(0.7, 0.8))
    outcome = dice.choices(("done", "explained", "impossible"), (15, 4, 1))[0]
    basis = "样例：没有规划许可" if outcome == "impossible" else ""
    answers = {"outcome": outcome, "outcome_basis": basis, "reply": dice.choice(REPLIES), "evidence": None}
    if not _step(actor, ticket, "handle", answers, at):
        return
    at += timedelta(hours=dice.uniform(4, 40))
    solved = "yes" if dice.random() < 0.85 else "no"
    if not _step(actor, ticket, "callback", {"reached": "yes", "solved": solved, "callback_note": None}, at):
        return
    if solved == "yes" and dice.random() < 0.5:
        case_rate(
            actor=actor, number=ticket.number, code=ticket.code, grade=dice.choices((5, 4, 3, 2), (9, 4, 2, 1))[0]
        )


def _bounced(actor: Actor, ticket: _Ticket) -> None:
    work = _open_work(ticket, "handle")
    if work is not None:
        other = (
            "urban-management" if ticket.topic.duty and ticket.topic.duty.department != "urban-management" else "water"
        )
        basis = duty_basis(law="部门职责（样例）", article="样例条款")
        work_refuse(
            actor=actor, work_id=work.pk, basis=basis, proposed_department=other, reason="不属于本单位职责（样例）"
        )


def _step(actor: Actor, ticket: _Ticket, node: str, answers: dict[str, str | None], at: datetime) -> bool:
    work = _open_work(ticket, node)
    if work is None or at >= moment():
        return False
    work_done(actor=actor, work_id=work.pk, answers=answers, at=at)
    return True


def _open_work(ticket: _Ticket, node: str) -> Work | None:
    return Work.objects.filter(case__number=ticket.number, node=node, closed_at=None).first()
