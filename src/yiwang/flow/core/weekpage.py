"""The weekly report as sections in one language: a lead sentence, a chart and always its table. HTML and PDF print the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from yiwang.flow.core.scoring import Middle, Share
from yiwang.flow.core.weekly import Compared, Counted, WeekReport
from yiwang.kernel.core.text import Text

NOTHING = "—"
MOST_BARS = 12


@dataclass(frozen=True)
class Series:
    title: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Bars:
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Section:
    """`rows` under `heads` say all the chart shows. A section without rows says why in its lead."""

    id: str
    title: str
    lead: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    chart: Bars | None = None
    note: str = ""


@dataclass(frozen=True)
class WeekPage:
    title: str
    subtitle: str
    sections: tuple[Section, ...]


def week_page(report: WeekReport, language: str) -> WeekPage:
    say = _Words(language, report.until.tzinfo)
    last = report.days[-1].day
    return WeekPage(
        title=say("12345 热线每周分析", "12345 hotline: weekly analysis"),
        subtitle=f"{report.days[0].day} – {last}",
        sections=(
            _volume(report, say),
            _days(report, say),
            _classes(report, say),
            _hot(report, say),
            _late(report, say),
            _bounces(report, say),
            _gaps(report, say),
            _departments(report, say),
            _channels(report, say),
            _definitions(report, say),
        ),
    )


@dataclass(frozen=True)
class _Words:
    language: str
    zone: tzinfo | None = None

    def __call__(self, zh: str, en: str) -> str:
        return Text(zh=zh, en=en).say(self.language)

    def of(self, text: Text) -> str:
        return text.say(self.language)

    @property
    def none(self) -> str:
        return self("本周没有。", "None this week.")

    def change(self, count: Compared) -> str:
        if count.change is None:
            return NOTHING
        return f"{count.change:+.1%}"

    def share(self, share: Share) -> str:
        """The share with its n, and a star where n is small."""
        if share.value is None:
            return NOTHING
        return f"{share.value:.1%} ({share.hits}/{share.n}){'*' if share.small else ''}"

    def middle(self, middle: Middle) -> str:
        if middle.value is None:
            return NOTHING
        return f"{middle.value:.1f} (n={middle.n}){'*' if middle.small else ''}"

    def moment(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at is not None else NOTHING

    def week_heads(self, first: str) -> tuple[str, ...]:
        return (first, self("本周", "This week"), self("上周", "Week before"), self("变化", "Change"))

    def compared(self, name: str, count: Compared) -> tuple[str, ...]:
        return (name, str(count.now), str(count.before), self.change(count))


def _volume(report: WeekReport, say: _Words) -> Section:
    opened, closed = report.opened, report.closed
    lead = say(
        f"本周受理 {opened.now} 件（上周 {opened.before} 件，{say.change(opened)}），办结 {closed.now} 件；"
        f"截至周末在办 {report.waiting} 件，其中超期 {report.late.now} 件。",
        f"{opened.now} tickets came in ({opened.before} the week before, {say.change(opened)}) and {closed.now} were closed; "
        f"at its end {report.waiting} were open, {report.late.now} of them late.",
    )
    shares = (
        (say("按时办结率", "Answered in time"), report.in_time),
        (say("解决率（回访）", "Solved (call back)"), report.solved),
        (say("满意率", "Satisfied"), report.satisfied),
    )
    rows = (
        say.compared(say("受理", "Came in"), opened),
        say.compared(say("办结", "Closed"), closed),
        say.compared(say("超期在办", "Open and late"), report.late),
        say.compared(say("退单", "Refusals"), report.refusals),
        *((name, say.share(now), say.share(before), NOTHING) for name, (now, before) in shares),
    )
    return Section("volume", say("总量", "Volume"), lead, say.week_heads(say("指标", "Figure")), rows)


def _days(report: WeekReport, say: _Words) -> Section:
    chart = Bars(
        tuple(f"{d.day:%m-%d}" for d in report.days),
        (
            Series(say("受理", "Came in"), tuple(float(d.opened) for d in report.days)),
            Series(say("办结", "Closed"), tuple(float(d.closed) for d in report.days)),
        ),
    )
    rows = tuple((str(d.day), str(d.opened), str(d.closed)) for d in report.days)
    heads = (say("日期", "Day"), say("受理", "Came in"), say("办结", "Closed"))
    return Section(
        "days", say("逐日", "Day by day"), say("每天受理和办结的件数。", "Tickets of each day."), heads, rows, chart
    )


def _counted(lines: tuple[Counted, ...], say: _Words) -> tuple[tuple[tuple[str, ...], ...], Bars | None]:
    rows = tuple(say.compared(say.of(line.title), line.count) for line in lines)
    shown = lines[:MOST_BARS]
    if not shown:
        return rows, None
    return rows, Bars(
        tuple(say.of(line.title) for line in shown),
        (
            Series(say("本周", "This week"), tuple(float(line.count.now) for line in shown)),
            Series(say("上周", "Week before"), tuple(float(line.count.before) for line in shown)),
        ),
    )


def _classes(report: WeekReport, say: _Words) -> Section:
    rows, chart = _counted(report.classes, say)
    title, heads = say("诉求类别", "Classes"), say.week_heads(say("类别", "Class"))
    if not report.classes:
        return Section("classes", title, say.none)
    most = report.classes[0]
    lead = say(
        f"最多的是“{most.title.zh}”，{most.count.now} 件。", f"Most were about “{most.title.en}”: {most.count.now}."
    )
    return Section("classes", title, lead, heads, rows, chart)


def _channels(report: WeekReport, say: _Words) -> Section:
    rows, chart = _counted(report.channels, say)
    title = say("来源渠道", "Channels")
    if not rows:
        return Section("channels", title, say.none)
    lead = say("各渠道受理件数。", "Tickets by the way they came.")
    return Section("channels", title, lead, say.week_heads(say("渠道", "Channel")), rows, chart)


def _hot(report: WeekReport, say: _Words) -> Section:
    title = say("热点", "Hot topics")
    if not report.hot:
        return Section("hot", title, say("本周没有集中的诉求。", "No matter drew many tickets this week."))
    rows = tuple(
        ("、".join(h.words), say.of(h.topic) if h.topic else NOTHING, str(h.count), " ".join(h.numbers))
        for h in report.hot
    )
    chart = Bars(
        tuple(" ".join(h.words[:3]) for h in report.hot[:MOST_BARS]),
        (Series(say("件数", "Tickets"), tuple(float(h.count) for h in report.hot[:MOST_BARS])),),
    )
    heads = (say("共同用词", "Shared words"), say("主题", "Topic"), say("件数", "Tickets"), say("例", "Some of them"))
    lead = say("文字相近、反映同一件事的诉求。", "Tickets whose texts are close: about one matter.")
    return Section("hot", title, lead, heads, rows, chart)


def _late(report: WeekReport, say: _Words) -> Section:
    title = say("超期", "Late")
    if not report.late_lines:
        return Section("late", title, say("周末没有超期在办的诉求。", "At the end of the week nothing open was late."))
    rows = tuple(
        (line.number, say.of(line.topic), say.of(line.department), say.moment(line.due_at), f"{line.days:.1f}")
        for line in report.late_lines
    )
    heads = (
        say("编号", "Number"),
        say("主题", "Topic"),
        say("部门", "Department"),
        say("到期", "Due"),
        say("超期天数", "Days late"),
    )
    lead = say(
        f"周末在办并已超期 {report.late_total} 件，下面是最久的 {len(rows)} 件。",
        f"{report.late_total} open tickets were late at the end of the week; these are the {len(rows)} longest.",
    )
    return Section("late", title, lead, heads, rows)


def _bounces(report: WeekReport, say: _Words) -> Section:
    title = say("退单", "Refusals")
    if not report.bounces:
        return Section("bounces", title, say.none)
    rows = tuple(
        (say.of(line.topic), str(line.count), "、".join(say.of(d) for d in line.departments)) for line in report.bounces
    )
    chart = Bars(
        tuple(say.of(line.topic) for line in report.bounces[:MOST_BARS]),
        (Series(say("退单", "Refusals"), tuple(float(line.count) for line in report.bounces[:MOST_BARS])),),
    )
    heads = (say("主题", "Topic"), say("次数", "Times"), say("退单部门", "Refused by"))
    lead = say(
        f"本周退单 {report.refusals.now} 次（上周 {report.refusals.before} 次）。",
        f"{report.refusals.now} refusals this week ({report.refusals.before} the week before).",
    )
    return Section("bounces", title, lead, heads, rows, chart)


def _gaps(report: WeekReport, say: _Words) -> Section:
    title = say("职责空白", "Duty gaps")
    if not report.gaps:
        return Section("gaps", title, say.none)
    rows = tuple(
        (
            say.of(gap.topic),
            gap.number,
            say.moment(gap.opened_at),
            say.moment(gap.ruled_at) if gap.ruled_at else say("待裁定", "not ruled yet"),
            say.of(gap.department) if gap.department else NOTHING,
        )
        for gap in report.gaps
    )
    heads = (
        say("主题", "Topic"),
        say("裁定办件", "Case"),
        say("提出", "Opened"),
        say("裁定", "Ruled"),
        say("负责部门", "Responsible"),
    )
    lead = say(
        "反复退单的主题，提请裁定由谁负责。", "Topics refused again and again, put to a ruling on who is responsible."
    )
    return Section("gaps", title, lead, heads, rows)


def _departments(report: WeekReport, say: _Words) -> Section:
    title = say("部门", "Departments")
    if not report.departments:
        return Section("departments", title, say.none)
    heads = (
        say("部门", "Department"),
        say("诉求", "Tickets"),
        say("依法不能办", "Not allowed"),
        say("未写依据", "No article"),
        say("按时", "In time"),
        say("解决", "Solved"),
        say("满意", "Satisfied"),
        say("退单", "Refused"),
        say("重办", "Reopened"),
        say("天数", "Days"),
    )
    rows = tuple(
        (
            say.of(line.name),
            str(line.score.tickets),
            str(line.score.impossible),
            str(line.score.unfounded),
            say.share(line.score.in_time),
            say.share(line.score.solved),
            say.share(line.score.satisfied),
            say.share(line.score.bounced),
            say.share(line.score.reopened),
            say.middle(line.score.median_days),
        )
        for line in report.departments
    )
    shown = report.departments[:MOST_BARS]
    chart = Bars(
        tuple(say.of(line.name) for line in shown),
        (
            Series(say("一般诉求", "Ordinary"), tuple(float(line.score.reasonable) for line in shown)),
            Series(say("依法不能办", "Not allowed"), tuple(float(line.score.impossible) for line in shown)),
        ),
    )
    note = say(
        f"* 表示 n 小于 {report.small}：数量少，一件就能改变比率，不宜比较。括号内为分子/分母。",
        f"* n is less than {report.small}: one ticket moves the share, do not compare. In brackets: hits/n.",
    )
    lead = say(
        "本周受理的诉求，按负责部门。", "Tickets that came in this week, by the department that answers for them."
    )
    return Section("departments", title, lead, heads, rows, chart, note)


def _definitions(report: WeekReport, say: _Words) -> Section:
    rows = tuple((say.of(d.title), say.of(d.text)) for d in report.definitions)
    lead = say("各项怎样计算。", "How each figure is counted.")
    return Section(
        "definitions", say("口径", "Definitions"), lead, (say("指标", "Figure"), say("口径", "Definition")), rows
    )
