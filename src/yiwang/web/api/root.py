"""The HTTP interface for other programs. Its description is at /api/openapi.json."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import SessionAuth

from yiwang.web.api.data import router

api = NinjaAPI(
    title="Yiwang 一网",
    version="1",
    description="政务数据接口 / the city's data interface",
    urls_namespace="api",
    # The usual viewer page fetches its parts from outside; the description itself is enough.
    docs_url=None,
    openapi_url="/openapi.json",
    auth=SessionAuth(csrf=True),
)
api.add_router("/data/", router)


@api.exception_handler(ValidationError)
def refuse(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent does not have the stated shape: each fault with its place."""
    faults = [{"where": ".".join(str(part) for part in one["loc"]), "text": one["msg"]} for one in error.errors]
    told = {
        "code": "bad_input",
        "zh": "提交的内容不符合接口说明。",
        "en": "What was sent does not fit the description.",
        "where": faults[0]["where"] if faults else "",
        "hint_zh": "接口说明见 /api/openapi.json。",
        "hint_en": "The description is at /api/openapi.json.",
        "faults": faults,
    }
    return api.create_response(request, {"error": told}, status=422)
