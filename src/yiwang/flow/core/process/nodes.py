"""A process as it was read: what its diagram says, final and known by its digest. Nothing here belongs to a case.

Expressions are FEEL texts, proved readable when the diagram was loaded. A node's name is the diagram's text with its
English from `yw:en`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.kernel.core.budget import Budget

NAMESPACE = "urn:yiwang:bpmn:1"


@dataclass(frozen=True, slots=True)
class Named:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. `condition` is FEEL; None is no condition, which is not the same as a default flow."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: Named | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """One argument or result: a name and the FEEL that gives its value."""

    name: str
    expression: str


class TimerKind(StrEnum):
    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Timer:
    """`text` is `=` and FEEL giving a date or a duration, or a literal: ISO 8601, `R3/P1D` for a cycle, a budget such as `5wd`."""

    kind: TimerKind
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """`name` is the message's; `key` is FEEL over the case: only a message with that key is meant for it.

    `sender` is "applicant" where whoever filed the case may send it with number and code, answering `form` if one is named.
    """

    name: str
    key: str | None = None
    sender: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    name: str


@dataclass(frozen=True, slots=True)
class Error:
    """`code` None catches every error."""

    code: str | None


@dataclass(frozen=True, slots=True)
class Escalation:
    code: str | None


@dataclass(frozen=True, slots=True)
class Compensation:
    """Compensates `activity`, or everything done in the scope when None."""

    activity: str | None = None


@dataclass(frozen=True, slots=True)
class Terminate:
    pass


Trigger = Timer | Message | Signal | Error | Escalation | Compensation
Result = Message | Signal | Error | Escalation | Compensation | Terminate


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`scope` is the id of the scope it stands in; flows are ids in the order of the file."""

    id: str
    name: Named | None = None
    scope: str
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Node):
    """`trigger` None starts with the scope. `interrupting` matters for the start of an event sub-process."""

    trigger: Trigger | None = None
    interrupting: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Node):
    """`inputs` are what a message or a signal takes along."""

    result: Result | None = None
    inputs: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch(Node):
    trigger: Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw(Node):
    """`result` None is a plain milestone; `inputs` are what a message or a signal takes along."""

    result: Result | None = None
    inputs: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary(Node):
    host: str
    trigger: Trigger
    interrupting: bool = True


class Branching(StrEnum):
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Node):
    branching: Branching
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A standard loop: again while `condition` holds, at most `most` times; asked before the first time if `before`."""

    condition: str
    most: int | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """Multi-instance. Either `count` (FEEL, a number) or `over` (FEEL, a list) with `item` as its name in the instance.

    `until` is FEEL asked after each instance (`nrOfInstances`, `nrOfActiveInstances`, `nrOfCompletedInstances` are known);
    true ends the others. `collect` and `collected`: the FEEL taken from each instance and the list it goes into.
    """

    sequential: bool
    count: str | None = None
    over: str | None = None
    item: str | None = None
    until: str | None = None
    collect: str | None = None
    collected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    default: str | None = None
    loop: Repeat | Each | None = None
    boundaries: tuple[str, ...] = ()
    compensates: bool = False  # it is a compensation handler: no flow enters it


class SignMode(StrEnum):
    ALL = "all"
    ANY = "any"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Signing:
    """会签: `who` is FEEL giving a list of accounts, or of departments when the task names a role; `share` (0 to 1) of them must
    agree in mode SHARE.

    `agree` is FEEL over one signer's answers; true is an agreement, false none, anything else is refused. Decided, the task's id
    names `{agreed, yes, no, of, votes: [{who, agreed, values}]}` in the data; the signers' answers go nowhere else.
    """

    mode: SignMode
    who: str
    agree: str
    share: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(Activity):
    """Work of a person. `department` and `assignee` are FEEL (a department's code, an account's id) or None.

    `role` is a role id. `budget` starts when the work opens and is a clock of its own beside the case's. `send_back` lists
    the tasks it may be sent back to (退回); empty means none. `same_passes`: whoever already agreed earlier in this case passes.
    `requires_recording` (执法全过程记录): the law wants what is done here recorded; done without one the case has a gap.
    """

    form: str | None = None
    role: str | None = None
    department: str | None = None
    assignee: str | None = None
    budget: Budget | None = None
    signing: Signing | None = None
    send_back: tuple[str, ...] = ()
    same_passes: bool = False
    requires_recording: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualTask(Activity):
    """Work done outside; passed through and told in the history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTask(Activity):
    action: str
    inputs: tuple[Binding, ...] = ()
    result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTask(Activity):
    decision: str
    inputs: tuple[Binding, ...] = ()
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptTask(Activity):
    script: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask(Activity):
    message: Message
    inputs: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTask(Activity):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """`inner` is the scope it opens."""

    inner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Activity):
    """Runs another process as a case of its own; `inputs` are its first data, `outputs` are read from its last."""

    process: str
    inputs: tuple[Binding, ...] = ()
    outputs: tuple[Binding, ...] = ()


class ScopeKind(StrEnum):
    PROCESS = "process"
    SUB = "sub"
    EVENT_SUB = "event-sub"


@dataclass(frozen=True, slots=True)
class Scope:
    """A process or sub-process. `starts` are its start events, `event_subs` the ids of its event sub-processes' scopes.

    `compensations`: activity → the handler that undoes it. `data`: data objects' names, null until written.
    """

    id: str
    kind: ScopeKind
    parent: str | None
    starts: tuple[str, ...]
    event_subs: tuple[str, ...] = ()
    compensations: Mapping[str, str] = field(default_factory=dict)
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One executable process of one file. `digest` is the SHA-256 of the file's bytes."""

    id: str
    name: Named
    digest: str
    root: str
    scopes: Mapping[str, Scope]
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
