"""好差评: the applicant says how it went, once; the last two of the five grades open a follow-up case."""

from __future__ import annotations

from django.db import transaction

from yiwang.flow.answers import RatingRow
from yiwang.flow.casework import case_locked, moment
from yiwang.flow.errors import CaseMoved, StepForbidden
from yiwang.flow.items import item_file
from yiwang.flow.models import Case, CaseNote, Rating, note_words
from yiwang.flow.opening import case_open
from yiwang.flow.reading import RATED
from yiwang.flow.rows import rating_row
from yiwang.flow.scopes import demand_code, words_bounded
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit

GRADES = {
    5: Text(zh="非常满意", en="very satisfied"),
    4: Text(zh="满意", en="satisfied"),
    3: Text(zh="基本满意", en="fairly satisfied"),
    2: Text(zh="不满意", en="dissatisfied"),
    1: Text(zh="非常不满意", en="very dissatisfied"),
}
FOLLOWED_UP = (1, 2)
FOLLOWER = system_actor("rating")


@transaction.atomic
def case_rate(
    *,
    actor: Actor,
    number: str,
    code: str,
    grade: int,
    text: str = "",
    solved: bool | None = None,
    channel: str = "web",
) -> RatingRow:
    """Rate an ended case with its code. A low grade opens a case of the item's own `follow_up`, else it is told to be missing.

    Raises NotFound for a wrong code, StepForbidden before the end, CaseMoved for a second rating, InputError.
    """
    case = demand_code(case_locked(number=number), code)
    if grade not in GRADES:
        raise InputError(zh="评价须为 1 至 5", en="a grade is 1 to 5", where="grade")
    words_bounded(text)
    if case.status not in RATED:
        raise StepForbidden(zh="办结之后才能评价", en="a case can be rated once it has ended", where=f"case {number}")
    if Rating.objects.filter(case=case).exists():
        raise CaseMoved(zh="这件办件已经评价过", en="this case has been rated already", where=f"case {number}")
    rating = Rating.objects.create(
        case=case, grade=grade, **{"text": text.strip()}, solved=solved, channel=channel[:16], at=moment()
    )
    if grade in FOLLOWED_UP:
        rating.follow_up = _follow_up(case, rating)
        rating.save(update_fields=["follow_up"])
    CaseNote.objects.create(
        case=case,
        at=rating.at,
        kind="rated",
        **note_words(zh=f"评价：{GRADES[grade].zh}", en=f"rated: {GRADES[grade].en}"),
        is_public=True,
    )
    audit(actor=actor, act="case.rate", object_kind="case", object_id=number, rule="code", details={"grade": grade})
    return rating_row(rating)  # type: ignore[return-value]


def _follow_up(case: Case, rating: Rating) -> Case | None:
    """The follow-up names the case it is about. Without one in the item's definition those who see the case are told so."""
    item = item_file(case.item).follow_up if case.item else ""
    if not item:
        CaseNote.objects.create(
            case=case,
            at=rating.at,
            kind="no-follow-up",
            **note_words(zh="评价不满意，但事项没有指定回访事项", en="rated low, but the item names no follow-up"),
        )
        return None
    words = GRADES[rating.grade]
    opened = case_open(
        actor=FOLLOWER,
        item_id=item,
        title=f"{words.zh}：{case.title}",
        answers={"of": case.number, "grade": rating.grade, "text": rating.text, "solved": rating.solved},
        channel="system",
        topic=case.topic,
        division=case.division,
        key=f"rating:{case.number}",
    )
    return Case.objects.get(number=opened.number)
