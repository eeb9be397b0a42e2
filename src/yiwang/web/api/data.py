"""Catalogue and loads over HTTP: the same services as the pages."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Status, UploadedFile

from yiwang.data import selectors as data
from yiwang.web.actors import actor_of_request
from yiwang.web.api.exchangeshapes import ERRORS
from yiwang.web.api.shapes import CatalogueOut, LoadOut, load_out, resource_out
from yiwang.web.work.upload import load_from_upload

router = Router(tags=["data"])
# PostgreSQL keeps no NUL in a text and breaks when it is asked for one.
SAYABLE = r"^[^\x00]*$"


@router.get("/catalogue", response={200: CatalogueOut, **ERRORS}, summary="查询数据目录 / search the catalogue")
def catalogue(
    request: HttpRequest,
    search: str = Query("", max_length=100, pattern=SAYABLE),
    category: str = Query("", pattern=SAYABLE),
    library: str = Query("", pattern=SAYABLE),
    provider: str = Query("", pattern=SAYABLE),
    share_type: str = Query("", pattern=SAYABLE),
    page: int = Query(1, ge=1),
    per_page: int = Query(20, ge=1, le=200),
) -> CatalogueOut:
    found = data.catalogue_list(
        actor_of_request(request),
        search=search,
        category=category,
        library=library,
        provider=provider,
        share_type=share_type,
        page=page,
        per_page=per_page,
    )
    return CatalogueOut(
        items=[resource_out(row) for row in found.items], total=found.total, page=found.page, pages=found.pages
    )


@router.post("/loads", response={202: LoadOut, **ERRORS}, summary="上传一张表 / send a table in")
def load_new(
    request: HttpRequest, resource: Form[str], file: File[UploadedFile], again: bool = Form(False)
) -> Status[LoadOut]:
    """Answers at once; ask for the load again until its state is done, failed or needs-mapping."""
    actor = actor_of_request(request)
    load_id = load_from_upload(actor, resource_id=resource, given=file, again=again)
    return Status(202, load_out(data.load_get(actor, load_id)))


@router.get("/loads/{load_id}", response={200: LoadOut, **ERRORS}, summary="查询一次归集 / one load")
def load_one(request: HttpRequest, load_id: int) -> LoadOut:
    return load_out(data.load_get(actor_of_request(request), load_id))
