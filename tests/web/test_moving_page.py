"""Running cases are moved to another version on a page: judged, confirmed, gone on with, taken back; nobody else may."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from webcity import ROOT, SYSTEM, english

from yiwang.flow.models import Case, Migration, Process, ProcessVersion, Work
from yiwang.flow.service import case_open, work_done
from yiwang.kernel.core.actor import Role
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import file_put
from yiwang.web.studio import moving

SignIn = Callable[..., Client]
HERE = "/studio/processes/walk/cases/"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" targetNamespace="urn:t">'
    '<process id="walk" name="走" yw:en="Walk" isExecutable="true"><startEvent id="start"/>'
)


def version(*tasks: str, word: str = "办") -> ProcessVersion:
    """Publish a diagram of these tasks in a row; another `word` changes how they are called and nothing else."""
    names = ["start", *tasks, "end"]
    body = "".join(f'<userTask id="{one}" name="{one}{word}" yw:en="{one}"/>' for one in tasks) + '<endEvent id="end"/>'
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{other}"/>'
        for n, (one, other) in enumerate(zip(names, names[1:], strict=False))
    )
    data = (HEAD + body + flows + "</process></definitions>").encode()
    stored = file_put(actor=SYSTEM, source=io.BytesIO(data), name="walk.bpmn")
    process, _ = Process.objects.get_or_create(
        id="walk", defaults={"title_zh": "走", "title_en": "Walk", "department": "civil-affairs", "pack_id": "tests"}
    )
    process.versions.filter(state="published").update(state="replaced")
    found = ProcessVersion.objects.create(
        process=process,
        number=process.versions.count() + 1,
        state="published",
        digest=stored.digest,
        author="tests",
        author_name="tests",
        published_at=timezone.now(),
    )
    process.published = found
    process.save()
    return found


def cases(count: int) -> list[str]:
    return [case_open(actor=SYSTEM, process_id="walk", title=f"第 {n} 件").number for n in range(count)]


def finish(number: str, node: str) -> None:
    work_done(actor=SYSTEM, work_id=Work.objects.get(case__number=number, node=node, closed_at=None).pk)


def counts(text: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r'data-verdict="(\w+)">(\d+)<', text)}


def versions(numbers: list[str]) -> list[int]:
    return [Case.objects.select_related("process").get(number=one).process.number for one in numbers]


@pytest.fixture
def lead(signed_in: SignIn) -> Client:
    pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")
    return signed_in(Role.DATA_LEAD)


def test_a_dry_run_lists_each_case_with_its_verdict_and_reason_and_moves_nothing(lead: Client) -> None:
    version("a", "b")
    standing, further = cases(2)
    finish(further, "a")
    version("b")
    text = lead.get(HERE).content.decode()
    assert counts(text) == {"safe": 0, "consent": 1, "forbidden": 1}
    assert standing in text and "办件停在任务“a办”，新版本里没有了" in text
    assert versions([standing, further]) == [1, 1] and not Migration.objects.exists()
    reader = english()
    reader.cookies["sessionid"] = lead.cookies["sessionid"].value
    assert "Needs consent" in reader.get(HERE).content.decode()


def test_confirmed_the_safe_ones_move_and_the_batch_goes_back_exactly(lead: Client) -> None:
    version("a", "b")
    numbers = cases(3)
    before = [case.state for case in Case.objects.order_by("pk")]
    version("a", "b", word="理")
    done = lead.post(f"{HERE}move/", {"to": "2"}).content.decode()
    assert "data-moved>3<" in done and versions(numbers) == [2, 2, 2]
    (batch,) = set(Migration.objects.values_list("batch", flat=True))
    text = lead.get(HERE).content.decode()
    assert batch in text and "没有要迁的办件" in text
    back = lead.post(f"{HERE}revert/", {"batch": batch})
    assert back.status_code == 302 and versions(numbers) == [1, 1, 1]
    assert [case.state for case in Case.objects.order_by("pk")] == before


def test_only_those_ticked_move_with_consent(lead: Client) -> None:
    version("a", "b")
    one, other = cases(2)
    for number in (one, other):
        finish(number, "a")
    version("b")
    done = lead.post(f"{HERE}move/", {"to": "2", "consent": [one]}).content.decode()
    assert "data-moved>1<" in done and versions([one, other]) == [2, 1]


def test_many_are_moved_in_turns_that_go_on_in_one_batch(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    version("a", "b")
    numbers = cases(5)
    version("a", "b", word="理")
    sent: dict[str, str] = {"to": "2"}
    left = []
    for _ in range(3):
        text = lead.post(f"{HERE}move/", sent).content.decode()
        left.append(int(re.findall(r"data-left>(\d+)<", text)[0]))
        sent = dict(re.findall(r'<input type="hidden" name="(to|batch|moved|stayed|last)" value="([^"]*)">', text))
    assert left == [3, 1, 0] and sent == {} and versions(numbers) == [2] * 5
    assert len(set(Migration.objects.values_list("batch", flat=True))) == 1
    assert "data-moved>5<" in text


def test_what_went_on_since_stays_and_says_why(lead: Client) -> None:
    version("a", "b")
    one, other = cases(2)
    version("a", "b", word="理")
    lead.post(f"{HERE}move/", {"to": "2"})
    finish(one, "a")
    text = lead.post(f"{HERE}revert/", {"batch": Migration.objects.values_list("batch", flat=True)[0]}).content.decode()
    assert "没有退回的 1 件" in text and "不能原样退回" in text and versions([one, other]) == [2, 1]


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        ("move", {"to": ""}),
        ("move", {"to": "abc"}),
        ("move", {"to": "99"}),
        ("move", {"to": "2", "batch": "m-nobody"}),
        ("revert", {"batch": ""}),
        ("revert", {"batch": "m-nobody"}),
    ],
)
def test_what_cannot_be_is_told_on_the_page_and_moves_nothing(lead: Client, where: str, sent: dict[str, str]) -> None:
    version("a", "b")
    numbers = cases(1)
    version("a", "b", word="理")
    answer = lead.post(f"{HERE}{where}/", sent)
    assert answer.status_code in (400, 404, 409, 422) and 'role="alert"' in answer.content.decode()
    assert versions(numbers) == [1]


@pytest.mark.parametrize("role", [Role.STAFF, Role.STEWARD, Role.LEADER])
def test_whoever_may_not_move_cases_gets_neither_the_page_nor_the_move(signed_in: SignIn, role: Role) -> None:
    version("a")
    client = signed_in(role)
    assert client.get(HERE).status_code == 403
    assert client.post(f"{HERE}move/", {"to": "1"}).status_code == 403
    assert client.post(f"{HERE}revert/", {"batch": "m-1"}).status_code == 403
    assert HERE not in client.get("/studio/processes/walk/").content.decode()


def test_an_empty_process_says_so(lead: Client) -> None:
    version("a")
    text = lead.get(HERE).content.decode()
    assert "没有要迁的办件" in text and "还没有迁移过" in text
    assert HERE in lead.get("/studio/processes/walk/").content.decode()
