"""The first board: data health of the city (城市数据体检)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.answers import HealthBoard
from yiwang.kernel.core.text import Text
from yiwang.web.actors import actor_of_request
from yiwang.web.charts import Chart, Series, figure_chart
from yiwang.web.templatetags.say import number, percent

MOST_DEPARTMENTS = 12


@dataclass(frozen=True)
class Card:
    title: Text
    value: str
    note: Text
    icon: str


def _cards(board: HealthBoard) -> tuple[Card, ...]:
    share = board.accepted / board.source if board.source else None
    return (
        Card(
            Text(zh="数据资源", en="Resources"),
            number(board.resources),
            Text(zh=f"已归集 {number(board.with_data)} 项", en=f"{number(board.with_data)} with data"),
            "folders",
        ),
        Card(
            Text(zh="数据总行数", en="Rows"),
            number(board.rows),
            Text(zh="各资源现行版本合计", en="current versions together"),
            "database",
        ),
        Card(
            Text(zh="近 30 天归集", en="Loads in 30 days"),
            number(board.loads_30d),
            Text(zh="次", en="files"),
            "database-import",
        ),
        Card(
            Text(zh="一次通过率", en="Accepted at once"),
            percent(share),
            Text(
                zh=f"来源 {number(board.source)} = 入库 {number(board.accepted)} + 退回 {number(board.rejected)}",
                en=f"{number(board.source)} = {number(board.accepted)} accepted + {number(board.rejected)} rejected",
            ),
            "circle-check",
        ),
        Card(
            Text(zh="待确认敏感字段", en="Findings to confirm"),
            number(board.open_findings),
            Text(zh="由数据主管确认", en="for the data lead"),
            "shield-lock",
        ),
        Card(
            Text(zh="待答复需求", en="Open demands"),
            number(board.open_demands),
            Text(zh="供需对接", en="supply and demand"),
            "message-question",
        ),
    )


def _dimensions(board: HealthBoard) -> Chart:
    return figure_chart(
        "dimensions",
        "radar",
        Text(zh="全市数据质量五个维度", en="The city's five dimensions of data quality"),
        label_title=Text(zh="维度", en="Dimension"),
        labels=[score.title for score in board.dimensions],
        series=[
            Series(
                Text(zh="全市", en="City"),
                tuple(score.share if score.total else None for score in board.dimensions),
            )
        ],
        shares=True,
    )


def _trend(board: HealthBoard) -> Chart:
    return figure_chart(
        "trend",
        "bars",
        Text(zh="每日来源行数与退回行数", en="Source and rejected rows by day"),
        label_title=Text(zh="日期", en="Day"),
        labels=[day.isoformat() for day, _, _ in board.trend],
        series=[
            Series(Text(zh="来源行", en="Source rows"), tuple(source for _, source, _ in board.trend)),
            Series(Text(zh="退回行", en="Rejected rows"), tuple(rejected for _, _, rejected in board.trend)),
        ],
    )


def _departments(board: HealthBoard) -> Chart:
    """The bars show quality; the table beside them says rows and rejections too."""
    rows = board.by_department
    drawn = [row for row in rows if row.quality is not None][:MOST_DEPARTMENTS]
    chart = figure_chart(
        "departments",
        "bars",
        Text(zh="各部门数据质量（五个维度平均）", en="Data quality by department (mean of five dimensions)"),
        label_title=Text(zh="部门", en="Department"),
        labels=[row.name for row in drawn],
        series=[Series(Text(zh="质量", en="Quality"), tuple(row.quality for row in drawn))],
        shares=True,
        flat=True,
        max=1,
    )
    return Chart(
        chart.id,
        chart.shape,
        chart.description,
        chart.data,
        heads=(
            Text(zh="部门", en="Department"),
            Text(zh="资源", en="Resources"),
            Text(zh="行数", en="Rows"),
            Text(zh="退回行", en="Rejected"),
            Text(zh="质量", en="Quality"),
        ),
        rows=tuple(
            (row.name, number(row.resources), number(row.rows), number(row.rejected), percent(row.quality))
            for row in rows
        ),
    )


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    found = data.board_health(actor_of_request(request))
    context = {
        "now": timezone.now(),
        "cards": _cards(found),
        "dimensions": _dimensions(found),
        "trend": _trend(found),
        "departments": _departments(found),
        "worst": found.worst_rules,
        "worst_most": max((rows for _, _, rows in found.worst_rules), default=1),
        "stale": found.stale,
    }
    return render(request, "yiwang/cockpit/board.html", context)
