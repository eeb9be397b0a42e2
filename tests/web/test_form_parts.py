"""A form on a page: it can be read and sent without scripts, says what is wrong at its question, and forgets nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone, translation
from lxml import html

from yiwang.config.place import Place
from yiwang.flow.adapters.scanning import EICAR
from yiwang.flow.core.forms.reading import form_read
from yiwang.flow.forms import FormFile
from yiwang.flow.selectors import draft_get
from yiwang.flow.service import Record, draft_prefill, draft_save, form_install, form_submit
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.pack import pack_read
from yiwang.kernel.core.text import Text
from yiwang.web.forms import Step, draft_view, form_filled, form_part, form_step

STAFF = Actor(id="7", name="甲", department="civil", scopes={Role.STAFF: frozenset({"civil"})})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
YES_NO = [{"value": "yes", "label": "有"}, {"value": "no", "label": "无"}]
ENGLISH = {"yw:en.value.yes": "Yes", "yw:en.value.no": "No"}


def said(type: str, key: str, en: str, properties: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "type": type,
        "id": key,
        "key": key,
        "label": f"问{key}",
        "properties": {"yw:en": en, **(properties or {})},
        **more,
    }


PEOPLE = said("dynamiclist", "people", "People", components=[said("textfield", "who", "Who")], isRepeating=True)
PEOPLE["path"] = PEOPLE.pop("key")
BODY = {
    "id": "try-out",
    "components": [
        {"type": "text", "id": "t", "text": "请**如实**填写 <b>。", "properties": {"yw:en": "Answer **truly**."}},
        said("radio", "car", "Have you a car", ENGLISH, values=YES_NO, validate={"required": True}),
        said(
            "textfield",
            "plate",
            "Number plate",
            {"yw:show": 'car = "yes"', "yw:en.description": "As on the car"},
            description="见车牌",
            validate={"required": True},
        ),
        said("checklist", "wants", "What do you want", ENGLISH, values=YES_NO),
        said("checkbox", "agree", "I agree"),
        said("number", "amount", "Amount", {"yw:en.suffix": "yuan"}, appearance={"suffixAdorner": "元"}),
        said("textarea", "story", "What happened", {"yw:reason": "市里没有", "yw:en.reason": "Nobody knows"}),
        said("filepicker", "photo", "Photos", {"yw:accept": "png"}, multiple=True),
        said("textfield", "name", "Name", {"yw:field": "people.name", "yw:prefill": "true"}, readonly=True),
        PEOPLE,
    ],
}


@pytest.fixture
def draft(db: None, home: Place, tmp_path: Path) -> int:
    """A draft of the try-out form, empty."""
    folder = tmp_path / "forms-pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "{id: forms-pack, version: 1.0.0, title: {zh: 试, en: t}, summary: {zh: 试, en: t}, department: civil}", "utf-8"
    )
    actor = Actor(id="system:tests", name="tests", kind="system")
    form_install(actor=actor, file=FormFile("try-out", BODY), pack=pack_read(folder))
    return draft_save(actor=STAFF, form_id="try-out", answers={}).id


def shown_addresses(page: Any) -> list[str]:
    return [node.get("value") for node in page.xpath("//input[@name='asked']")]


def request(**sent: Any) -> HttpRequest:
    """What a browser sends: texts, lists of texts, and files."""
    found = RequestFactory().post("/form/", {name: value for name, value in sent.items() if value is not None})
    found.user = AnonymousUser()
    found.session = {}  # type: ignore[assignment]
    return found


def step(draft: int, seen: str, act: str = "submit", **sent: Any) -> Step:
    """One page sent; `seen` are the questions it showed; answers are named by their address, `.` written as `__`."""
    answers = {f"q.{name.replace('__', '.')}": value for name, value in sent.items()}
    held = {"held": sent.pop("held")} if "held" in sent else {}
    answers.pop("q.held", None)
    return form_step(request(asked=seen.split(), act=act, **held, **answers), STAFF, draft, timezone.localtime())


def page(step_or_draft: Any) -> Any:
    view = step_or_draft.view if isinstance(step_or_draft, Step) else draft_view(step_or_draft, timezone.localtime())
    with translation.override("en"):
        return html.fromstring(form_part(request(), view, "/form/").content.decode())


ALL = "car wants agree amount story photo name people.0.who"


def test_every_question_has_its_label_and_every_choice_its_legend(draft: int) -> None:
    found = page(draft_get(STAFF, draft))
    assert shown_addresses(found) == ALL.split()
    labelled = {label.get("for") for label in found.xpath("//label")}
    boxes = found.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert boxes and all(box.get("id") in labelled for box in boxes)
    assert [legend.text_content().strip() for legend in found.xpath("//fieldset[@id]/legend")] == [
        "Have you a car (required)",
        "What do you want",
    ]


def test_what_explains_a_question_is_tied_to_it(draft: int) -> None:
    found = page(step(draft, ALL, car="yes"))
    for box in found.xpath("//*[@aria-describedby]"):
        for name in box.get("aria-describedby").split():
            assert found.xpath(f"//*[@id='{name}']"), name
    assert "As on the car" in found.xpath("//*[@id='q-plate-help']")[0].text_content()
    assert "Why this is asked: Nobody knows" in found.xpath("//*[@id='q-story-reason']")[0].text_content()


def test_a_form_holds_no_script_no_style_and_shows_markup_as_it_is_written(draft: int) -> None:
    with translation.override("zh-hans"):
        text = form_part(
            request(), draft_view(draft_get(STAFF, draft), timezone.localtime()), "/form/"
        ).content.decode()
    assert "&lt;b&gt;" in text and "<strong>如实</strong>" in text
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)


def test_it_is_sent_without_scripts_and_swapped_with_them(draft: int) -> None:
    found = page(draft_get(STAFF, draft))
    assert (found.get("method"), found.get("enctype"), found.get("action")) == ("post", "multipart/form-data", "/form/")
    assert [b.get("value") for b in found.xpath("//button[@type='submit']")] == [
        "remove:people.0",
        "add:people",
        "submit",
        "save",
        "refresh",
    ]
    assert {box.get("name") for box in found.xpath("//*[@hx-post]")} == {"q.car"}


def test_the_summary_leads_to_each_problem_and_the_problem_stands_at_its_question(draft: int) -> None:
    found = page(step(draft, ALL))
    (link,) = found.xpath("//*[@role='alert']//a")
    assert (link.get("href"), link.text_content()) == ("#q-car", "Have you a car")
    assert found.xpath("//*[@id='q-car']")[0].get("aria-invalid") == "true"
    assert "Choose one" in found.xpath("//*[@id='q-car-problem']")[0].text_content()


def test_without_scripts_a_question_that_came_late_is_shown_before_anything_is_handed_in(draft: int) -> None:
    first = step(draft, ALL, car="yes")
    assert not first.is_done
    assert [label.en for label in first.view.fresh] == ["Number plate"]
    assert first.view.troubles == ()
    second = step(draft, f"{ALL} plate", car="yes", plate="黑A1")
    assert second.is_done


def test_an_answer_that_was_not_on_the_page_stays_in_the_draft(draft: int) -> None:
    step(draft, f"{ALL} plate", act="save", car="yes", plate="黑A1")
    step(draft, ALL, car="no")
    assert draft_get(STAFF, draft).answers["plate"] == "黑A1"
    assert "plate" not in form_submit(actor=STAFF, draft_id=draft).answers


def test_boxes_that_are_not_ticked_are_answers_and_a_box_that_was_not_there_is_none(draft: int) -> None:
    step(draft, "car wants agree", act="save", car="no", wants=["yes", "no"], agree="on")
    assert draft_get(STAFF, draft).answers["agree"] is True
    step(draft, "car", act="save", car="no")
    assert draft_get(STAFF, draft).answers["wants"] == ["yes", "no"]
    step(draft, "car wants agree", act="save", car="no")
    assert (draft_get(STAFF, draft).answers["wants"], draft_get(STAFF, draft).answers["agree"]) == ([], False)


def test_saving_and_refreshing_judge_nothing(draft: int) -> None:
    for act in ("save", "refresh", "something-else"):
        found = step(draft, ALL, act=act, amount="many")
        assert (found.is_done, found.view.troubles) == (False, ())
    assert draft_get(STAFF, draft).answers["amount"] == "many"


def test_entries_are_added_and_taken_away_without_losing_the_others(draft: int) -> None:
    step(draft, ALL, act="add:people", held="people=1", people__0__who="甲")
    assert shown_addresses(page(draft_get(STAFF, draft)))[-2:] == ["people.0.who", "people.1.who"]
    seen = f"{ALL} people.1.who"
    step(draft, seen, act="remove:people.0", held="people=2", people__0__who="甲", people__1__who="乙")
    assert draft_get(STAFF, draft).answers["people"] == [{"who": "乙"}]


def test_a_file_is_kept_at_once_shown_and_taken_away(draft: int) -> None:
    found = page(step(draft, ALL, act="save", photo=SimpleUploadedFile("井盖.png", PNG)))
    (button,) = found.xpath("//button[starts-with(@value, 'drop:photo.')]")
    assert button.text_content() == "Remove 井盖.png"
    step(draft, ALL, act=button.get("value"))
    assert draft_get(STAFF, draft).answers["photo"] == []


@pytest.mark.parametrize(("content", "words"), [(b"MZ", "no known type"), (PNG + EICAR, "carries a virus")])
def test_a_file_that_is_refused_says_so_at_its_question_and_the_rest_is_kept(
    draft: int, content: bytes, words: str
) -> None:
    found = step(draft, ALL, car="no", story="…", photo=SimpleUploadedFile("a.png", content))
    assert not found.is_done
    (trouble,) = found.view.troubles
    assert trouble.id == "q-photo" and words in trouble.problem.en
    assert draft_get(STAFF, draft).answers["story"] == "…"


def test_a_prefilled_answer_shows_where_it_came_from_and_cannot_be_overwritten(draft: int) -> None:
    record = Record("people", Text(zh="人口登记", en="Register of people"), 4, {"name": "王五"})
    draft_prefill(actor=STAFF, draft_id=draft, records=[record])
    found = page(step(draft, ALL, act="save", name="假名"))
    (box,) = found.xpath("//input[@id='q-name']")
    assert (box.get("value"), "readonly" in box.attrib) == ("王五", True)
    assert "From Register of people" in found.xpath("//*[@id='q-name-source']")[0].text_content()


def test_what_no_page_would_send_changes_nothing(draft: int) -> None:
    form = form_read(BODY).form
    assert form is not None
    odd = request(
        asked=["nothing", "people.x.who", "__proto__", "people.0"],
        held=["car=3", "people=9999999", "people"],
        act="add:car",
    )
    assert form_filled(odd, form, {"car": "no"}).answers == {"car": "no"}


def test_the_words_of_a_form_are_in_the_language_of_its_reader(draft: int) -> None:
    with translation.override("zh-hans"):
        text = form_part(
            request(), draft_view(draft_get(STAFF, draft), timezone.localtime()), "/form/"
        ).content.decode()
    assert "问car" in text and "Have you a car" not in text
