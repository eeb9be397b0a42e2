"""What a ticket is about and who answers for it, suggested with confidence and reasons; what is not sure a person decides.

The router learns from the examples of the duty list, or from the city's own history beside them. Its bytes are a stored
file; the receipt of a training names what went in and what came out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO

from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.flow.core.routing.packing import router_bytes, router_from
from yiwang.flow.core.routing.router import Example, Reason, Router
from yiwang.flow.core.routing.router import Suggestion as Routed
from yiwang.flow.duties import DutyRow, duty_of, list_known, settings_of
from yiwang.flow.models import Case, DutyGap, DutyList, RouterModel, Topic
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import file_path
from yiwang.kernel.service import audit, file_put, receipt_write

MEDIA_TYPE = "application/vnd.yiwang.router"
UNTRAINED = Text(zh="尚未训练派单模型，由人判断", en="no router was trained yet: a person decides")
NO_TEXT = Text(zh="没有文字，由人判断", en="there is no text: a person decides")
NOT_SURE = Text(zh="把握不足，由人判断", en="not sure enough: a person decides")
IN_DISPUTE = Text(zh="该主题的职责正在裁定，由人判断", en="who answers for this topic is being ruled: a person decides")
NOBODY = Text(zh="该主题目前没有负责部门，由人判断", en="nobody answers for this topic now: a person decides")
SURE = Text(zh="把握足够", en="sure enough")


@dataclass(frozen=True)
class RouterRow:
    """A training: what it learnt from and how well it is expected to do.

    `expected` is the share of tickets it should get right, from examples it had not learnt from; `digest` the stored file.
    """

    duty_list: str
    digest: str
    receipt: str
    examples: int
    from_history: int
    topics: int
    expected: float
    trained_at: datetime
    trained_by: str


@dataclass(frozen=True)
class Guess:
    """A topic and who answers for it; `duty` None when nobody does."""

    topic: str
    title: Text
    duty: DutyRow | None


@dataclass(frozen=True)
class TicketSuggestion:
    """`sure`: the ticket may go on to `best.duty.department` without a person. `why` says so or why not, `reasons` which
    words spoke for the topic. `confidence` (0 to 1) is the chance that `best` is right; `others` are the next likely.
    `best` is None without a router; `receipt` is that of its training.
    """

    sure: bool
    confidence: float
    why: Text
    best: Guess | None
    others: tuple[Guess, ...]
    reasons: tuple[Reason, ...]
    receipt: str


@transaction.atomic
def router_train(*, actor: Actor, duty_list: str, from_history: bool = False) -> RouterRow:
    """Learn from the examples of a list, with `from_history` also from tickets that were completed under a topic.

    The same examples give the same file. Raises Refused, NotFound, ExamplesWrong.
    """
    rule = demand(actor, "duty.rule").rule
    of = DutyList.objects.filter(pk=duty_list).first()
    if of is None:
        raise NotFound(zh=f"没有职责清单 {duty_list}", en=f"there is no duty list {duty_list}", where="duty_list")
    authored = _authored(of)
    history = _history(of) if from_history else []
    router = Router.train([*authored, *history])
    stored = file_put(
        actor=actor, source=BytesIO(router_bytes(router)), name=f"{duty_list}.router", media_type=MEDIA_TYPE
    )
    expected = round(float(router.confidences.mean()), 4)
    examples = canonical_digest([[one.label, one.text] for one in (*authored, *history)])
    receipt = receipt_write(
        actor=actor,
        kind="router",
        inputs={"duty_list": duty_list, "examples": examples, "authored": len(authored), "history": len(history)},
        outputs={"router": stored.digest},
        pack_digests={of.pack_id: of.pack_digest},
        as_of=timezone.localdate(),
        engine_versions={"yiwang": yiwang.__version__, "scikit-learn": version("scikit-learn")},
    )
    row = RouterModel.objects.create(
        of=of,
        digest=stored.digest,
        receipt=receipt.id,
        examples=len(authored) + len(history),
        from_history=len(history),
        scores={"expected": expected, "topics": len(router.labels)},
        trained_at=timezone.now(),
        trained_by=actor.id,
    )
    audit(
        actor=actor,
        act="router.train",
        object_kind="duty-list",
        object_id=duty_list,
        rule=rule,
        details={"router": stored.digest, "examples": row.examples, "history": row.from_history},
    )
    return _row(row)


def router_list(actor: Actor) -> tuple[RouterRow, ...]:
    """Every training, the newest first; of each list the first is the one that is asked. Raises Refused."""
    demand(actor, "duty.read")
    return tuple(_row(row) for row in RouterModel.objects.order_by("-id"))


def ticket_suggest(
    actor: Actor, text: str, *, division: str = "", duty_list: str = "", on: date | None = None
) -> TicketSuggestion:
    """What a text is probably about. `duty_list` may stay empty where the city has one. Raises Refused, NotFound."""
    demand(actor, "duty.read")
    of = list_known(duty_list)
    model = of.routers.order_by("-id").first()
    if model is None:
        return TicketSuggestion(False, 0.0, UNTRAINED, None, (), (), "")
    if not text.strip():
        return TicketSuggestion(False, 0.0, NO_TEXT, None, (), (), model.receipt)
    routed = _router(model.digest).suggest(text)
    topics = _titles(of)
    said = (routed.label, *routed.runners_up)
    guesses = [_guess(topic, topics[topic], division, on) for topic in said if topic in topics]
    best = guesses[0] if guesses else None
    why = _why(of, routed, best)
    sure, confidence = why is SURE, round(routed.confidence, 4)
    return TicketSuggestion(sure, confidence, why, best, tuple(guesses[1:]), routed.reasons, model.receipt)


def _why(of: DutyList, routed: Routed, best: Guess | None) -> Text:
    """SURE, or why a person must decide."""
    if best is None or best.topic != routed.label:
        return NOT_SURE
    # The measured chance decides, not the router's own share: authored examples are clearer than what people say.
    if routed.confidence < settings_of(of).suggest.sure:
        return NOT_SURE
    if DutyGap.objects.filter(topic=best.topic, ruled_at=None).exists():
        return IN_DISPUTE
    return SURE if best.duty is not None else NOBODY


def _guess(topic: str, title: Text, division: str, on: date | None) -> Guess:
    try:
        duty: DutyRow | None = duty_of(topic, on, division)
    except NotFound:
        # An unknown division was refused at intake; here it means that nobody answers.
        duty = None
    return Guess(topic, title, duty)


def _titles(of: DutyList) -> dict[str, Text]:
    rows = Topic.objects.filter(of=of, is_retired=False)
    return {row.pk: Text(zh=row.title_zh, en=row.title_en) for row in rows}


def _authored(of: DutyList) -> list[Example]:
    topics = Topic.objects.filter(of=of, is_retired=False).order_by("position")
    return [Example(topic.pk, text) for topic in topics for text in topic.body.get("examples", [])]


def _history(of: DutyList) -> list[Example]:
    """Tickets that were completed under a topic: whoever sent them on and whoever answered agreed on it."""
    intake = settings_of(of).intake
    rows = Case.objects.filter(
        item__item_id=intake.item, status=Case.Status.COMPLETED, topic__in=Topic.objects.filter(of=of, is_retired=False)
    )
    said = ((case.topic, case.answers) for case in rows.order_by("id").only("number", "topic", "sealed_answers"))
    return [Example(topic, text) for topic, answers in said for text in [ticket_text(answers, intake.text)] if text]


def ticket_text(answers: object, question: str) -> str:
    """What was said, or empty where the ticket holds no words."""
    text = answers.get(question, "") if isinstance(answers, dict) else ""
    return text if isinstance(text, str) and any(letter.isalnum() for letter in text) else ""


@lru_cache(maxsize=4)
def _router(digest: str) -> Router:
    return router_from(file_path(digest).read_bytes(), digest)


def _row(row: RouterModel) -> RouterRow:
    return RouterRow(
        duty_list=row.of_id,
        digest=row.digest,
        receipt=row.receipt,
        examples=row.examples,
        from_history=row.from_history,
        topics=int(row.scores["topics"]),
        expected=float(row.scores["expected"]),
        trained_at=row.trained_at,
        trained_by=row.trained_by,
    )


def reasons_said(reasons: Sequence[Reason]) -> str:
    """The words that spoke for the topic, the heaviest first."""
    return "、".join(one.term for one in reasons)
