"""Answers not yet handed in. Whoever is signed in owns a draft; anybody else holds its token, of which a digest is kept.

A draft nobody has touched for `DAYS` days is gone. Files and readonly answers never come with the other answers: a file was
checked when it was given, a readonly answer was taken from a register.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from yiwang.flow.answers import GivenFile
from yiwang.flow.asking import applicant_form
from yiwang.flow.core.forms.asked import Asked, answer_at, answer_put
from yiwang.flow.core.forms.checking import problems
from yiwang.flow.core.forms.elements import EACH, Form, Kind, Question
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.forms import form_of, form_version
from yiwang.flow.items import item_get
from yiwang.flow.models import Draft, Work
from yiwang.flow.uploads import KeptFile, file_keep
from yiwang.kernel.access import demand, demand_identity
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest, plain
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.service import audit

DAYS = 30
MAX_ANSWERS = 200_000
SWEPT = 100


@dataclass(frozen=True)
class DraftRow:
    """`token` is shown once, to a signed-out person whose draft is new; without it nobody finds the draft again."""

    id: int
    form: Form
    form_number: int
    item_id: str
    work_id: int | None
    answers: Mapping[str, Any]
    sources: Mapping[str, Text]
    updated_at: datetime
    expires_at: datetime
    token: str = ""


@dataclass(frozen=True)
class Record:
    """A record of a register from which questions are filled in; `version` is that of its table."""

    resource_id: str
    title: Text
    version: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Submission:
    """Answers as they are handed in: what was not asked has no key, what was not answered is null, what was left blank is
    empty. `place` is the first point on the map."""

    form_id: str
    form_number: int
    item_id: str
    answers: Mapping[str, Any]
    files: tuple[GivenFile, ...]
    place: tuple[float, float] | None


@transaction.atomic
def draft_save(
    *,
    actor: Actor,
    form_id: str,
    answers: Mapping[str, Any],
    item_id: str = "",
    work_id: int | None = None,
    draft_id: int | None = None,
    token: str = "",
    asked: tuple[str, str, str] | None = None,
) -> DraftRow:
    """Keep answers, as a new draft or in one that is there. Its first save leaves an audit line, what follows is typing.

    `asked` is number, code and what is asked of whoever filed the case. Raises NotFound, NotWaiting, Refused, InputError.
    """
    demand_identity(actor)
    body = plain(answers)
    if not isinstance(body, dict) or len(str(body)) > MAX_ANSWERS:
        raise InputError(zh="答案太长，无法保存", en="the answers are too long to keep", where="answers")
    if draft_id is not None:
        row = _row(actor, draft_id, token, lock=True)
        row.answers = _with_kept(form_of(row.form_id, row.form_number), body, row.answers)
        row.save(update_fields=["sealed_answers", "updated_at"])
        return _told(row)
    _demand_form(actor, form_id, item_id, work_id, asked)
    version = form_version(form_id)
    key = secrets.token_urlsafe(24) if _is_public(actor) else ""
    row = Draft.objects.create(
        form_id=form_id,
        form_number=version.number,
        item_id=item_id,
        work_id=work_id,
        owner="" if key else actor.id,
        token=_digest(key) if key else "",
    )
    # Sealed for the number it has only now.
    row.answers = _with_kept(form_of(form_id, version.number), body, {})
    row.save(update_fields=["sealed_answers"])
    _sweep()
    audit(
        actor=actor,
        act="draft.save",
        object_kind="draft",
        object_id=row.pk,
        details={"form": form_id, "number": version.number, "item": item_id},
    )
    return _told(row, key)


def draft_get(actor: Actor, draft_id: int, *, token: str = "") -> DraftRow:
    """A draft of one's own. Raises NotFound for anybody else's, as for one that is not there or has expired."""
    return _told(_row(actor, draft_id, token))


@transaction.atomic
def draft_drop(*, actor: Actor, draft_id: int, token: str = "") -> None:
    """Forget a draft. Its files stay until they are destroyed: the same bytes may belong to a case."""
    row = _row(actor, draft_id, token, lock=True)
    audit(actor=actor, act="draft.drop", object_kind="draft", object_id=row.pk, details={"form": row.form_id})
    row.delete()


def draft_file_add(
    *, actor: Actor, draft_id: int, question: str, source: BinaryIO, name: str, token: str = ""
) -> KeptFile:
    """Give a file as the answer to a question, named by its address. Raises NotFound, InputError, VirusFound, Unavailable."""
    asked = draft_file_asked(actor, draft_id, question, token=token)
    kept = file_keep(actor, asked, source, name)
    draft_file_put(actor=actor, draft_id=draft_id, question=question, entry=asdict(kept), token=token)
    return kept


def draft_file_asked(actor: Actor, draft_id: int, question: str, *, token: str = "") -> Question:
    """The file question of a draft's form at an address. Raises NotFound, InputError."""
    return _file_question(_row(actor, draft_id, token), question)[0]


@transaction.atomic
def draft_file_put(*, actor: Actor, draft_id: int, question: str, entry: Mapping[str, Any], token: str = "") -> None:
    """Lay a kept file to a question's others; the same bytes stand there once. Raises NotFound, InputError for too many."""
    row = _row(actor, draft_id, token, lock=True)
    asked, address = _file_question(row, question)
    answers = row.answers
    given = [one for one in answer_at(answers, address) or [] if one["digest"] != entry["digest"]]
    if len(given) >= asked.limits.max_files:
        most = asked.limits.max_files
        raise InputError(zh=f"至多 {most} 个文件", en=f"at most {most} files", where=question)
    answer_put(answers, address, [*given, dict(entry)])
    row.answers = answers
    row.save(update_fields=["sealed_answers", "updated_at"])


@transaction.atomic
def draft_adopt(*, actor: Actor, draft_id: int, token: str) -> DraftRow:
    """Make the draft of somebody signed out one's own, by its token: who began signed out goes on signed in. Raises NotFound."""
    row = _row(replace(actor, kind="public"), draft_id, token, lock=True)
    row.owner, row.token = actor.id, ""
    row.save(update_fields=["owner", "token", "updated_at"])
    audit(actor=actor, act="draft.adopt", object_kind="draft", object_id=row.pk, details={"form": row.form_id})
    return _told(row)


@transaction.atomic
def draft_file_drop(*, actor: Actor, draft_id: int, question: str, digest: str, token: str = "") -> None:
    """Take a file back. Raises NotFound, InputError."""
    row = _row(actor, draft_id, token, lock=True)
    _, address = _file_question(row, question)
    answers = row.answers
    given = [one for one in answer_at(answers, address) or [] if one["digest"] != digest]
    answer_put(answers, address, given)
    row.answers = answers
    row.save(update_fields=["sealed_answers", "updated_at"])
    audit(
        actor=actor,
        act="draft.file_drop",
        object_kind="draft",
        object_id=row.pk,
        details={"question": question, "digest": digest},
    )


@transaction.atomic
def draft_prefill(*, actor: Actor, draft_id: int, records: Sequence[Record], token: str = "") -> DraftRow:
    """Fill in what registers hold: each question with `yw:prefill` that is not answered yet, from the record of its resource.

    Whoever calls this has read the records for this person and under a rule; where each value came from is kept and shown.
    """
    row = _row(actor, draft_id, token, lock=True)
    known = {record.resource_id: record for record in records}
    filled, answers = [], row.answers
    for question in form_of(row.form_id, row.form_number).questions:
        resource, _, field = question.field.partition(".")
        record = known.get(resource)
        value = record.values.get(field) if record and question.prefill else None
        if record is None or value is None or answer_at(answers, question.address) is not None:
            continue
        answer_put(answers, question.address, plain(value))
        row.sources[".".join(question.address)] = {
            "zh": f"来自{record.title.zh}（{question.field}，第 {record.version} 版）",
            "en": f"From {record.title.en} ({question.field}, version {record.version})",
        }
        filled.append(question.field)
    row.answers = answers
    row.save(update_fields=["sealed_answers", "sources", "updated_at"])
    audit(actor=actor, act="draft.prefill", object_kind="draft", object_id=row.pk, details={"fields": filled})
    return _told(row)


@transaction.atomic
def form_submit(*, actor: Actor, draft_id: int, token: str = "") -> Submission:
    """The answers of a draft, judged and clean. The draft stays until it is dropped, so that nothing is lost between this and
    the case. Raises AnswersWrong with what is wrong by address; NotFound.
    """
    row = _row(actor, draft_id, token)
    form = form_of(row.form_id, row.form_number)
    told, files, place = answers_clean(form, row.answers, timezone.localtime())
    audit(
        actor=actor,
        act="form.submit",
        object_kind="draft",
        object_id=row.pk,
        details={"form": row.form_id, "number": row.form_number, "answers": canonical_digest(told)},
    )
    return Submission(row.form_id, row.form_number, row.item_id, told, files, place)


def answers_clean(
    form: Form, answers: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], tuple[GivenFile, ...], tuple[float, float] | None]:
    """What is handed in of some answers: the answers, the files, the place. Raises AnswersWrong."""
    asked = Asked(form, answers, now)
    wrong = problems(asked)
    if wrong:
        raise AnswersWrong(
            problems=wrong,
            zh=f"有 {len(wrong)} 处需要改正",
            en=f"{len(wrong)} answers need another look",
            where=next(iter(wrong)),
        )
    files: list[GivenFile] = []
    place = None
    for question, here in asked.questions():
        value = answer_at(answers, here)
        if question.kind is Kind.FILES:
            files += [_given(here, one) for one in value or []]
        elif question.kind is Kind.PLACE and value and place is None:
            place = (value[0], value[1])
    return asked.told(), tuple(files), place


def _given(here: Sequence[str], one: Mapping[str, Any]) -> GivenFile:
    return GivenFile(".".join(here), one["digest"], one["name"], one.get("held", ""))


def _with_kept(form: Form, answers: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """New answers with the files and readonly answers that are there already, and no others."""
    found = deepcopy(answers)
    for question in form.questions:
        if EACH not in question.address and (question.kind is Kind.FILES or question.readonly):
            answer_put(found, question.address, answer_at(before, question.address))
    return found


def _demand_form(
    actor: Actor, form_id: str, item_id: str, work_id: int | None, asked: tuple[str, str, str] | None
) -> None:
    """A form is filled in for an item one may see, for a work, for what one is asked with a code, or by staff to try it.

    Raises NotFound, NotWaiting, Refused, InputError.
    """
    if asked is not None:
        wanted = applicant_form(*asked)
    elif item_id:
        wanted = item_get(actor, item_id).file.form
    elif work_id is not None:
        demand(actor, "case.work")
        wanted = Work.objects.filter(pk=work_id).values_list("form_id", flat=True).first() or ""
    else:
        demand(actor, "process.read")
        return
    if wanted != form_id:
        raise InputError(zh=f"这里不用表单 {form_id}", en=f"the form {form_id} is not asked here", where="form")


def _is_public(actor: Actor) -> bool:
    return actor.kind == "public"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _row(actor: Actor, draft_id: int, token: str, *, lock: bool = False) -> Draft:
    demand_identity(actor)
    rows = Draft.objects.select_for_update() if lock else Draft.objects.all()
    row = rows.filter(pk=draft_id, updated_at__gt=timezone.now() - timedelta(days=DAYS)).first()
    mine = row is not None and (
        hmac.compare_digest(row.token, _digest(token))
        if _is_public(actor)
        else bool(row.owner) and row.owner == actor.id
    )
    if row is None or not mine:
        raise NotFound(
            zh="没有这份草稿，或已超过保存期限",
            en="there is no such draft, or it has expired",
            where="draft",
            hint_zh=f"草稿保存 {DAYS} 天，请重新填写。",
            hint_en=f"Drafts are kept for {DAYS} days; please begin again.",
        )
    return row


def _file_question(row: Draft, question: str) -> tuple[Question, tuple[str, ...]]:
    address = tuple(question.split("."))
    found = form_of(row.form_id, row.form_number).question(address)
    if found is None or found.kind is not Kind.FILES:
        raise InputError(zh=f"没有文件问题 {question}", en=f"there is no file question {question}", where=question)
    return found, address


def _told(row: Draft, token: str = "") -> DraftRow:
    return DraftRow(
        id=row.pk,
        form=form_of(row.form_id, row.form_number),
        form_number=row.form_number,
        item_id=row.item_id,
        work_id=row.work_id,
        answers=row.answers,
        sources={address: Text(**said) for address, said in row.sources.items()},
        updated_at=row.updated_at,
        expires_at=row.updated_at + timedelta(days=DAYS),
        token=token,
    )


def _sweep() -> None:
    """Forget what has expired, a little each time somebody begins."""
    old = Draft.objects.filter(updated_at__lte=timezone.now() - timedelta(days=DAYS)).values_list("pk", flat=True)
    Draft.objects.filter(pk__in=list(old[:SWEPT])).delete()
