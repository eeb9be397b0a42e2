"""The three stages of opening data: offer, review, publish; each by another person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, Unavailable, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.language import pick
from yiwang.web.reading import one_of, page_number, posted, posted_needed
from yiwang.web.words import WORDS

ALL = Text(zh="全部", en="All")
MOST_RESOURCES = 500
ROUNDINGS = (1, 5, 10)


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of_request(request), one_of(request, "state", WORDS["release"])
    context = {
        "rows": data.release_list(actor, state=state, page=page_number(request)),
        "states": [("", ALL), *((value, known.text) for value, known in WORDS["release"].items())],
        "state": state,
        "may_offer": may(actor, "open.offer"),
        "may_push": may(actor, "exchange.parent"),
    }
    return render(request, "yiwang/work/opening/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest) -> HttpResponse:
    """What stands on the parent's portal; a POST brings it to what is open here."""
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            runs = service.portal_push(actor=actor)
        except (InputError, Unavailable) as error:
            problem = error
        else:
            refused = sum(run.rejected for run in runs)
            said = pick(
                f"报送 {len(runs)} 项，其中未被接受 {refused} 项", f"{len(runs)} sent, {refused} of them not accepted"
            )
            messages.success(
                request, said if runs else pick("上级平台与本市一致", "the portal holds what is open here")
            )
            return HttpResponseRedirect(reverse("work:portal"))
    rows, is_set = data.portal_list(actor), True
    try:
        is_set = data.portal_is_set()
    except InputError as error:
        # settings that cannot be read are told beside what was sent so far
        problem = problem or error
    context = {
        "rows": rows,
        "is_set": is_set,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/opening/portal.html", context, status=problem.status if problem else 200)


def _number(request: HttpRequest, key: str, title: Text) -> int:
    given = posted_needed(request, key, title)
    if not given.isdecimal() or len(given) > 6:
        raise InputError(
            zh=f"“{title.zh}”不是自然数：{given}", en=f"“{title.en}” is no natural number: {given}", where=key
        )
    return int(given)


def _offer(request: HttpRequest, actor: Actor, resource_id: str) -> int:
    title = posted_needed(request, "title_zh", Text(zh="中文名称", en="Chinese title"))
    summary = posted_needed(request, "summary_zh", Text(zh="中文说明", en="Chinese description"))
    words = service.SetWords(
        id=posted_needed(request, "id", Text(zh="标识", en="Id")),
        title=Text(zh=title, en=posted_needed(request, "title_en", Text(zh="英文名称", en="English title"))),
        summary=Text(
            zh=summary, en=posted_needed(request, "summary_en", Text(zh="英文说明", en="English description"))
        ),
        theme=posted(request, "theme"),
        licence=posted(request, "licence"),
        keywords=tuple(posted(request, "keywords").replace("，", ",").replace("、", ",").split(",")),
        automatic=bool(posted(request, "automatic")),
    )
    row = service.release_offer(
        actor=actor,
        resource_id=resource_id,
        words=words,
        fields=request.POST.getlist("fields"),
        counts=posted(request, "shape") == "counts",
        threshold=_number(request, "threshold", Text(zh="小数阈值", en="Threshold")),
        rounding=_number(request, "rounding", Text(zh="取整到", en="Rounded to")),
        note=posted(request, "note"),
    )
    return int(row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def release_new(request: HttpRequest) -> HttpResponse:
    """First which resource, then what of it leaves and under which words."""
    actor = actor_of_request(request)
    if not may(actor, "open.offer"):
        raise Refused(
            zh="提供开放数据需要数据专员或数据主管。", en="Offering open data takes a data steward or a data lead."
        )
    resource_id = request.GET.get("resource", "")[:80]
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            number = _offer(request, actor, resource_id)
            messages.success(request, pick("已送审核。", "Sent to review."))
            return HttpResponseRedirect(reverse("work:release", args=[number]))
        except (InputError, Conflict, NotFound) as error:
            problem = error
    context: dict[str, object] = {
        "given": request.POST,
        "given_fields": request.POST.getlist("fields"),
        "problem": problem_of(problem) if problem else None,
        "resource_id": resource_id,
    }
    if resource_id:
        stops, fields, counts_only = data.open_fields(actor, resource_id)
        context |= {
            "row": data.resource_get(actor, resource_id).row,
            "stops": stops,
            "fields": fields,
            "counts_only": counts_only,
            "themes": list(data.THEMES.items()),
            "licences": list(data.LICENCES.values()),
            "threshold": data.USUAL_THRESHOLD,
            "least": data.LEAST_THRESHOLD,
            "roundings": ROUNDINGS,
        }
    else:
        listed = data.catalogue_list(actor, per_page=MOST_RESOURCES).items
        context["resources"] = [one for one in listed if may(actor, "open.offer", one.provider)]
    return render(request, "yiwang/work/opening/new.html", context, status=problem.status if problem else 200)


def _page(request: HttpRequest, release_id: int, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    row, stops = data.release_get(actor, release_id)
    acts = {"offered": "open.review", "reviewed": "open.publish"}
    others = {row.offered_by, row.reviewed_by}
    context = {
        "row": row,
        "stops": stops,
        "may_decide": row.state in acts and may(actor, acts[row.state]) and actor.id not in others,
        "is_own": row.state in acts and actor.id in others,
        "may_withdraw": row.state in {"offered", "reviewed", "published"}
        and may(actor, "open.withdraw", row.department),
        "may_renew": row.state == "published" and may(actor, "open.offer", row.department),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/opening/release.html", context, status=problem.status if problem else 200)


@require_safe
def release(request: HttpRequest, release_id: int) -> HttpResponse:
    return _page(request, release_id)


@require_POST
def release_act(request: HttpRequest, release_id: int) -> HttpResponse:
    actor, act, reason = actor_of_request(request), posted(request, "act"), posted(request, "reason")
    row, _ = data.release_get(actor, release_id)
    decide = service.release_review if row.state == "offered" else service.release_publish
    try:
        if act in {"agree", "refuse"}:
            decide(actor=actor, release_id=release_id, agree=act == "agree", reason=reason)
        elif act == "withdraw":
            service.release_withdraw(actor=actor, release_id=release_id, reason=reason)
        else:
            raise InputError(zh="请选择要做什么。", en="Choose what to do.", where="act")
    except (InputError, Conflict) as error:
        return _page(request, release_id, error)
    return HttpResponseRedirect(reverse("work:release", args=[release_id]))


@require_POST
def release_renew(request: HttpRequest, set_id: str) -> HttpResponse:
    made = service.release_renew(actor=actor_of_request(request), set_id=set_id)
    if made is None:
        messages.info(request, pick("最新版本已经发布，没有可更新的。", "The newest version is out already."))
        return HttpResponseRedirect(reverse("portal:open-set", args=[set_id]))
    return HttpResponseRedirect(reverse("work:release", args=[made.pk]))
