"""A served city of its own and a real browser to walk through it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from machine import absent, free_port
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PASSWORD = "yiwang-demo-2026"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 180

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


# A module at a time: while Playwright runs, Django refuses the database to every other test of the same process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        absent("Chromium", "apt-get install chromium")
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz") as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served city: as an operator serves it, with its worker."""
    home = tmp_path_factory.mktemp("city")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YIWANG_")}
    env = inherited | {
        "YIWANG_HOME": str(home),
        "YIWANG_SECRET_KEY": "only-for-journeys",
        "DJANGO_SETTINGS_MODULE": "yiwang.config.demo",
    }
    made = subprocess.run([sys.executable, str(HERE / "cityseed.py")], env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    port, log = free_port(), home / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("yiwang"), "up", "--port", str(port)], env=env, stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server, log)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def passes() -> dict[str, Any]:
    """The session of each person who signed in already: passwords are slow on purpose."""
    return {}


def _passes(browser: Browser, city: str, passes: dict[str, Any], who: str) -> Any:
    if who not in passes:
        context = browser.new_context(base_url=city)
        page = context.new_page()
        page.goto("/sign-in/")
        page.fill("#username", who)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        # Residents land at their account, officers at the workbench.
        page.wait_for_url(re.compile("/(work|account)/$"))
        passes[who] = context.storage_state()
        context.close()
    return passes[who]


@pytest.fixture
def visit(browser: Browser, city: str, passes: dict[str, Any]) -> Iterator[Visit]:
    """Opens an address as somebody, in a language, at a width; fails on any error in the console."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def go(where: str, *, who: str = "", language: str = "zh-CN", width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            storage_state=_passes(browser, city, passes, who) if who else None,
            base_url=city,
            locale=language,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        contexts.append(context)
        if language != "zh-CN":
            # What the switch in the page's head leaves behind.
            context.add_cookies([{"name": "django_language", "value": "en", "url": city}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: said.type == "error" and faults.append(f"{page.url}: {said.text}"))
        page.on("request", lambda asked: asked.url.startswith((city, "data:", "blob:")) or faults.append(asked.url))
        page.goto(where)
        return page

    yield go
    for context in contexts:
        context.close()
    assert not faults, faults
