"""How an error is told: a page for people, an object under /api/, a short piece for htmx."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, Refused, YiwangError
from yiwang.web.language import ENGLISH, active_language

TITLES: dict[int, Text] = {
    400: Text(zh="提交的内容有误", en="What was sent cannot be used"),
    401: Text(zh="请先登录", en="Please sign in"),
    403: Text(zh="没有权限", en="Not allowed"),
    404: Text(zh="没有找到", en="Not found"),
    409: Text(zh="情况已有变化", en="Something changed in the meantime"),
    429: Text(zh="尝试过于频繁", en="Too many attempts"),
    500: Text(zh="系统出错", en="Something broke"),
    503: Text(zh="暂时不可用", en="Not available just now"),
}


def _wants_data(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


@dataclass(frozen=True)
class Problem:
    """An error as a page shows it beside the form that caused it, in the reader's language."""

    text: str
    hint: str
    where: str


def problem_of(error: YiwangError) -> Problem:
    if active_language() == ENGLISH:
        return Problem(error.en, error.hint_en, error.where)
    return Problem(error.zh, error.hint_zh, error.where)


def error_answer(request: HttpRequest, error: YiwangError) -> HttpResponse:
    """The error in the reader's language, with the status the error names."""
    if _wants_data(request):
        return JsonResponse({"error": error.as_dict()}, status=error.status)
    context = {"title": TITLES.get(error.status, TITLES[500]), "told": problem_of(error), "status": error.status}
    return render(request, "yiwang/error.html", context, status=error.status)


def unexpected_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """A page that needs nothing else to work: no database, no session, no context."""
    told = Text(
        zh=f"系统出现未预料的错误，已经记录。请把编号 {reference} 告诉系统管理员。",
        en=f"Something unexpected happened and was recorded. Tell your system administrator the number {reference}.",
    )
    if _wants_data(request):
        error = {"code": "unexpected", "zh": told.zh, "en": told.en, "reference": reference}
        return JsonResponse({"error": error}, status=500)
    return render(None, "yiwang/broken.html", {"told": told, "reference": reference}, status=500)


def unsigned_answer(request: HttpRequest) -> HttpResponse:
    error = {"code": "unsigned", "zh": "请先登录再调用接口。", "en": "Sign in before calling this address."}
    return JsonResponse({"error": error}, status=401)


def large_answer(request: HttpRequest, most: int) -> HttpResponse:
    """Needs no context: it is sent before anything else was looked at."""
    size = f"{most >> 20} MB" if most >= 1 << 20 else f"{most} B"
    told = Text(
        zh=f"一次提交的内容超过 {size}，没有接收。请减少或压缩文件后分次提交，也可以到窗口办理。",
        en=f"More than {size} in one go; nothing was taken. Send fewer or smaller files, several times, or come to the counter.",
    )
    if _wants_data(request):
        return JsonResponse({"error": {"code": "too_large", "zh": told.zh, "en": told.en}}, status=413)
    return render(None, "yiwang/broken.html", {"told": told, "reference": "413"}, status=413)


def page_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_answer(
        request,
        NotFound(
            zh="这个地址没有页面。",
            en="There is no page at this address.",
            where=request.path,
            hint_zh="请检查地址，或从首页重新开始。",
            hint_en="Check the address, or start again from the home page.",
        ),
    )


def page_malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Needs no context: the request itself may be what is wrong."""
    told = Text(zh="这个请求不合规范，没有处理。", en="This request is malformed and was not handled.")
    if _wants_data(request):
        return JsonResponse({"error": {"code": "malformed", "zh": told.zh, "en": told.en}}, status=400)
    return render(None, "yiwang/broken.html", {"told": told, "reference": "400"}, status=400)


def page_refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_answer(
        request,
        Refused(
            zh="不能打开这个页面。",
            en="This page may not be opened.",
            hint_zh="请用有权限的账号登录。",
            hint_en="Sign in with an account that may.",
        ),
    )


def page_broken(request: HttpRequest) -> HttpResponse:
    return unexpected_answer(request, "0")
