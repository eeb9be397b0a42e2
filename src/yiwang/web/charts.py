"""Charts as data: what the script draws and the table that says the same, from one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst

from yiwang.kernel.core.text import Text
from yiwang.web.language import say
from yiwang.web.templatetags.say import number, percent

Cell = Text | str
SHAPES = ("bars", "lines", "radar", "graph")


@dataclass(frozen=True)
class Chart:
    """`data` goes to the page as JSON, in the reader's language; `heads` and `rows` are the equivalent table."""

    id: str
    shape: str
    description: Text
    data: dict[str, Any]
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(default=())


@dataclass(frozen=True)
class Series:
    title: Text
    values: tuple[float | int | None, ...]


def figure_chart(
    id: str,
    shape: str,
    description: Text,
    *,
    label_title: Text,
    labels: Sequence[Cell],
    series: Sequence[Series],
    shares: bool = False,
    **options: Any,
) -> Chart:
    """A bar, line or radar chart. `shares` are 0..1 and shown as per cent; other figures are counts."""
    shown = percent if shares else number
    return Chart(
        id=id,
        shape=shape,
        description=description,
        data={
            "labels": [capfirst(say(label)) for label in labels],
            "series": [{"name": capfirst(say(one.title)), "values": list(one.values)} for one in series],
            "format": "percent" if shares else "plain",
            **options,
        },
        heads=(label_title, *(one.title for one in series)),
        rows=tuple((label, *(shown(one.values[at]) for one in series)) for at, label in enumerate(labels)),
    )
