"""An inspection is recorded through a real browser: received without scripts, played by parts, its custody told."""

from __future__ import annotations

import io
import wave
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

CASES = "/work/cases/?item=market-inspection"
WIDE, TELEPHONE, SECONDS, RATE = 1280, 390, 120, 44_100
GRAVE = {"serious", "critical"}


def sound() -> bytes:
    """Two minutes of silence, ten megabytes: more than a player asks for at once."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * RATE * SECONDS))
    return target.getvalue()


def readable(page: Page) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [(one["id"], one["nodes"][0]["failureSummary"]) for one in found if one["impact"] in GRAVE]
    page.set_viewport_size({"width": TELEPHONE, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE
    page.set_viewport_size({"width": WIDE, "height": 900})


@pytest.fixture
def number(visit) -> str:
    """Received without scripts: the address of the recording."""
    page = visit(CASES, who="lead", scripts=False)
    page.locator("main tbody th a").first.click()
    expect(page.locator("#recordings")).to_contain_text("现场检查")
    page.get_by_role("link", name="查看或收录").click()
    now = timezone.localtime()
    page.get_by_label("录音录像文件").set_input_files({"name": "现场.wav", "mimeType": "audio/wav", "buffer": sound()})
    page.get_by_label("开始时间").fill((now - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("结束时间").fill((now - timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("设备编号").fill("ZF-0107")
    page.get_by_label("在哪个环节录的").select_option("inspect")
    page.get_by_label("其他部门的人员").fill("lead leader")
    page.get_by_label("地点", exact=True).fill("通江街 12 号")
    expect(page.get_by_label("依据")).to_have_value("行政处罚法 第四十七条")
    page.get_by_role("button", name="收录并封存").click()
    expect(page.locator("main")).to_contain_text("已收录")
    return str(page.url)


def test_a_recording_is_received_watched_and_its_custody_told(visit, number: str) -> None:
    page = visit(number, who="leader")
    readable(page)
    page.get_by_label("用途").fill("法制审核")
    page.get_by_role("button", name="打开").click()
    player = page.locator("audio.player")
    expect(player).to_be_visible()
    assert player.evaluate(
        "e => e.readyState ? e.duration : new Promise(r => e.onloadedmetadata = () => r(e.duration))"
    )
    assert player.evaluate("e => Math.round(e.duration)") == SECONDS
    # Far beyond what was read: only a server that answers ranges lets a player go there.
    assert (
        player.evaluate("e => new Promise(r => { e.onseeked = () => r(e.currentTime); e.currentTime = 100; })") == 100
    )
    assert player.evaluate("e => e.error") is None
    readable(page)
    custody = page.get_by_role("table").locator("tbody tr")
    expect(custody).to_have_count(2)
    expect(custody.nth(1)).to_contain_text("法制审核")
    english = visit(number, who="leader", language="en-US")
    expect(english.locator("main")).to_contain_text("Chain of custody")
    listed = visit(number.rsplit("/", 2)[0] + "/", who="leader")
    readable(listed)
    expect(listed.locator("main")).to_contain_text("保管链完整")
