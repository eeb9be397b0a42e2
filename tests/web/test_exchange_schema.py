"""Whatever is sent to any address of the interface, it answers as its description says: no fault of ours, no unknown status.

YIWANG_SCHEMA_EXAMPLES sets how many calls are made up for each address (8 by default; a drill takes hundreds).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from exchangecity import LI, REGISTER, SYSTEM, ExchangeCity, found
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from yiwang.config.place import Place
from yiwang.data.exchange.records import shapes_forget
from yiwang.data.models import Load
from yiwang.kernel.core.actor import Role
from yiwang.kernel.service import account_create, role_grant
from yiwang.trust.clients import clients_forget
from yiwang.web.api.exchange import api as exchange
from yiwang.web.api.root import api

EXAMPLES = int(os.environ.get("YIWANG_SCHEMA_EXAMPLES", "8"))
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
RUN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
ADDRESSES = [
    (name, f"{method.upper()} {path}")
    for name, one in (("exchange", exchange), ("city", api))
    for path, methods in one.get_openapi_schema()["paths"].items()
    for method in methods
]


@pytest.fixture
def city(db: None, home: Place) -> ExchangeCity:
    clients_forget()
    shapes_forget()
    return found(home.home / "inbox")


@contextmanager
def one_connection() -> Iterator[None]:
    """A request closes a connection with an open transaction, and a test is one: Django's own client looks away from
    the same signal for each of its calls, and listens again after."""
    signals = (request_started, request_finished)
    for signal in signals:
        assert signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def signed_in() -> dict[str, str]:
    account = account_create(
        actor=SYSTEM, username="steward", display_name="s", password="a-long-and-rare-one", department="police"
    )
    role_grant(actor=SYSTEM, account=account.pk, role=Role.STEWARD, department="police")
    browser = Client()
    browser.force_login(account)
    browser.get("/sign-in/")
    token = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else "x" * 32
    return {
        "HTTP_COOKIE": f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}",
        "HTTP_X_CSRFTOKEN": token,
    }


def standing(city: ExchangeCity, address: str) -> dict[str, Any]:
    """What is really there, by the name it has in a path or a body."""
    grant = city.grant()
    asked = {"purpose": "benefit", "grant": grant}
    number = ""
    if "/batches/" in address:
        number = city.post(f"resources/{REGISTER}/batches", asked, idempotency_key="schema-1").json()["id"]
    if "/subscriptions/" in address:
        number = city.post("subscriptions", asked | {"resource": REGISTER}).json()["id"]
    loads = {"load_id": Load.objects.values_list("pk", flat=True)[0]}
    return asked | {"resource": REGISTER, "key": {"id_number": LI}, "number": number} | loads


def pointed(case: Any, there: dict[str, Any]) -> None:
    """Let a made-up call name what is there."""
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part.update({name: there[name] for name in part.keys() & there.keys()})


def pounded(address: str, place: str, said: dict[str, str], there: dict[str, Any]) -> int:
    """Make up calls of one address, good ones and bad ones, every second one about what is there, and look at each answer.

    Returns how many there were.
    """
    inner = get_wsgi_application()

    def city(environ: dict[str, Any], start: Any) -> Any:
        return inner(environ | said, start)

    described = schemathesis.openapi.from_wsgi(f"/api/{place}openapi.json", city)
    method, path = address.split(" ")
    calls = []
    operation = described[path][method]
    can_be_wrong = any(True for _ in operation.iter_parameters()) or bool(operation.body)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if can_be_wrong else (GenerationMode.POSITIVE,)
    for mode in modes:

        @RUN
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            if len(calls) % 2:
                pointed(case, there)
            answer = case.call()
            case.validate_response(answer, checks=CHECKS)
            calls.append(answer.status_code)

        call()
    return len(calls)


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
def test_every_address_answers_as_described(city: ExchangeCity, name: str, address: str) -> None:
    said = {"HTTP_AUTHORIZATION": f"Bearer {city.token}"} if name == "exchange" else signed_in()
    there = standing(city, address)
    with one_connection():
        assert pounded(address, "exchange/" if name == "exchange" else "", said, there) > 0


def test_the_description_is_openapi_3_1_and_every_address_names_its_errors() -> None:
    for one in (exchange, api):
        said = one.get_openapi_schema()
        assert said["openapi"].startswith("3.1.")
        for path, methods in said["paths"].items():
            for method, operation in methods.items():
                known = {str(status) for status in operation["responses"]}
                assert known & {"200", "201", "202", "204"} and "500" in known, (path, method)


def test_a_good_call_is_among_those_that_are_looked_at(city: ExchangeCity) -> None:
    assert city.query(LI, grant=city.grant()).status_code == 200
    assert ("exchange", "POST /api/exchange/resources/{resource}/query") in ADDRESSES
