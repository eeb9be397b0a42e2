"""The exchange over HTTP: programs of departments use data by grant. Described in OpenAPI 3.1 at /api/exchange/openapi.json."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Annotated, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path
from ninja.errors import HttpError, ValidationError

from yiwang.data import selectors as reads
from yiwang.data import service as data
from yiwang.data.service import Call, RecordAnswer
from yiwang.kernel.errors import InputError
from yiwang.web.actors import actor_of_request
from yiwang.web.api.exchangebulk import router
from yiwang.web.api.exchangedoor import JSON, SHORTCUTS, error_told, told
from yiwang.web.api.exchangeshapes import (
    ERRORS,
    ONCE,
    CallIn,
    KeyOut,
    KeysOut,
    QueryIn,
    QueryOut,
    ResourceId,
    VerifyIn,
    VerifyOut,
)
from yiwang.web.api.oauth import ClientBearer

api = NinjaAPI(
    title="Yiwang 一网 · 数据共享交换 / data exchange",
    version="1",
    description=(
        "每次使用须有授权、用途，并留下账本记录；答复以 Ed25519 签名（Yiwang-Signature，公钥见 keys）。"
        " / Every use takes a grant and a purpose and leaves a line in the ledger; answers are signed."
    ),
    urls_namespace="exchange",
    docs_url=None,
    openapi_url="/openapi.json",
)
Asked = TypeVar("Asked", QueryIn, VerifyIn)
bearer = ClientBearer()
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
api.add_router("", router, auth=bearer)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [{"where": ".".join(str(part) for part in one["loc"]), "text": one["msg"]} for one in error.errors]
    said = InputError(
        zh="提交的内容不符合接口说明",
        en="what was sent does not fit the description",
        where=faults[0]["where"] if faults else "",
        hint_zh="接口说明见 /api/exchange/openapi.json。",
        hint_en="The description is at /api/exchange/openapi.json.",
    )
    body = json.dumps({"error": said.as_dict() | {"faults": faults}}, ensure_ascii=False)
    return HttpResponse(body, status=422, content_type=JSON)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework's own refusals: a body that is no JSON."""
    return error_told(InputError(zh="请求体不是有效的 JSON", en="the body is not valid JSON", where="body"))


@api.get(
    "/keys", response={200: KeysOut, 429: ERRORS[429], 500: ERRORS[500]}, auth=None, summary="验签公钥 / public keys"
)
def keys(request: HttpRequest) -> HttpResponse:
    """Every key answers were ever signed with, the newest first."""
    shown = [
        KeyOut(
            id=one.id,
            algorithm="ed25519",
            public=base64.b64encode(one.ed25519).decode(),
            made_at=one.made_at,
            retired_at=one.retired_at,
        )
        for one in reads.exchange_keys()
    ]
    return told(KeysOut(keys=shown).model_dump())


@api.post(
    "/resources/{resource}/query",
    response={200: QueryOut, **ERRORS},
    auth=bearer,
    openapi_extra=ONCE,
    summary="按主键查询 / query by key",
)
def query(request: HttpRequest, resource: Annotated[ResourceId, Path()], asked: QueryIn) -> HttpResponse:
    """One record, masked as the grant says. A record the grant does not cover is not found."""
    found = data.exchange_query(
        actor=actor_of_request(request), call=call_of(resource, asked, asked.fields), key=asked.key
    )
    return _told(found, "fields")


@api.post(
    "/resources/{resource}/verify",
    response={200: VerifyOut, **ERRORS},
    auth=bearer,
    openapi_extra=ONCE,
    summary="核验 / verify values",
)
def verify(request: HttpRequest, resource: Annotated[ResourceId, Path()], asked: VerifyIn) -> HttpResponse:
    """For each value given, whether it is the one held. No value leaves."""
    found = data.exchange_verify(
        actor=actor_of_request(request),
        call=call_of(resource, asked),
        key=asked.key,
        values=asked.values,
    )
    return _told(found, "matches")


def call_of(resource: str, asked: CallIn, fields: list[str] | None = None) -> Call:
    return Call(resource, asked.purpose, asked.grant, tuple(fields or ()), asked.acting_for)


def _told(found: RecordAnswer, said: str) -> HttpResponse:
    """Canonical JSON as everywhere, without the walk through values that came out of JSON."""
    answer = {
        "resource": found.resource,
        "found": found.found,
        "version": found.version,
        "grant": found.grant,
        "purpose": found.purpose,
        "use": found.use,
        "at": found.at.isoformat().replace("+00:00", "Z"),
        said: found.values,
    }
    return HttpResponse(_encoder.encode(answer).encode(), content_type=JSON)


def _short(
    shape: type[Asked], view: Callable[[HttpRequest, str, Asked], HttpResponse]
) -> Callable[[HttpRequest, str], HttpResponse | None]:
    def call(request: HttpRequest, resource: str) -> HttpResponse | None:
        try:
            asked = shape.model_validate_json(request.body)
        except ValueError:
            return None
        return view(request, resource, asked)

    return call


SHORTCUTS.update(query=_short(QueryIn, query), verify=_short(VerifyIn, verify))
