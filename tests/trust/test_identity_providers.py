"""Signing in at a real OpenID Connect provider: the whole way there and back, and every answer that must not be believed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
import requests
from django.test import Client
from identityprovider import CLIENT, PASSWORD, PEOPLE, SECRET
from joserfc import jwt
from joserfc.jwk import RSAKey
from machine import free_port

from yiwang.config.place import Place
from yiwang.kernel.core.actor import ANONYMOUS, Actor, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused, SignInRefused, Unavailable
from yiwang.kernel.models import Account, AuditLine
from yiwang.kernel.selectors import actor_again
from yiwang.kernel.service import account_create, account_enable
from yiwang.trust import providers
from yiwang.trust.adapters import oidc
from yiwang.trust.bindings import subject_bind, subjects_of
from yiwang.trust.factors import totp_begin, totp_confirm
from yiwang.trust.models import IdentityProvider, ProviderLink

pytestmark = pytest.mark.django_db
SHELL = system_actor("test")
CALLBACK = "http://testserver/sign-in/with/city/return/"
NUMBER = PEOPLE[0][2]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a provider with two people and our client."""
    port, log = free_port(), tmp_path_factory.mktemp("provider") / "log"
    program = Path(__file__).with_name("identityprovider.py")
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, str(program), str(port), CALLBACK, "http://testserver/"], stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert server.poll() is None, log.read_text()
            try:
                if requests.get(f"{address}/.well-known/openid-configuration", timeout=5).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(autouse=True)
def own_home(home: Place, db: None) -> Iterator[Place]:
    oidc.providers_forget()
    yield home
    oidc.providers_forget()


def ask(at: str, **more: object) -> providers.ProviderAsk:
    said = providers.ProviderAsk("city", Text(zh="市统一认证", en="City identity"), at, CLIENT, SECRET)
    return replace(said, **more)  # type: ignore[arg-type]


def declared(issuer: str, **more: object) -> None:
    providers.provider_save(actor=SHELL, ask=ask(issuer, **more))


def away(address: str, who: str = "wang") -> str:
    """Sign in at the provider as a person does, and return the address it sends the browser back to."""
    browser = requests.Session()
    answer = browser.get(address, allow_redirects=False, timeout=20)
    for _ in range(12):
        if answer.is_redirect:
            onward = urljoin(answer.url, answer.headers["Location"])
            if onward.startswith(CALLBACK):
                return onward
            answer = browser.get(onward, allow_redirects=False, timeout=20)
        else:
            token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
            assert token is not None, answer.text
            form = {"csrf_token": token[1], "login": who, "password": PASSWORD}
            answer = browser.post(answer.url, data=form, allow_redirects=False, timeout=20)
    raise AssertionError(f"the provider led nowhere: {answer.url}")


def set_out(client: Client) -> str:
    answer = client.get("/sign-in/with/city/?next=/account/people/")
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def own(back: str) -> str:
    """The address as our own site sees it."""
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def came(client: Client, who: str = "wang") -> object:
    return client.get(own(away(set_out(client), who)))


def test_the_sign_in_page_has_a_button_and_the_whole_way_leads_in(issuer: str) -> None:
    declared(issuer, mode="create", identifier_claim="website")
    client = Client()
    assert "市统一认证" in client.get("/sign-in/").content.decode()
    answer = came(client)
    assert answer.status_code == 302 and answer["Location"] == "/account/people/"
    actor = actor_again(f"account:{Account.objects.get().pk}", "")
    assert actor.name == "王小江" and actor.scopes == {}
    assert [row.kind for row in subjects_of(actor)] == ["resident"]
    assert AuditLine.objects.filter(act="provider.sign-in", rule="provider:city").count() == 1
    again = Client()
    assert came(again).status_code == 302
    assert Account.objects.count() == ProviderLink.objects.count() == 1


def test_the_question_carries_state_nonce_and_a_challenge(issuer: str) -> None:
    declared(issuer)
    said = parse_qs(urlsplit(set_out(Client())).query)
    assert said["code_challenge_method"] == ["S256"] and len(said["code_challenge"][0]) == 43
    assert len(said["state"][0]) >= 32 and len(said["nonce"][0]) >= 32
    assert said["redirect_uri"] == [CALLBACK]


def test_signing_out_shows_the_way_to_sign_out_there_too(issuer: str) -> None:
    declared(issuer, mode="create")
    client = Client()
    came(client)
    page = client.post("/sign-out/").content.decode()
    assert f"{issuer}/oauth/end_session" in page
    assert client.get("/account/").status_code == 302


def test_where_only_linked_accounts_come_in_a_stranger_does_not(issuer: str) -> None:
    declared(issuer)
    answer = came(Client())
    assert answer.status_code == 401 and "没有关联本站账号" in answer.content.decode()
    assert not Account.objects.exists()
    assert AuditLine.objects.get(act="provider.refused").details == {"reason": "no account"}


def test_a_resident_whom_a_clerk_has_bound_is_found_by_the_number(issuer: str) -> None:
    declared(issuer, identifier_claim="website")
    row = account_create(actor=SHELL, username="xiaojiang", display_name="王小江", password=PASSWORD)
    subject_bind(actor=SHELL, account=row.pk, kind="resident", identifier=NUMBER, assurance="counter")
    assert came(Client()).status_code == 302
    assert ProviderLink.objects.get().account_id == row.pk
    assert came(Client(), "li").status_code == 401


def test_who_is_signed_in_links_their_own_account_and_can_end_that(issuer: str) -> None:
    declared(issuer)
    account_create(actor=SHELL, username="xiaojiang", display_name="王小江", password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"username": "xiaojiang", "password": PASSWORD})
    assert "/sign-in/with/city/" in client.post("/account/security/providers/city/link/").content.decode()
    assert came(client)["Location"] == "/account/security/"
    assert came(Client())["Location"] == "/account/people/"
    link = ProviderLink.objects.get()
    assert client.post(f"/account/security/providers/{link.pk}/unlink/").status_code == 302
    assert came(Client()).status_code == 401


def test_a_stranger_ends_no_link_of_others_and_takes_none_over(issuer: str) -> None:
    declared(issuer, mode="create")
    came(Client())
    other = account_create(actor=SHELL, username="other", display_name="别人", password=PASSWORD)
    actor = actor_again(f"account:{other.pk}", "")
    with pytest.raises(NotFound):
        providers.provider_unlink(actor=actor, link=ProviderLink.objects.get().pk)
    with pytest.raises(Conflict):
        returned(issuer, actor=actor)


def returned(issuer: str, *, actor: Actor = ANONYMOUS, **changed: str) -> int:
    """The way there and back by the services alone, with the answer changed on its way."""
    address, state = providers.provider_begin(name="city", callback=CALLBACK)
    said = {name: values[0] for name, values in parse_qs(urlsplit(away(address)).query).items()}
    kept = state | {name[6:]: value for name, value in changed.items() if name.startswith("state_")}
    said |= {name: value for name, value in changed.items() if not name.startswith("state_")}
    return providers.provider_return(name="city", callback=CALLBACK, state=kept, returned=said, actor=actor)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "another"}, "state"),
        ({"code": "another"}, "token"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"error": "access_denied"}, "error"),
        ({"state_nonce": "another"}, "claims"),
        ({"state_verifier": "another" * 10}, "token"),
        ({"state_at": 0.0}, "too late"),
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(issuer: str, changed: dict, reason: str) -> None:
    declared(issuer, mode="create")
    with pytest.raises(SignInRefused):
        returned(issuer, **changed)
    assert not Account.objects.exists()
    assert AuditLine.objects.get(act="provider.refused").details["reason"].startswith(reason)


def test_an_answer_works_once_and_only_in_the_browser_that_asked(issuer: str) -> None:
    declared(issuer, mode="create")
    client = Client()
    back = own(away(set_out(client)))
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 401
    assert Client().get("/sign-in/with/city/return/?" + urlencode({"code": "x", "state": ""})).status_code == 401


def test_a_token_by_another_key_or_for_another_client_is_not_believed(issuer: str, monkeypatch) -> None:
    declared(issuer)
    me = oidc.Relying(issuer, CLIENT, SECRET, "openid", CALLBACK)
    real, strange = RSAKey.generate_key(2048, auto_kid=True), RSAKey.generate_key(2048, auto_kid=True)
    monkeypatch.setattr(oidc, "_keys_of", lambda *_: {"keys": [real.as_dict(private=False)]})
    now = int(time.time())
    good = {"iss": issuer, "aud": CLIENT, "sub": "s", "nonce": "n", "iat": now, "exp": now + 60}
    signed = jwt.encode({"alg": "RS256", "kid": real.kid}, good, real)
    assert oidc._checked(me, signed, "n", "")["sub"] == "s"
    wrong = [
        jwt.encode({"alg": "RS256", "kid": strange.kid}, good, strange),
        jwt.encode({"alg": "RS256", "kid": real.kid}, good, strange),
        jwt.encode({"alg": "RS256", "kid": real.kid}, good | {"aud": "another"}, real),
        jwt.encode({"alg": "RS256", "kid": real.kid}, good | {"iss": "https://evil.example"}, real),
        jwt.encode({"alg": "RS256", "kid": real.kid}, good | {"exp": now - 600}, real),
        jwt.encode({"alg": "RS256", "kid": real.kid}, {k: v for k, v in good.items() if k != "nonce"}, real),
        signed.rsplit(".", 1)[0] + ".",
        "",
        "a.b.c",
    ]
    for token in wrong:
        with pytest.raises(oidc.NotBelieved):
            oidc._checked(me, token, "n", "")


def test_who_has_a_second_factor_gives_it_after_the_provider_too(issuer: str, monkeypatch) -> None:
    declared(issuer, mode="create")
    came(Client())
    actor = actor_again(f"account:{Account.objects.get().pk}", "")
    monkeypatch.setattr("yiwang.trust.factors._totp_fits", lambda row, code: code == "123456")
    totp_confirm(actor=actor, device=totp_begin(actor=actor, label="手机").device, code="123456")
    client = Client()
    assert came(client)["Location"] == "/sign-in/second/"
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-in/second/", {"code": "123456"})["Location"] == "/account/people/"


def test_a_disabled_account_or_provider_lets_nobody_in(issuer: str) -> None:
    declared(issuer, mode="create")
    came(Client())
    account_enable(actor=SHELL, account=Account.objects.get().pk, enabled=False)
    client = Client()
    assert came(client).status_code == 403
    assert client.get("/account/").status_code == 302
    declared(issuer, enabled=False)
    assert "市统一认证" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/sign-in/with/city/").status_code == 404


def test_a_provider_that_is_silent_or_names_another_issuer_is_said_so(issuer: str) -> None:
    declared(f"http://127.0.0.1:{free_port()}")
    assert Client().get("/sign-in/with/city/").status_code == 503
    declared(f"{issuer}/")
    with pytest.raises(Unavailable):
        oidc.metadata_of(f"{issuer}/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "A b"},
        {"issuer": "http://id.example"},
        {"issuer": "javascript:x"},
        {"secret": ""},
        {"client_id": ""},
        {"mode": "guess"},
        {"subject_kind": "ghost"},
        {"scopes": "profile"},
    ],
)
def test_what_cannot_be_a_provider_is_refused(wrong: dict) -> None:
    with pytest.raises(InputError):
        providers.provider_save(actor=SHELL, ask=ask("https://id.example", **wrong))


def test_only_an_administrator_declares_one_and_its_secret_never_comes_back() -> None:
    with pytest.raises(Refused):
        providers.provider_save(actor=ANONYMOUS, ask=ask("https://id.example"))
    declared("https://id.example")
    declared("https://id.example", secret="")
    assert SECRET.encode() not in bytes(IdentityProvider.objects.get().sealed_secret)
    assert SECRET not in repr(providers.provider_list(SHELL))
    assert not AuditLine.objects.filter(details__icontains=SECRET).exists()
