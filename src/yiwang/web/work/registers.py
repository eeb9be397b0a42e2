"""Two registers to look things up in: departments with their liaisons, and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.kernel import selectors as kernel
from yiwang.kernel.core.actor import ROLE_TITLES, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import LiaisonRow
from yiwang.web.actors import actor_of_request
from yiwang.web.reading import page_number


@dataclass(frozen=True)
class DepartmentLine:
    code: str
    name: Text
    depth: int
    parent_name: Text | None
    liaison_role: Text | None
    liaisons: tuple[LiaisonRow, ...]


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    rows = kernel.department_list()
    names = {row.code: row.name for row in rows}
    lines = [
        DepartmentLine(
            row.code,
            row.name,
            min(row.depth, 4),
            names.get(row.parent),
            ROLE_TITLES.get(Role(row.liaison_role)) if row.liaison_role else None,
            kernel.liaison_of(row.code),
        )
        for row in rows
    ]
    return render(request, "yiwang/work/departments.html", {"rows": lines})


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    act, object_id = request.GET.get("act", "").strip()[:64], request.GET.get("object", "").strip()[:200]
    rows = kernel.audit_list(actor_of_request(request), act=act, object_id=object_id, page=page_number(request))
    return render(request, "yiwang/work/audit.html", {"rows": rows, "act": act, "object_id": object_id})
