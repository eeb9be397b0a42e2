"""The reading half of CKAN's action API (version 3), so that tools made for it work here: /api/3/action/<name>.

A data set is a package, each of its files a resource, its department an organization, its theme a group. Nothing can
be written through here. What CKAN knows and this city does not (users, private packages) is answered as empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yiwang.data import selectors as data
from yiwang.data.answers import Facet
from yiwang.data.selectors import OpenFile, OpenRow
from yiwang.data.service import open_count
from yiwang.kernel.errors import InputError, NotFound, YiwangError
from yiwang.web.actors import CITIZEN
from yiwang.web.language import say

MOST_SETS = 1000
# CKAN's own names for what went wrong; clients turn them back into exceptions.
TYPES = {404: "Not Found Error", 400: "Validation Error", 409: "Validation Error", 403: "Authorization Error"}
TYPE_NAMES = {"BIGINT": "int8", "INTEGER": "int4", "DOUBLE": "float8", "BOOLEAN": "bool", "DATE": "date"}
FIELDS = {"organization": "department", "groups": "theme", "tags": "keyword", "license_id": "licence"}
SORTS = {"title_string": "title", "title": "title", "name": "id", "id": "id"}
LONGEST_BODY = 100_000
Asked = Mapping[str, Any]


def _rows(**asked: str) -> tuple[OpenRow, ...]:
    return data.open_list(CITIZEN, per_page=MOST_SETS, **asked)[0].items  # type: ignore[arg-type]


def _facets(name: str) -> list[Facet]:
    return data.open_list(CITIZEN, per_page=1)[1][name]


def _text(asked: Asked, *names: str) -> str:
    found = next((str(asked[name]).strip() for name in names if asked.get(name) not in (None, "")), "")
    if not found:
        raise InputError(zh=f"缺少参数 {names[0]}", en=f"Missing value: {names[0]}", where=names[0])
    return found


def _whole(asked: Asked, name: str, default: int, most: int = MOST_SETS) -> int:
    given = asked.get(name, default)
    try:
        value = default if given in (None, "") else int(given)
    except (TypeError, ValueError):
        value = -1
    if value < 0:
        raise InputError(zh=f"{name} 须是自然数", en=f"{name}: Must be a natural number", where=name)
    return min(value, most)


def _flag(asked: Asked, name: str) -> bool:
    return str(asked.get(name, "")).lower() in {"true", "1", "yes", "t"}


def _group(facet: str, value: str, title: str, count: int) -> dict[str, Any]:
    kind = "organization" if facet == "department" else "group"
    shown = {"id": value, "name": value, "title": title, "display_name": title, "package_count": count}
    return shown | {"type": kind, "is_organization": kind == "organization", "state": "active", "image_url": ""}


def _resource(request: HttpRequest, row: OpenRow, file: OpenFile, place: int) -> dict[str, Any]:
    return {
        "id": f"{row.id}.{file.format}",
        "package_id": row.id,
        "name": f"{say(row.title)} ({file.format})",
        "description": "",
        "format": file.format.upper(),
        "mimetype": file.media_type.split(";")[0],
        "url": request.build_absolute_uri(reverse("portal:open-file", args=[row.id, file.format])),
        "url_type": "upload",
        "hash": file.digest,
        "size": file.size,
        "position": place,
        "state": "active",
        "created": row.first_at.isoformat(),
        "last_modified": row.updated_at.isoformat(),
        "datastore_active": file.format == "parquet",
    }


def _package(request: HttpRequest, row: OpenRow) -> dict[str, Any]:
    """A set that is held back has no files."""
    files = () if row.held else row.release.files
    return {
        "id": row.id,
        "name": row.id,
        "title": say(row.title),
        "notes": say(row.summary),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": row.licence.id != "cn-open-conditional",
        "license_id": row.licence.id,
        "license_title": say(row.licence.title),
        "license_url": row.licence.address,
        "author": say(row.department_title),
        "maintainer": say(row.department_title),
        "version": str(row.release.number),
        "url": request.build_absolute_uri(reverse("portal:open-set", args=[row.id])),
        "metadata_created": row.first_at.isoformat(),
        "metadata_modified": row.updated_at.isoformat(),
        "owner_org": row.department,
        "organization": _group("department", row.department, say(row.department_title), 0),
        "groups": [_group("theme", row.theme, say(row.theme_title), 0)],
        "tags": [{"id": word, "name": word, "display_name": word, "state": "active"} for word in row.keywords],
        "num_tags": len(row.keywords),
        "num_resources": len(files),
        "resources": [_resource(request, row, file, place) for place, file in enumerate(files)],
        "extras": [
            {"key": "update_cycle", "value": say(row.cycle_title)},
            {"key": "rows", "value": str(row.release.rows)},
        ],
    }


def package_list(request: HttpRequest, asked: Asked) -> object:
    names = [row.id for row in _rows(sort="id")]
    start = _whole(asked, "offset", 0)
    return names[start : start + _whole(asked, "limit", MOST_SETS)]


def package_show(request: HttpRequest, asked: Asked) -> object:
    return _package(request, data.open_get(CITIZEN, _text(asked, "id", "name_or_id")))


def package_search(request: HttpRequest, asked: Asked) -> object:
    """`q` (words, all of which must fit), `fq` (field:value), `rows`, `start`, `sort`, `facet.field`."""
    words, wanted = _query(str(asked.get("q") or ""), str(asked.get("fq") or ""))
    order = str(asked.get("sort") or "").split(" ")[0]
    found = _rows(search=words, sort=SORTS.get(order, "-updated"), **wanted)
    start, rows = _whole(asked, "start", 0), _whole(asked, "rows", 10)
    listed = data.open_list(CITIZEN, search=words, per_page=1, **wanted)[1]  # type: ignore[arg-type]
    told = asked.get("facet.field") or []
    try:
        names = json.loads(told) if isinstance(told, str) else told
    except ValueError as error:
        raise InputError(
            zh="facet.field 须是 JSON 数组", en="facet.field is a JSON list", where="facet.field"
        ) from error
    facets = {name: listed[FIELDS[name]] for name in names if name in FIELDS} if isinstance(names, list) else {}
    return {
        "count": len(found),
        "sort": asked.get("sort") or "metadata_modified desc",
        "results": [_package(request, row) for row in found[start : start + rows]],
        "facets": {name: {f.value: f.count for f in known} for name, known in facets.items()},
        "search_facets": {
            name: {
                "title": name,
                "items": [{"name": f.value, "display_name": say(f.title), "count": f.count} for f in known],
            }
            for name, known in facets.items()
        },
    }


def _query(q: str, fq: str) -> tuple[str, dict[str, str]]:
    """Words and the fields asked for; `*:*` asks for everything. Raises InputError for a field nobody knows."""
    words: list[str] = []
    wanted: dict[str, str] = {}
    for part in [*q.split(), *fq.replace(" AND ", " ").split()]:
        name, colon, value = part.removeprefix("+").partition(":")
        if part in {"*:*", "*"}:
            continue
        if not colon:
            words.append(part)
        elif name in FIELDS:
            wanted[FIELDS[name]] = value.strip('"')
        elif name in {"title", "name", "notes", "text"}:
            words.append(value.strip('"').rstrip("*"))
        else:
            known = ", ".join([*FIELDS, "title", "name", "notes", "text"])
            raise InputError(zh=f"不能按 {name} 查询", en=f"cannot search by {name}: use {known}", where="fq")
    return " ".join(words)[:200], wanted


def resource_show(request: HttpRequest, asked: Asked) -> object:
    row, file = _file(_text(asked, "id"))
    return _resource(request, row, file, row.release.files.index(file))


def _file(resource_id: str) -> tuple[OpenRow, OpenFile]:
    set_id, _, format = resource_id.rpartition(".")
    row = data.open_get(CITIZEN, set_id)
    for file in () if row.held else row.release.files:
        if file.format == format:
            return row, file
    raise NotFound(zh=f"没有文件 {resource_id}", en=f"there is no resource {resource_id}", where="id")


def datastore_search(request: HttpRequest, asked: Asked) -> object:
    """`resource_id` of a Parquet file, `q`, `limit` (100 unless told, 32,000 at most), `offset`. Other ways are refused."""
    for name in ("filters", "sort", "fields", "distinct"):
        if asked.get(name):
            raise InputError(zh=f"不支持 {name}", en=f"{name} is not supported: use q, limit and offset", where=name)
    row, _ = _file(_text(asked, "resource_id", "id"))
    limit, offset = _whole(asked, "limit", 100, 32_000), _whole(asked, "offset", 0, 10**12)
    row, total, found = data.open_rows(CITIZEN, row.id, search=str(asked.get("q") or ""), limit=limit, offset=offset)
    open_count(set_id=row.id, way="api")
    fields = [
        {"id": c.id, "type": TYPE_NAMES.get(c.type, "text"), "info": {"label": say(c.title)}}
        for c in row.release.columns
    ]
    return {
        "resource_id": f"{row.id}.parquet",
        "fields": fields,
        "records": found,
        "total": total,
        "limit": limit,
        "offset": offset,
    }


def _groups(facet: str) -> Callable[[HttpRequest, Asked], object]:
    def listed(request: HttpRequest, asked: Asked) -> object:
        known = _facets(facet)
        if _flag(asked, "all_fields"):
            return [_group(facet, f.value, say(f.title), f.count) for f in known]
        return [f.value for f in known]

    return listed


def _group_show(facet: str) -> Callable[[HttpRequest, Asked], object]:
    def shown(request: HttpRequest, asked: Asked) -> object:
        wanted = _text(asked, "id")
        for f in _facets(facet):
            if f.value == wanted:
                packages = (
                    [_package(request, r) for r in _rows(**{facet: wanted})] if _flag(asked, "include_datasets") else []
                )
                return _group(facet, f.value, say(f.title), f.count) | {"packages": packages}
        raise NotFound(zh=f"没有 {wanted}", en=f"there is no {wanted}", where="id")

    return shown


def tag_list(request: HttpRequest, asked: Asked) -> object:
    names = [f.value for f in _facets("keyword") if str(asked.get("query") or "") in f.value]
    return [{"id": n, "name": n, "display_name": n} for n in names] if _flag(asked, "all_fields") else names


def license_list(request: HttpRequest, asked: Asked) -> object:
    return [
        {"id": one.id, "title": say(one.title), "url": one.address, "status": "active"}
        for one in data.LICENCES.values()
    ]


def status_show(request: HttpRequest, asked: Asked) -> object:
    return {
        "ckan_version": "2.11",
        "site_url": request.build_absolute_uri("/").rstrip("/"),
        "site_title": "一网 Yiwang",
        "site_description": "",
        "locale_default": "zh_Hans_CN",
        "extensions": [],
        "error_emails_to": None,
    }


ACTIONS: dict[str, Callable[[HttpRequest, Asked], object]] = {
    "package_list": package_list,
    "package_show": package_show,
    "package_search": package_search,
    "resource_show": resource_show,
    "datastore_search": datastore_search,
    "organization_list": _groups("department"),
    "organization_show": _group_show("department"),
    "group_list": _groups("theme"),
    "group_show": _group_show("theme"),
    "tag_list": tag_list,
    "license_list": license_list,
    "status_show": status_show,
    "site_read": lambda request, asked: True,
}


def _asked(request: HttpRequest) -> Asked:
    """Of the address and, for POST, of a JSON object. Raises InputError."""
    given: dict[str, Any] = {name: request.GET[name] for name in request.GET}
    if request.method != "POST" or not request.body:
        return given
    if len(request.body) > LONGEST_BODY:
        raise InputError(zh="请求过长", en="the request is too long", where="body")
    if (request.content_type or "").startswith(("application/x-www-form-urlencoded", "multipart/")):
        return given | {name: request.POST[name] for name in request.POST}
    try:
        sent = json.loads(request.body)
    except ValueError as error:
        raise InputError(zh="请求须是 JSON 对象", en="the request is a JSON object", where="body") from error
    if not isinstance(sent, dict):
        raise InputError(zh="请求须是 JSON 对象", en="the request is a JSON object", where="body")
    return given | sent


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def action(request: HttpRequest, name: str) -> HttpResponse:
    """Nothing here changes anything, so a POST needs no token."""
    help_address = request.build_absolute_uri(reverse("ckan-action", args=[name]))
    try:
        run = ACTIONS.get(name)
        if run is None:
            raise InputError(
                zh=f"没有动作 {name}", en=f"Action name not known: {name}. Known: {', '.join(ACTIONS)}", where="action"
            )
        told = {"help": help_address, "success": True, "result": run(request, _asked(request))}
        answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    except YiwangError as error:
        if error.status >= 500:
            raise
        kind = TYPES.get(error.status, "Validation Error")
        status = 409 if kind == "Validation Error" else error.status
        fault: dict[str, Any] = {"__type": kind, "message": say(error)}
        if kind == "Validation Error":
            fault[error.where or "request"] = [say(error)]
        answer = JsonResponse({"help": help_address, "success": False, "error": fault}, status=status)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


urlpatterns = [
    path("api/3/action/<str:name>", action, name="ckan-action"),
    path("api/action/<str:name>", action, name="ckan-action-short"),
]
