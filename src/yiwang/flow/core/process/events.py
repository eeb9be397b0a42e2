"""What can happen to a case. The reducer takes one at a time: (definition, state, event, now) → (state, effects).

`work` numbers one piece of work of one person or department; a user task opens one, a countersigned one several.
`token` numbers where a case stands. Both are given once in a case and never again. Values are JSON values: text, number,
true/false, null, list, object; dates and durations are ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """The first event. `at` is the start event's id; empty takes the one without a trigger."""

    values: Values = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class WorkDone:
    """A person finished a piece of work; `who` is the account that did."""

    work: int
    who: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionDone:
    token: int
    result: Any = None


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """An error a diagram may catch at the activity's boundary; uncaught it stops the case there, to be tried again."""

    token: int
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ActionRetried:
    """Ask again for what failed at `token`."""

    token: int


@dataclass(frozen=True, slots=True)
class Decided:
    token: int
    result: Any


@dataclass(frozen=True, slots=True)
class TimerFired:
    """`timer` is the key its `TimerSet` had; one that is no longer set changes nothing."""

    timer: str


@dataclass(frozen=True, slots=True)
class MessageCame:
    """Taken by whatever waits for it with that key; `taken` in the answer is False when nothing does."""

    name: str
    key: Any = None
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignalCame:
    name: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The called case at `token` ended; `error` is its code when it ended in one."""

    token: int
    values: Values = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SentBack:
    """退回指定环节. `redo` True walks again all that lies between (重走); False returns straight to this task (不重走)."""

    work: int
    who: str
    to: str
    redo: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SignerAdded:
    """加签: `signer` works before this piece of work goes on (`before`), or after it is done."""

    work: int
    who: str
    signer: str
    before: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """转办: the work is now that of `department` and, when named, `to`."""

    work: int
    who: str
    to: str = ""
    department: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AssistAsked:
    """协办: others help; the work cannot be finished before those who `must` have answered."""

    work: int
    who: str
    helpers: tuple[str, ...]
    must: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """撤回: whoever finished `work` takes it back while nobody has begun what followed."""

    work: int
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkBegun:
    """Somebody took the work in hand: from here what came before can no longer be taken back."""

    work: int
    who: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """挂起. While suspended no work can be finished and no timer fires; the kernel's clock keeps the reason."""

    who: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    who: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The applicant, or an authority, ends the case before its end."""

    who: str
    reason: str


Event = (
    Started | WorkDone | ActionDone | ActionFailed | ActionRetried | Decided | TimerFired | MessageCame | SignalCame
    | CallEnded | SentBack | SignerAdded | HandedOver | AssistAsked | TakenBack | WorkBegun | Suspended | Resumed | Withdrawn
)  # fmt: skip
