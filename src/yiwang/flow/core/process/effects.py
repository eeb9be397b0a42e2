"""What the world must do after an event. Whoever runs the reducer writes these in the transaction that keeps the state.

Actions and decisions are asked with a key that is theirs for ever, so that a second asking after a crash changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yiwang.flow.core.process.events import Values
from yiwang.flow.core.process.nodes import Timer
from yiwang.kernel.core.budget import Budget


class WorkKind(StrEnum):
    TASK = "task"
    SIGN = "sign"
    ADDED = "added"
    ASSIST = "assist"


@dataclass(frozen=True, slots=True)
class WorkOpened:
    """`department`, `role` and `assignee` as the diagram's expressions gave them; empty where it says nothing.

    `of` is the piece of work it was added to or assists; `round` counts how often the case came to this task.
    """

    work: int
    token: int
    node: str
    kind: WorkKind = WorkKind.TASK
    department: str = ""
    role: str = ""
    assignee: str = ""
    form: str = ""
    budget: Budget | None = None
    of: int | None = None
    round: int = 1


class Closing(StrEnum):
    DONE = "done"
    SENT_BACK = "sent-back"
    TAKEN_BACK = "taken-back"
    CANCELLED = "cancelled"
    PASSED = "passed"  # the same approver had agreed before
    OUTVOTED = "outvoted"  # the others had decided already


@dataclass(frozen=True, slots=True)
class WorkClosed:
    work: int
    how: Closing


@dataclass(frozen=True, slots=True)
class WorkMoved:
    """转办: same work, same clock, other hands."""

    work: int
    department: str
    assignee: str


@dataclass(frozen=True, slots=True)
class WorkWaits:
    """A piece of work waits for one added before it, or goes on again."""

    work: int
    waits: bool


@dataclass(frozen=True, slots=True)
class TimerSet:
    """`value` is what the timer's FEEL gave (ISO text), `round` how often a cycle has fired."""

    timer: str
    token: int
    node: str
    spec: Timer
    value: str
    round: int = 0


@dataclass(frozen=True, slots=True)
class TimerDropped:
    timer: str


@dataclass(frozen=True, slots=True)
class ActionAsked:
    token: int
    node: str
    key: str
    name: str
    arguments: Values


@dataclass(frozen=True, slots=True)
class DecisionAsked:
    token: int
    node: str
    key: str
    decision: str
    facts: Values


@dataclass(frozen=True, slots=True)
class MessageSent:
    token: int
    node: str
    name: str
    key: Any
    values: Values


@dataclass(frozen=True, slots=True)
class SignalSent:
    node: str
    name: str


@dataclass(frozen=True, slots=True)
class CallAsked:
    token: int
    node: str
    process: str
    values: Values


@dataclass(frozen=True, slots=True)
class CallDropped:
    """The called case is no longer wanted: withdraw it."""

    token: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """An action failed and nothing in the diagram catches it: somebody must look, then `ActionRetried`."""

    token: int
    node: str
    code: str
    text: str


class Mark(StrEnum):
    ENTERED = "entered"
    LEFT = "left"
    DROPPED = "dropped"
    TAKEN = "taken"  # a flow


@dataclass(frozen=True, slots=True)
class Passed:
    """One line of where the case went: a node entered, left or dropped, or a flow taken."""

    mark: Mark
    element: str
    token: int


class Outcome(StrEnum):
    COMPLETED = "completed"
    TERMINATED = "terminated"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Ended:
    outcome: Outcome
    error: str = ""
    values: Values = field(default_factory=dict)


Effect = (
    WorkOpened | WorkClosed | WorkMoved | WorkWaits | TimerSet | TimerDropped | ActionAsked | DecisionAsked | MessageSent
    | SignalSent | CallAsked | CallDropped | Stuck | Passed | Ended
)  # fmt: skip
