"""What the flow engine answers about cases: frozen, and nothing in it can be written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class GivenFile:
    """A stored file given with a case, as the answer to a question of its form; `held` names what of the materials centre it is."""

    question: str
    digest: str
    name: str
    held: str = ""


@dataclass(frozen=True)
class Opened:
    """`code` is what the applicant tracks with; it is shown once and kept nowhere, so empty when `repeated`."""

    number: str
    code: str
    repeated: bool = False


@dataclass(frozen=True)
class Extension:
    budget: str
    reason: str
    basis: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ClockView:
    """A clock as it stands. `due` is None while a suspension lasts, and when the calendar does not reach so far: then
    `problem` says so. `overdue` is natural time past due, zero before; `standing` is the kernel's word.
    """

    budget: Text
    basis: str
    started_at: datetime
    due: datetime | None
    standing: str
    overdue: timedelta
    reason: Text
    stopped_at: datetime | None = None
    extended: tuple[Extension, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True)
class WorkRow:
    """A piece of work. `sort_due` orders lists; what is shown of time is `clock` and the case's clock."""

    id: int
    case: str
    case_title: str
    number: int
    node: str
    kind: str
    title: Text
    department: str
    role: str
    assignee: str
    form: str
    round: int
    is_waiting: bool
    begun_by: str
    opened_at: datetime
    closed_at: datetime | None
    closed_how: str
    closed_by: str
    clock: ClockView | None = None
    of: int | None = None


@dataclass(frozen=True)
class WorkDetail:
    """A piece of work with what its reader may do with it and what the process knows, nothing for a reader who does not deal with
    the case. `send_back`: node → its name."""

    work: WorkRow
    case: CaseRow
    values: Mapping[str, Any]
    send_back: Mapping[str, Text]
    may_work: bool
    reason: Text


@dataclass(frozen=True)
class NoteRow:
    at: datetime
    kind: str
    text: Text
    is_public: bool
    by: str


@dataclass(frozen=True)
class FileRow:
    question: str
    digest: str
    name: str
    media_type: str
    size: int
    given_at: datetime


@dataclass(frozen=True)
class PauseRow:
    begin: datetime
    end: datetime | None
    reason: str
    text: str


@dataclass(frozen=True)
class StepRow:
    """One event of a case. `passed`: (entered, left, dropped or taken; element; token) in order."""

    number: int
    at: datetime
    kind: str
    node: str
    by: str
    event: Mapping[str, Any]
    passed: tuple[tuple[str, str, int], ...]
    version: int


@dataclass(frozen=True)
class CaseRow:
    """A case in a list. `item` and `process` are ids, `version` the process's, `form_number` that of the item's form."""

    number: str
    title: str
    item: str
    item_title: Text | None
    process: str
    version: int
    department: str
    channel: str
    topic: str
    division: str
    status: str
    opened_at: datetime
    closed_at: datetime | None
    clock: ClockView | None = None
    form_number: int | None = None


@dataclass(frozen=True)
class StuckRow:
    """Where a case cannot go on by itself: somebody must look (the notes of kind `stuck` say why), then `action_retry`."""

    token: int
    node: str
    title: Text


@dataclass(frozen=True)
class CaseDetail:
    """A case whole. `applicant` is None unless a purpose was given. `is_told` is False for a reader who does not deal with the case and
    gave no purpose: then answers, values, notes, files, rating and place are left out."""

    case: CaseRow
    applicant: Mapping[str, Any] | None
    is_told: bool
    answers: Mapping[str, Any]
    values: Mapping[str, Any]
    place: tuple[float, float] | None
    works: tuple[WorkRow, ...]
    notes: tuple[NoteRow, ...]
    files: tuple[FileRow, ...]
    pauses: tuple[PauseRow, ...]
    stuck: tuple[StuckRow, ...]
    rating: RatingRow | None
    parent: str
    calls: tuple[str, ...]
    opened_by: str


@dataclass(frozen=True)
class RatingRow:
    """好差评: grade 5 very satisfied to 1 very dissatisfied; `follow_up` is the number of the case it opened."""

    grade: int
    text: str
    solved: bool | None
    channel: str
    at: datetime
    follow_up: str


@dataclass(frozen=True)
class SayRow:
    """What the applicant may say to a case now: the node that hears it, and the form it is said by, empty for none."""

    node: str
    title: Text
    form: str


@dataclass(frozen=True)
class Tracking:
    """What the applicant sees with number and code: public messages and states, no names of staff."""

    number: str
    title: str
    item_title: Text | None
    status: str
    department: Text
    opened_at: datetime
    closed_at: datetime | None
    due: datetime | None
    notes: tuple[NoteRow, ...]
    rating: RatingRow | None
    may_rate: bool
    asked: tuple[WorkRow, ...] = ()
    says: tuple[SayRow, ...] = ()


@dataclass(frozen=True)
class TickReport:
    """What one tick did: timers and rungs that fired, messages sent, dues that could not be worked out or failed."""

    fired: int
    messages: int
    failed: int


@dataclass(frozen=True)
class Obligation:
    """Something owed. `due` is the earlier of the work's own and the case's; None when nothing says by when."""

    work: int
    case: str
    case_title: str
    title: Text
    department: str
    assignee: str
    deputy: str
    status: str
    opened_at: datetime
    due: datetime | None
    standing: str
    overdue: timedelta
    problem: Text | None
    item: str
    process: str


@dataclass(frozen=True)
class Waited:
    """How long a case stood at one of its tasks, so far or in all."""

    node: str
    title: Text
    department: str
    time: timedelta


@dataclass(frozen=True)
class Late:
    """Who is late, since when and why. `suspended` is the time the law does not count; `bounced` how often it was sent back
    or handed over; `waited` where the time went, the longest first.
    """

    obligation: Obligation
    since: datetime
    overdue: timedelta
    suspended: timedelta
    suspensions: tuple[PauseRow, ...]
    bounced: int
    extended: int
    waited: tuple[Waited, ...]
    why: Text


@dataclass(frozen=True)
class LeaveRow:
    id: int
    account: str
    deputy: str
    first: date
    last: date | None
    reason: str


@dataclass(frozen=True)
class WaitingRow:
    """Over the history of a process: how long its cases stood at one task."""

    node: str
    title: Text
    count: int
    open: int
    median: timedelta
    longest: timedelta


@dataclass(frozen=True)
class PathRow:
    """One way cases really went: the tasks in the order in which they were entered, and how many went so.

    `straight`: no task came twice and none was sent back, handed over or added.
    """

    nodes: tuple[str, ...]
    titles: tuple[Text, ...]
    count: int
    straight: bool
    median: timedelta | None


@dataclass(frozen=True)
class Paths:
    """The real ways of a process's cases, the most frequent first. `unused` are flows no case ever took, `added` the steps
    the diagram does not know (sent back, signer added, handed over, taken back) with how often.
    """

    cases: int
    rows: tuple[PathRow, ...]
    unused: tuple[str, ...]
    added: Mapping[str, int]


@dataclass(frozen=True)
class BounceRow:
    """How often work of a department was sent back to it, and it sent back or handed over."""

    department: str
    works: int
    sent_back: int
    handed_over: int


@dataclass(frozen=True)
class Cut:
    """One of the four: `before` and `after` as the definitions say, `really` as the history says; None where unknown."""

    before: float | None
    after: float | None
    really: float | None
    unit: Text


@dataclass(frozen=True)
class FourCuts:
    """减环节、减材料、减时限、减费用, with where the earlier figures come from."""

    item: str
    steps: Cut
    materials: Cut
    days: Cut
    fee: Cut
    source: Text
    cases: int = 0
    notes: tuple[Text, ...] = field(default_factory=tuple)
