"""执法音视频 of a case: the list, a form to add one, one recording with its player, its custody and what may be done to it."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.flow.core.media import ENDINGS
from yiwang.flow.selectors import RecordingList, Viewing
from yiwang.flow.service import Taken
from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.people import colleagues
from yiwang.web.reading import page_number, posted, posted_needed
from yiwang.web.work.ranges import ranged_answer

BEGAN = Text(zh="开始时间", en="Began")
ENDED = Text(zh="结束时间", en="Ended")
PURPOSE = Text(zh="用途", en="Purpose")
REASON = Text(zh="理由", en="Reason")
TO = Text(zh="接收人的账号", en="Account of whoever takes it")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recordings(request: HttpRequest, number: str) -> HttpResponse:
    """A POST adds a recording, or supersedes the one it names."""
    actor = actor_of_request(request)
    # Asked before anything that was sent is looked at: whoever may not read the case is told nothing else.
    listed = flow.recording_list(actor, number)
    if request.method != "POST":
        return _list_page(request, number, listed)
    try:
        row = _added(request, number)
    except YiwangError as error:
        return _list_page(request, number, listed, error)
    messages.success(
        request, say(Text(zh="已收录，保管链从现在开始。", en="Received; its chain of custody begins now."))
    )
    return HttpResponseRedirect(reverse("work:recording", args=[number, row]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest, number: str, recording: int) -> HttpResponse:
    """A POST opens it for a purpose, or notes that it was handed over."""
    actor = actor_of_request(request)
    if request.method != "POST":
        said = request.GET.get("viewing", "")
        if not said.isdecimal() or len(said) > 9:
            return _page(request, number, recording)
        try:
            return _page(request, number, recording, flow.recording_viewing(actor, number, recording, int(said)))
        except YiwangError as error:
            return _page(request, number, recording, problem=error)
    here = reverse("work:recording", args=[number, recording])
    try:
        if posted(request, "act") == "hand-over":
            to = f"account:{kernel.account_named(posted_needed(request, 'to', TO))}"
            reason = posted_needed(request, "reason", REASON)
            service.recording_hand_over(actor=actor, number=number, recording=recording, to=to, reason=reason)
            messages.success(request, say(Text(zh="已记入保管链。", en="Noted in the chain of custody.")))
            return HttpResponseRedirect(here)
        purpose = posted_needed(request, "purpose", PURPOSE)
        viewing = flow.recording_open(actor, number, recording, purpose=purpose)
    except YiwangError as error:
        return _page(request, number, recording, problem=error)
    return HttpResponseRedirect(f"{here}?viewing={viewing.number}#player")


@require_safe
def recording_media(request: HttpRequest, number: str, recording: int, viewing: int) -> HttpResponseBase:
    """The bytes for the player, whole or a range of them. The line about the use was written when the viewing began."""
    actor = actor_of_request(request)
    row = flow.recording_viewing(actor, number, recording, viewing).recording

    def open_at(first: int) -> BinaryIO:
        return flow.recording_bytes(actor, number, recording, viewing, first)

    return ranged_answer(request, open_at, size=row.size, digest=row.digest, media_type=row.media_type)


@require_safe
def recording_gaps(request: HttpRequest) -> HttpResponse:
    """What was done without the recording the law wants, over the cases one may read."""
    rows = flow.recording_gap_list(actor_of_request(request), page=page_number(request))
    return render(request, "yiwang/work/cases/recording_gaps.html", {"rows": rows})


def _list_page(
    request: HttpRequest, number: str, listed: RecordingList, problem: YiwangError | None = None
) -> HttpResponse:
    actor = actor_of_request(request)
    case = flow.case_head(actor, number)
    supersedes = posted(request, "supersedes") or request.GET.get("supersedes", "")
    context = {
        "case": case,
        "listed": listed,
        "may_add": listed.takes and may(actor, "case.work", case.department),
        "officers": colleagues(case.department),
        "chosen": request.POST.getlist("officer"),
        "supersedes": supersedes if supersedes in {str(row.number) for row in listed.rows} else "",
        "accept": ",".join(ENDINGS),
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/cases/recordings.html", context, status=problem.status if problem else 200)


def _page(
    request: HttpRequest,
    number: str,
    recording: int,
    viewing: Viewing | None = None,
    problem: YiwangError | None = None,
) -> HttpResponse:
    actor = actor_of_request(request)
    listed = flow.recording_list(actor, number)
    row = next((one for one in listed.rows if one.number == recording), None)
    if row is None:
        raise NotFound(
            zh=f"办件 {number} 没有第 {recording} 号录音录像",
            en=f"case {number} has no recording {recording}",
            where="recording",
        )
    case = flow.case_head(actor, number)
    context = {
        "case": case,
        # Who may only look is told where it was taken once they said what for.
        "row": viewing.recording if viewing else row,
        "step": dict(listed.steps).get(row.step),
        "viewing": viewing,
        "may_work": may(actor, "case.work", case.department),
        "takes": listed.takes,
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/cases/recording.html", context, status=problem.status if problem else 200)


def _added(request: HttpRequest, number: str) -> int:
    """Raises InputError for what cannot be read, and what the services raise."""
    actor = actor_of_request(request)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise InputError(
            zh="没有选择文件。",
            en="No file was chosen.",
            where="file",
            hint_zh="请选择设备导出的录音录像。",
            hint_en="Choose the recording the device gave you.",
        )
    source, name, taken = cast(BinaryIO, file), file.name or "", _taken(request)
    old = posted(request, "supersedes")
    if not old:
        return service.recording_add(actor=actor, number=number, source=source, name=name, taken=taken).number
    if not old.isdecimal() or len(old) > 9:
        raise InputError(
            zh=f"没有第 {old[:20]} 号",
            en=f"there is no number {old[:20]}",
            where="supersedes",
            hint_zh="请从要替换的那一份的页面进入。",
            hint_en="Begin at the page of the one to be superseded.",
        )
    return service.recording_supersede(
        actor=actor,
        number=number,
        recording=int(old),
        source=source,
        name=name,
        taken=taken,
        reason=posted(request, "reason"),
    ).number


def _taken(request: HttpRequest) -> Taken:
    others = posted(request, "others").replace("、", " ").replace("，", " ").replace(",", " ").split()
    named = [f"account:{kernel.account_named(name)}" for name in others[:20]]
    return Taken(
        started_at=_moment(request, "started_at", BEGAN),
        ended_at=_moment(request, "ended_at", ENDED),
        device=posted(request, "device"),
        officers=tuple(request.POST.getlist("officer")[:20] + named),
        place=posted(request, "place"),
        basis=posted(request, "basis"),
        step=posted(request, "step"),
        longitude=_degrees(request, "longitude"),
        latitude=_degrees(request, "latitude"),
    )


def _moment(request: HttpRequest, key: str, title: Text) -> datetime:
    given = posted_needed(request, key, title)
    try:
        found = datetime.fromisoformat(given)
    except ValueError as wrong:
        raise InputError(
            zh=f"“{title.zh}”不是时间：{given[:40]}",
            en=f"“{title.en}” is not a moment: {given[:40]}",
            where=key,
            hint_zh="请写成 2026-12-31T09:30 的样子。",
            hint_en="Write it like 2026-12-31T09:30.",
        ) from wrong
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found


def _degrees(request: HttpRequest, key: str) -> float | None:
    given = posted(request, key)
    if not given:
        return None
    try:
        return float(given)
    except ValueError as wrong:
        raise InputError(
            zh=f"经纬度不是数：{given[:40]}",
            en=f"longitude and latitude are numbers, not {given[:40]}",
            where=key,
            hint_zh="例如 132.51 和 47.65；不知道就都不填。",
            hint_en="Such as 132.51 and 47.65; leave both out when you do not know.",
        ) from wrong
