"""Programs come in with client credentials, for as long as they are let in."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.kernel.service import department_save
from yiwang.trust import clients
from yiwang.trust.errors import ClientRefused
from yiwang.web.middleware import token_needed

pytestmark = pytest.mark.django_db
SHELL = system_actor("test")
LEAD = Actor(id="account:1", name="lead", scopes={Role.DATA_LEAD: frozenset({"civil"})})
TOKEN = "/api/oauth/token"


@pytest.fixture(autouse=True)
def departments(db: None) -> None:
    clients.clients_forget()
    for code in ("civil", "market"):
        department_save(actor=SHELL, code=code, name=Text(zh=code, en=code), parent=None)


def let_in(client_id: str = "desk", department: str = "civil") -> clients.ClientSecret:
    return clients.client_new(actor=SHELL, client_id=client_id, name="窗口系统", department=department, purpose="核验")


def ask(made: clients.ClientSecret, grant: str = "client_credentials", **more: str) -> tuple[int, dict]:
    pair = base64.b64encode(f"{made.client_id}:{made.secret}".encode()).decode()
    answer = Client().post(TOKEN, {"grant_type": grant, **more}, headers={"authorization": f"Basic {pair}"})
    return answer.status_code, answer.json()


def bearing(token: str) -> object:
    return RequestFactory().get("/api/exchange/x", headers={"authorization": f"Bearer {token}"})


def test_a_program_gets_a_token_and_is_known_by_it() -> None:
    status, told = ask(let_in())
    assert status == 200 and told["token_type"] == "Bearer" and told["scope"] == "exchange"
    actor = clients.client_actor(bearing(told["access_token"]))
    assert (actor.id, actor.kind, actor.department, actor.scopes) == ("client:desk", "client", "civil", {})
    assert AuditLine.objects.filter(act="client.token", actor_id="client:desk").count() == 1


def test_neither_the_secret_nor_the_token_is_kept() -> None:
    made = let_in()
    _, told = ask(made)
    assert made.secret not in Application.objects.get().client_secret
    assert AccessToken.objects.get().token == ""
    assert not AuditLine.objects.filter(details__icontains=made.secret).exists()


def test_the_secret_may_stand_in_the_body_too() -> None:
    made = let_in()
    answer = Client().post(
        TOKEN, {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": made.secret}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", ""]
)
def test_no_other_grant_is_served(grant: str) -> None:
    status, told = ask(let_in(), grant, username="a", password="b", code="c", refresh_token="d", device_code="e")
    assert status in (400, 401) and "access_token" not in told


def test_a_wrong_secret_gets_nothing() -> None:
    made = let_in()
    assert ask(clients.ClientSecret(made.client_id, "wrong"))[0] == 401
    assert ask(clients.ClientSecret("nobody", made.secret))[0] == 401


def test_a_scope_that_is_not_offered_is_refused() -> None:
    status, told = ask(let_in(), scope="everything")
    assert (status, told["error"]) == (400, "invalid_scope")


def test_a_disabled_client_gets_no_token_and_its_old_one_ends() -> None:
    made = let_in()
    _, told = ask(made)
    clients.client_actor(bearing(told["access_token"]))
    clients.client_enable(actor=SHELL, client_id="desk", enabled=False)
    with pytest.raises(ClientRefused):
        clients.client_actor(bearing(told["access_token"]))
    assert ask(made)[0] == 401
    clients.client_enable(actor=SHELL, client_id="desk", enabled=True)
    assert ask(made)[0] == 200


def test_another_process_sees_a_revocation_within_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    _, told = ask(let_in())
    clients.clients_forget()
    now = [1000.0]
    monkeypatch.setattr(clients.time, "monotonic", lambda: now[0])
    clients.client_actor(bearing(told["access_token"]))
    AccessToken.objects.all().delete()
    now[0] += clients.BELIEVED_SECONDS - 0.1
    assert clients.client_actor(bearing(told["access_token"])).id == "client:desk"
    now[0] += 0.2
    with pytest.raises(ClientRefused):
        clients.client_actor(bearing(told["access_token"]))


def test_a_token_that_was_seen_costs_no_question_to_the_database(django_assert_num_queries) -> None:
    _, told = ask(let_in())
    clients.client_actor(bearing(told["access_token"]))
    with django_assert_num_queries(0):
        clients.client_actor(bearing(told["access_token"]))


def test_a_new_secret_ends_the_old_one_and_its_tokens() -> None:
    old = let_in()
    _, told = ask(old)
    new = clients.client_rotate(actor=SHELL, client_id="desk")
    assert ask(old)[0] == 401 and ask(new)[0] == 200
    with pytest.raises(ClientRefused):
        clients.client_actor(bearing(told["access_token"]))


def test_an_expired_token_is_refused_even_while_it_is_believed() -> None:
    _, told = ask(let_in())
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    clients.clients_forget()
    with pytest.raises(ClientRefused, match="expired"):
        clients.client_actor(bearing(told["access_token"]))


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer  ", "Basic abc", "Bearer nonsense", "Bearer \x00"])
def test_without_a_good_token_the_exchange_answers_401_and_names_the_scheme(said: str) -> None:
    request = RequestFactory().get("/api/exchange/x", headers={"authorization": said} if said else {})
    answer = token_needed(request)
    assert answer is not None and answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_does_not_open_what_needs_a_sign_in() -> None:
    _, told = ask(let_in())
    answer = Client().get("/api/data/catalogue", headers={"authorization": f"Bearer {told['access_token']}"})
    assert answer.status_code == 401


def test_a_client_belongs_to_a_department_one_answers_for() -> None:
    let_in("theirs", "market")
    clients.client_new(actor=LEAD, client_id="ours", name="x", department="civil", purpose="y")
    assert [row.client_id for row in clients.client_list(LEAD).items] == ["ours"]
    for call in (
        lambda: clients.client_new(actor=LEAD, client_id="more", name="x", department="market", purpose="y"),
        lambda: clients.client_rotate(actor=LEAD, client_id="theirs"),
        lambda: clients.client_enable(actor=LEAD, client_id="theirs", enabled=False),
        lambda: clients.client_get(LEAD, "theirs"),
    ):
        with pytest.raises(Refused):
            call()


def test_what_a_client_is_called_and_for_must_be_said() -> None:
    let_in()
    with pytest.raises(Conflict):
        let_in()
    for wrong in ({"client_id": "A b"}, {"name": " "}, {"purpose": ""}):
        with pytest.raises(InputError):
            clients.client_new(
                actor=SHELL, **{"client_id": "x-1", "name": "x", "department": "civil", "purpose": "y", **wrong}
            )
    with pytest.raises(NotFound):
        clients.client_rotate(actor=SHELL, client_id="gone")
