"""The way of a changed threshold through a real browser: drafted, weighed, sent, approved by somebody else, rolled back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

DECISION = "/studio/elder-allowance/"


def changed(page: Page, value: str) -> None:
    """Fill in the form of the one parameter and save the draft."""
    page.get_by_label("新的值").fill(value)
    page.get_by_label("自何日起").fill("2026-07-01")
    page.get_by_label("依据的文件").fill("关于调整高龄补贴标准的通知")
    page.get_by_label("条款").fill("第二条")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_url("**/versions/*/")


def test_a_threshold_is_changed_weighed_approved_by_another_and_rolled_back(visit) -> None:
    author = visit("/work/", who="steward-civil")
    author.get_by_role("navigation", name="主菜单").get_by_role("link", name="规则").click()
    author.get_by_role("link", name="高龄补贴").click()
    author.get_by_role("link", name="修改").click()
    changed(author, "120")
    where = author.url.partition("#")[0]
    expect(author.get_by_text("由 100 改为 120 元/月")).to_be_visible()

    author.get_by_label("用途").fill("测算上调标准的影响")
    author.get_by_label("按哪一天测算").fill("2026-11-01")
    author.get_by_role("button", name="测算影响").click()
    expect(author.locator(".impact")).to_contain_text("2,760", timeout=60_000)
    expect(author.locator("[data-chart] svg")).to_be_visible()
    author.get_by_label("给批准人的话").fill("按通知调整")
    author.get_by_role("button", name="提交审批").click()
    expect(author.get_by_text("起草人不能批准自己的版本")).to_be_visible()
    expect(author.get_by_role("button", name="批准")).to_have_count(0)

    approver = visit(where, who="leader")
    expect(approver.locator(".impact")).to_contain_text("2,760")
    approver.get_by_role("button", name="批准，立即生效").click()
    expect(approver.get_by_text("已批准，从现在起生效")).to_be_visible()

    approver.get_by_role("link", name="版本与历史").last.click()
    expect(approver.locator("#versions")).to_contain_text("演示·市领导")
    approver.get_by_role("link", name="退回到这一版").first.click()
    expect(approver.get_by_text("已经作出的决定不变")).to_be_visible()
    approver.get_by_label("理由").fill("通知撤销")
    approver.get_by_role("button", name="确认退回").click()
    expect(approver.get_by_text("第 1 版重新生效")).to_be_visible()
    author.goto(DECISION)
    expect(author.get_by_text("现为 100 元/月")).to_be_visible()


def test_a_cell_of_the_table_is_changed_in_the_editor_and_keeps_its_article(visit) -> None:
    page = visit(f"{DECISION}change/table/", who="steward-civil")
    expect(page.locator("[data-dmn-editor][data-drawn]")).to_be_visible()
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    for row, old in ((0, "< 80"), (1, ">= 80")):
        cell = page.locator("td.input-cell").nth(row)
        expect(cell).to_have_text(old)
        cell.click()
        page.keyboard.press("End")
        page.keyboard.press("Backspace")
        page.keyboard.type("2")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_url("**/versions/*/")
    expect(page.locator(".change-list")).to_contain_text("由“小于 80”改为“小于 82”")
    expect(page.locator(".change-list li")).to_have_count(2)
    expect(page.get_by_text("没有漏洞、重叠或用不到的规则；每条规则都写明依据。")).to_be_visible()


def test_a_case_is_tried_and_a_threshold_changed_without_scripts(visit) -> None:
    page = visit(f"{DECISION}try/", who="steward-civil", scripts=False)
    page.get_by_label("年龄").fill("79")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("heading", name="79 周岁，未满八十周岁。")).to_be_visible()
    page.goto(f"{DECISION}change/")
    changed(page, "110")
    expect(page.get_by_text("由 100 改为 110 元/月")).to_be_visible()
    page.goto(f"{DECISION}change/table/")
    expect(page.get_by_label("规则表的文字")).to_be_visible()
