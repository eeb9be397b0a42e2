"""The way of a form through a real browser: changed by one, published by another, asked of whoever comes, not of whoever began."""

from __future__ import annotations

from playwright.sync_api import expect

FORM = "/studio/forms/hotline-ticket/"
ASKED = "从哪里得知这个渠道"


def test_a_changed_form_is_asked_of_new_people_and_a_begun_draft_stays(visit) -> None:
    began = visit("/services/hotline-ticket/apply/", scripts=False)
    began.get_by_role("button", name="保存，以后再填").click()
    expect(began.locator("main")).to_contain_text("草稿已保存")

    designer = visit(f"{FORM}versions/1/questions/", who="lead", scripts=False)
    designer.get_by_label("答法").select_option("textfield")
    designer.get_by_label("答案的名称").fill("heard_from")
    designer.get_by_role("button", name="加上，接着写问法").click()
    designer.get_by_label("问法（中文）").fill(ASKED)
    designer.get_by_label("英文", exact=True).fill("Where did you hear of this")
    designer.get_by_role("button", name="存为草稿并检查").click()
    designer.get_by_role("link", name="看填表的人看到的").click()
    expect(designer.get_by_label(ASKED)).to_be_visible()
    designer.get_by_role("link", name="英文").click()
    expect(designer.get_by_label("Where did you hear of this")).to_be_visible()
    designer.goto(f"{FORM}versions/2/")
    expect(designer.locator("main")).to_contain_text(f"新增问题“{ASKED}”")
    designer.get_by_role("button", name="提交审批").click()
    expect(designer.get_by_text("起草人不能批准自己的版本")).to_be_visible()

    approver = visit(f"{FORM}versions/2/", who="leader")
    approver.get_by_role("button", name="批准，立即生效").click()
    expect(approver.locator(".note-good")).to_contain_text("已批准")

    expect(visit("/services/hotline-ticket/apply/", scripts=False).get_by_label(ASKED)).to_be_visible()
    began.reload()
    expect(began.locator("form.asked-form")).to_be_visible()
    expect(began.get_by_label(ASKED)).to_have_count(0)


def test_the_editor_draws_a_form_and_keeps_its_mark(visit) -> None:
    page = visit("/studio/forms/hotline-handle/edit/", who="lead")
    expect(page.locator("[data-form-editor][data-drawn]")).to_be_visible()
    expect(page.locator(".fjs-editor-container .fjs-element").first).to_be_visible()
    expect(page.locator(".fjs-powered-by").first).to_be_visible()
