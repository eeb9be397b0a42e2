"""The form editor says in Chinese what it says itself: every component in the palette, every setting in the panel."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.utils import translation
from playwright.sync_api import Browser, Page, Route

import yiwang.web
from yiwang.web.studio.formwords import form_words

DIST = Path(yiwang.web.__file__).parent / "static" / "dist"
SITE = "http://editor.test/"
# Names that are the same in both languages; the rest are the keys this test itself wrote.
SAME = re.compile(
    r"FEEL|JSON|Markdown|HTML|HTTPS|https|UTC|XML|E\.164|MDN|X-FRAME-OPTIONS|Camunda Tasklist|data URI|GB/T|k\d+"
)
SAME_ALTOGETHER = {"am/pm", "BPMN.io"}
KINDS = ("textfield", "textarea", "number", "datetime", "checkbox", "checklist", "radio", "select", "taglist", "text")
KINDS += ("image", "table", "html", "expression", "spacer", "separator", "iframe", "filepicker", "button", "group")
KINDS += ("dynamiclist", "documentPreview")
SHUT = ".bio-properties-panel-group-header:not(.open)"
OPEN = f"for (const one of document.querySelectorAll('{SHUT}')) one.click()"
SHOWN = """root => {
  const found = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest("pre, svg, .cm-editor, textarea")) found.push(walk.currentNode.data);
  }
  for (const one of root.querySelectorAll("[title],[aria-label],[placeholder],[alt]"))
    for (const name of ["title", "aria-label", "placeholder", "alt"]) found.push(one.getAttribute(name) || "");
  return found;
}"""


def component(kind: str, at: int) -> dict[str, object]:
    body: dict[str, object] = {"type": kind, "id": f"k{at}", "key": f"k{at}", "label": "问", "properties": {"k1": "k2"}}
    if kind in {"group", "dynamiclist"}:
        return {"type": kind, "id": f"k{at}", "path": f"k{at}", "label": "问", "components": []}
    if kind in {"checklist", "radio", "select", "taglist"}:
        body["values"] = [{"label": "甲", "value": "k8"}]
    if kind == "datetime":
        body |= {"subtype": "datetime", "dateLabel": "日", "timeLabel": "时"}
    if kind == "table":
        body |= {"columns": [{"key": "k1", "label": "甲"}], "dataSource": "=k1"}
    return body


def serve(page: Page) -> None:
    """The page of a draft, with the editor and its words and nothing else."""
    schema = {"type": "default", "id": "k0", "components": [component(kind, at) for at, kind in enumerate(KINDS, 100)]}
    with translation.override("zh-hans"):
        words = json.dumps(form_words(), ensure_ascii=False)
    body = f"""<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{SITE}formeditor.css">
      <script type="application/json" id="editor-words">{words}</script>
      <form><div data-form-problem hidden><p data-form-reason></p></div><div class="form-desk" data-form-editor hidden></div>
      <details open><textarea data-form-source>{json.dumps(schema)}</textarea></details></form>
      <script type="module" src="{SITE}formeditor.js"></script>"""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(SITE)
        if not name:
            route.fulfill(body=body, content_type="text/html")
        elif (DIST / name).is_file():
            route.fulfill(path=DIST / name)
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    page.goto(SITE)
    page.wait_for_selector("[data-form-editor][data-drawn]")


def english(page: Page, place: str) -> set[str]:
    texts = {" ".join(one.split()) for one in page.locator(place).first.evaluate(SHOWN)}
    return {one for one in texts - SAME_ALTOGETHER if re.search("[A-Za-z]{2,}", SAME.sub("", one))}


def test_no_english_word_remains_in_the_palette_and_the_panel(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1500, "height": 900})
    serve(page)
    assert page.get_by_text("单行文本").count()
    found = {f"palette: {one}" for one in english(page, ".fjs-palette-container")}
    found |= {f"nothing chosen: {one}" for one in english(page, ".fjs-properties-container")}
    for at, kind in enumerate(KINDS, 100):
        page.locator(f".fjs-element[data-id=k{at}]").first.click(position={"x": 3, "y": 3})
        page.locator(".bio-properties-panel-group-header").first.wait_for()
        page.evaluate(OPEN)
        page.wait_for_timeout(300)
        found |= {f"{kind}: {one}" for one in english(page, ".fjs-properties-container")}
    page.close()
    assert not found, "\n".join(sorted(found))


def test_the_palette_is_searched_in_chinese(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1500, "height": 900})
    serve(page)
    palette = page.locator(".fjs-palette-container")
    page.locator(".fjs-palette-search").fill("多行")
    palette.get_by_text("单行文本").wait_for(state="detached")
    assert palette.locator(".fjs-palette-field").all_inner_texts() == ["多行文本"]
    page.locator(".fjs-palette-search").fill("没有这个")
    palette.get_by_text("没有找到组件").wait_for()
    page.locator(".fjs-palette-search").fill("表格")
    palette.get_by_text("没有找到组件").wait_for(state="detached")
    assert palette.locator(".fjs-palette-field").all_inner_texts() == ["表格"]
    page.close()
