"""The effect of a version on the city: asked for with a purpose, worked out beside the requests, shown as figures of groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.selectors import EffectFigures, EffectRun
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.rules import selectors as rules
from yiwang.rules.selectors import DecisionDetail
from yiwang.web.actors import actor_of_request
from yiwang.web.charts import Chart, Series, figure_chart
from yiwang.web.csvfile import csv_answer
from yiwang.web.language import pick, say
from yiwang.web.templatetags.say import FEWEST, amount, few
from yiwang.web.words import WORDS


@dataclass(frozen=True)
class StageLine:
    title: Text
    state: str


@dataclass(frozen=True)
class RuleLine:
    """One rule before and after, as the page tells it."""

    title: Text
    basis: str
    was: int
    now: int
    grants: bool

    @property
    def moved(self) -> str:
        return "" if self.was == self.now else "up" if self.now > self.was else "down"


def effect_context(detail: DecisionDetail, run: EffectRun | None, granting: frozenset[int]) -> dict[str, Any]:
    """What the card of the effect needs; a version that holds is compared with nothing."""
    figures = run.figures if run is not None else None
    return {
        "run": run,
        "stages": stage_lines(run.stage) if run is not None else (),
        "figures": figures,
        "rule_lines": _rule_lines(figures, granting) if figures else (),
        "effect_chart": _chart(figures, _rule_lines(figures, granting), detail) if figures else None,
        "amount_unit": detail.file.output.unit,
        "effect_wanted": detail.version.state in ("draft", "proposed", "rejected"),
        "today": timezone.localdate(),
    }


def stage_lines(stage: str) -> tuple[StageLine, ...]:
    codes = tuple(WORDS["effect-stage"])
    reached = codes.index(stage) if stage in codes else 0
    return tuple(
        StageLine(WORDS["effect-stage"][code].text, "done" if at < reached else "now" if at == reached else "")
        for at, code in enumerate(codes)
    )


def _rule_title(number: int) -> Text:
    if number == 0:
        return Text(zh="没有规则符合", en="No rule fits")
    return Text(zh=f"规则 {number}", en=f"Rule {number}")


def _rule_lines(figures: EffectFigures, granting: frozenset[int]) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(_rule_title(one.number), one.basis, one.was, one.now, one.number in granting) for one in figures.rules
    )


BEFORE, AFTER = Text(zh="现行版本", en="Version in force"), Text(zh="这一版本", en="This version")


def _chart(figures: EffectFigures, lines: tuple[RuleLine, ...], detail: DecisionDetail) -> Chart | None:
    """People granted by each rule where that changes, else the amounts; figures of few people are not drawn."""
    drawn = [one for one in lines if one.grants]
    if any(one.moved for one in drawn):
        return _people_chart(drawn, detail)
    if figures.was_amount is None or figures.now_amount is None or figures.now_granted < FEWEST:
        return None
    unit = detail.file.output.unit or Text(zh="元", en="yuan")
    return figure_chart(
        "effect-chart",
        "bars",
        Text(
            zh=f"{detail.row.title.zh}：金额合计（{unit.zh}）",
            en=f"{detail.row.title.en}: amounts together ({unit.en})",
        ),
        label_title=Text(zh="版本", en="Version"),
        labels=[BEFORE, AFTER],
        series=[
            Series(Text(zh="金额合计", en="Amounts together"), (float(figures.was_amount), float(figures.now_amount)))
        ],
        flat=True,
    )


def _people_chart(drawn: list[RuleLine], detail: DecisionDetail) -> Chart:
    chart = figure_chart(
        "effect-chart",
        "bars",
        Text(zh=f"{detail.row.title.zh}：各条规则准予的人数", en=f"{detail.row.title.en}: people granted, by rule"),
        label_title=Text(zh="规则", en="Rule"),
        labels=[one.title for one in drawn],
        series=[
            Series(BEFORE, tuple(one.was if one.was >= FEWEST else None for one in drawn)),
            Series(AFTER, tuple(one.now if one.now >= FEWEST else None for one in drawn)),
        ],
    )
    rows = tuple((one.title, few(one.was), few(one.now)) for one in drawn)
    return Chart(chart.id, chart.shape, chart.description, chart.data, chart.heads, rows)


@never_cache
@require_safe
def progress(request: HttpRequest, decision_id: str, number: int) -> HttpResponse:
    """The piece that is swapped in every second; once the run has ended it asks for the whole page."""
    run = data.effect_get(actor_of_request(request), decision_id, number=number)
    if run is None:
        raise _none(decision_id, number)
    context = {"run": run, "stages": stage_lines(run.stage), "ended": run.ended}
    return render(request, "yiwang/studio/effect_progress.html", context)


@require_safe
def export(request: HttpRequest, decision_id: str, number: int) -> HttpResponseBase:
    """The figures as a table, small counts told as fewer than five here too."""
    actor = actor_of_request(request)
    run = data.effect_get(actor, decision_id, number=number)
    if run is None or run.figures is None:
        raise _none(decision_id, number)
    detail, figures = rules.decision_get(actor, decision_id, number=number), run.figures
    unit = say(detail.file.output.unit) if detail.file.output.unit else ""
    heads = [
        pick("项目", "Figure"),
        pick("现行版本", "Version in force"),
        pick("这一版本", "This version"),
        pick("单位", "Unit"),
        pick("依据", "Basis"),
    ]
    people = pick("人", "people")
    lines: list[tuple[str, str, str, str, str]] = [
        (pick("决定日", "As of"), run.on.isoformat(), run.on.isoformat(), "", ""),
        (pick("对象总数", "Subjects"), few(figures.subjects), few(figures.subjects), people, ""),
        (pick("准予", "Granted"), few(figures.was_granted), few(figures.now_granted), people, ""),
        (pick("金额合计", "Amount"), amount(figures.was_amount), amount(figures.now_amount), unit, ""),
        (pick("新增享受", "Newly granted"), "", few(figures.newly_granted), people, ""),
        (pick("不再享受", "No longer granted"), "", few(figures.no_longer_granted), people, ""),
        (pick("得到更多", "Gain"), "", few(figures.gain), people, ""),
        (pick("得到更少", "Lose"), "", few(figures.lose), people, ""),
    ]
    lines += [
        (say(one.title), few(one.was), few(one.now), people, one.basis) for one in _rule_lines(figures, frozenset())
    ]
    return csv_answer(f"{decision_id}-v{number}-effect.csv", heads, lines)


def _none(decision_id: str, number: int) -> NotFound:
    return NotFound(
        zh="还没有测算过。",
        en="The effect was not worked out yet.",
        where=f"{decision_id} v{number}",
        hint_zh="请先在版本页面测算影响。",
        hint_en="Work it out on the version's page first.",
    )
