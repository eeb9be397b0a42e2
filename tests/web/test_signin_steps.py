"""The pages of signing in twice, of one's own security, of acting for others, and of who may come in."""

from __future__ import annotations

import base64
import re
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client
from django.utils import timezone
from webcity import PASSWORD, SYSTEM, english

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Role
from yiwang.kernel.models import Account, AuditLine, Message
from yiwang.kernel.service import account_create, role_grant
from yiwang.trust.bindings import subject_bind
from yiwang.trust.models import Delegation, SignedSession, TotpDevice

SECOND, SECURITY, PEOPLE = "/sign-in/second/", "/account/security/", "/account/people/"


@pytest.fixture
def people(city: Place) -> None:
    for username in ("wang", "li"):
        account_create(actor=SYSTEM, username=username, display_name=username, password=PASSWORD)


def entered(username: str = "wang", client: Client | None = None) -> Client:
    client = client or Client()
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def code_of(secret: str, later: int = 0) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30).generate(time.time() + 30 * later).decode()


def with_app(client: Client) -> tuple[str, list[str]]:
    """Set up an authenticator app through the pages: its secret and the recovery codes."""
    client.post(SECURITY + "app/", {"label": "我的手机"})
    page = client.get(SECURITY + "app/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'id="secret">([A-Z2-7]+)<', page)
    assert secret is not None
    device = TotpDevice.objects.get().pk
    answer = client.post(SECURITY + "app/", {"device": device, "code": code_of(secret[1])})
    codes = re.findall(r"<li>([0-9a-z]{5}-[0-9a-z]{5})</li>", answer.content.decode())
    assert len(codes) == 10
    return secret[1], codes


def test_a_resident_lands_on_their_own_page(people: None) -> None:
    answer = Client().post("/sign-in/", {"username": "wang", "password": PASSWORD})
    assert answer["Location"] == "/account/"
    page = entered().get("/account/").content.decode()
    assert "尚未设置二次验证" in page and "还没有绑定" in page
    assert "no second factor yet" in entered(client=english()).get("/account/").content.decode()


@pytest.mark.parametrize("then", ["wang", "li"])
def test_signing_in_again_in_the_same_browser_ends_the_session_before(people: None, then: str) -> None:
    client = entered()
    entered(then, client)
    rows = SignedSession.objects.order_by("pk").values_list("account__username", "ended_at")
    assert [(name, ended is None) for name, ended in rows] == [("wang", False), (then, True)]


def test_with_an_app_the_password_alone_opens_nothing(people: None) -> None:
    secret, _ = with_app(entered())
    client = Client()
    answer = client.post("/sign-in/", {"username": "wang", "password": PASSWORD, "next": PEOPLE})
    assert answer["Location"] == SECOND
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    wrong = client.post(SECOND, {"code": "000000"})
    assert wrong.status_code == 401 and 'role="alert"' in wrong.content.decode()
    assert client.post(SECOND, {"code": code_of(secret, 1)})["Location"] == PEOPLE
    assert client.get(PEOPLE).status_code == 200
    assert SignedSession.objects.filter(method="password+totp").count() == 1


def test_the_second_step_opens_only_after_the_first_and_for_ten_minutes(people: None, monkeypatch) -> None:
    assert Client().get(SECOND)["Location"] == "/sign-in/"
    assert Client().post(SECOND, {"code": "123456"})["Location"] == "/sign-in/"
    _, codes = with_app(entered())
    client = Client()
    client.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    later = time.time() + 601
    monkeypatch.setattr("yiwang.web.portal.session.time.time", lambda: later)
    assert client.post(SECOND, {"code": codes[0]})["Location"] == "/sign-in/"


def test_the_same_code_does_not_open_two_browsers(people: None) -> None:
    secret, codes = with_app(entered())
    code, browsers = code_of(secret, 1), [Client(), Client()]
    for client in browsers:
        client.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    assert [client.post(SECOND, {"code": code}).status_code for client in browsers] == [302, 401]
    assert browsers[1].post(SECOND, {"code": codes[0]}).status_code == 302
    third = Client()
    third.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    assert third.post(SECOND, {"code": codes[0]}).status_code == 401


def test_five_wrong_codes_lock_the_second_step(people: None) -> None:
    _, codes = with_app(entered())
    client = Client()
    client.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    entered(client=client)
    assert client.post(SECOND, {"code": codes[0]}).status_code == 429


def test_a_passkey_answer_that_is_none_is_refused(people: None) -> None:
    with_app(entered())
    client = Client()
    client.post("/sign-in/", {"username": "wang", "password": PASSWORD})
    for answer in ("", "{}", "[]", "null", '{"id": 1}', "{" * 30_000):
        assert client.post(SECOND, {"answer": answer}).status_code in (401, 429)


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(people: None) -> None:
    here, there, third = (entered() for _ in range(3))
    page = here.get(SECURITY).content.decode()
    assert page.count("/sessions/") == 3 and "本机" in page
    other = SignedSession.objects.get(session_key=there.session.session_key)
    here.post(f"{SECURITY}sessions/{other.pk}/end/")
    assert there.get("/account/").status_code == 302
    assert third.get("/account/").status_code == 200
    here.post(SECURITY + "sessions/end/")
    assert third.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_session_of_somebody_else_cannot_be_ended(people: None) -> None:
    mine, theirs = entered("wang"), entered("li")
    row = SignedSession.objects.get(session_key=theirs.session.session_key)
    assert mine.post(f"{SECURITY}sessions/{row.pk}/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_signing_out_takes_the_session_off_the_list(people: None) -> None:
    client = entered()
    client.post("/sign-out/")
    assert SignedSession.objects.get().ended_at is not None


def test_changing_how_one_signs_in_takes_a_fresh_sign_in(people: None) -> None:
    client = entered()
    with_app(client)
    session = client.session
    session["proved_at"] = time.time() - 901
    session.save()
    device = TotpDevice.objects.get().pk
    for address in (SECURITY + "app/", SECURITY + "codes/", f"{SECURITY}factors/totp/{device}/remove/"):
        assert client.post(address, {"label": "x"}).status_code == 403
    assert TotpDevice.objects.count() == 1


def test_a_role_that_demands_a_factor_opens_nothing_until_there_is_one(people: None, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["steward"]
    role_grant(
        actor=SYSTEM,
        account=Account.objects.get(username="wang").pk,
        role=Role.STEWARD,
        department="civil-affairs",
    )
    client = entered()
    assert client.get("/work/")["Location"] == SECURITY
    assert client.get("/api/data/catalogue").status_code == 401
    assert "必须使用二次验证" in client.get(SECURITY).content.decode()
    with_app(client)
    assert client.get("/work/").status_code == 200
    assert client.post(f"{SECURITY}factors/totp/{TotpDevice.objects.get().pk}/remove/").status_code == 403


def bound() -> None:
    subject_bind(
        actor=SYSTEM,
        account=Account.objects.get(username="wang").pk,
        kind="resident",
        identifier="239901194001010011",
        assurance="counter",
        title="王*江",
    )


def test_a_delegation_is_given_seen_by_both_and_taken_back(people: None) -> None:
    bound()
    client, day = entered(), timezone.localdate() + timedelta(days=3)
    page = client.get(PEOPLE).content.decode()
    link = re.search(r'<option value="(\d+)">王\*江', page)
    assert link is not None
    said = {"link": link[1], "to": "li", "scope": "look", "until": day.isoformat(), "reason": "看病"}
    assert client.post(PEOPLE, said | {"to": "nobody"}).status_code == 404
    assert client.post(PEOPLE, said | {"until": "soon"}).status_code == 400
    assert client.post(PEOPLE, said).status_code == 302
    other = entered("li")
    assert "王*江" in other.get("/account/").content.decode()
    assert "退回" in other.get(PEOPLE).content.decode()
    client.post(f"{PEOPLE}{Delegation.objects.get().pk}/end/")
    assert "王*江" not in other.get("/account/").content.decode()


def test_a_clerk_binds_at_the_counter_and_the_number_is_not_shown_again(people: None, signed_in) -> None:
    clerk = signed_in(Role.STAFF)
    number = "239901194001010011"
    said = {"username": "wang", "kind": "resident", "identifier": number, "title": "王*江"}
    refused = clerk.post("/work/bind/", said | {"username": "staff-1"})
    assert refused.status_code == 403 and number not in refused.content.decode()
    assert clerk.post("/work/bind/", said).status_code == 302
    assert "王*江" in entered().get("/account/").content.decode()
    assert entered("li").get("/work/bind/").status_code == 403


def test_an_administrator_resets_a_lost_factor_and_ends_the_sessions(people: None, signed_in) -> None:
    client = entered()
    with_app(client)
    wang = Account.objects.get(username="wang")
    wang.department = Account.objects.model.department.field.related_model.objects.get(code="civil-affairs")
    wang.save()
    admin = signed_in(Role.ADMIN)
    page = admin.get("/work/accounts/?search=wang").content.decode()
    assert "验证器应用" in page
    address = f"/work/accounts/{wang.pk}/change/"
    assert entered("li").post(address, {"change": "reset"}).status_code == 403
    assert admin.post(address, {"change": "anything"}).status_code == 400
    assert admin.post(address, {"change": "reset"}).status_code == 302
    assert client.get("/account/").status_code == 302
    assert Message.objects.filter(recipient=wang, title_zh__contains="重置").exists()
    entered().get("/account/")
    assert admin.post(address, {"change": "disable"}).status_code == 302
    assert Client().post("/sign-in/", {"username": "wang", "password": PASSWORD}).status_code == 401


def test_a_client_is_made_its_secret_shown_once_changed_and_shut_out(people: None, signed_in) -> None:
    admin = signed_in(Role.ADMIN)
    said = {"client_id": "desk-1", "name": "窗口系统", "department": "civil-affairs", "purpose": "核验"}
    page = admin.post("/work/clients/", said).content.decode()
    secret = re.search(r'id="client-secret">([\w-]{40,})<', page)
    assert secret is not None
    assert secret[1] not in admin.get("/work/clients/").content.decode()
    ask = {"grant_type": "client_credentials", "client_id": "desk-1"}
    assert Client().post("/api/oauth/token", ask | {"client_secret": secret[1]}).status_code == 200
    changed = admin.post("/work/clients/desk-1/rotate/").content.decode()
    assert Client().post("/api/oauth/token", ask | {"client_secret": secret[1]}).status_code == 401
    newer = re.search(r'id="client-secret">([\w-]{40,})<', changed)
    assert newer is not None
    admin.post("/work/clients/desk-1/enable/", {"enabled": "no"})
    assert Client().post("/api/oauth/token", ask | {"client_secret": newer[1]}).status_code == 401
    assert admin.post("/work/clients/", said).status_code == 409
    assert entered().get("/work/clients/").status_code == 403


def test_a_provider_is_declared_on_its_page(people: None, signed_in) -> None:
    admin = signed_in(Role.ADMIN)
    said = {
        "name": "city",
        "title_zh": "市统一认证",
        "title_en": "City identity",
        "issuer": "https://id.example",
        "client_id": "yiwang",
        "secret": "not-to-be-shown",
        "mode": "link",
        "subject_kind": "resident",
        "enabled": "yes",
    }
    assert admin.post("/work/providers/", said | {"issuer": "http://id.example"}).status_code == 400
    assert admin.post("/work/providers/", said).status_code == 302
    assert "not-to-be-shown" not in admin.get("/work/providers/").content.decode()
    assert "市统一认证" in Client().get("/sign-in/").content.decode()
    assert entered().post("/work/providers/", said).status_code == 403


def test_every_change_has_its_line(people: None) -> None:
    client = entered()
    with_app(client)
    client.post(SECURITY + "codes/")
    acts = set(AuditLine.objects.values_list("act", flat=True))
    assert {"account.sign-in", "session.begin", "factor.begin", "factor.add", "factor.codes"} <= acts
