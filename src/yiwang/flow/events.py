"""What the flow engine tells the rest of the house."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CaseOpened(_Payload):
    case: int
    number: str
    item: str
    process: str
    department: str
    topic: str
    channel: str


class CaseChanged(_Payload):
    """`kind` is that of the event that came: work_done, sent_back, suspended …"""

    case: int
    number: str
    kind: str
    step: int
    department: str


class WorkOpened(_Payload):
    case: int
    number: str
    work: int
    node: str
    kind: str
    department: str
    assignee: str
    round: int


class CaseClosed(_Payload):
    case: int
    number: str
    outcome: str
    department: str


class MessagePosted(_Payload):
    """A message of a process under way to the case that waits for it; `sender` is the number of the case that sent it."""

    name: str
    key: Any = None
    values: dict[str, Any]
    sender: str


class SignalPosted(_Payload):
    name: str
    values: dict[str, Any]
    sender: str


class SignalHeard(_Payload):
    """One case that waited when a signal was sent: each takes it in a transaction of its own."""

    case: int
    name: str
    values: dict[str, Any]


CASE_OPENED = event_declare("case.opened", CaseOpened, Text(zh="受理了一个办件", en="a case was taken in"))
CASE_CHANGED = event_declare("case.changed", CaseChanged, Text(zh="办件有进展", en="a case moved on"))
WORK_OPENED = event_declare("work.opened", WorkOpened, Text(zh="有新的待办", en="there is new work"))
CASE_CLOSED = event_declare("case.closed", CaseClosed, Text(zh="办件已办结", en="a case was closed"))
MESSAGE_POSTED = event_declare("case.message", MessagePosted, Text(zh="流程发出了消息", en="a process sent a message"))
SIGNAL_POSTED = event_declare("case.signal", SignalPosted, Text(zh="流程发出了信号", en="a process sent a signal"))
SIGNAL_HEARD = event_declare("case.signal-heard", SignalHeard, Text(zh="办件收到了信号", en="a case got a signal"))
