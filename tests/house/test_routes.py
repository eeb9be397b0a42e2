"""Every address asks who you are, but for the few that say why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from yiwang.web.access import PUBLIC_ROUTES

SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}
SHORTEST_REASON = 15


@dataclass(frozen=True)
class Route:
    name: str
    path: str


def routes(resolver: URLResolver | None = None, names: str = "", prefix: str = "/") -> Iterator[Route]:
    """Every pattern of the URL table under its full name, with a path that leads to it."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + sample_path(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield Route(f"{names}{entry.name or ''}", path)
        else:
            inner = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from routes(entry, inner, path)


def sample_path(pattern: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], pattern)


def open_to_anybody(client: Client, route: Route) -> list[str]:
    """The methods by which a visitor gets past the door of a route."""
    got_in = []
    for method in ("get", "post"):
        answer = getattr(client, method)(route.path)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith(django_settings.LOGIN_URL)
        if not to_sign_in and answer.status_code not in {401, 403}:
            got_in.append(f"{method.upper()} {route.path} ({route.name}) answered {answer.status_code}")
    return got_in


def public_list_faults(table: list[Route], public: dict[str, str]) -> list[str]:
    known = {route.name for route in table}
    faults = [f"{name} is public but is no route" for name in public if name not in known]
    return faults + [f"{n} is public without a reason" for n, why in public.items() if len(why) < SHORTEST_REASON]


def test_every_route_has_a_name() -> None:
    assert [route.path for route in routes() if not route.name or route.name.endswith(":")] == []


def test_the_public_list_names_routes_and_reasons() -> None:
    assert public_list_faults(list(routes()), PUBLIC_ROUTES) == []


@pytest.mark.django_db
def test_a_route_that_is_not_public_turns_a_visitor_away() -> None:
    closed = [route for route in routes() if route.name not in PUBLIC_ROUTES]
    assert len(closed) > 20
    assert [fault for route in closed for fault in open_to_anybody(Client(), route)] == []


@pytest.mark.django_db
def test_a_route_without_a_door_is_found(settings: object) -> None:
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "SignInRequired" not in m]  # type: ignore[attr-defined]
    client = Client(raise_request_exception=False)
    closed = next(route for route in routes() if route.name == "work:departments")
    assert any("GET" in fault for fault in open_to_anybody(client, closed))


def test_a_public_route_that_is_gone_or_gives_no_reason_is_found() -> None:
    faults = public_list_faults([Route("home", "/")], {"home": "because", "lost": "a reason that is long enough"})
    assert faults == ["lost is public but is no route", "home is public without a reason"]
