"""Ways of cases through a real browser: filed and taken up again, refused and ruled, drawn anew."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000"
    "000049454e44ae426082"
)
HERE = {"longitude": 132.518, "latitude": 47.651}


def filed(visit, content: str, *, topic: str = "heating", scripts: bool = True, picture: bool = False) -> Page:
    """A citizen fills in the form, reviews and sends it; the page is the receipt."""
    page = visit("/services/hotline-ticket/", scripts=scripts)
    page.get_by_role("link", name="开始办理").click()
    page.get_by_label("您要反映什么").fill(content)
    page.get_by_label("求助、投诉、举报、建议").check()
    page.get_by_label("关于什么").select_option(topic)
    page.get_by_label("在什么地方").fill("乐业小区三号楼")
    if picture:
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation(HERE)
        page.get_by_role("button", name="用我现在的位置").click()
        expect(page.get_by_label("在地图上的位置")).to_have_value(re.compile(r"^132\.518"))
        page.locator(".place-plane").click(position={"x": 90, "y": 60})
        page.get_by_label("照片").set_input_files({"name": "cold.png", "mimeType": "image/png", "buffer": PICTURE})
    page.get_by_label("怎么称呼您").fill("王大江")
    page.get_by_label("联系电话").fill("13900000000")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="请核对，再提交")).to_be_visible()
    expect(page.locator("main")).to_contain_text(content)
    page.get_by_role("button", name="确认提交").click()
    expect(page.locator("[data-code]")).to_be_visible()
    return page


def number_of(page: Page) -> str:
    return page.locator("[data-number]").inner_text().strip()


def open_work(page: Page, number: str) -> None:
    page.goto(f"/work/cases/{number}/")
    page.locator("main a[href^='/work/works/']").first.click()


def test_a_citizen_files_with_a_photo_and_a_place_is_called_back_and_says_not_solved(visit) -> None:
    citizen = filed(visit, "暖气不热，室内十五度", picture=True)
    number = number_of(citizen)
    citizen.get_by_role("link", name="看进度").click()
    expect(citizen.locator("main")).to_contain_text("已受理")

    worker = visit("/work/works/?whose=department", who="staff-housing")
    expect(worker.locator("main")).to_contain_text(number)
    open_work(worker, number)
    expect(worker.locator("main")).to_contain_text("乐业小区三号楼")
    worker.get_by_label("已办成").check()
    worker.get_by_label("给诉求人的答复").fill("已排气，请再看看")
    worker.get_by_role("button", name="提交", exact=True).click()
    expect(worker.get_by_text("已办完这一步")).to_be_visible()
    expect(worker.locator(".file-list img")).to_be_visible()
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("已排气，请再看看")

    operator = visit("/work/works/?whose=department", who="operator")
    open_work(operator, number)
    operator.locator("input[name='q.reached'][value=yes]").check()
    operator.locator("input[name='q.solved'][value=no]").check()
    operator.get_by_role("button", name="提交", exact=True).click()
    expect(operator.get_by_text("已办完这一步")).to_be_visible()
    citizen.reload()
    expect(citizen.locator(".tag-blue").first).to_contain_text("办理中")
    expect(citizen.locator("main")).to_contain_text("派单")


def test_a_citizen_says_on_the_tracking_page_that_it_is_not_solved(visit) -> None:
    citizen = filed(visit, "暖气还是不热，阀门打不开")
    number = number_of(citizen)
    worker = visit("/work/works/?whose=department", who="staff-housing")
    open_work(worker, number)
    worker.get_by_label("已办成").check()
    worker.get_by_label("给诉求人的答复").fill("阀门已更换")
    worker.get_by_role("button", name="提交", exact=True).click()
    expect(worker.get_by_text("已办完这一步")).to_be_visible()

    citizen.get_by_role("link", name="看进度").click()
    citizen.get_by_role("link", name="去说").click()
    citizen.get_by_label("未解决").check()
    citizen.get_by_label("哪里没有解决").fill("还是打不开")
    citizen.get_by_label("现场照片").set_input_files({"name": "v.png", "mimeType": "image/png", "buffer": PICTURE})
    citizen.get_by_role("button", name="提交", exact=True).click()
    expect(citizen.locator("main")).to_contain_text("说说是否解决：未解决；还是打不开")
    expect(citizen.get_by_role("link", name="去说")).to_have_count(0)

    operator = visit("/work/works/?whose=department", who="operator")
    open_work(operator, number)
    expect(operator.locator("main")).to_contain_text("派单")


def refused(visit, number: str) -> None:
    page = visit("/work/works/?whose=department", who="staff-housing")
    open_work(page, number)
    page.get_by_text("退单（不属本部门职责）").click()
    page.get_by_label("职责依据的法规").fill("黑龙江省城市供热条例")
    page.get_by_label("条款").fill("第五条")
    page.get_by_label("应由哪个部门负责").select_option("power-supply")
    page.locator("#rr").fill("停电导致换热站停泵")
    page.get_by_role("button", name="退单").click()
    expect(page.locator(".note-good")).to_contain_text("已退单")


def test_a_duty_gap_is_ruled_and_the_next_ticket_goes_right_the_first_time(visit) -> None:
    for content in ("换热站停电，暖气凉了", "换热站又停电，屋里很冷"):
        refused(visit, number_of(filed(visit, content)))
    leader = visit("/work/duties/", who="leader")
    leader.locator("#gaps a").first.click()
    expect(leader.locator("main")).to_contain_text("黑龙江省城市供热条例")
    leader.get_by_label("负责部门").select_option("power-supply")
    leader.get_by_label("依据的文件").fill("市长办公会纪要")
    leader.get_by_label("条款").fill("第三项")
    leader.get_by_role("button", name="裁定").click()
    expect(leader.locator(".note-good")).to_contain_text("已裁定")
    number = number_of(filed(visit, "换热站没有电", scripts=False))
    power = visit("/work/works/?whose=department", who="staff-power")
    expect(power.locator("main")).to_contain_text(number)


def test_a_designer_adds_a_step_running_cases_stay_and_new_ones_follow(visit) -> None:
    before = number_of(filed(visit, "路灯不亮，版本之前", topic="roads-lamps", scripts=False))
    designer = visit("/studio/processes/hotline-ticket/edit/", who="lead")
    expect(designer.locator("[data-bpmn-editor][data-drawn]")).to_be_visible()
    expect(designer.locator(".bjs-powered-by")).to_be_visible()
    flow = designer.locator("[data-element-id=filed-topic-known]").first.bounding_box()
    assert flow is not None
    designer.locator(".djs-palette [data-action='create.task']").click()
    x, y = flow["x"] + flow["width"] / 2, flow["y"] + flow["height"] / 2
    designer.mouse.move(x - 5, y, steps=4)
    designer.mouse.move(x, y, steps=4)
    designer.mouse.click(x, y)
    designer.keyboard.press("Escape")
    designer.locator(".djs-context-pad [data-action='replace']").click()
    designer.locator(".djs-popup [data-id='replace-with-user-task']").click()
    panel = designer.locator("[data-bpmn-panel]")
    panel.get_by_label("名称（中文）").fill("登记核对")
    panel.get_by_label("名称（英文）").fill("Check the entry")
    panel.get_by_label("部门（FEEL）").fill('"hotline-12345"')
    panel.get_by_label("角色").select_option("staff")
    designer.get_by_role("button", name="存为草稿并检查").click()
    designer.wait_for_url("**/versions/*/")
    expect(designer.locator("main")).to_contain_text("没有问题")
    expect(designer.locator(".change-list")).to_contain_text("登记核对")
    designer.get_by_role("button", name="提交审批").click()
    approver = visit(designer.url, who="leader")
    approver.get_by_role("button", name="批准，立即生效").click()
    expect(approver.locator(".note-good")).to_contain_text("已批准")

    after = number_of(filed(visit, "路灯不亮，版本之后", topic="roads-lamps", scripts=False))
    operator = visit(f"/work/cases/{after}/", who="operator")
    expect(operator.locator("main")).to_contain_text("登记核对")
    leader = visit(f"/work/cases/{before}/", who="leader")
    expect(leader.locator("main")).to_contain_text("第 1 版")
    expect(leader.locator("main")).not_to_contain_text("登记核对")
