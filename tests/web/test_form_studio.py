"""The studio of forms without scripts: a question added, changed, moved, removed; checked, previewed, approved by somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from webcity import ROOT, SYSTEM

from yiwang.flow.models import Draft, FormVersion
from yiwang.flow.selectors import form_get
from yiwang.kernel.core.actor import Role
from yiwang.kernel.packing import pack_install

SignIn = Callable[..., Client]
FORM = "/studio/forms/house-form/"


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def digest_of(text: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert found is not None
    return found[1]


def sent(client: Client, path: str, **values: Any) -> str:
    """Post to a page with the digest it shows; where it leads."""
    answer = client.post(path, {"digest": digest_of(page(client, path)), **values})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def step(client: Client, number: int, act: str, note: str = "", status: int = 302) -> str:
    answer = client.post(f"{FORM}versions/{number}/move/", {"act": act, "note": note})
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def author(signed_in: SignIn) -> Iterator[Client]:
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    client = signed_in(Role.DATA_LEAD)
    made = client.post("/studio/forms/new/", {"form": "house-form", "department": "civil-affairs"})
    assert made["Location"] == f"{FORM}versions/1/questions/"
    yield client


def drafted(author: Client) -> None:
    """A draft of two questions in both languages."""
    list_page = f"{FORM}versions/1/questions/"
    for key, zh, en in (("what", "什么事", "What"), ("where", "在哪里", "Where")):
        place = sent(author, list_page, act="add", type="textfield", key=key)
        sent(author, place, key=key, label=zh, en=en, required="on")


def published(author: Client, approver: Client) -> None:
    drafted(author)
    step(author, 1, "propose")
    step(approver, 1, "approve")


def keys() -> list[str]:
    return [one["key"] for one in FormVersion.objects.order_by("-number")[0].body["components"]]


def test_a_form_is_made_question_by_question_and_asked_when_somebody_else_approves(
    author: Client, signed_in: SignIn
) -> None:
    published(author, signed_in(Role.LEADER))
    asked = form_get(SYSTEM, "house-form")
    assert [(one.key, one.label.en, one.limits.required) for one in asked.form.questions] == [
        ("what", "What", True),
        ("where", "Where", True),
    ]
    assert "什么事" in page(author, FORM)
    assert "house-form" in page(author, "/studio/forms/")


def test_its_author_cannot_approve_it(author: Client) -> None:
    drafted(author)
    step(author, 1, "propose")
    assert "起草人不能批准自己的版本" in page(author, f"{FORM}versions/1/")
    assert "起草人不能批准自己的版本" in step(author, 1, "approve", status=403)


def test_a_question_is_moved_and_removed_in_a_new_draft_and_the_change_is_told(
    author: Client, signed_in: SignIn
) -> None:
    published(author, signed_in(Role.LEADER))
    where = sent(author, f"{FORM}versions/1/questions/", act="up", place="1")
    assert where == f"{FORM}versions/2/questions/" and keys() == ["where", "what"]
    sent(author, where, act="remove", place="0")
    assert keys() == ["what"]
    place = sent(author, where, act="add", type="number", key="floor")
    sent(author, place, key="floor", label="几楼", en="Floor", least="1")
    author.cookies["django_language"] = "en"
    text = page(author, f"{FORM}versions/2/")
    assert "the question “Floor” is added" in text
    assert "the question “Where” is removed" in text


def test_a_draft_that_was_changed_in_another_window_is_not_changed_blindly(author: Client) -> None:
    drafted(author)
    stale = author.post(f"{FORM}versions/1/questions/", {"digest": "0" * 64, "act": "remove", "place": "0"})
    assert stale.status_code == 409 and "另一个窗口改过" in stale.content.decode()
    assert keys() == ["what", "where"]


def test_an_element_that_is_not_supported_is_named_and_cannot_be_sent(author: Client) -> None:
    source = '{"id": "house-form", "components": [{"type": "iframe", "id": "map"}]}'
    saved = author.post(f"{FORM}edit/?version=1", {"version": "1", "source": source})
    assert saved["Location"] == f"{FORM}versions/1/"
    text = page(author, f"{FORM}versions/1/")
    assert "表单不嵌入别处的页面" in text and "iframe map" in text
    assert "表单不嵌入别处的页面" in step(author, 1, "propose", status=400)
    assert "不支持" in page(author, f"{FORM}versions/1/questions/")
    assert "这一版还不能问" in page(author, f"{FORM}versions/1/preview/")


def test_what_is_no_json_stays_in_the_field(author: Client) -> None:
    answer = author.post(f"{FORM}edit/", {"version": "1", "source": "{not json"})
    assert answer.status_code == 400 and "{not json" in answer.content.decode()


def test_the_preview_asks_in_both_languages_judges_and_keeps_nothing(author: Client) -> None:
    drafted(author)
    assert "什么事" in page(author, f"{FORM}versions/1/preview/")
    text = page(author, f"{FORM}versions/1/preview/?in=en")
    assert "What" in text and 'lang="en"' in text and "Submit" in text
    judged = author.post(
        f"{FORM}versions/1/preview/?in=en", {"asked": ["what", "where"], "q.what": "A lamp", "act": "submit"}
    ).content.decode()
    assert "1 answers need another look" in judged and "A lamp" in judged
    assert Draft.objects.count() == 0


def test_whoever_may_not_draft_sees_the_form_and_no_way_to_change_it(author: Client, signed_in: SignIn) -> None:
    drafted(author)
    reader = signed_in(Role.AUDITOR)
    assert "加一项" not in page(reader, f"{FORM}versions/1/questions/")
    digest = digest_of(page(author, f"{FORM}versions/1/questions/"))
    refused = reader.post(f"{FORM}versions/1/questions/", {"digest": digest, "act": "remove", "place": "0"})
    assert refused.status_code == 403 and keys() == ["what", "where"]
