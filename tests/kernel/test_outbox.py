"""Events: nothing is lost, nobody is asked twice who has taken it, and a bad subscriber stops nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from yiwang.kernel import outbox
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.kernel.models import CityFact, Event
from yiwang.kernel.selectors import event_waiting_count
from yiwang.kernel.service import Delivery, emit, event_declare, events_deliver, subscribe

TEXT = Text(zh="测试", en="a test")


class Said(BaseModel):
    number: int


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "KINDS", {})
    monkeypatch.setattr(outbox, "SUBSCRIBERS", {})
    event_declare("thing.said", Said, TEXT)


def make_due() -> None:
    Event.objects.filter(delivered_at__isnull=True).update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_delivered_event_reaches_its_subscriber_once_with_its_typed_payload() -> None:
    got: list[Delivery] = []
    subscribe("thing.said", got.append, "collector")
    number = emit("thing.said", {"number": 3})
    assert events_deliver().delivered == 1
    assert events_deliver().delivered == 0
    assert [(d.id, d.payload) for d in got] == [(number, Said(number=3))]


@pytest.mark.django_db
def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(InputError) as refusal:
        emit("thing.sayd", {"number": 1})
    assert "thing.said" in refusal.value.hint_en
    with pytest.raises(InputError):
        subscribe("thing.sayd", print, "x")


@pytest.mark.django_db
def test_a_payload_that_is_not_as_declared_is_refused() -> None:
    with pytest.raises(InputError):
        emit("thing.said", {"number": "three"})
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_a_transaction_and_vanishes_with_it() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        emit("thing.said", {"number": 1})
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit("thing.said", {"number": 1})
        raise ZeroDivisionError
    assert event_waiting_count() == 0


@pytest.mark.django_db
def test_a_failing_subscriber_holds_up_neither_other_events_nor_other_subscribers() -> None:
    heard: list[int] = []

    def fussy(delivery: Delivery) -> None:
        if delivery.payload == Said(number=2):
            raise ValueError("not two")

    def listener(delivery: Delivery) -> None:
        heard.append(Said.model_validate(delivery.payload).number)

    subscribe("thing.said", fussy, "fussy")
    subscribe("thing.said", listener, "listener")
    for number in (1, 2, 3):
        emit("thing.said", {"number": number})
    report = events_deliver()
    assert (report.delivered, report.failed, sorted(heard)) == (2, 1, [1, 2, 3])
    left = Event.objects.get(delivered_at__isnull=True)
    assert (left.attempts, left.done_by) == (1, ["listener"])
    assert "fussy: ValueError: not two" in left.last_error


@pytest.mark.django_db
def test_a_retry_waits_for_its_pause_and_goes_only_to_who_has_not_taken_it() -> None:
    calls: Counter[str] = Counter()

    def flaky(delivery: Delivery) -> None:
        calls["flaky"] += 1
        if calls["flaky"] == 1:
            raise OSError("away")

    def steady(delivery: Delivery) -> None:
        calls["steady"] += 1

    subscribe("thing.said", flaky, "flaky")
    subscribe("thing.said", steady, "steady")
    emit("thing.said", {"number": 1})
    assert events_deliver().failed == 1
    assert events_deliver() == outbox.DeliveryReport(0, 0)
    make_due()
    assert events_deliver().delivered == 1
    assert calls == {"flaky": 2, "steady": 1}
    done = Event.objects.get()
    assert (done.attempts, done.last_error, event_waiting_count()) == (2, "", 0)


@pytest.mark.django_db
def test_what_a_failing_subscriber_wrote_is_undone() -> None:
    def half(delivery: Delivery) -> None:
        CityFact.objects.create(pk="half", value=1)
        raise ValueError("broke off")

    subscribe("thing.said", half, "half")
    emit("thing.said", {"number": 1})
    events_deliver()
    assert not CityFact.objects.exists()


def test_pauses_double_up_to_an_hour() -> None:
    assert [outbox.retry_pause(n).total_seconds() for n in (1, 2, 3, 11, 5000)] == [5, 10, 20, 3600, 3600]


@pytest.mark.django_db
def test_a_claim_keeps_others_away_until_its_lease_ends() -> None:
    subscribe("thing.said", lambda delivery: None, "nobody")
    emit("thing.said", {"number": 1})
    Event.objects.update(claimed_by="a dispatcher that died", claimed_until=timezone.now() + timedelta(minutes=1))
    assert events_deliver().delivered == 0
    Event.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert events_deliver().delivered == 1


@pytest.mark.django_db
def test_one_key_names_one_subscriber_and_one_name_one_shape() -> None:
    subscribe("thing.said", print, "printer")
    subscribe("thing.said", print, "printer")
    with pytest.raises(ValueError, match="printer"):
        subscribe("thing.said", len, "printer")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="already declared"):
        event_declare("thing.said", Text, TEXT)


RACE = """
import sys, time, django
django.setup()
from pydantic import BaseModel
from yiwang.kernel.core.text import Text
from yiwang.kernel import service
class Said(BaseModel):
    number: int
service.event_declare("race.said", Said, Text(zh="甲", en="a"))
out = open(sys.argv[2], "a")
def hear(delivery):
    out.write(f"{delivery.payload.number}\\n"); out.flush(); time.sleep(0.001)
service.subscribe("race.said", hear, "hear")
if sys.argv[1] == "emit":
    from django.core.management import call_command
    from django.db import transaction
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for number in range(60):
            service.emit("race.said", {"number": number})
else:
    while (report := service.events_deliver(7)).delivered + report.failed:
        pass
"""


def test_two_dispatchers_at_once_deliver_each_event_once(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("YIWANG_")}
    env |= {"YIWANG_HOME": str(tmp_path), "YIWANG_SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "yiwang.config.test"}

    def run(what: str, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", RACE, what, str(tmp_path / name)], env=env)

    assert run("emit", "none").wait() == 0
    both = [run("deliver", "one"), run("deliver", "two")]
    assert [process.wait() for process in both] == [0, 0]
    heard = Counter((tmp_path / "one").read_text().split() + (tmp_path / "two").read_text().split())
    assert heard == {str(number): 1 for number in range(60)}
