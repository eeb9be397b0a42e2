"""Data products for staff: the shelf, contracts with their clauses, settlements, purchases, and the supervisor's view."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, YiwangError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.reading import page_number, posted, posted_day, posted_needed
from yiwang.web.words import WORDS

TITLE = Text(zh="名称", en="Title")
FROM, UNTIL = Text(zh="起", en="From"), Text(zh="止", en="Until")
PRICE = Text(zh="价格", en="Price")
LINES = 8
TOLD = (InputError, Conflict, NotFound, Refused)


def _search(request: HttpRequest) -> str:
    return request.GET.get("search", "").strip()[:100]


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    actor, search = actor_of_request(request), _search(request)
    context = {
        "rows": data.product_list(actor, search=search, page=page_number(request)),
        "search": search,
        "may_edit": may(actor, "product.edit"),
        "may_supervise": may(actor, "product.supervise"),
    }
    return render(request, "yiwang/work/products/list.html", context)


def _amount(request: HttpRequest, key: str, title: Text) -> Decimal:
    given = posted_needed(request, key, title)
    try:
        value = Decimal(given)
    except InvalidOperation as error:
        raise InputError(
            zh=f"“{title.zh}”不是数：{given}", en=f"“{title.en}” is no number: {given}", where=key
        ) from error
    if not value.is_finite():
        raise InputError(zh=f"“{title.zh}”不是数：{given}", en=f"“{title.en}” is no number: {given}", where=key)
    return value


def _day(request: HttpRequest, key: str, title: Text) -> date:
    posted_needed(request, key, title)
    found = posted_day(request, key, title)
    assert found is not None  # it was not empty
    return found


def _product(request: HttpRequest, actor: Actor) -> str:
    summary = posted_needed(request, "summary_zh", Text(zh="中文说明", en="Chinese description"))
    parts = [line.strip().partition(":") for line in posted(request, "parts").replace("：", ":").splitlines()]
    words = service.ProductWords(
        id=posted_needed(request, "id", Text(zh="标识", en="Id")),
        title=Text(zh=posted_needed(request, "title_zh", TITLE), en=posted_needed(request, "title_en", TITLE)),
        summary=Text(
            zh=summary, en=posted_needed(request, "summary_en", Text(zh="英文说明", en="English description"))
        ),
        parts=tuple((kind.strip(), id.strip()) for kind, _, id in parts if kind.strip()),
        pricing=posted(request, "pricing"),
        price=_amount(request, "price", PRICE),
        terms=posted_needed(request, "terms", Text(zh="使用条款", en="Terms")),
    )
    return str(service.product_offer(actor=actor, words=words, department=actor.department).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def product_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(reverse("work:product", args=[_product(request, actor)]))
        except TOLD as error:
            problem = error
    context = {
        "given": request.POST,
        "pricings": [(value, WORDS["pricing"][value].text) for value in data.PRICINGS],
        "kinds": [(value, WORDS["part"][value].text) for value in data.PART_KINDS],
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/products/new.html", context, status=problem.status if problem else 200)


def _terms(request: HttpRequest) -> service.ContractTerms:
    clauses = zip(
        request.POST.getlist("text"), request.POST.getlist("kind"), request.POST.getlist("control"), strict=False
    )
    return service.ContractTerms(
        buyer=posted_needed(request, "buyer", Text(zh="买方", en="Buyer")),
        purpose=posted_needed(request, "purpose", Text(zh="用途", en="Purpose")),
        valid_from=_day(request, "valid_from", FROM),
        valid_until=_day(request, "valid_until", UNTIL),
        clauses=tuple(service.ClauseText(t.strip(), k, c) for t, k, c in clauses if t.strip()),
        grant=posted(request, "grant"),
        country=posted(request, "country").upper() or "CN",
        crossing=posted(request, "crossing"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """One product; a contract over it is drafted here, a fusion is run."""
    actor = actor_of_request(request)
    row = data.product_get(actor, product_id)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            if posted(request, "act") == "withdraw":
                service.product_withdraw(actor=actor, product_id=product_id, reason=posted(request, "reason"))
                return HttpResponseRedirect(reverse("work:products"))
            if posted(request, "act") == "fuse":
                service.fusion_run(
                    actor=actor,
                    product_id=product_id,
                    purpose=posted(request, "run_purpose"),
                    grant=posted(request, "run_grant"),
                )
                return HttpResponseRedirect(reverse("work:product", args=[product_id]))
            made = service.contract_draft(actor=actor, product_id=product_id, terms=_terms(request))
            return HttpResponseRedirect(reverse("work:contract", args=[made.number]))
        except TOLD as error:
            problem = error
    context = {
        "row": row,
        "fusion": data.fusion_get(actor, product_id),
        "contracts": data.contract_list(actor, product=product_id, page=page_number(request)),
        "may_edit": row.state == "listed" and may(actor, "product.edit", row.department),
        "lines": range(1, LINES + 1),
        "clause_kinds": [(value, WORDS["clause"][value].text) for value in data.CLAUSE_KINDS],
        "controls": list(data.CONTROLS.items()),
        "records": list(data.RECORDS.items()),
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/products/product.html", context, status=problem.status if problem else 200)


@require_safe
def fusion_file(request: HttpRequest, product_id: str, number: int, format: str) -> FileResponse:
    path, media_type = data.fusion_file(actor_of_request(request), product_id, number, format)
    name = f"{product_id}-{number}.{format}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=media_type)


def _contract_page(request: HttpRequest, number: str, problem: YiwangError | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    row = data.contract_get(actor, number)
    department = row.product.department
    context = {
        "row": row,
        "may_sign": row.state == "draft" and may(actor, "contract.sign", department) and actor.id != row.drafted_by,
        "may_end": row.state != "ended" and may(actor, "contract.sign", department),
        "may_settle": bool(row.signed_at) and may(actor, "settlement.make", department),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/products/contract.html", context, status=problem.status if problem else 200)


@require_safe
def contract(request: HttpRequest, number: str) -> HttpResponse:
    return _contract_page(request, number)


@require_POST
def contract_act(request: HttpRequest, number: str) -> HttpResponse:
    actor, act = actor_of_request(request), posted(request, "act")
    data.contract_get(actor, number)
    try:
        if act == "sign":
            service.contract_sign(actor=actor, number=number)
        elif act == "end":
            service.contract_end(actor=actor, number=number, reason=posted(request, "reason"))
        elif act == "settle":
            service.settlement_make(
                actor=actor, number=number, month=_day(request, "month", Text(zh="月份", en="Month"))
            )
        else:
            raise InputError(zh="请选择要做什么。", en="Choose what to do.", where="act")
    except TOLD as error:
        return _contract_page(request, number, error)
    return HttpResponseRedirect(reverse("work:contract", args=[number]))


@require_http_methods(["GET", "HEAD", "POST"])
def supervision(request: HttpRequest) -> HttpResponse:
    """What is traded; here operations are registered and ended, and approvals to leave the country taken back."""
    actor = actor_of_request(request)
    view = data.trade_supervision(actor)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            _supervise(request, actor)
            return HttpResponseRedirect(reverse("work:trade"))
        except TOLD as error:
            problem = error
    context = {
        "view": view,
        "kinds": [(kind, view.kinds.get(kind, 0)) for kind in data.CLAUSE_KINDS],
        "may_register": may(actor, "operation.edit", actor.department),
        "endable": {one.id for one in view.operations if one.in_force and may(actor, "operation.edit", one.department)},
        "revocable": {
            one.number for one in view.crossings if one.in_force and may(actor, "crossing.decide", one.department)
        },
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/products/supervision.html", context, status=problem.status if problem else 200)


def _supervise(request: HttpRequest, actor: Actor) -> None:
    act = posted(request, "act")
    if act == "revoke":
        service.crossing_revoke(actor=actor, number=posted(request, "number"), reason=posted(request, "reason"))
    elif act == "end":
        asked = posted(request, "number")
        number = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        service.operation_end(actor=actor, operation_id=number, reason=posted(request, "reason"))
    elif act == "register":
        service.operation_register(
            actor=actor,
            operator=posted_needed(request, "operator", Text(zh="主体", en="Operator")),
            scope=posted_needed(request, "scope", Text(zh="范围", en="Scope")),
            resources=tuple(posted(request, "resources").replace("，", " ").replace(",", " ").split()),
            basis=posted_needed(request, "basis", Text(zh="依据", en="Basis")),
            city_share=_amount(request, "city_share", Text(zh="归市里 %", en="City's %")),
            department=actor.department,
            valid_from=_day(request, "valid_from", FROM),
            valid_until=_day(request, "valid_until", UNTIL),
        )
    else:
        raise InputError(zh="请选择要做什么。", en="Choose what to do.", where="act")


@require_http_methods(["GET", "HEAD", "POST"])
def purchases(request: HttpRequest) -> HttpResponse:
    """Bought data: look here before buying, register what was bought, say what one uses of others."""
    actor, search = actor_of_request(request), _search(request)
    problem: YiwangError | None = None
    if request.method == "POST":
        try:
            _purchase(request, actor)
            return HttpResponseRedirect(reverse("work:purchases"))
        except TOLD as error:
            problem = error
    context = {
        "rows": data.purchase_list(actor, search=search, page=page_number(request)),
        "search": search,
        "may_edit": may(actor, "purchase.edit", actor.department),
        "given": request.POST,
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/products/purchases.html", context, status=problem.status if problem else 200)


def _purchase(request: HttpRequest, actor: Actor) -> None:
    reused = posted(request, "reuse")
    if reused:
        number = int(reused) if reused.isdecimal() and len(reused) < 10 else 0
        service.purchase_reuse(
            actor=actor, purchase_id=number, department=actor.department, purpose=posted(request, "purpose")
        )
        return
    clause = posted(request, "clause")
    service.purchase_register(
        actor=actor,
        title=posted_needed(request, "title", TITLE),
        supplier=posted_needed(request, "supplier", Text(zh="供应商", en="Supplier")),
        subject=posted_needed(request, "subject", Text(zh="内容", en="What it holds")),
        department=actor.department,
        cost=_amount(request, "cost", Text(zh="金额", en="Cost")),
        sharing=posted(request, "sharing"),
        valid_from=_day(request, "valid_from", FROM),
        valid_until=_day(request, "valid_until", UNTIL),
        reason=posted(request, "reason"),
        resource=posted(request, "resource"),
        clauses=(service.ClauseText(clause, "enforced", "aggregates"),) if clause else (),
    )
