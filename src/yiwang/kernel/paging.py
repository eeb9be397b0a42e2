"""Lists are read a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
MOST_PER_PAGE = 500


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `page` counts from 1, `total` counts items of all pages."""

    items: tuple[Item, ...]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


def paged(rows: QuerySet[Row], make: Callable[[Row], Item], *, page: int, per_page: int) -> Page[Item]:
    """The asked page, or the nearest that exists. `rows` must be ordered by something unique."""
    per_page = min(max(1, per_page), MOST_PER_PAGE)
    total = rows.count()
    page = min(max(1, page), max(1, -(-total // per_page)))
    start = (page - 1) * per_page
    return Page(tuple(make(row) for row in rows[start : start + per_page]), total, page, per_page)
