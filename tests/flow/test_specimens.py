"""Sample tickets: only for a synthetic city, along the real services and the real hotline pack, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.config.place import Place
from yiwang.flow.models import Case, Work
from yiwang.flow.selectors import duty_gap_list
from yiwang.flow.service import specimens_make
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import Conflict
from yiwang.kernel.service import city_mark_synthetic, pack_install

PACKS = Path(__file__).resolve().parents[2] / "packs"
SYSTEM = system_actor("tests")


@pytest.fixture
def hotline(db: None, home: Place) -> None:
    for name in ("calendar", "divisions", "departments"):
        pack_install(actor=SYSTEM, folder=PACKS / "foundation" / name)
    pack_install(actor=SYSTEM, folder=PACKS / "service" / "hotline-12345")


@pytest.mark.usefixtures("hotline")
def test_a_real_city_gets_no_sample_tickets() -> None:
    with pytest.raises(Conflict, match="synthetic"):
        specimens_make(actor=SYSTEM)
    assert not Case.objects.exists()


@pytest.mark.usefixtures("hotline")
def test_sample_tickets_walk_the_real_way_and_are_made_once() -> None:
    city_mark_synthetic(actor=SYSTEM)
    assert specimens_make(actor=SYSTEM, count=9, days=20) == 9
    tickets = Case.objects.filter(item__item_id="hotline-ticket")
    assert tickets.count() == 9
    done = Work.objects.filter(case__in=tickets, closed_how="done")
    assert {"handle", "callback"} <= set(done.values_list("node", flat=True))
    assert all(work.case.opened_at < work.opened_at <= work.closed_at for work in done.filter(node="callback"))
    assert specimens_make(actor=SYSTEM) == 0
    assert tickets.count() == 9


@pytest.mark.usefixtures("hotline")
def test_the_topic_that_bounced_has_its_duty_gap_open() -> None:
    city_mark_synthetic(actor=SYSTEM)
    specimens_make(actor=SYSTEM, count=4, days=20)
    (gap,) = duty_gap_list(SYSTEM)
    assert [refusal.topic for refusal in gap.refusals] == [gap.topic] * 3
    opinions = Case.objects.get(number=gap.case).works.filter(closed_at=None)
    assert {work.node for work in opinions} == {"opinions"}
