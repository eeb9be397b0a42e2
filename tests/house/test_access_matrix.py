"""Route × role × another department's things: made from the table of addresses, with one declared rule for each.

Nobody of our department, no program of ours and no visitor is shown anything of the other department, by any method, or
changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import foreigncity as city
import pytest
from accessrules import RULES, Rule
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from smallcity import World

from yiwang.config.place import Place
from yiwang.web.access import PUBLIC_ROUTES, TOKEN_PATHS

METHODS = ("get", "head", "post", "put", "patch", "delete")
CLOSED = {401, 403, 404, 405}
KINDS = {"public", "open", "list", "scoped", "act", "own", "token"}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    name: str
    pattern: str

    def path(self, rule: Rule, things: dict[str, str]) -> str:
        """With the other department's things in the place of its parameters. Raises KeyError for one nobody stands for."""

        def thing(found: re.Match[str]) -> str:
            said = rule.args.get(found[1], found[1])
            return things[said] if said in things or found[1] not in rule.args else said

        return PARAMETER.sub(thing, self.pattern)


def addresses(resolver: URLResolver | None = None, names: str = "", prefix: str = "/") -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(f"{names}{entry.name or ''}", pattern)
        else:
            yield from addresses(entry, f"{names}{entry.namespace}:" if entry.namespace else names, pattern)


def table_faults(named: set[str], rules: dict[str, Rule]) -> list[str]:
    faults = [f"{name} has no rule in accessrules.py" for name in sorted(named - rules.keys())]
    faults += [f"{name} has a rule and is no route" for name in sorted(rules.keys() - named)]
    faults += [f"{name}: there is no kind {rule.kind}" for name, rule in rules.items() if rule.kind not in KINDS]
    for name in sorted(named & rules.keys()):
        if (rules[name].kind == "public") != (name in PUBLIC_ROUTES):
            faults.append(f"{name} is public in one list and not in the other")
    return faults


def body_of(answer: object) -> str:
    return b"".join(answer).decode("utf-8", "replace")  # type: ignore[call-overload]


def faults_at(client: Client, headers: dict[str, str], who: str, address: Address, rule: Rule, path: str) -> list[str]:
    """What is wrong with the answers of one address to one of ours, over every method."""
    faults = []
    for method in METHODS:
        sent = getattr(client, method)
        answer = sent(path, dict(rule.body), **headers) if method == "post" else sent(path, **headers)
        told, here = body_of(answer), f"{who} {method.upper()} {path} ({address.name})"
        if answer.status_code >= 500:
            faults.append(f"{here} broke: {answer.status_code}")
        if city.LEAK in told and who not in rule.reach:
            faults.append(f"{here} shows {told[max(0, told.index(city.LEAK) - 60) :][:120]!r}")
        is_others = rule.kind == "scoped" or (rule.kind == "own" and "<" in address.pattern)
        if is_others and who not in rule.reach and answer.status_code not in CLOSED and not to_sign_in(answer):
            faults.append(f"{here} answered {answer.status_code} about another department's thing")
        if rule.kind == "token" and who != city.PROGRAM and answer.status_code not in CLOSED:
            faults.append(f"{here} answered {answer.status_code} without a token")
    return faults


def to_sign_in(answer: object) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")  # type: ignore[attr-defined]


@pytest.fixture
def things(db: None, home: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return city.build(World(tmp_path, monkeypatch))


def test_every_route_has_a_rule() -> None:
    faults = table_faults({address.name for address in addresses()}, RULES)
    assert not faults, "\n".join(faults)


def test_a_route_without_a_rule_and_a_rule_without_a_route_are_found() -> None:
    faults = table_faults({"work:new", "work:case"}, {"work:case": Rule("scoped"), "work:gone": Rule("odd")})
    assert [fault.split()[0] for fault in faults] == ["work:new", "work:gone", "work:gone:"]


def test_token_routes_lie_where_a_token_is_asked_for() -> None:
    for address in addresses():
        if address.name in RULES and RULES[address.name].kind == "token":
            assert any(address.pattern.startswith(place) for place in TOKEN_PATHS), address.name


def walked(who: str, things: dict[str, str]) -> list[str]:
    """Every address by one of ours, and what of the other department was changed by it. One without a rule fails elsewhere."""
    client, headers = city.somebody(who)
    before, faults = city.held(), []
    for address in addresses():
        rule = RULES.get(address.name)
        if rule is None:
            continue
        faults += faults_at(client, headers, who, address, rule, address.path(rule, things))
        if address.name in ("portal:sign-out", "portal:sessions-end") and who not in (city.PROGRAM, city.VISITOR):
            city.sign_in(client, who)
    after = city.held()
    return faults + [f"{who} changed a {kind}" for kind in before if before[kind] != after[kind]]


def test_nobody_sees_or_changes_what_another_department_holds(things: dict[str, str]) -> None:
    faults = [fault for who in city.WHO for fault in walked(who, things)]
    assert not faults, "\n".join(faults)


def test_the_walk_would_see_what_is_shown(things: dict[str, str]) -> None:
    """Somebody of the department itself is shown what the others are not: the marks are really there."""
    client = city.insider()
    known = [(a, RULES[a.name]) for a in addresses() if a.name in RULES]
    read = [(a, a.path(rule, things)) for a, rule in known if rule.kind in ("scoped", "list")]
    shown = {a.name for a, path in read if city.LEAK in body_of(client.get(path))}
    assert {"work:recordings", "work:recording"} <= shown
    assert {"work:case", "work:case-file", "work:cases", "work:work", "work:rejected", "work:grant"} <= shown
