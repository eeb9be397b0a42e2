"""What whoever filed a case says of their own accord while it runs: taken with number and code where the process hears it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yiwang.flow.asking import not_heard
from yiwang.flow.casework import case_locked, keep, moment, take, turn_of
from yiwang.flow.core.forms.asked import answer_at
from yiwang.flow.core.forms.elements import Form, Kind
from yiwang.flow.core.process.events import MessageCame
from yiwang.flow.drafts import answers_clean
from yiwang.flow.forms import form_of, form_version
from yiwang.flow.opening import files_add
from yiwang.flow.scopes import BY_CODE, demand_code
from yiwang.flow.turns import Turn
from yiwang.flow.waiting import applicant_waits
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import plain
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError

LONGEST_SAID = 600


@transaction.atomic
def case_answer(
    *,
    actor: Actor,
    number: str,
    code: str,
    node: str,
    answers: Mapping[str, Any] | None = None,
    form_number: int | None = None,
) -> None:
    """Say what the case waits to hear at `node`, as whoever filed it; the process knows the answers of the form by name.
    `form_number` is the version of the form they were asked by, the published one by default.

    Raises NotFound for a wrong code, NotWaiting when nothing is heard there now, AnswersWrong, InputError, CaseClosed.
    """
    case = demand_code(case_locked(number=number), code)
    turn = turn_of(case, actor, moment())
    waiting = applicant_waits(turn.definition, turn.state).get(node)
    if waiting is None:
        raise not_heard(case)
    message, key = waiting
    values, said = _judged(turn, message.form, answers or {}, form_number)
    if not take(turn, MessageCame(message.name, key, values)):
        raise not_heard(case)
    turn.note("answered", _told(turn.title(node), said), public=True)
    keep(turn, act="case.answer", rule=BY_CODE, details={"node": node, "message": message.name})


def _judged(
    turn: Turn, form_id: str | None, answers: Mapping[str, Any], number: int | None
) -> tuple[dict[str, Any], list[Text]]:
    """The answers its form asks for and no others, and how they read; without a form there is nothing to answer."""
    if form_id is None:
        if answers:
            raise InputError(zh="这里不需要填写内容", en="there is nothing to fill in here", where="answers")
        return {}, []
    form = form_of(form_id, form_version(form_id, number).number)
    given = plain(dict(answers))
    assert isinstance(given, dict)
    told, files, _ = answers_clean(form, given, turn.now)
    files_add(turn.case, files, turn.actor, turn.now)
    return told, _read(form, told)


def _read(form: Form, told: Mapping[str, Any]) -> list[Text]:
    """Choices by their labels and words as written, in the order of the form; files are listed with the case."""
    found = []
    for question in form.questions:
        value = answer_at(told, question.address)
        chosen = [one.label for one in question.options if one.value == value]
        if chosen:
            found.append(chosen[0])
        elif question.kind in (Kind.TEXT, Kind.LONG) and isinstance(value, str) and value.strip():
            found.append(Text(zh=value.strip(), en=value.strip()))
    return found


def _told(title: Text, said: list[Text]) -> Text:
    if not said:
        return title
    zh, en = "；".join(one.zh for one in said), "; ".join(one.en for one in said)
    return Text(zh=f"{title.zh}：{zh}"[:LONGEST_SAID], en=f"{title.en}: {en}"[:LONGEST_SAID])
