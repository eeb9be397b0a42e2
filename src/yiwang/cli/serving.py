"""yiwang up and yiwang demo: the web server, its worker and the event loop, watched by one parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from typing import Annotated

import typer
from rich.progress import Progress

from yiwang.cli.city import prepare
from yiwang.cli.demosteps import looks_make, sets_open
from yiwang.cli.output import say, shell_actor, told
from yiwang.cli.synthetic import make, synth_folder
from yiwang.data.selectors import catalogue_facets, city_inhabitants
from yiwang.data.service import city_lists, exchange_until, lake_tidy_queue, load_run
from yiwang.flow.service import router_train, specimens_make, tick_until
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.errors import Conflict, Unavailable
from yiwang.kernel.selectors import account_named, city_is_synthetic, demo_accounts
from yiwang.kernel.service import city_mark_synthetic, demo_accounts_create, dispatch_until, liaison_assign
from yiwang.trust.selectors import DEMO_CLIENT
from yiwang.trust.service import append_until, demo_client_make, grants_expire, grants_remind, subject_bind

READY_SECONDS = 60
TIDY_SECONDS = 24 * 3600
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="端口 / port")]
Host = Annotated[str, typer.Option("--host", help="监听地址 / address to listen on")]


def up(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Serve the city that is there. 启动服务。"""
    serve(host, port, browser=False)


def demo(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    residents: Annotated[int, typer.Option("--residents", min=100, help="合成人口 / synthetic residents")] = 20_000,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 / open a browser")] = True,
) -> None:
    """Build a synthetic city, load its lists and serve it. 演示：建城、归集、启动。"""
    prepare()
    if not city_is_synthetic():
        _build(residents)
    serve(host, port, browser=browser)


def _build(residents: int) -> None:
    actor = shell_actor()
    if any(synth_folder().glob("lists/*")) and not (synth_folder() / "manifest.json").exists():
        told.print(say("上次未完成，重新生成", "The last run stopped half-way; making it again"))
    if not (synth_folder() / "manifest.json").exists():
        make(synth_folder(), residents, seed=7)
    with Progress(console=told, transient=True) as bar:
        lists = city_lists(synth_folder())
        step = bar.add_task(say("归集各部门名单", "Loading the departments' lists"), total=len(lists))
        for resource, path in lists:
            bar.update(step, description=say(f"归集 {resource}", f"Loading {resource}"))
            load_run(actor=actor, resource_id=resource, path=path, file_name=path.name)
            bar.advance(step)
    city_mark_synthetic(actor=actor)
    demo_accounts_create(actor=actor)
    _name_liaisons(actor)
    _bind_people(actor)
    looks_make()
    sets_open()
    with Progress(console=told, transient=True) as bar:
        bar.add_task(say("受理样例工单", "Taking in sample tickets"), total=None)
        router_train(actor=actor, duty_list="hotline")
        specimens_make(actor=actor)


def _name_liaisons(actor: Actor) -> None:
    """Every department that provides data has somebody one can ask, in the demo a made-up one."""
    for facet in catalogue_facets(actor)["provider"]:
        liaison_assign(actor=actor, department=facet.value, name="演示联络员")


def _bind_people(actor: Actor) -> None:
    """The demo accounts of residents and a firm are people of the city, and one department has a program that asks."""
    for username, who in zip(("resident", "resident-two", "firm"), city_inhabitants(), strict=True):
        subject_bind(
            actor=actor,
            account=account_named(username),
            kind=who.kind,
            identifier=who.identifier,
            assurance="demo",
            title=who.title,
        )
    demo_client_make(actor=actor)


def serve(host: str, port: int, *, browser: bool) -> None:
    """Run web, worker and event delivery until a signal; a child that dies is started again."""
    stop = threading.Event()
    # A handler may not set the event itself: it can arrive while this thread holds the event's own lock.
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    python = [sys.executable, "-m", "yiwang.cli.tether"]
    # A use of data waits until its line is on disk; those that wait together share one flush, so more threads do more.
    commands = {
        "web": [*python, "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
        + ["--blocking-threads", "16", "--workers-kill-timeout", "10", "--log-level", "warning"]
        + ["yiwang.config.wsgi:application"],
        "worker": [*python, "django", "db_worker", "--interval", "0.5"],
    }
    children = {name: _begin(command) for name, command in commands.items()}
    loops = [
        threading.Thread(target=loop, args=(stop,), daemon=True)
        for loop in (dispatch_until, tick_until, append_until, exchange_until)
    ]
    for loop in loops:
        loop.start()
    try:
        _wait_ready(host, port, children["web"], signals)
        if not signals:
            _greet(host, port, browser)
        tidied = time.monotonic()
        while not signals:
            time.sleep(0.5)
            if time.monotonic() - tidied > TIDY_SECONDS:
                tidied = time.monotonic()
                lake_tidy_queue()
                grants_expire(actor=system_actor("server"))
                grants_remind(actor=system_actor("server"))
            for name, child in children.items():
                if child.poll() is not None and not signals:
                    told.print(
                        say(
                            f"{name} 意外退出（{child.returncode}），重新启动",
                            f"{name} ended ({child.returncode}); starting it again",
                        )
                    )
                    time.sleep(1)
                    children[name] = _begin(commands[name])
    finally:
        stop.set()
        for child in children.values():
            child.terminate()
        for child in children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        for loop in loops:
            loop.join(5)
        # Python gives handlers of ours back before it ends; a signal in that moment would make a clean end look like a crash.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


def _begin(command: list[str]) -> subprocess.Popen[bytes]:
    """The pipe is the line that tells a child, by closing, that this process is no more; nothing is ever written to it."""
    return subprocess.Popen(command, env=dict(os.environ), stdin=subprocess.PIPE)


def _wait_ready(host: str, port: int, web: subprocess.Popen[bytes], signals: list[int]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not signals:
        if web.poll() is not None:
            raise Conflict(
                zh=f"服务没有启动，端口 {port} 可能已被占用",
                en=f"the server did not start; port {port} may be taken",
                where=f"{host}:{port}",
                hint_zh="换一个端口：--port 8001。",
                hint_en="Try another: --port 8001.",
            )
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    if signals:
        return
    raise Unavailable(zh="服务一分钟内没有就绪", en="the server was not ready within a minute", where=f"{host}:{port}")


def _greet(host: str, port: int, browser: bool) -> None:
    address = f"http://{host}:{port}/"
    told.print(
        say(f"已启动：[bold]{address}[/bold]  （Ctrl+C 停止）", f"Serving: [bold]{address}[/bold]  (Ctrl+C stops)")
    )
    accounts = demo_accounts()
    if accounts:
        told.print(say("演示账号（数据均为合成）：", "Demo accounts (all data is made up):"))
        for account in accounts:
            told.print(f"  {account.username:<16}{account.password:<20}{account.name.zh} / {account.name.en}")
        told.print(say("演示接口客户端", "Demo API client") + f":  {DEMO_CLIENT.client_id}  {DEMO_CLIENT.secret}")
    if browser and os.environ.get("DISPLAY"):
        webbrowser.open(address)
