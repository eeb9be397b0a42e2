"""Events from XML: what they wait for or what they cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import Basis
from yiwang.flow.core.bpmn.timing import read_timer
from yiwang.flow.core.bpmn.vocabulary import TRIGGERS
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import (
    Binding,
    Boundary,
    Catch,
    Compensation,
    End,
    Error,
    Escalation,
    Message,
    Node,
    Result,
    ScopeKind,
    Signal,
    Start,
    Terminate,
    Throw,
    Timer,
    Trigger,
)

Common = dict[str, Any]
APPLICANT = "applicant"
_OF_MESSAGES = ("key", "from", "form")
_NOWHERE = Signal("")  # stands for what cannot be read; its diagram is refused
_PLACES = {
    ScopeKind.PROCESS: ("流程", "a process"),
    ScopeKind.SUB: ("子流程", "a sub-process"),
    ScopeKind.EVENT_SUB: ("事件子流程", "an event sub-process"),
}
_STARTS: dict[ScopeKind, tuple[type, ...]] = {
    ScopeKind.PROCESS: (type(None), Message, Signal, Timer),
    ScopeKind.SUB: (type(None),),
    ScopeKind.EVENT_SUB: (Message, Signal, Timer, Error, Escalation, Compensation),
}
_CATCHES = (Message, Signal, Timer)
_THROWS = (type(None), Message, Signal, Escalation, Compensation)
_BOUNDARIES = (Message, Signal, Timer, Error, Escalation, Compensation)
_ENDS = (type(None), Message, Signal, Error, Escalation, Compensation, Terminate)
_NAMES = {
    "timerEventDefinition": "timer", "messageEventDefinition": "message", "signalEventDefinition": "signal",
    "errorEventDefinition": "error", "escalationEventDefinition": "escalation",
    "compensateEventDefinition": "compensation", "terminateEventDefinition": "terminate",
}  # fmt: skip


def message_of(basis: Basis, element: Tag, holder: Tag) -> Message:
    """The message that `element` names by `messageRef`, with the key, the sender and the form that `holder` gives."""
    key = basis.own_feel(holder, "key")
    sender, form = _sender(basis, holder)
    if element.get("messageRef") is None:
        basis.say("missing", element, name="messageRef")
        return Message("", key, sender, form)
    found = basis.target(element, "messageRef", "message")
    return Message("" if found is None else _called(basis, found, "name"), key, sender, form)


def _sender(basis: Basis, holder: Tag) -> tuple[str | None, str | None]:
    """Who may send it from outside, and by which form; nobody unless the diagram says so."""
    sender, form = xmlfile.own(holder, "from"), xmlfile.own(holder, "form")
    if sender not in (None, APPLICANT):
        basis.say("bad_value", holder, name="yw:from", value=sender, known=APPLICANT)
    if form is not None and sender is None:
        basis.say("missing", holder, name="yw:from")
    if form is not None and not form.strip():
        basis.say("missing", holder, name="yw:form")
    return sender, form.strip() if form else None


def _called(basis: Basis, element: Tag, attribute: str) -> str:
    said = " ".join((element.get(attribute) or "").split())
    if not said:
        basis.say("missing", element, name=attribute)
    return said


def _signal(basis: Basis, element: Tag, holder: Tag) -> Signal:
    if element.get("signalRef") is None:
        basis.say("missing", element, name="signalRef")
        return _NOWHERE
    found = basis.target(element, "signalRef", "signal")
    return _NOWHERE if found is None else Signal(_called(basis, found, "name"))


def _code(basis: Basis, element: Tag, kind: str) -> str | None:
    """The code of an error or escalation; None where none is named, which only a catching event may leave out."""
    if element.get(f"{kind}Ref") is None:
        return None
    found = basis.target(element, f"{kind}Ref", kind)
    return None if found is None else _called(basis, found, f"{kind}Code")


def _compensation(basis: Basis, element: Tag, holder: Tag) -> Compensation:
    if element.get("activityRef") is None:
        return Compensation()
    from_activities = ("subProcess", "callActivity", "userTask", "manualTask", "serviceTask", "businessRuleTask")
    found = basis.target(element, "activityRef", *from_activities, "scriptTask", "sendTask", "receiveTask")
    return Compensation(None if found is None else found.get("id"))


_READERS: dict[str, Callable[[Basis, Tag, Tag], Trigger | Result]] = {
    "timerEventDefinition": lambda basis, element, _: read_timer(basis, element),
    "messageEventDefinition": message_of,
    "signalEventDefinition": _signal,
    "errorEventDefinition": lambda basis, element, _: Error(_code(basis, element, "error")),
    "escalationEventDefinition": lambda basis, element, _: Escalation(_code(basis, element, "escalation")),
    "compensateEventDefinition": _compensation,
    "terminateEventDefinition": lambda *_: Terminate(),
}


def _definition(basis: Basis, element: Tag, allowed: tuple[type, ...]) -> Trigger | Result | None:
    """What the event holds; None for a plain event, or where it holds something refused."""
    found = xmlfile.named(element, *TRIGGERS)
    if len(found) > 1:
        basis.say("twice", found[1], name="eventDefinition")
    if not found:
        _no_message(basis, element)
        return None
    read = _READERS[xmlfile.name_of(found[0])](basis, found[0], element)
    if not isinstance(read, allowed):
        trigger = _NAMES[xmlfile.name_of(found[0])]
        basis.say("event_trigger", element, tag=xmlfile.name_of(element), trigger=trigger)
        return None
    if not isinstance(read, Message):
        _no_message(basis, element)
    return read


def _no_message(basis: Basis, element: Tag) -> None:
    """What only a message has is refused on anything else."""
    for name in _OF_MESSAGES:
        if xmlfile.own(element, name) is not None:
            basis.say("unknown_yw", element, tag=xmlfile.name_of(element), name=name, known="en")


def _needs_one(basis: Basis, element: Tag) -> bool:
    """Whether the element says nothing to wait for; what it says and is refused for was told already."""
    return not any(
        name.endswith("EventDefinition") or name == "eventDefinitionRef" for name, _ in xmlfile.children(element)
    )


def start(basis: Basis, element: Tag, common: Common, kind: ScopeKind) -> Node:
    trigger: Any = _definition(basis, element, (*_ENDS, Timer))
    interrupting = xmlfile.flag(element, "isInterrupting", True)
    if not isinstance(trigger, _STARTS[kind]) and (trigger is not None or _needs_one(basis, element)):
        zh, en = _PLACES[kind]
        rule = ("须有触发", "needs a trigger") if trigger is None else ("不能由它触发", "cannot have this trigger")
        basis.say("start_trigger", element, place=zh, place_en=en, rule=rule[0], rule_en=rule[1])
    if kind is ScopeKind.PROCESS and trigger is not None:
        basis.say("idle_start", element, level="warning")
        if isinstance(trigger, Message) and trigger.sender is not None:
            # There is no case yet that an applicant could speak to.
            basis.say("unknown_yw", element, tag="startEvent", name="from", known="en, key")
    if kind is ScopeKind.EVENT_SUB and isinstance(trigger, (Error, Compensation)) and not interrupting:
        basis.say("not_interrupting", element, trigger=type(trigger).__name__.lower())
    return Start(**common, trigger=trigger, interrupting=interrupting)


def end(basis: Basis, element: Tag, common: Common) -> Node:
    result: Any = _definition(basis, element, _ENDS)
    _thrown_code(basis, element, result)
    return End(**common, result=result, inputs=_inputs(basis, element, result))


def throw(basis: Basis, element: Tag, common: Common) -> Node:
    result: Any = _definition(basis, element, _THROWS)
    _thrown_code(basis, element, result)
    return Throw(**common, result=result, inputs=_inputs(basis, element, result))


def _inputs(basis: Basis, element: Tag, result: object) -> tuple[Binding, ...]:
    """What a message or a signal takes along; nothing else takes anything."""
    found = xmlfile.extensions(element, "input")
    if found and not isinstance(result, (Message, Signal)):
        basis.say("unknown_yw", found[0], tag=xmlfile.name_of(element), name="input", known="en")
    return basis.bindings(found)


def _thrown_code(basis: Basis, element: Tag, result: object) -> None:
    match result:
        case Error(code=None):
            basis.say("missing", element, name="errorRef")
        case Escalation(code=None):
            basis.say("missing", element, name="escalationRef")


def catch(basis: Basis, element: Tag, common: Common) -> Node:
    trigger: Any = _definition(basis, element, _CATCHES)
    if trigger is None and _needs_one(basis, element):
        basis.say("no_trigger", element)
    return Catch(**common, trigger=trigger or _NOWHERE)


def boundary(basis: Basis, element: Tag, common: Common) -> Node:
    trigger: Any = _definition(basis, element, _BOUNDARIES)
    if trigger is None and _needs_one(basis, element):
        basis.say("no_trigger", element)
    interrupting = xmlfile.flag(element, "cancelActivity", True)
    if isinstance(trigger, Error) and not interrupting:
        basis.say("not_interrupting", element, trigger="error")
    host = xmlfile.bare(element.get("attachedToRef"))
    return Boundary(**common, host=host, trigger=trigger or _NOWHERE, interrupting=interrupting)
