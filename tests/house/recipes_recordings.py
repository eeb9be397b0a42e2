"""For each service over recordings of enforcement, a call that must leave an audit line."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from functools import partial

import recipes_cases
from django.utils import timezone
from smallcity import SYSTEM, Recipe, World

from yiwang.flow import selectors
from yiwang.flow import service as flow
from yiwang.flow.models import Case

HEAD = b"RIFF\x24\x00\x00\x00WAVEfmt "


def _said() -> flow.Taken:
    begin = timezone.now() - timedelta(minutes=10)
    officer = recipes_cases.person("officer")
    return flow.Taken(begin, begin + timedelta(minutes=5), "ZF-1", (officer,), "通江街", "试行办法 第一条")


def bound(number: str, place: str) -> dict[str, str]:
    """A recording of a case, already watched once: the parameters of the addresses that lead to it."""
    Case.objects.filter(number=number).update(opened_at=timezone.now() - timedelta(hours=1))
    said = replace(_said(), place=place)
    row = flow.recording_add(actor=SYSTEM, number=number, source=io.BytesIO(HEAD), name="a.wav", taken=said)
    viewing = selectors.recording_open(SYSTEM, number, row.number, purpose="试看")
    return {"recording": str(row.number), "viewing": str(viewing.number)}


def recording_add(world: World) -> partial[object]:
    case = recipes_cases.opened(world)
    Case.objects.update(opened_at=timezone.now() - timedelta(hours=1))
    source = io.BytesIO(HEAD)
    return partial(
        flow.recording_add, actor=world.actor, number=case.number, source=source, name="a.wav", taken=_said()
    )


def recording_supersede(world: World) -> partial[object]:
    add = recording_add(world)
    add()
    said = {**add.keywords, "source": io.BytesIO(HEAD + b"2")}
    return partial(flow.recording_supersede, **said, recording=1, reason="画面不全")


def recording_hand_over(world: World) -> partial[object]:
    add = recording_add(world)
    add()
    to = recipes_cases.person("reviewer")
    number = add.keywords["number"]
    return partial(flow.recording_hand_over, actor=world.actor, number=number, recording=1, to=to, reason="移交审核")


RECIPES: dict[str, Recipe] = {
    "recording_add": recording_add,
    "recording_hand_over": recording_hand_over,
    "recording_supersede": recording_supersede,
}
