"""yiwang clock due: when something is due, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from yiwang.cli.output import language, out, print_json
from yiwang.kernel.selectors import calendar_at_hand, due_answer

app = typer.Typer(help="时限 / clocks", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Makes `due` a sub-command although it is the only one."""


@app.command("due")
def due(
    budget: Annotated[str, typer.Option("--budget", help="20wd、15d、4h、8wh")],
    start: Annotated[str, typer.Option("--from", help="2026-09-28T10:00（北京时间）/ Beijing time")],
    suspend: Annotated[list[str] | None, typer.Option("--suspend", help="A..B[@原因]，可多次 / repeatable")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Say when a time limit ends, over holidays, make-up days and suspensions. 计算到期时刻。"""
    answer = due_answer(budget, start, suspend or [], calendar_at_hand())
    if as_json:
        print_json(answer)
        return
    out.print(answer["due"] or "—")
    out.print(answer["explanation"]["en" if language() == "en" else "zh"])
