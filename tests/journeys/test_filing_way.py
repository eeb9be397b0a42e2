"""A resident files with what was given before: it is offered, chosen without a script, and seen among the uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

PASSWORD = "yiwang-demo-2026"


@pytest.fixture
def page(browser: Browser, city: str) -> Iterator[Page]:
    context = browser.new_context(base_url=city, java_script_enabled=False, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def filled(page: Page) -> None:
    """The form as it is opened, with everything but the file."""
    page.goto("/services/reconsideration/apply/")
    page.fill("[name='q.respondent']", "市场监管局")
    page.fill("[name='q.act']", "罚款五百元")
    page.fill("[name='q.known_on']", "2026-03-02")
    page.fill("[name='q.claim']", "请求撤销")
    page.check("[name='q.procedure'][value='simple']")
    page.fill("[name='q.name']", "王某")
    page.fill("[name='q.phone']", "13900000000")


def test_what_was_given_once_is_offered_chosen_and_seen(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("#username", "elder-seen")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    filled(page)
    paper = {"name": "decision.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 decision"}
    page.set_input_files("[name='q.decision_file']", files=[paper])
    page.click("button[value='submit']")
    page.check("[name='keep']")
    page.click("text=确认提交")
    filled(page)
    page.click("button[value^='held:decision_file:material:']")
    expect(page.locator(".form-files")).to_contain_text("decision.pdf")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("button[value='submit']")
    page.click("text=确认提交")
    page.goto("/my/materials/")
    expect(page.locator("table").nth(1)).to_contain_text("我同意")
    page.goto("/account/cases/")
    expect(page.locator("tbody tr").first).to_contain_text("行政复议")
