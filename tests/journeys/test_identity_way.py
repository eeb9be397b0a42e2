"""Signing in as people do: with a passkey of a (virtual) device, with recovery codes, and ending a session elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

PASSWORD = "yiwang-demo-2026"
GRAVE = {"serious", "critical"}
# Neither of them is used by the other journeys, which keep the sessions they began with.
WHO, OTHER = "resident", "resident-two"


@pytest.fixture
def place(city: str) -> str:
    """The same city under a name: browsers give passkeys to no bare address."""
    return f"http://localhost:{urlsplit(city).port}"


@pytest.fixture
def page(browser: Browser, place: str) -> Iterator[Page]:
    faults: list[str] = []
    context = browser.new_context(base_url=place, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    yield page
    context.close()
    assert not faults, faults


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in/")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


def device(page: Page) -> None:
    """A security key of its own for this browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_resident_adds_a_passkey_signs_in_with_it_and_then_with_a_recovery_code(page: Page) -> None:
    device(page)
    sign_in(page, WHO)
    page.wait_for_url("**/account/")
    page.goto("/account/security/passkey/")
    page.fill("#label", "办公室电脑")
    page.get_by_role("button", name="登记这台设备").click()
    expect(page.locator("#codes li")).to_have_count(10)
    code = page.locator("#codes li").first.inner_text()
    page.get_by_role("link", name="已保存").click()
    expect(page.get_by_role("row", name=re.compile("办公室电脑"))).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, WHO)
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/account/")
    page.goto("/account/security/")
    expect(page.get_by_text("password+passkey")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, WHO)
    page.fill("#code", code)
    page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/account/")

    page.context.clear_cookies()
    sign_in(page, WHO)
    page.fill("#code", code)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert").first).to_contain_text("验证没有通过")


def test_a_session_that_is_ended_elsewhere_opens_nothing_more(browser: Browser, page: Page, place: str) -> None:
    sign_in(page, OTHER)
    page.wait_for_url("**/account/")
    elsewhere = browser.new_context(base_url=place)
    other = elsewhere.new_page()
    sign_in(other, OTHER)
    other.wait_for_url("**/account/")
    other.goto("/account/security/")
    other.get_by_role("button", name="结束其他所有会话").click()
    expect(other.get_by_role("status")).to_contain_text("已结束其他")
    page.goto("/account/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    elsewhere.close()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("/account/", "resident-two"),
        ("/account/people/", "resident-two"),
        ("/account/security/", "resident-two"),
        ("/account/security/app/", "resident-two"),
        ("/account/security/passkey/", "resident-two"),
        ("/work/accounts/", "admin"),
        ("/work/bind/", "admin"),
        ("/work/clients/", "admin"),
        ("/work/providers/", "admin"),
    ],
)
def test_the_pages_of_signing_in_are_for_everybody_and_fit_a_telephone(
    browser: Browser, place: str, where: str, who: str, language: str
) -> None:
    context = browser.new_context(base_url=place, viewport={"width": 1280, "height": 900})
    context.add_cookies(
        [{"name": "django_language", "value": "en" if language == "en-US" else "zh-hans", "url": place}]
    )
    page = context.new_page()
    sign_in(page, who)
    page.wait_for_url(re.compile("/(account|work)/"))
    page.goto(where)
    expect(page.locator("h1")).to_have_count(1)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [(one["id"], one["nodes"][0]["target"]) for one in found if one["impact"] in GRAVE]
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
