"""What processes say to each other goes through the outbox: each case takes what it hears in a transaction of its own."""

from __future__ import annotations

from yiwang.flow.cases import message_deliver, signal_take, signal_waits
from yiwang.flow.casework import RUNNING, case_locked, moment
from yiwang.flow.events import (
    MESSAGE_POSTED,
    SIGNAL_HEARD,
    SIGNAL_POSTED,
    MessagePosted,
    SignalHeard,
    SignalPosted,
)
from yiwang.flow.models import Case, CaseNote, note_words
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.service import Delivery, emit, subscribe

POST = system_actor("post")


def _message(delivery: Delivery) -> None:
    said = delivery.payload
    assert isinstance(said, MessagePosted)
    if message_deliver(POST, said.name, said.key, said.values) is not None:
        return
    sender = Case.objects.filter(number=said.sender).first()
    if sender is not None:
        # A message nobody waited for is lost, and whoever sent it must be able to see that.
        CaseNote.objects.create(
            case=sender,
            at=moment(),
            kind="unheard",
            **note_words(
                zh=f"消息“{said.name}”（{said.key}）没有办件在等",
                en=f"no case waited for the message {said.name} ({said.key})",
            ),
            by=POST.name,
        )


def _signal(delivery: Delivery) -> None:
    said = delivery.payload
    assert isinstance(said, SignalPosted)
    for case in signal_waits(said.name):
        emit(SIGNAL_HEARD, {"case": case, "name": said.name, "values": said.values})


def _heard(delivery: Delivery) -> None:
    said = delivery.payload
    assert isinstance(said, SignalHeard)
    case = case_locked(pk=said.case)
    if case.status in RUNNING:
        signal_take(case, POST, said.name, said.values, "process")


def posting_register() -> None:
    """Called once when the program starts."""
    subscribe(MESSAGE_POSTED, _message, "flow.message")
    subscribe(SIGNAL_POSTED, _signal, "flow.signal")
    subscribe(SIGNAL_HEARD, _heard, "flow.signal-heard")
