"""yiwang routing, report, open311: what the hotline needs from the shell."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say, shell_actor
from yiwang.flow import selectors as flow
from yiwang.flow import service as cases
from yiwang.kernel.errors import InputError
from yiwang.web.weekreport import week_html

routing = typer.Typer(help="派单：学习诉求的主题 / routing: learn what tickets are about", no_args_is_help=True)
report = typer.Typer(help="报告 / reports", no_args_is_help=True)
open311 = typer.Typer(help="Open311：外部程序的密钥 / keys of outside programs", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]
ListId = Annotated[str, typer.Option("--list", help="职责清单，只有一份时可省 / duty list, when there are several")]


@routing.callback()
def routing_() -> None:
    """Learn what tickets are about. 学习诉求的主题。"""


@report.callback()
def report_() -> None:
    """Reports of the hotline. 热线的报告。"""


@open311.callback()
def open311_() -> None:
    """Keys of outside programs that file tickets. 外部程序的密钥。"""


@routing.command("train")
def train(
    duty_list: ListId = "",
    from_history: Annotated[
        bool, typer.Option("--from-history", help="加上本市已办结的诉求 / add the city's completed tickets")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Learn from the examples of the duty list. 用职责清单的示例训练派单模型。"""
    actor = shell_actor()
    wanted = duty_list or flow.duty_list_get(actor).id
    row = cases.router_train(actor=actor, duty_list=wanted, from_history=from_history)
    if as_json:
        print_json(asdict(row))
        return
    out.print(
        say(
            f"学习了 {row.examples} 条（其中历史 {row.from_history} 条），{row.topics} 个主题；预计判断正确 {row.expected:.1%}",
            f"learnt from {row.examples} tickets ({row.from_history} of history), {row.topics} topics; "
            f"expected to be right for {row.expected:.1%}",
        )
    )
    out.print(say(f"回执 {row.receipt}", f"receipt {row.receipt}"))


@report.command("weekly")
def weekly(
    target: Annotated[Path, typer.Option("--out", dir_okay=False, help="写到 .pdf 或 .html / write to .pdf or .html")],
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="周末之后的一天，不含 / the day after the week")
    ] = "",
    duty_list: ListId = "",
    language: Annotated[str, typer.Option("--language", help="zh 或 en / zh or en")] = "zh",
    as_json: AsJson = False,
) -> None:
    """Write the analysis of the seven days before DATE (today). 写出 DATE 之前七天的分析报告。"""
    kind = target.suffix.lower()
    if kind not in {".pdf", ".html"}:
        raise InputError(zh="文件须以 .pdf 或 .html 结尾", en="the file must end in .pdf or .html", where=target.name)
    filed = cases.week_report_file(actor=shell_actor(), until=_day(until), duty_list=duty_list)
    if kind == ".pdf":
        target.write_bytes(flow.week_report_pdf(filed, language))
    else:
        page = flow.week_report_page(filed.report, language)
        target.write_text(week_html(page, filed.receipt, language), encoding="utf-8")
    if as_json:
        print_json({"file": str(target), "receipt": filed.receipt, "opened": filed.report.opened.now})
        return
    out.print(say(f"已写 {target}（回执 {filed.receipt}）", f"wrote {target} (receipt {filed.receipt})"), markup=False)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise InputError(
            zh=f"{said} 不是日期",
            en=f"{said} is no date",
            where="--until",
            hint_zh="如 2026-11-23。",
            hint_en="As 2026-11-23.",
        ) from error


@open311.command("key")
def key_make(
    title: Annotated[str, typer.Argument(help="程序的名称 / the program's name")],
    department: Annotated[str, typer.Option("--department", help="负责的部门 / the department that answers for it")],
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown once. 生成密钥，只显示一次。"""
    made = cases.client_key_make(actor=shell_actor(), title=title, department=department)
    if as_json:
        print_json({"id": made.row.id, "key": made.key})
        return
    out.print(say(f"密钥 {made.row.id}：{made.key}", f"key {made.row.id}: {made.key}"), markup=False)


@open311.command("revoke")
def key_revoke(key_id: Annotated[int, typer.Argument(help="密钥编号 / the key's number")]) -> None:
    """A key opens nothing any more. 作废密钥。"""
    row = cases.client_key_revoke(actor=shell_actor(), key_id=key_id)
    out.print(say(f"已作废：{row.title}", f"revoked: {row.title}"), markup=False)
