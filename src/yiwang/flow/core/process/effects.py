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

    `of` is the piece of work it was added to or assists; `round` counts how often the case came to this task. `again` is the
    work done here before, when this is that work once more: taken back, sent back to, or returned to (hands and clock may go on).
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
    again: int | None = None


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
    """`value` is what the timer's FEEL gave (ISO text), `round` how often a cycle has fired.

    A cycle that goes on is set again under the same key with the next round. For the start of an event sub-process `token` is
    the number of the scope's run.
    """

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
    """To every case that waits for it, the sender's own too."""

    node: str
    name: str
    values: Values = field(default_factory=dict)


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
    """The case cannot go on at `token`: somebody must look, then `ActionRetried`.

    An action or a called case failed and nothing in the diagram catches it (`code` is theirs), no condition of a gateway was true
    (`no_way`), or an expression gave nothing usable (`expression`).
    """

    token: int
    node: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something to tell whoever reads the history: a condition that was null, an escalation nobody catches."""

    token: int
    node: str
    zh: str
    en: str


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
    | SignalSent | CallAsked | CallDropped | Stuck | Noted | Passed | Ended
)  # fmt: skip
