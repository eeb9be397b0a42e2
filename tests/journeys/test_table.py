"""The whole journey: a department's messy table comes in, is checked, corrected, and shows on the board."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

GOOD, BAD = 3000, 20
VILLAGES = ("街津口村", "八岔村", "勤得利村", "乐业村")


def messy_table(folder: Path) -> Path:
    """As departments write them: old encoding, a header of their own, some wrong numbers."""
    lines = ["户号,姓名,村屯,取暖方式"]
    lines += [f"{300000 + n},住户{'甲乙丙丁'[n % 4]},{VILLAGES[n % 4]},电" for n in range(GOOD)]
    lines += [f"3{n}X,住户戊,八岔村,煤" for n in range(BAD)]
    path = folder / "取暖补贴（十一月）.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="gb18030")
    return path


def load_ended(page: Page) -> None:
    """The page follows the load by itself; nobody reloads it here."""
    expect(page.locator(".identity")).to_be_visible(timeout=60_000)


def figures(page: Page) -> list[int]:
    return [int(text.replace(",", "")) for text in page.locator(".identity strong").all_inner_texts()]


def test_a_messy_table_comes_in_is_corrected_and_shows_on_the_board(visit, tmp_path: Path) -> None:
    page = visit("/work/upload/", who="steward-civil")
    page.select_option("#resource", "heating-aid")
    page.set_input_files("#file", messy_table(tmp_path))
    expect(page.locator("[data-chosen]")).to_contain_text("取暖补贴（十一月）.csv")
    page.get_by_role("button", name="上传并检查").click()

    page.wait_for_url("**/work/loads/*/")
    load = page.url
    page.get_by_role("link", name="确认表头").click(timeout=60_000)
    expect(page.get_by_role("row", name="村屯 街津口村")).to_contain_text("请确认")
    page.get_by_label("村屯").select_option("village")
    page.get_by_role("button", name="确认并继续").click()

    page.wait_for_url(load)
    load_ended(page)
    assert figures(page) == [GOOD + BAD, GOOD, BAD]
    expect(page.locator(".reason-list").first).to_contain_text("户号应为 6 位数字")

    page.get_by_role("link", name="处理退回行").click()
    cell = page.locator("td.cell-bad input").first
    expect(page.get_by_role("button", name="改正并再送")).to_be_disabled()
    cell.fill("399999")
    expect(page.locator("[data-edited]")).to_have_text("1")
    page.get_by_role("button", name="改正并再送").click()

    page.wait_for_url("**/work/loads/*/")
    assert page.url != load
    load_ended(page)
    assert figures(page) == [1, 1, 0]

    page.get_by_role("link", name="看数据资源").click()
    page.get_by_role("link", name="质量", exact=True).click()
    expect(page.locator("main")).to_contain_text("精确性")
    expect(page.locator("[data-chart=lines] svg")).to_be_visible()

    board = visit("/cockpit/", who="leader")
    board.locator("summary", has_text="看同样内容的表格").first.click()
    cells = board.locator("#departments-table tr", has_text="民政局").locator("td").all_inner_texts()
    assert int(cells[1].replace(",", "")) > GOOD, "the rows of this journey stand on the board"
    expect(board.locator("main")).to_contain_text(re.compile(r"来源 3,\d+ = 入库 3,\d+ \+ 退回"))
