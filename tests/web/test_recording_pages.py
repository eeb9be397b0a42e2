"""Recordings on pages: received by a form, opened for a purpose, played by ranges, refused to everybody else."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from webcity import ROOT, SYSTEM

from yiwang.flow.models import Case, CaseRecording, RecordingCustody, Work
from yiwang.flow.service import case_open, work_done
from yiwang.kernel import sealedfiles
from yiwang.kernel.core.actor import Role
from yiwang.kernel.models import Account
from yiwang.kernel.packing import pack_install
from yiwang.kernel.sealedfiles import PIECE
from yiwang.kernel.service import account_create, role_grant
from yiwang.web.work.ranges import range_asked, ranged_answer

HEAD = b"RIFF\x24\x00\x00\x00WAVEfmt "
WAV = HEAD + bytes(range(256)) * (3 * PIECE // 256)


def client_of(name: str, department: str, role: Role = Role.STAFF) -> Client:
    account = account_create(
        actor=SYSTEM, username=name, display_name=name, password="a-long-and-rare-one", department=department
    )
    role_grant(actor=SYSTEM, account=account.pk, role=role, department=department)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def case(city: object) -> Case:
    for folder in ("foundation/departments", "foundation/calendar", "service/mediation"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)
    number = case_open(actor=SYSTEM, item_id="mediation", title="调解", applicant={"name": "林某"}).number
    Case.objects.filter(number=number).update(opened_at=timezone.now() - timedelta(hours=1))
    return Case.objects.get(number=number)


@pytest.fixture
def clerk(case: Case) -> Client:
    return client_of("clerk", "justice")


def sent(client: Client, case: Case, data: bytes = WAV, **changes: Any) -> Any:
    file = io.BytesIO(data)
    file.name = "现场.wav"
    now = timezone.localtime()
    said = {
        "file": file,
        "started_at": (now - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M"),
        "ended_at": (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        "device": "ZF-0107",
        "officer": [f"account:{Account.objects.get(username='clerk').pk}"],
        "place": "通江街 12 号",
        "basis": "行政处罚法 第四十七条",
        "step": "mediate",
    }
    return client.post(f"/work/cases/{case.number}/recordings/", said | changes)


def opened(client: Client, case: Case) -> str:
    """Watch the first recording: the address the player reads from."""
    answer = client.post(f"/work/cases/{case.number}/recordings/1/", {"purpose": "法制审核"})
    assert answer.status_code == 302, answer.content.decode()
    viewing = answer.headers["Location"].partition("viewing=")[2].partition("#")[0]
    return f"/work/cases/{case.number}/recordings/1/viewings/{viewing}/"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_it_is_received_by_a_form_and_stands_on_the_pages(clerk: Client, case: Case) -> None:
    page = clerk.get(f"/work/cases/{case.number}/recordings/").content.decode()
    assert "还没有录音录像" in page and 'enctype="multipart/form-data"' in page
    answer = sent(clerk, case)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/work/cases/{case.number}/recordings/1/")
    for path in ("", "recordings/", "recordings/1/"):
        page = clerk.get(f"/work/cases/{case.number}/{path}").content.decode()
        assert "通江街 12 号" in page and "<audio" not in page
    clerk.cookies["django_language"] = "en"
    assert "Chain of custody" in clerk.get(f"/work/cases/{case.number}/recordings/1/").content.decode()


def test_each_mistake_is_told_on_the_form_and_nothing_said_is_lost(clerk: Client, case: Case) -> None:
    mistakes: list[dict[str, Any]] = [
        {"file": ""},
        {"started_at": "昨天"},
        {"started_at": ""},
        {"officer": []},
        {"others": "nobody-known"},
        {"longitude": "东"},
        {"longitude": "nan", "latitude": "1"},
        {"place": " "},
        {"supersedes": "9", "reason": "换"},
        {"supersedes": "x"},
        {"step": "nowhere"},
    ]
    for mistake in mistakes:
        answer = sent(clerk, case, **mistake)
        assert answer.status_code in (400, 404, 422), mistake
        assert "ZF-0107" in answer.content.decode() and "还没有录音录像" in answer.content.decode()
    assert sent(clerk, case, data=b"%PDF-1.4").status_code in (400, 422)
    assert not CaseRecording.objects.exists()


def test_watching_takes_a_purpose_and_shows_a_player(clerk: Client, case: Case) -> None:
    sent(clerk, case)
    here = f"/work/cases/{case.number}/recordings/1/"
    assert clerk.post(here, {"purpose": " "}).status_code in (400, 422)
    media = opened(clerk, case)
    page = clerk.get(f"{here}?viewing=2")
    assert f'<audio class="player" controls preload="metadata" src="{media}"' in page.content.decode()
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    over = clerk.get(f"{here}?viewing=1")
    assert over.status_code == 403 and "这次查看已经结束" in over.content.decode()


def test_a_whole_film_and_parts_of_it_come_back_as_they_went_in(clerk: Client, case: Case) -> None:
    sent(clerk, case)
    media, size = opened(clerk, case), len(WAV)
    whole = clerk.get(media)
    assert (whole.status_code, whole.headers["Content-Length"], body(whole)) == (200, str(size), WAV)
    assert (whole.headers["Accept-Ranges"], whole.headers["Content-Type"]) == ("bytes", "audio/wav")
    for said, first, end in (
        ("bytes=0-", 0, size),
        ("bytes=0-99", 0, 100),
        (f"bytes={PIECE - 1}-{PIECE + 1}", PIECE - 1, PIECE + 2),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=-10", size - 10, size),
        (f"bytes=5-{size * 2}", 5, size),
        (f"bytes=-{size * 2}", 0, size),
    ):
        part = clerk.get(media, headers={"Range": said})
        assert (part.status_code, body(part)) == (206, WAV[first:end]), said
        assert part.headers["Content-Range"] == f"bytes {first}-{end - 1}/{size}"
    for said in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        outside = clerk.get(media, headers={"Range": said})
        assert (outside.status_code, outside.headers["Content-Range"]) == (416, f"bytes */{size}"), said
    for said in ("bytes=9-5", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b", ""):
        assert body(clerk.get(media, headers={"Range": said})) == WAV, said
    tag = whole.headers["ETag"]
    assert clerk.get(media, headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    assert clerk.get(media, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    head = clerk.head(media, headers={"Range": "bytes=0-1"})
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(size))
    assert list(RecordingCustody.objects.order_by("number").values_list("act", flat=True)) == ["received", "read"]


def test_a_part_opens_its_own_pieces_only(clerk: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(clerk, case)
    media, held, seen = opened(clerk, case), sealedfiles._declared[0], []

    def noted(sealed: bytes, about: str) -> bytes:
        if about.startswith("file"):
            seen.append(about.split()[2])
        return held.open(sealed, about)

    monkeypatch.setattr(sealedfiles, "_declared", [sealedfiles.Sealer(held.close, noted)])
    body(clerk.get(media, headers={"Range": f"bytes={2 * PIECE + 5}-{2 * PIECE + 9}"}))
    assert seen == ["2"]


@pytest.mark.django_db
def test_a_part_nobody_waits_for_is_closed() -> None:
    stream = io.BytesIO(WAV)
    request = RequestFactory().get("/", headers={"Range": "bytes=0-9"})
    answer = ranged_answer(request, lambda first: stream, size=len(WAV), digest="d", media_type="audio/wav")
    assert isinstance(answer, StreamingHttpResponse)
    answer.close()
    assert stream.closed


@pytest.mark.parametrize("said", ["bytes=10-", "bytes=-0", "bytes=0-"])
def test_an_empty_or_ended_file_has_no_such_part(said: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        range_asked(said, 0)


def test_nobody_else_gets_at_it(clerk: Client, case: Case) -> None:
    sent(clerk, case)
    media = opened(clerk, case)
    stranger, colleague = client_of("stranger", "water"), client_of("colleague", "justice")
    here = f"/work/cases/{case.number}/recordings/"
    assert [stranger.get(path).status_code for path in (here, f"{here}1/", media)] == [403] * 3
    assert sent(stranger, case, data=WAV + b"2").status_code == 403
    assert stranger.post(f"{here}1/", {"purpose": "看"}).status_code == 403
    assert stranger.post(f"{here}1/", {"act": "hand-over", "to": "clerk", "reason": "要"}).status_code == 403
    assert colleague.get(media).status_code == 403
    assert Client().get(media).status_code == 302
    assert clerk.get(f"{here}9/").status_code == 404
    assert CaseRecording.objects.count() == 1 and RecordingCustody.objects.count() == 2


def test_it_is_handed_over_and_superseded_on_the_page(clerk: Client, case: Case) -> None:
    sent(clerk, case)
    client_of("reviewer", "justice")
    here = f"/work/cases/{case.number}/recordings/1/"
    assert clerk.post(here, {"act": "hand-over", "to": "nobody", "reason": "审核"}).status_code == 404
    assert clerk.post(here, {"act": "hand-over", "to": "reviewer", "reason": "审核"}).status_code == 302
    form = clerk.get(f"/work/cases/{case.number}/recordings/?supersedes=1").content.decode()
    assert "替换第 1 号" in form
    sent(clerk, case, data=WAV + b"better", supersedes="1", reason="画面不全")
    page = clerk.get(here).content.decode()
    assert "已由第 2 号替换" in page and "reviewer" in page and "画面不全" in page


def test_what_was_not_recorded_stands_in_a_list(city: object) -> None:
    for folder in ("foundation/departments", "foundation/calendar", "service/enforcement"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)
    asked = {"subject": "某超市（模拟）", "address": "通江街 12 号", "reason": "random", "matter": "冷链食品"}
    number = case_open(actor=SYSTEM, item_id="market-inspection", title="抽查", answers=asked).number
    client, stranger = client_of("officer", "market-supervision"), client_of("stranger", "water")
    here = "/work/recording-gaps/"
    assert "没有该录未录的" in client.get(here).content.decode()
    page = client.get(f"/work/cases/{number}/").content.decode()
    assert "请在办完前收录" in page
    work = Work.objects.get(case__number=number)
    work_done(actor=SYSTEM, work_id=work.pk, answers={"shown": "yes", "seen": "正常"})
    assert (
        number in client.get(here).content.decode()
        and "已办完而没有录音录像" in client.get(f"/work/cases/{number}/").content.decode()
    )
    assert number not in stranger.get(here).content.decode()
    assert here in client.get("/work/late/").content.decode()
