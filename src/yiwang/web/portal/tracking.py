"""A case as whoever filed it follows it: by number and code, without an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.flow import selectors as flow
from yiwang.flow import service
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, TooOften, YiwangError
from yiwang.web.actors import CITIZEN
from yiwang.web.answers import problem_of
from yiwang.web.brake import guess_demand, guess_wrong, public_demand
from yiwang.web.language import say
from yiwang.web.reading import posted, posted_needed
from yiwang.web.words import WORDS

NUMBER = Text(zh="编号", en="Number")
CODE = Text(zh="查询码", en="Code")
GRADE = Text(zh="评价", en="Rating")
REASON = Text(zh="理由", en="Reason")
TEXT = Text(zh="内容", en="Text")
ENDED = ("completed", "terminated", "failed", "withdrawn")
# The code stays with whoever has it, signed so that it cannot be changed into another's, and only for these pages.
COOKIE, HOURS = "track", 12


def code_kept(answer: HttpResponse, request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Let this browser follow the case for half a day without typing the code again."""
    answer.set_signed_cookie(
        COOKIE,
        f"{number}:{code}",
        max_age=HOURS * 3600,
        path=reverse("portal:track"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer


def code_of(request: HttpRequest, number: str) -> str:
    """The code this browser was given for the case, empty when it has none."""
    held: str = request.get_signed_cookie(COOKIE, default="", max_age=HOURS * 3600) or ""
    known, _, code = held.partition(":")
    return code if known == number else ""


@contextmanager
def code_tried(number: str) -> Iterator[None]:
    """A code that turns out wrong counts against the number wherever it was written, not only where it is typed."""
    try:
        yield
    except NotFound:
        guess_demand(number)
        guess_wrong(number)
        raise


def _again(request: HttpRequest, number: str, problem: YiwangError | None = None) -> HttpResponse:
    context = {"number": number, "problem": problem_of(problem) if problem else None}
    return render(request, "yiwang/portal/track.html", context, status=problem.status if problem else 200)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _again(request, request.GET.get("number", "")[:40])
    number = posted(request, "number").upper()
    try:
        number = posted_needed(request, "number", NUMBER).upper()
        code = posted_needed(request, "code", CODE)
        guess_demand(number)
        with code_tried(number):
            flow.case_track(number, code)
    except (InputError, NotFound, TooOften) as error:
        return _again(request, number, error)
    return code_kept(HttpResponseRedirect(reverse("portal:tracked", args=[number])), request, number, code)


@never_cache
@require_safe
def tracked(request: HttpRequest, number: str) -> HttpResponse:
    return _shown(request, number)


def _shown(request: HttpRequest, number: str, problem: YiwangError | None = None) -> HttpResponse:
    code = code_of(request, number)
    if not code:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    with code_tried(number):
        found = flow.case_track(number, code)
    context = {
        "case": found,
        "notes": tuple(reversed(found.notes)),
        "ended": found.status in ENDED,
        "grades": [(value, known) for value, known in WORDS["grade-given"].items()],
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/portal/tracked.html", context, status=problem.status if problem else 200)


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Shown once after filing, to be printed or written down: the code is kept nowhere else."""
    code = code_of(request, number)
    if not code:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    with code_tried(number):
        found = flow.case_track(number, code)
    context = {"case": found, "code": code}
    return render(request, "yiwang/portal/receipt.html", context)


def _act(request: HttpRequest, number: str, act: Callable[[str], None], told: Text) -> HttpResponse:
    code = code_of(request, number)
    if not code:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    with code_tried(number):
        flow.case_track(number, code)
    try:
        public_demand(request)
        act(code)
    except YiwangError as error:
        return _shown(request, number, error)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("portal:tracked", args=[number]))


@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    def act(code: str) -> None:
        grade = posted_needed(request, "grade", GRADE)
        if grade not in WORDS["grade-given"]:
            raise InputError(zh=f"没有这一档评价：{grade}", en=f"there is no grade {grade}", where="grade")
        solved = {"yes": True, "no": False}.get(posted(request, "solved"))
        service.case_rate(
            actor=CITIZEN, number=number, code=code, grade=int(grade), text=posted(request, "text"), solved=solved
        )

    return _act(request, number, act, Text(zh="谢谢，评价已收到。", en="Thank you, your rating was received."))


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    def act(code: str) -> None:
        reason = posted_needed(request, "reason", REASON)
        service.case_withdraw(actor=CITIZEN, number=number, code=code, reason=reason)

    return _act(request, number, act, Text(zh="已撤回。", en="Withdrawn."))


@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """A word from the applicant while the case runs."""

    def act(code: str) -> None:
        text = posted_needed(request, "text", TEXT)
        service.case_note(actor=CITIZEN, number=number, code=code, text=text, public=True)

    return _act(request, number, act, Text(zh="已补充，经办人会看到。", en="Added; whoever handles it will read it."))
