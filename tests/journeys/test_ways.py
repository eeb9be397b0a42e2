"""Ways through the city that need a real browser: keyboard, language, tables, no scripts."""

from __future__ import annotations

from playwright.sync_api import expect


def test_the_first_tab_stop_skips_to_the_content(visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_language_is_switched_in_place_and_kept(visit) -> None:
    page = visit("/catalogue/", who="lead")
    expect(page.locator("h1")).to_have_text("数据目录")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Data catalogue")
    page.goto("/work/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_menu_of_a_telephone_opens_and_closes_by_keyboard(visit) -> None:
    page = visit("/work/", who="lead", width=390)
    menu = page.locator(".nav-fold summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".nav-fold .drop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".nav-fold .drop")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_table_sorts_filters_and_leaves_as_csv(visit) -> None:
    page = visit("/work/departments/", who="lead")
    rows = page.locator("#departments tbody tr:visible")
    count = rows.count()
    page.get_by_role("button", name="代码").click()
    codes = page.locator("#departments tbody td:nth-child(2)").all_inner_texts()
    assert codes == sorted(codes)
    page.get_by_label("在表中筛选").fill("civil-affairs")
    assert 0 < rows.count() < count
    with page.expect_download() as saved:
        page.get_by_role("button", name="存为 CSV").click()
    assert "civil-affairs" in saved.value.path().read_text(encoding="utf-8-sig")


def test_every_chart_of_the_board_is_drawn_and_its_table_opens(visit) -> None:
    page = visit("/cockpit/", who="leader")
    charts = page.locator("[data-chart]")
    expect(charts.first.locator("svg")).to_be_visible()
    assert charts.count() >= 2
    assert all(charts.nth(at).get_attribute("aria-label") for at in range(charts.count()))
    page.locator("summary", has_text="看同样内容的表格").first.click()
    expect(page.locator("#dimensions-table")).to_be_visible()


def test_the_work_can_be_done_without_scripts(visit, tmp_path) -> None:
    page = visit("/work/upload/", who="steward-civil", scripts=False)
    table = tmp_path / "plain.csv"
    table.write_text("户号,姓名,所在村,取暖方式\n200001,周立春,乐业村,电\n", encoding="utf-8")
    page.select_option("#resource", "heating-aid")
    page.set_input_files("#file", table)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/work/loads/*/")
    for _ in range(60):
        if page.locator(".identity").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(".identity .good strong")).to_have_text("1")


def test_a_sign_in_button_of_the_demo_leads_into_the_city(visit) -> None:
    page = visit("/sign-in/")
    page.get_by_role("button", name="用它登录 leader").click()
    page.wait_for_url("**/work/")
    expect(page.get_by_role("navigation", name="主菜单")).to_contain_text("驾驶舱")
