"""The doors say all they offer, in order, and what they take."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from yiwang.kernel import selectors, service

# Plumbing that other services call, what happens before anybody is known, and what touches no city (pack_new).
WITHOUT_ACTOR = {
    "action_declare",
    "dispatch_until",
    "emit",
    "event_declare",
    "events_deliver",
    "pack_new",
    "factor_try",
    "file_guard_declare",
    "file_sealer_declare",
    "sign_in",
    "subscribe",
}


@pytest.mark.parametrize("door", [service, selectors])
def test_a_door_lists_its_names_in_order_and_has_them(door: ModuleType) -> None:
    assert door.__all__ == sorted(door.__all__)
    assert all(hasattr(door, name) for name in door.__all__)


def test_every_service_is_called_by_keyword_and_takes_an_actor() -> None:
    for name in service.__all__:
        called = getattr(service, name)
        if not inspect.isfunction(called) or name in WITHOUT_ACTOR:
            continue
        parameters = inspect.signature(called).parameters
        assert "actor" in parameters, name
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values()), name
