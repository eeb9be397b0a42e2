"""Who may come in: programs with their secrets, people at the counter, accounts that lost a device, other places to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel import selectors as kernel
from yiwang.kernel import service as kernel_service
from yiwang.kernel.access import demand
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, YiwangError
from yiwang.trust import selectors as trust
from yiwang.trust import service
from yiwang.web.actors import actor_of_request
from yiwang.web.answers import problem_of
from yiwang.web.language import say
from yiwang.web.reading import page_number, posted, posted_needed

CLIENT_ID = Text(zh="客户端编号", en="Client id")
NAME = Text(zh="名称", en="Name")
DEPARTMENT = Text(zh="部门", en="Department")
PURPOSE = Text(zh="用途", en="Purpose")
USERNAME = Text(zh="账号", en="Account")
IDENTIFIER = Text(zh="证件号码或信用代码", en="Identity number or credit code")
TITLE_ZH, TITLE_EN = Text(zh="中文名称", en="Chinese title"), Text(zh="英文名称", en="English title")
ISSUER = Text(zh="签发者地址", en="Issuer")


@dataclass(frozen=True)
class AccountLine:
    """An account with what it proves itself with."""

    id: int
    username: str
    display_name: str
    department: str
    is_active: bool
    factors: tuple[trust.FactorRow, ...]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def clients(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            made = service.client_new(
                actor=actor,
                client_id=posted_needed(request, "client_id", CLIENT_ID),
                name=posted_needed(request, "name", NAME),
                department=posted_needed(request, "department", DEPARTMENT),
                purpose=posted_needed(request, "purpose", PURPOSE),
            )
            return render(request, "yiwang/work/client_secret.html", {"made": made})
        except (InputError, Conflict, NotFound) as wrong:
            problem = wrong
    context = {
        "rows": trust.client_list(actor, page=page_number(request)),
        "departments": [(row.code, row.name) for row in kernel.department_list()],
        "given": {name: posted(request, name) for name in ("client_id", "name", "department", "purpose")},
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/clients.html", context, status=problem.status if problem else 200)


@never_cache
@require_POST
def client_rotate(request: HttpRequest, client_id: str) -> HttpResponse:
    made = service.client_rotate(actor=actor_of_request(request), client_id=client_id)
    return render(request, "yiwang/work/client_secret.html", {"made": made})


@require_POST
def client_enable(request: HttpRequest, client_id: str) -> HttpResponse:
    enabled = posted(request, "enabled") == "yes"
    service.client_enable(actor=actor_of_request(request), client_id=client_id, enabled=enabled)
    told = Text(zh="已启用。", en="It may come in again.") if enabled else Text(zh="已停用。", en="It is shut out.")
    return _told(request, told, "work:clients")


@never_cache
@sensitive_post_parameters("identifier")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """At the counter, with the identity document on the table: this account is this person or firm."""
    actor = actor_of_request(request)
    demand(actor, "subject.bind")
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            account = kernel.account_named(posted_needed(request, "username", USERNAME))
            made = service.subject_bind(
                actor=actor,
                account=account,
                kind=posted(request, "kind"),
                identifier=posted_needed(request, "identifier", IDENTIFIER),
                assurance="counter",
                title=posted(request, "title"),
            )
            return _told(request, Text(zh=f"已绑定：{made.title}。", en=f"Bound: {made.title}."), "work:bind")
        except (InputError, NotFound, Conflict, Refused) as wrong:
            problem = wrong
    # The number is not written back into the page.
    given = {name: posted(request, name) for name in ("username", "kind", "title")}
    context = {"given": given, "problem": problem_of(problem) if problem else None}
    return render(request, "yiwang/work/bind.html", context, status=problem.status if problem else 200)


@never_cache
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    actor, search = actor_of_request(request), request.GET.get("search", "").strip()[:64]
    rows = kernel.account_list(actor, search=search, page=page_number(request))
    lines = [
        AccountLine(
            row.id,
            row.username,
            row.display_name,
            row.department,
            row.is_active,
            trust.factor_list(actor, row.id).devices,
        )
        for row in rows.items
    ]
    context = {"rows": rows, "lines": lines, "search": search}
    return render(request, "yiwang/work/accounts.html", context)


@require_POST
def account_change(request: HttpRequest, account_id: int) -> HttpResponse:
    """One of: reset (second factors), end (sessions), disable, enable."""
    actor, change = actor_of_request(request), posted(request, "change")
    if change == "reset":
        service.factors_reset(actor=actor, account=account_id)
    elif change not in ("end", "disable", "enable"):
        raise InputError(zh="没有这项操作", en="there is no such change", where="change")
    elif change in ("disable", "enable"):
        kernel_service.account_enable(actor=actor, account=account_id, enabled=change == "enable")
    # Whatever was taken away is taken from the browsers that are signed in, too.
    if change != "enable":
        service.sessions_end_all(actor=actor, account=account_id)
    return _told(request, Text(zh="已办理，并告知本人。", en="Done; the owner is told."), "work:accounts")


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            ask = service.ProviderAsk(
                name=posted(request, "name"),
                title=Text(
                    zh=posted_needed(request, "title_zh", TITLE_ZH), en=posted_needed(request, "title_en", TITLE_EN)
                ),
                issuer=posted_needed(request, "issuer", ISSUER),
                client_id=posted(request, "client_id"),
                secret=posted(request, "secret"),
                mode=posted(request, "mode"),
                identifier_claim=posted(request, "identifier_claim")[:80],
                subject_kind=posted(request, "subject_kind"),
                enabled=posted(request, "enabled") == "yes",
            )
            service.provider_save(actor=actor, ask=ask)
            return _told(request, Text(zh="已保存。", en="Saved."), "work:providers")
        except InputError as wrong:
            problem = wrong
    fields = ("name", "title_zh", "title_en", "issuer", "client_id", "mode", "identifier_claim", "subject_kind")
    context = {
        "rows": trust.provider_list(actor),
        "given": {name: posted(request, name) for name in fields},
        "callback": request.build_absolute_uri(reverse("portal:provider-return", args=["x"])).replace("/x/", "/…/"),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/providers.html", context, status=problem.status if problem else 200)


def _told(request: HttpRequest, told: Text, route: str) -> HttpResponse:
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse(route))


urlpatterns = [
    path("work/clients/", clients, name="clients"),
    path("work/clients/<slug:client_id>/rotate/", client_rotate, name="client-rotate"),
    path("work/clients/<slug:client_id>/enable/", client_enable, name="client-enable"),
    path("work/bind/", bind, name="bind"),
    path("work/accounts/", accounts, name="accounts"),
    path("work/accounts/<int:account_id>/change/", account_change, name="account-change"),
    path("work/providers/", providers, name="providers"),
]
