"""yiwang parent: share with the parent platform, both ways; and the stand-in that plays one."""

from __future__ import annotations

import secrets
import threading
from dataclasses import asdict
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say, shell_actor
from yiwang.data.service import ParentRunRow, ParentStandin, parent_pull, parent_push, portal_push

app = typer.Typer(help="上级平台：报送与回流 / the parent platform: push and pull", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


@app.command("push")
def push(as_json: Json = False) -> None:
    """Send catalogue entries and marked data up. 报送目录和数据。"""
    _tell(parent_push(actor=shell_actor()), as_json)


@app.command("pull")
def pull(as_json: Json = False) -> None:
    """Fetch what belongs to this city, and load it. 回流属地数据。"""
    _tell(parent_pull(actor=shell_actor()), as_json)


@app.command("publish")
def publish(as_json: Json = False) -> None:
    """Bring the parent's portal to what is open here. 把开放数据发布到上级开放平台。"""
    runs = portal_push(actor=shell_actor())
    if not runs and not as_json:
        out.print(say("上级开放平台与本市一致，无须报送", "the portal holds what is open here; nothing to send"))
    _tell(runs, as_json)


@app.command("standin")
def standin(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 / port")] = 8090,
    key: Annotated[
        str, typer.Option("--key", help="双方密钥 / the key both know; one is made when none is given")
    ] = "",
) -> None:
    """Play a parent platform on this machine until Ctrl+C. 模拟上级平台。"""
    known = key or secrets.token_urlsafe(24)
    with ParentStandin(known, port=port) as parent:
        out.print(say(f"模拟上级平台：{parent.url}  密钥 {known}", f"stand-in parent: {parent.url}  key {known}"))
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            out.print(say("已停止", "stopped"))


def _tell(runs: tuple[ParentRunRow, ...], as_json: bool) -> None:
    if as_json:
        print_json({"runs": [asdict(run) for run in runs]})
        return
    for run in runs:
        out.print(
            say(
                f"{run.direction} {run.resource}：{run.source} 行 = 接收 {run.accepted} + 拒绝 {run.rejected}，回执 {run.receipt}",
                f"{run.direction} {run.resource}: {run.source} = {run.accepted} accepted + {run.rejected} rejected, {run.receipt}",
            )
        )
        for reason, rows in run.reasons.items():
            out.print(f"  {rows}  {reason}", markup=False)
