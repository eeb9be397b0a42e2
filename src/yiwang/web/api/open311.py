"""Open311 GeoReport v2: other programs read what the hotline takes and file tickets for citizens, in JSON and XML.

Reading needs no key, as the standard says, and tells nothing about a person; filing needs one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yiwang.flow import selectors as flow
from yiwang.flow import service as cases
from yiwang.flow.selectors import Filing, OpenRequest, OpenService
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.kernel.selectors import city_is_synthetic
from yiwang.web.api.spark import TYPES, rendered
from yiwang.web.language import say

ROOT = "open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When what this interface answers last changed its shape.
CHANGED = "2026-11-22T00:00:00Z"
SPAN = timedelta(days=90)
STATUSES = {"open": True, "closed": False}
DATATYPES = {
    "string": ("一行文字", "A line of text"),
    "number": ("数", "A number"),
    "datetime": ("ISO 8601 日期时间", "A date and time as in ISO 8601"),
    "text": ("文字", "A text"),
    "singlevaluelist": ("选一项", "Choose one"),
    "multivaluelist": ("可选多项", "Choose any"),
}
ATTRIBUTE = re.compile(r"attribute\[([^\]]+)\](?:\[\])?")
LONGEST_FIELD = 500
Answer = tuple[str, Any]


class Faults(Exception):
    """Several things are wrong with one request: each is told."""

    def __init__(self, errors: list[YiwangError]) -> None:
        super().__init__("; ".join(error.en for error in errors))
        self.errors = errors


def answering(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
    """The view's answer, or its errors as the standard lists them, in the format of the address."""

    @wraps(view)
    def answer(request: HttpRequest, form: str, **values: str) -> HttpResponse:
        shown = form if form in TYPES else "xml"
        try:
            if form not in TYPES:
                raise InputError(
                    zh=f"没有格式 {form}", en=f"there is no format {form}: use xml or json", where="format"
                )
            root, data = view(request, **values)
        except Faults as faults:
            return _errors(faults.errors, shown)
        except YiwangError as error:
            return _errors([error], shown)
        return HttpResponse(rendered(root, data, shown), content_type=TYPES[shown])

    return answer


def _errors(errors: list[YiwangError], form: str) -> HttpResponse:
    """404 for what is not there, 403 for the key, 400 for all else a client can do wrong; the city's own faults stay 5xx."""
    statuses = [error.status if error.status in {403, 404} or error.status >= 500 else 400 for error in errors]
    told = [
        {"code": status, "description": f"{error.where}: {say(error)}" if error.where else say(error)}
        for status, error in zip(statuses, errors, strict=True)
    ]
    return HttpResponse(rendered("errors", told, form), status=statuses[0], content_type=TYPES[form])


def _jurisdiction(values: QueryDict) -> str:
    """The name asked for, empty for the only one. Raises NotFound, InputError when the city has several and none is said."""
    said = values.get("jurisdiction_id", "").strip()
    site = flow.open_site(said)
    if not said and len(site.jurisdictions) > 1:
        raise InputError(zh="须写 jurisdiction_id", en="the jurisdiction_id was not provided", where="jurisdiction_id")
    return said


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@answering
def discovery(request: HttpRequest) -> Answer:
    site = flow.open_site()
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri(f"/{ROOT}"),
        "changeset": CHANGED,
        "type": "test" if city_is_synthetic() else "production",
        "formats": ["text/xml", "application/json"],
    }
    return "discovery", {
        "changeset": CHANGED,
        "contact": say(site.contact),
        "key_service": say(site.keys),
        "endpoints": [endpoint],
    }


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@answering
def services(request: HttpRequest) -> Answer:
    return "services", [_service(one) for one in flow.open_service_list(_jurisdiction(request.GET))]


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@answering
def service(request: HttpRequest, code: str) -> Answer:
    found = flow.open_service_get(code, _jurisdiction(request.GET))
    attributes = [
        {
            "variable": True,
            "code": one.code,
            "datatype": one.type,
            "required": one.required,
            "datatype_description": say(DATATYPES[one.type]),
            "order": number,
            "description": " ".join(part for part in (say(one.title), say(one.help)) if part),
            "values": [{"key": option.key, "name": say(option.title)} for option in one.values],
        }
        for number, one in enumerate(found.attributes, 1)
    ]
    return "service_definition", {"service_code": found.code, "attributes": attributes}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def requests(request: HttpRequest) -> Answer:
    if request.method == "POST":
        return "service_requests", [_filed(request)]
    asked = request.GET
    jurisdiction = _jurisdiction(asked)
    numbers = _listed(asked, "service_request_id")
    if numbers:
        found = flow.open_request_list(jurisdiction=jurisdiction, numbers=numbers)
        return "service_requests", [_request(one) for one in found]
    codes = _listed(asked, "service_code")
    for code in codes:
        flow.open_service_get(code, jurisdiction)
    since, until = _span(asked)
    found = flow.open_request_list(
        jurisdiction=jurisdiction, topics=codes, since=since, until=until, is_open=_status(asked)
    )
    return "service_requests", [_request(one) for one in found]


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@answering
def request_one(request: HttpRequest, number: str) -> Answer:
    return "service_requests", [_request(flow.open_request_get(number, _jurisdiction(request.GET)))]


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@answering
def token(request: HttpRequest, token: str) -> Answer:
    """Every request has its number at once, so a number is its own token."""
    try:
        found = flow.open_request_get(token, _jurisdiction(request.GET))
    except NotFound as error:
        raise NotFound(zh=error.zh, en=f"there is no token {token}", where="token") from error
    return "service_requests", [{"service_request_id": found.number, "token": token}]


def _service(one: OpenService) -> dict[str, Any]:
    return {
        "service_code": one.code,
        "service_name": say(one.title),
        "description": say(one.summary) or say(one.title),
        "metadata": bool(one.attributes),
        "type": "realtime",
        "keywords": ", ".join(one.keywords),
        "group": say(one.group) or say(one.title),
    }


def _request(one: OpenRequest) -> dict[str, Any]:
    """`description`, `zipcode` and `media_url` are empty always: what people write and send may tell who they are."""
    return {
        "service_request_id": one.number,
        "status": "open" if one.is_open else "closed",
        "status_notes": say(one.state),
        "service_name": say(one.title),
        "service_code": one.topic,
        "description": None,
        "agency_responsible": say(one.department),
        "service_notice": None,
        "requested_datetime": _moment(one.opened_at),
        "updated_datetime": _moment(one.updated_at),
        "expected_datetime": _moment(one.due_at),
        "address": one.address or None,
        "address_id": one.division or None,
        "zipcode": None,
        "lat": one.place[1] if one.place else None,
        "long": one.place[0] if one.place else None,
        "media_url": None,
    }


def _moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at is not None else None


def _listed(values: QueryDict, name: str) -> list[str]:
    """A parameter given with commas, several times, or both."""
    return [part.strip() for value in values.getlist(name) for part in value.split(",") if part.strip()]


def _status(values: QueryDict) -> bool | None:
    said = set(_listed(values, "status"))
    if said - set(STATUSES):
        raise InputError(zh="status 只能是 open 或 closed", en="the status is open or closed", where="status")
    return STATUSES[said.pop()] if len(said) == 1 else None


def _span(values: QueryDict) -> tuple[datetime, datetime | None]:
    """At most 90 days; with one end the 90 days from or up to it, with none the last 90 days."""
    since, until = _read_moment(values, "start_date"), _read_moment(values, "end_date")
    if since and until and (until < since or until - since > SPAN):
        raise InputError(
            zh="start_date 与 end_date 须先后有序，且不超过 90 天",
            en="start_date and end_date must be in order and span no more than 90 days",
            where="start_date",
        )
    if since is not None:
        return since, until or since + SPAN
    if until is not None:
        return until - SPAN, until
    return timezone.now() - SPAN, None


def _read_moment(values: QueryDict, name: str) -> datetime | None:
    said = values.get(name, "").strip()
    if not said:
        return None
    try:
        # A plus sign that was not escaped arrives as a blank.
        at: datetime | None = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InputError(
            zh=f"{name} 须是带时区的日期时间，如 2026-01-01T00:00:00Z",
            en=f"{name} is a date and time with its zone, as 2026-01-01T00:00:00Z",
            where=name,
        )
    return at


def _filed(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    actor = flow.client_of(given.get("api_key", ""))
    jurisdiction = _jurisdiction(given)
    code = given.get("service_code", "").strip()
    if not code:
        raise InputError(zh="缺少 service_code", en="the service_code was not provided", where="service_code")
    flow.open_service_get(code, jurisdiction)
    filing = _filing(given, code)
    filed = cases.open_request_file(actor=actor, filing=filing)
    notice = say(
        (
            f"请凭编号 {filed.number} 和查询码 {filed.code} 查询。",
            f"Track it with number {filed.number} and code {filed.code}.",
        )
    )
    return {
        "service_request_id": filed.number,
        "service_notice": notice,
        "account_id": filing.applicant.get("account_id") or None,
    }


def _filing(given: QueryDict, code: str) -> Filing:
    """Raises Faults with everything that is wrong."""
    errors: list[YiwangError] = []

    def text(name: str, most: int = LONGEST_FIELD) -> str:
        said = given.get(name, "").strip()
        if len(said) > most:
            errors.append(
                InputError(zh=f"{name} 超过 {most} 字", en=f"{name} has more than {most} characters", where=name)
            )
        return said

    place = _place(given, errors)
    address, address_id = text("address_string"), text("address_id", 12)
    if place is None and not (address or address_id or errors):
        errors.append(
            InputError(
                zh="须给出 lat 和 long，或 address_string，或 address_id",
                en="give lat and long, or address_string, or address_id",
                where="lat",
            )
        )
    names = " ".join(part for part in (text("last_name"), text("first_name")) if part)
    applicant = {"name": names, **{name: text(name) for name in ("phone", "email", "account_id", "device_id")}}
    filing = Filing(
        topic=code,
        text=text("description", 4000),
        address=address,
        division=address_id,
        place=place,
        attributes=_attributes(given),
        applicant={name: value for name, value in applicant.items() if value},
        media_url=_media(text("media_url"), errors),
    )
    if errors:
        raise Faults(errors)
    return filing


def _place(given: QueryDict, errors: list[YiwangError]) -> tuple[float, float] | None:
    said = {name: given.get(name, "").strip() for name in ("lat", "long")}
    if not any(said.values()):
        return None
    found: dict[str, float] = {}
    for name, most in (("lat", 90.0), ("long", 180.0)):
        try:
            value = float(said[name])
        except ValueError:
            value = float("nan")
        if not abs(value) <= most:
            errors.append(
                InputError(zh=f"{name} 须是 WGS84 坐标", en=f"{name} is a WGS84 coordinate, up to {most:g}", where=name)
            )
        found[name] = value
    return found["long"], found["lat"]


def _media(said: str, errors: list[YiwangError]) -> str:
    if said and not re.fullmatch(r"https?://[^\s<>\"]+", said):
        errors.append(InputError(zh="media_url 须是网址", en="media_url is a web address", where="media_url"))
    return said


def _attributes(given: QueryDict) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in given:
        matched = ATTRIBUTE.fullmatch(name)
        if matched:
            found.setdefault(matched[1], []).extend(given.getlist(name))
    return found


urlpatterns = [
    path(f"{ROOT}/discovery.<str:form>", discovery, name="open311-discovery"),
    path(f"{ROOT}/services.<str:form>", services, name="open311-services"),
    path(f"{ROOT}/services/<str:code>.<str:form>", service, name="open311-service"),
    path(f"{ROOT}/requests.<str:form>", requests, name="open311-requests"),
    path(f"{ROOT}/requests/<str:number>.<str:form>", request_one, name="open311-request"),
    path(f"{ROOT}/tokens/<str:token>.<str:form>", token, name="open311-token"),
]
