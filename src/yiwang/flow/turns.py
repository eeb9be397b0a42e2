"""One write on one case, while it is under way: the case's locked row, its state, and the rows that will be written together."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from yiwang.flow.core.process.effects import CallAsked, Ended
from yiwang.flow.core.process.events import Event
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.core.process.state import State
from yiwang.flow.locking import Standing, standing_of
from yiwang.flow.models import Case, CaseNote, CaseStep, Due, Work, note_words
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.calendar import Calendar
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import calendar_of, city_calendar
from yiwang.kernel.service import Batch

# Whoever filed the case, with number and code, does work that stands in this name.
APPLICANT = "applicant"


@dataclass
class Changes:
    """Rows to write, in the order in which the reducer's effects asked for them. Works are known by their number."""

    steps: list[CaseStep] = field(default_factory=list)
    works: dict[int, Work] = field(default_factory=dict)
    budgets: dict[int, str] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    closed: dict[int, str] = field(default_factory=dict)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    timers: dict[str, Due] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    notes: list[CaseNote] = field(default_factory=list)
    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    calls: list[CallAsked] = field(default_factory=list)
    calls_dropped: list[int] = field(default_factory=list)
    ended: Ended | None = None


@dataclass
class Turn:
    case: Case
    definition: Definition
    state: State
    actor: Actor
    now: datetime
    # None until a write asks for it.
    known: Standing | None = None
    changes: Changes = field(default_factory=Changes)
    batch: Batch = field(default_factory=Batch)
    # What follows at once from an effect: decided, action done or failed.
    following: deque[Event] = field(default_factory=deque)

    @cached_property
    def process_actor(self) -> Actor:
        """The process itself: what its diagram does by itself was approved with the diagram."""
        return system_actor(f"process:{self.case.process.process_id}")

    @cached_property
    def standing(self) -> Standing:
        return self.known or standing_of(self.case.pk)

    @cached_property
    def calendar(self) -> Calendar:
        packs = self.known.packs if self.known else None
        return city_calendar() if packs is None else calendar_of(packs)

    def note(self, kind: str, text: Text, *, public: bool = False, by: str = "") -> None:
        self.changes.notes.append(
            CaseNote(
                case_id=self.case.pk,
                at=self.now,
                kind=kind,
                **note_words(zh=text.zh, en=text.en),
                is_public=public,
                by=by or self.actor.name[:120],
            )
        )

    def title(self, node: str) -> Text:
        """What the diagram calls it."""
        found = self.definition.nodes.get(node)
        return Text(zh=found.name.zh, en=found.name.en) if found and found.name else Text(zh=node, en=node)
