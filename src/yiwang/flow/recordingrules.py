"""What must hold of a recording before it is bound to a case, each refusal with what to do next."""

from __future__ import annotations

from datetime import datetime, timedelta

from yiwang.flow.casework import RUNNING
from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.errors import CaseClosed
from yiwang.flow.items import item_file
from yiwang.flow.models import Case, CaseRecording
from yiwang.flow.recordingrows import Taken
from yiwang.flow.schema import RecordingsFile
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import actor_again
from yiwang.trust.selectors import archive_get

MOST_OFFICERS = 20
KEEPER = system_actor("recordings")
_LONGEST = {"device": 80, "place": 200, "basis": 300}
_NAMES = {"device": ("设备编号", "the device"), "place": ("地点", "the place"), "basis": ("依据", "the legal basis")}


def declared(case: Case) -> RecordingsFile | None:
    """What the case's item says about recordings."""
    return item_file(case.item).recordings if case.item else None


def recordings_until(case: Case) -> datetime | None:
    """The moment from which none comes in any more; None while the case runs."""
    if case.status in RUNNING or case.closed_at is None:
        return None
    said = declared(case)
    return case.closed_at + timedelta(days=said.days_after if said else 0)


def demand_open(case: Case, now: datetime) -> None:
    """Raises CaseClosed when the case no longer takes recordings."""
    until = recordings_until(case)
    if until is not None and now >= until:
        raise CaseClosed(
            zh=f"办件 {case.number} 已经办结，收录音像的期限已过",
            en=f"case {case.number} has ended and no longer takes recordings",
            where=f"case {case.number}",
            hint_zh="新的证据请另开一件，并在其中写明原办件编号；事项可以用 recordings.days_after 写明办结后几天内仍可收录。",
            hint_en="Open another case for new evidence and name this one in it; an item says with recordings.days_after how "
            "many days after the end one may still come in.",
        )


def demand_said(case: Case, taken: Taken, now: datetime) -> None:
    """What is said of a recording, against the case it is for. Raises InputError, NotFound for an officer nobody knows."""
    for name, longest in _LONGEST.items():
        _worded(name, getattr(taken, name), longest)
    _timed(case, taken, now)
    _stepped(definition_of(case.process), taken.step)
    _manned(case, taken.officers)
    _placed(taken)


def demand_free(case: Case, digest: str) -> None:
    """The same bytes are evidence of one matter. Raises Conflict."""
    bound = CaseRecording.objects.filter(digest=digest).select_related("case").first()
    if bound is None:
        return
    if bound.case_id == case.pk:
        raise Conflict(
            zh=f"这份录音录像已经是本件的第 {bound.number} 号",
            en=f"this recording is number {bound.number} of this case already",
            where="file",
            hint_zh="不用再上传；要更正说明，请上传完整的原始文件并作替换。",
            hint_en="There is no need to send it again; to correct it, send the whole original and supersede.",
        )
    raise Conflict(
        zh="这份录音录像已经绑定在另一件办件上",
        en="this recording is bound to another case already",
        where="file",
        hint_zh="一份录音录像只能是一件办件的证据；请核对办件编号，或在本件的说明里引用那一件。",
        hint_en="A recording is evidence of one case; check the case's number, or refer to the other case in a note.",
    )


def _worded(name: str, text: str, longest: int) -> None:
    zh, en = _NAMES[name]
    if not text.strip():
        raise InputError(
            zh=f"没有写明{zh}",
            en=f"{en} is missing",
            where=name,
            hint_zh=f"请填写{zh}。",
            hint_en="Fill it in.",
        )
    if len(text.strip()) > longest:
        raise InputError(
            zh=f"{zh}超过 {longest} 字",
            en=f"{en} has more than {longest} characters",
            where=name,
            hint_zh="请写短些。",
            hint_en="Write it shorter.",
        )


def _timed(case: Case, taken: Taken, now: datetime) -> None:
    if taken.ended_at <= taken.started_at:
        raise InputError(
            zh="结束时间须晚于开始时间",
            en="it must end after it began",
            where="ended_at",
            hint_zh="请按设备上的时间填写。",
            hint_en="Write what the device shows.",
        )
    if taken.ended_at > now:
        raise InputError(
            zh="录制时间在将来",
            en="it is said to be taken in the future",
            where="ended_at",
            hint_zh="请核对设备的时钟和填写的日期。",
            hint_en="Check the device's clock and the date you wrote.",
        )
    # People write minutes: the case's own moments are rounded outward to them.
    begin = case.opened_at.replace(second=0, microsecond=0)
    end = now if case.closed_at is None else case.closed_at + timedelta(minutes=1)
    if taken.started_at < begin or taken.ended_at > end:
        raise InputError(
            zh="录制时间不在本件的办理期间内",
            en="it was not taken during the life of this case",
            where="started_at",
            hint_zh="请核对办件编号和时间；立案之前或办结之后录的，不是本件的记录。",
            hint_en="Check the case's number and the time; what was taken before it was opened or after it ended is no "
            "record of it.",
        )


def _stepped(definition: Definition, step: str) -> None:
    if step and not isinstance(definition.nodes.get(step), UserTask):
        known = "、".join(one.id for one in definition.nodes.values() if isinstance(one, UserTask))
        raise InputError(
            zh=f"流程里没有环节 {step}",
            en=f"the process has no task {step}",
            where="step",
            hint_zh=f"可以是：{known}；也可以不写。",
            hint_en=f"There are: {known}; it may also be left out.",
        )


def _manned(case: Case, officers: tuple[str, ...]) -> None:
    said = declared(case)
    least = said.officers if said else 1
    if not least <= len(set(officers)) <= MOST_OFFICERS:
        raise InputError(
            zh=f"须写明在场的执法人员，至少 {least} 人，至多 {MOST_OFFICERS} 人",
            en=f"name the officers present: at least {least}, at most {MOST_OFFICERS}",
            where="officers",
            hint_zh="请填写他们在本系统的账号。",
            hint_en="Write their accounts in this system.",
        )
    for one in officers:
        if not one.startswith("account:"):
            raise InputError(
                zh=f"{one} 不是账号",
                en=f"{one} is no account",
                where="officers",
                hint_zh="请从名单里选，或填写登录名。",
                hint_en="Choose from the list, or write a user name.",
            )
        actor_again(one, "")


def _placed(taken: Taken) -> None:
    pair = (taken.longitude, taken.latitude)
    if pair == (None, None):
        return
    if None in pair or not (-180 <= (taken.longitude or 0) <= 180 and -90 <= (taken.latitude or 0) <= 90):
        raise InputError(
            zh="经度和纬度须同时填写，且在范围内",
            en="give longitude and latitude together and within their range",
            where="longitude",
            hint_zh="例如 132.51 和 47.65；不知道就都不填。",
            hint_en="Such as 132.51 and 47.65; leave both out when you do not know.",
        )


def evidence_guard(digest: str) -> Text | None:
    """Why a file may not be destroyed: it is a recording of a case whose archive two people have not destroyed yet."""
    bound = CaseRecording.objects.filter(digest=digest).select_related("case").first()
    if bound is None:
        return None
    number = bound.case.number
    try:
        if archive_get(KEEPER, number).row.state == "destroyed":
            return None
    except NotFound:
        # Not archived yet: it stays all the more.
        return _evidence(number)
    return _evidence(number)


def _evidence(number: str) -> Text:
    return Text(zh=f"它是办件 {number} 的执法音视频", en=f"it is a recording of enforcement of case {number}")
