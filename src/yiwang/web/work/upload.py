"""Sending a table in, and saying which header is which field when that is not sure."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yiwang.data import selectors as data
from yiwang.data import service
from yiwang.data.answers import CatalogueRow
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.web.actors import actor_of_request, may
from yiwang.web.answers import problem_of
from yiwang.web.reading import posted, posted_needed

RESOURCE = Text(zh="这是哪一项数据", en="Which resource is it")
MOST_RESOURCES = 500
MOST_SAMPLE_ROWS = 5


def load_from_upload(actor: Actor, *, resource_id: str, given: UploadedFile, again: bool = False) -> int:
    """Hand an uploaded file to the data engine, which keeps its own copy; return the load's number."""
    name = PurePosixPath((given.name or "table").replace("\\", "/")).name
    scratch = Path(settings.PLACE.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="upload-") as folder:
        path = Path(folder) / "table"
        with path.open("wb") as file:
            for chunk in given.chunks():
                file.write(chunk)
        load_id, _done_before = service.load_start(
            actor=actor, resource_id=resource_id, path=path, file_name=name, again=again
        )
    return load_id


def _loadable(actor: Actor) -> list[tuple[Text, list[CatalogueRow]]]:
    """What this person may load, by providing department."""
    groups: dict[str, tuple[Text, list[CatalogueRow]]] = {}
    for row in data.catalogue_list(actor, page=1, per_page=MOST_RESOURCES).items:
        if may(actor, "resource.load", row.provider):
            groups.setdefault(row.provider, (row.provider_name, []))[1].append(row)
    return list(groups.values())


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    actor, problem = actor_of_request(request), None
    if request.method == "POST":
        try:
            resource_id = posted_needed(request, "resource", RESOURCE)
            load_id = load_from_upload(
                actor, resource_id=resource_id, given=_file(request), again=posted(request, "again") == "1"
            )
            return HttpResponseRedirect(reverse("work:load", args=[load_id]))
        except InputError as error:
            problem = error
    context = {
        "resources": _loadable(actor),
        "resource_id": posted(request, "resource") or request.GET.get("resource", ""),
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/upload.html", context, status=problem.status if problem else 200)


def _file(request: HttpRequest) -> UploadedFile:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise InputError(
            zh="没有选择文件。",
            en="no file was chosen.",
            where="file",
            hint_zh="请选择一个文件再上传。",
            hint_en="Choose a file and upload again.",
        )
    return given


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, load_id: int) -> HttpResponse:
    actor, problem = actor_of_request(request), None
    if request.method == "POST":
        headers, fields = request.POST.getlist("header"), request.POST.getlist("field")
        try:
            service.load_mapping_confirm(actor=actor, load_id=load_id, mapping=dict(zip(headers, fields, strict=False)))
            return HttpResponseRedirect(reverse("work:load", args=[load_id]))
        except InputError as error:
            problem = error
    load = data.load_get(actor, load_id)
    if load.row.state != "needs-mapping":
        return HttpResponseRedirect(reverse("work:load", args=[load_id]))
    question = data.load_mapping_get(actor, load_id)
    context = {
        "load": load,
        "question": question,
        "sample": [
            [line.get(one.header, "") for one in question.headers] for line in question.sample[:MOST_SAMPLE_ROWS]
        ],
        "problem": problem_of(problem) if problem else None,
    }
    return render(request, "yiwang/work/mapping.html", context, status=problem.status if problem else 200)
