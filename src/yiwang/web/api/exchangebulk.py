"""The exchange over HTTP, many records at once: batches that are made and fetched, subscriptions that are pulled or brought."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router

from yiwang.data import selectors as reads
from yiwang.data import service as data
from yiwang.data.service import Call
from yiwang.web.actors import actor_of_request
from yiwang.web.api.exchangedoor import KEY, told
from yiwang.web.api.exchangeshapes import (
    ERRORS,
    ONCE,
    BatchIn,
    BatchOut,
    ChangesOut,
    ResourceId,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionsOut,
)

MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
Number = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
FILE = {
    "responses": {
        200: {
            "description": "OK",
            "content": {name: {"schema": {"type": "string", "format": "binary"}} for name in MEDIA.values()},
        }
    }
}
router = Router(tags=["bulk"])


def once_of(request: HttpRequest) -> str:
    """What makes it the same order again: the client's key, or nothing that ever comes twice."""
    return request.headers.get(KEY) or secrets.token_hex(16)


@router.post(
    "/resources/{resource}/batches",
    response={202: BatchOut, **ERRORS},
    openapi_extra=ONCE,
    summary="批量：提交 / order a batch",
)
def batch_new(request: HttpRequest, resource: Annotated[ResourceId, Path()], asked: BatchIn) -> HttpResponse:
    """Answers at once; ask for the batch until its state is done or failed, then fetch its file."""
    call = Call(resource, asked.purpose, asked.grant, tuple(asked.fields), asked.acting_for)
    made = data.batch_start(actor=actor_of_request(request), call=call, format=asked.format, once=once_of(request))
    return told(asdict(made), 202)


@router.get("/batches/{number}", response={200: BatchOut, **ERRORS}, summary="批量：状态 / state of a batch")
def batch_one(request: HttpRequest, number: Number) -> HttpResponse:
    return told(asdict(reads.batch_get(actor_of_request(request), number)))


@router.get("/batches/{number}/file", response={**ERRORS}, openapi_extra=FILE, summary="批量：文件 / file of a batch")
def batch_file(request: HttpRequest, number: Number) -> StreamingHttpResponse:
    """Its SHA-256 stands in the signed manifest. Kept for seven days."""
    row, parts = data.batch_read(actor=actor_of_request(request), name=number)
    response = StreamingHttpResponse(parts, content_type=MEDIA[row.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{row.resource}-{row.id}.{row.format}"'
    return response


@router.post(
    "/subscriptions",
    response={201: SubscriptionOut, **ERRORS},
    openapi_extra=ONCE,
    summary="订阅：新建 / subscribe",
)
def subscription_new(request: HttpRequest, asked: SubscriptionIn) -> HttpResponse:
    """All that is there comes first, then what changes."""
    call = Call(asked.resource, asked.purpose, asked.grant, tuple(asked.fields), asked.acting_for)
    made = data.subscription_open(
        actor=actor_of_request(request),
        call=call,
        url=asked.url,
        once=once_of(request),
        country=asked.country,
        crossing=asked.crossing,
    )
    return told(asdict(made), 201)


@router.get("/subscriptions", response={200: SubscriptionsOut, **ERRORS}, summary="订阅：清单 / subscriptions")
def subscription_all(request: HttpRequest) -> HttpResponse:
    return told({"items": [asdict(one) for one in reads.subscription_list(actor_of_request(request))]})


@router.get(
    "/subscriptions/{number}", response={200: SubscriptionOut, **ERRORS}, summary="订阅：一项 / one subscription"
)
def subscription_one(request: HttpRequest, number: Number) -> HttpResponse:
    return told(asdict(reads.subscription_get(actor_of_request(request), number)))


@router.delete("/subscriptions/{number}", response={204: None, **ERRORS}, summary="订阅：停止 / stop a subscription")
def subscription_end(request: HttpRequest, number: Number) -> HttpResponse:
    data.subscription_stop(actor=actor_of_request(request), name=number)
    return HttpResponse(status=204)


@router.get(
    "/subscriptions/{number}/changes",
    response={200: ChangesOut, **ERRORS},
    summary="订阅：拉取变化 / pull changes",
)
def changes(
    request: HttpRequest,
    number: Number,
    cursor: str = Query(
        "", max_length=100, description="上次答复的游标，空为从头 / of the last answer; none: from the start"
    ),
    limit: int = Query(200, ge=1, le=500),
) -> HttpResponse:
    found, use = data.subscription_pull(actor=actor_of_request(request), name=number, cursor=cursor, most=limit)
    return told(
        {
            "changes": [asdict(one) for one in found.items],
            "cursor": str(found.cursor),
            "more": found.more,
            "use": use,
        }
    )
