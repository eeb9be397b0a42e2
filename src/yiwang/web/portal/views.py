"""Pages for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.answers import Score
from yiwang.kernel import selectors as kernel


@dataclass(frozen=True)
class Figures:
    """What everybody may know: counts and shares, nothing about any single list."""

    resources: int
    rows: int
    departments: int
    dimensions: tuple[Score, ...]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    resources, rows, dimensions = data.health_figures()
    figures = Figures(resources, rows, len(kernel.department_list()), dimensions)
    return render(request, "yiwang/portal/home.html", {"figures": figures})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "yiwang/portal/about.html")
