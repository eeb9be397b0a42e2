"""A case begins: at the counter, by phone, on the web, called by another case. Its clock starts at intake."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.flow.answers import GivenFile, Opened
from yiwang.flow.casework import keep, moment, take, turn_new
from yiwang.flow.clocks import rung_dues
from yiwang.flow.core.forms.asked import Asked, answer_at, answer_put
from yiwang.flow.core.forms.checking import problems
from yiwang.flow.core.process.effects import CallAsked
from yiwang.flow.core.process.events import Started
from yiwang.flow.definitions import definition_of
from yiwang.flow.drafts import answers_clean
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.events import CASE_OPENED
from yiwang.flow.forms import form_of, form_version
from yiwang.flow.items import item_file, item_version
from yiwang.flow.locking import Standing
from yiwang.flow.models import Case, CaseClock, CaseFile, ItemVersion, Process, ProcessVersion
from yiwang.flow.schema import ItemFile, LimitFile
from yiwang.flow.scopes import CLIENT, PUBLIC, secret_of
from yiwang.flow.turns import Turn
from yiwang.kernel.access import demand, demand_identity
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import plain
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.kernel.selectors import columns, department_check, division_get, fetch, file_get, made
from yiwang.kernel.service import Batch

# No 0, 1, I, L, O, U: read out on the telephone they are mistaken for each other or for a word.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST_TITLE = 200
# The group of a form that asks who the applicant is.
APPLICANT = "applicant"
_CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,15}")


@dataclass(frozen=True)
class Intake:
    """What is known of a case when it comes in."""

    title: str
    department: str
    channel: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""
    division: str = ""
    place: tuple[float, float] | None = None
    applicant: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[GivenFile] = ()
    key: str = ""
    form_number: int | None = None


@transaction.atomic
def case_open(
    *,
    actor: Actor,
    item_id: str | None = None,
    process_id: str | None = None,
    title: str,
    answers: Mapping[str, Any] | None = None,
    department: str = "",
    channel: str = "counter",
    topic: str = "",
    division: str = "",
    place: tuple[float, float] | None = None,
    applicant: Mapping[str, Any] | None = None,
    files: Sequence[GivenFile] = (),
    opened_at: datetime | None = None,
    key: str = "",
    form_number: int | None = None,
) -> Opened:
    """Take a case in, of an item or of a process alone. Its process knows the answers by name, and `case` {number, department, …}.

    `key` names the request: asked again it gives the same number and opens nothing. `opened_at` is when it came in, never
    later than now. What people answer is judged by the item's form, in the version they were asked by (`form_number`, the
    newest by default). Raises NotFound, Refused, InputError, AnswersWrong.
    """
    demand_identity(actor)
    if (repeated := _opened_before(key)) is not None:
        return repeated
    now = moment()
    at = _intake_moment(actor, opened_at, now)
    item = item_version(item_id, as_of=at.date()) if item_id else None
    file = item_file(item) if item else None
    version = _version(file.process if file else process_id)
    own = file.department if file else version.process.department
    rule = _demand_open(actor, file, department or own, own)
    intake = Intake(
        title=title.strip()[:LONGEST_TITLE],
        department=department or own,
        channel=channel,
        answers=_json(answers or {}, "answers"),
        topic=topic,
        division=division,
        place=place,
        applicant=_json(applicant or {}, "applicant"),
        files=files,
        key=key,
    )
    intake = _checked(actor, intake, file, form_number, now)
    batch = Batch()
    try:
        case, code = _made(actor, version, item, intake, at, batch)
    except IntegrityError:
        # Two asked with one key at the same moment: the other has opened it.
        other = _opened_before(key)
        if other is None:
            raise
        return other
    # What is told of the past happened then; everything else happens now.
    turn = turn_new(case, definition_of(version), actor, at if opened_at else now, batch)
    _begin(turn, intake, file.limit_of({**intake.answers, "topic": topic}) if file else None, rule)
    return Opened(case.number, code)


def _checked(actor: Actor, intake: Intake, file: ItemFile | None, form_number: int | None, now: datetime) -> Intake:
    """As it may go on. What people answer is judged by the item's form; the program judged its own before."""
    _check(intake, file)
    if file is None or not file.form or actor.is_system:
        return intake
    return _judged(actor, intake, file.form, form_number, now)


def _opened_before(key: str) -> Opened | None:
    found = Case.objects.filter(key=key).first() if key else None
    return None if found is None else Opened(found.number, "", repeated=True)


def call_open(caller: Turn, call: CallAsked) -> None:
    """The case of a called process; it ends before this returns when nobody has to do anything."""
    above = caller.case
    version = _version(call.process)
    intake = Intake(title=above.title, department=above.department, channel=above.channel, topic=above.topic)
    batch = Batch()
    case, _ = _made(caller.process_actor, version, None, intake, caller.now, batch, parent=above, token=call.token)
    turn = turn_new(case, definition_of(version), caller.process_actor, caller.now, batch)
    _begin(turn, intake, None, "process", values=call.values)


def _begin(
    turn: Turn, intake: Intake, limit: LimitFile | None, rule: str, values: Mapping[str, Any] | None = None
) -> None:
    case = turn.case
    if limit is not None:
        clock_begin(turn, limit)
    known = {
        "number": case.number,
        "department": case.department,
        "channel": case.channel,
        "topic": case.topic,
        "division": case.division,
        "opened_by": case.opened_by,
    }
    item = case.item.item_id if case.item else ""
    turn.note("opened", Text(zh=f"已受理，编号 {case.number}", en=f"taken in under {case.number}"), public=True)
    told = {"department": case.department, "topic": case.topic, "channel": case.channel, "item": item}
    opened = {"case": case.pk, "number": case.number, "process": case.process.process_id}
    turn.changes.events.append((CASE_OPENED, opened | told))
    take(turn, Started({**(intake.answers if values is None else values), "case": known}))
    keep(turn, act="case.open", rule=rule, details={"item": item, "process": case.process.process_id})


def clock_begin(turn: Turn, limit: LimitFile) -> CaseClock:
    """The case's own clock: it starts at intake, not when a department takes the case in hand."""
    clock = CaseClock(
        case=turn.case,
        budget=limit.budget,
        basis=limit.basis[:300],
        rungs=[rung.model_dump(mode="json") for rung in limit.rungs],
        started_at=turn.case.opened_at,
    )
    turn.batch.insert_numbered([clock])
    turn.batch.insert(rung_dues(clock, (), turn.calendar, turn.now))
    turn.known = Standing(clock, 0, None, ())
    return clock


def _made(
    actor: Actor,
    version: ProcessVersion,
    item: ItemVersion | None,
    intake: Intake,
    at: datetime,
    batch: Batch,
    parent: Case | None = None,
    token: int | None = None,
) -> tuple[Case, str]:
    """The row, in the batch until the case's first step is written with it; one with a key is written at once."""
    number, code = _number(at), _word(8)
    longitude, latitude = intake.place or (None, None)
    case = Case(
        number=number,
        secret=secret_of(number, code),
        item=item,
        process=version,
        form_number=intake.form_number,
        parent=parent,
        parent_token=token,
        title=intake.title,
        department=intake.department,
        channel=intake.channel,
        topic=intake.topic,
        division=intake.division,
        longitude=longitude,
        latitude=latitude,
        opened_by=actor.id,
        opened_at=at,
        key=intake.key,
    )
    case.applicant, case.answers = dict(intake.applicant), dict(intake.answers)
    # A key that is taken must be met here, and undone alone.
    with transaction.atomic() if intake.key else nullcontext():
        batch.insert_numbered([case])
        if intake.key:
            batch.write()
    files_add(case, intake.files, actor, at)
    return case, code


def files_add(case: Case, files: Sequence[GivenFile], actor: Actor, at: datetime) -> None:
    """Files given with a case. Raises NotFound for one that was never stored."""
    rows = []
    for given in files:
        stored = file_get(given.digest)
        rows.append(
            CaseFile(
                case=case,
                question=given.question,
                digest=given.digest,
                # sealed as it is set: no column that a type checker knows
                **{"name": given.name[:200]},
                media_type=stored.media_type,
                size=stored.size,
                given_at=at,
                given_by=actor.id,
            )
        )
    CaseFile.objects.bulk_create(rows)


def _word(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _number(at: datetime) -> str:
    while True:
        number = f"{at:%Y%m%d}-{_word(8)}"
        if not fetch("SELECT 1 FROM flow_case WHERE number = $1", [number]):
            return number


def _version(process_id: str | None) -> ProcessVersion:
    """The version that new cases follow. Raises NotFound, InputError when neither item nor process was named."""
    if not process_id:
        raise InputError(zh="须指明事项或流程", en="name a service item or a process", where="item")
    sql = (
        f"SELECT {columns(ProcessVersion, 'v')}, {columns(Process, 'p')}"
        " FROM flow_process p JOIN flow_processversion v ON v.id = p.published_id WHERE p.id = $1"
    )
    found = fetch(sql, [process_id])
    if not found:
        raise NotFound(
            zh=f"没有已发布的流程 {process_id}",
            en=f"there is no published process {process_id}",
            where="process",
            hint_zh="请先发布流程。",
            hint_en="Publish it first.",
        )
    version = made(ProcessVersion, found[0])
    version.process = made(Process, found[0], len(ProcessVersion._meta.concrete_fields))
    return version


def _demand_open(actor: Actor, file: ItemFile | None, department: str, own: str) -> str:
    """The public opens what is open to it; staff what belongs to a department they cover, or what their department files."""
    if actor.kind == PUBLIC:
        if file is None or "public" not in file.open_to:
            raise Refused(
                zh="这个事项不能由公众直接提交",
                en="the public cannot file this item",
                where="item",
                hint_zh="请到窗口或拨打电话办理。",
                hint_en="Come to the counter or telephone.",
            )
        return PUBLIC
    if file is not None and {"public", "departments"} & set(file.open_to):
        # What anybody or any department may file, any desk may take down.
        return demand(actor, "case.open").rule
    return demand(actor, "case.open", own if file is not None else department).rule


def _judged(actor: Actor, intake: Intake, form_id: str, number: int | None, now: datetime) -> Intake:
    """With the answers its form asks for and no others. Who the applicant is stands apart, and is judged with them.

    A program knows its own attributes, not the form: what it gives is judged, what it leaves out is asked by whoever takes
    the case in hand.
    """
    asked_by = form_version(form_id, number).number
    form, intake = form_of(form_id, asked_by), replace(intake, form_number=asked_by)
    whole = deepcopy(dict(intake.answers))
    for question in form.questions:
        # As whoever files takes them out: what a browser fills in by itself, and the group of this name.
        inside = question.address[1:] if question.address[0] == APPLICANT else ()
        here = question.address if question.autocomplete else inside
        said = intake.applicant.get(question.key) if len(here) == 1 else None
        if said is not None and answer_at(whole, question.address) is None:
            answer_put(whole, question.address, said)
    if actor.id.startswith(CLIENT):
        asked = Asked(form, intake.answers, now)
        given = {".".join(here) for _, here in asked.questions() if answer_at(intake.answers, here) is not None}
        wrong = {where: said for where, said in problems(asked).items() if where in given}
        if wrong:
            raise AnswersWrong(
                problems=wrong,
                zh="；".join(f"{where}：{said.zh}" for where, said in wrong.items()),
                en="; ".join(f"{where}: {said.en}" for where, said in wrong.items()),
                where=next(iter(wrong)),
            )
        return intake
    told, _, _ = answers_clean(form, whole, now)
    kept = {name: value for name, value in told.items() if name in intake.answers or name not in whole}
    return replace(intake, answers=kept)


def _intake_moment(actor: Actor, opened_at: datetime | None, now: datetime) -> datetime:
    if opened_at is None:
        return now
    at = moment(opened_at)
    if at > now or actor.kind == PUBLIC:
        raise InputError(
            zh="受理时刻不能晚于现在，公众不能自定", en="a case cannot come in later than now", where="opened_at"
        )
    return at


def _check(intake: Intake, file: ItemFile | None) -> None:
    if any(one.held for one in intake.files):
        raise Refused(
            zh="存着的材料只能由持有人登录后自己选用",
            en="what somebody keeps is used by its holder, signed in, and by nobody else",
            where="files",
        )
    if not intake.title:
        raise InputError(zh="请填写标题", en="give it a title", where="title")
    if not _CHANNEL.fullmatch(intake.channel):
        raise InputError(zh=f"没有渠道 {intake.channel!r}", en=f"no such channel: {intake.channel!r}", where="channel")
    department_check(intake.department)
    if intake.division:
        division_get(intake.division)
    if intake.place is not None:
        longitude, latitude = intake.place
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise InputError(
                zh="位置不在地球上",
                en="the place is not on earth",
                where="place",
                hint_zh="先经度，后纬度。",
                hint_en="Longitude first.",
            )
    if file is not None and intake.channel not in (*file.channels, "system"):
        raise InputError(
            zh=f"事项 {file.id} 不通过“{intake.channel}”受理",
            en=f"item {file.id} is not taken in by {intake.channel}",
            where="channel",
            hint_zh=f"可用：{'、'.join(file.channels)}",
            hint_en=f"By: {', '.join(file.channels)}",
        )


def _json(values: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    try:
        said = plain(dict(values))
    except ValueError as error:
        raise InputError(zh=f"{where} 含有无法保存的值：{error}", en=f"{where}: {error}", where=where) from error
    assert isinstance(said, dict)
    return said
