"""Activities from XML: work, actions, decisions, scripts, messages, calls, and how often they are done."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.basis import LANGUAGES, Basis
from yiwang.flow.core.bpmn.eventreading import Common, message_of
from yiwang.flow.core.bpmn.timing import read_budget
from yiwang.flow.core.bpmn.vocabulary import LOOPS
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import (
    Binding,
    Call,
    Each,
    ManualTask,
    Node,
    ReceiveTask,
    Repeat,
    RuleTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    Signing,
    SignMode,
    UserTask,
)
from yiwang.kernel.core.actor import Role

_YES_NO = {"true": True, "false": False}


def user_task(basis: Basis, element: Tag, common: Common) -> Node:
    if common["name"] is None:
        basis.say("missing", element, name="name")
    elif xmlfile.own(element, "en") is None:
        basis.say("no_english", element, level="warning")
    role, budget = xmlfile.own(element, "role"), xmlfile.own(element, "budget")
    if role is not None and role not in set(Role):
        basis.say("bad_value", element, name="yw:role", value=role, known=", ".join(Role))
    form = xmlfile.own(element, "form")
    if form == "":
        basis.say("missing", element, name="yw:form")
    return UserTask(
        **common,
        form=form,
        role=role,
        department=basis.own_feel(element, "department"),
        assignee=basis.own_feel(element, "assignee"),
        budget=None if budget is None else read_budget(basis, element, budget),
        signing=_signing(basis, element),
        send_back=_send_back(basis, element),
        same_passes=_yes(basis, element, "samePasses"),
        requires_recording=_yes(basis, element, "requiresRecording"),
    )


def _yes(basis: Basis, element: Tag, name: str) -> bool:
    said = xmlfile.own(element, name) or "false"
    if said not in _YES_NO:
        basis.say("bad_value", element, name=f"yw:{name}", value=said, known=", ".join(_YES_NO))
    return said == "true"


def _send_back(basis: Basis, element: Tag) -> tuple[str, ...]:
    found = tuple(dict.fromkeys((xmlfile.own(element, "sendBack") or "").split()))
    for one in found:
        target = basis.ids.get(one)
        if target is None:
            basis.say("dangling", element, name="yw:sendBack", id=one)
        elif xmlfile.name_of(target) != "userTask" or target.getparent() is not element.getparent():
            basis.say("wrong_kind", element, name="yw:sendBack", id=one, wanted="userTask (in the same scope · 同一层)")
    return found


def _signing(basis: Basis, element: Tag) -> Signing | None:
    found = xmlfile.extensions(element, "sign")
    if not found:
        return None
    sign = found[0]
    if len(found) > 1:
        basis.say("twice", found[1], name="yw:sign")
    if xmlfile.named(element, *LOOPS):
        basis.say("sign_and_loop", element)
    mode = sign.get("mode") or ""
    if mode not in set(SignMode):
        basis.say("bad_value", sign, name="mode", value=mode, known=", ".join(SignMode))
        mode = SignMode.ALL
    share = sign.get("share")
    if mode == SignMode.SHARE or share is not None:
        share = basis.feel(share, sign, "yw:sign share")
    if share is not None and mode != SignMode.SHARE:
        basis.say("loop_terms", sign, why="share 只用于 mode=share", why_en="share goes with mode=share only")
    who = basis.feel(sign.get("who"), sign, "yw:sign who")
    agree = basis.feel(sign.get("agree"), sign, "yw:sign agree")
    return Signing(SignMode(mode), who or "", agree or "", share)


def manual_task(basis: Basis, element: Tag, common: Common) -> Node:
    return ManualTask(**common)


def _named_extension(basis: Basis, element: Tag, tag: str, attribute: str) -> tuple[str, tuple[Binding, ...]]:
    """The name in `yw:action` or `yw:decision` and its inputs."""
    found = basis.one(element, xmlfile.extensions(element, tag), f"yw:{tag}")
    if found is None:
        return "", ()
    name = (found.get(attribute) or "").strip()
    if not name:
        basis.say("missing", found, name=f"yw:{tag} {attribute}")
    return name, basis.bindings(child for child in found if xmlfile.name_of(child) == "input")


def service_task(basis: Basis, element: Tag, common: Common) -> Node:
    action, inputs = _named_extension(basis, element, "action", "name")
    return ServiceTask(**common, action=action, inputs=inputs, result=basis.own_variable(element, "result"))


def rule_task(basis: Basis, element: Tag, common: Common) -> Node:
    decision, inputs = _named_extension(basis, element, "decision", "id")
    return RuleTask(**common, decision=decision, inputs=inputs, result=_result(basis, element))


def _result(basis: Basis, element: Tag) -> str:
    return basis.variable(xmlfile.own(element, "result"), element, "yw:result") or ""


def script_task(basis: Basis, element: Tag, common: Common) -> Node:
    language = (element.get("scriptFormat") or "").strip()
    if language not in LANGUAGES:
        basis.say("language", element, language=language)
    found = basis.one(element, xmlfile.named(element, "script"), "script")
    readable = found is not None and language in LANGUAGES
    script = basis.feel(xmlfile.text_of(found), found, "script") if readable else None
    return ScriptTask(**common, script=script or "", result=_result(basis, element))


def send_task(basis: Basis, element: Tag, common: Common) -> Node:
    inputs = basis.bindings(xmlfile.extensions(element, "input"))
    return SendTask(**common, message=message_of(basis, element, element), inputs=inputs)


def receive_task(basis: Basis, element: Tag, common: Common) -> Node:
    return ReceiveTask(**common, message=message_of(basis, element, element))


def call_activity(basis: Basis, element: Tag, common: Common) -> Node:
    process = xmlfile.bare(element.get("calledElement"))
    if not process:
        basis.say("missing", element, name="calledElement")
    elif process in basis.ids and xmlfile.name_of(basis.ids[process]) != "process":
        basis.say("wrong_kind", element, name="calledElement", id=process, wanted="process")
    inputs = basis.bindings(xmlfile.extensions(element, "input"))
    outputs = basis.bindings(xmlfile.extensions(element, "output"))
    return Call(**common, process=process, inputs=inputs, outputs=outputs)


READERS: dict[str, Callable[[Basis, Tag, Common], Node]] = {
    "userTask": user_task,
    "manualTask": manual_task,
    "serviceTask": service_task,
    "businessRuleTask": rule_task,
    "scriptTask": script_task,
    "sendTask": send_task,
    "receiveTask": receive_task,
    "callActivity": call_activity,
}


def loop_of(basis: Basis, element: Tag) -> Repeat | Each | None:
    found = xmlfile.named(element, *LOOPS)
    if len(found) > 1:
        basis.say("twice", found[1], name="loopCharacteristics")
    if not found:
        return None
    return _each(basis, found[0]) if xmlfile.name_of(found[0])[0] == "m" else _repeat(basis, found[0])


def _repeat(basis: Basis, element: Tag) -> Repeat:
    condition = basis.one(element, xmlfile.named(element, "loopCondition"), "loopCondition")
    said = None if condition is None else basis.expression(condition)
    most = element.get("loopMaximum")
    if most is not None and not (most.strip().isdecimal() and int(most) > 0):
        basis.say("bad_value", element, name="loopMaximum", value=most, known="1, 2, 3 …")
        most = None
    return Repeat(said or "", None if most is None else int(most), xmlfile.flag(element, "testBefore"))


def _each(basis: Basis, element: Tag) -> Each:
    over, item = basis.own_feel(element, "over"), basis.own_variable(element, "item")
    collect, collected = basis.own_feel(element, "collect"), basis.own_variable(element, "collected")
    count, until = _only(basis, element, "loopCardinality"), _only(basis, element, "completionCondition")
    has_over = xmlfile.own(element, "over") is not None
    has_count = bool(xmlfile.named(element, "loopCardinality"))
    if has_over == has_count:
        _terms(basis, element, "loopCardinality 与 yw:over 恰写其一", "write one of loopCardinality and yw:over")
    if has_over != (xmlfile.own(element, "item") is not None):
        _terms(basis, element, "yw:over 与 yw:item 要一起写", "yw:over and yw:item go together")
    if (xmlfile.own(element, "collect") is None) != (xmlfile.own(element, "collected") is None):
        _terms(basis, element, "yw:collect 与 yw:collected 要一起写", "yw:collect and yw:collected go together")
    sequential = xmlfile.flag(element, "isSequential")
    return Each(sequential, count, over, item, until, collect, collected)


def _terms(basis: Basis, element: Tag, zh: str, en: str) -> None:
    basis.say("loop_terms", element, why=zh, why_en=en)


def _only(basis: Basis, element: Tag, name: str) -> str | None:
    found = xmlfile.named(element, name)
    if len(found) > 1:
        basis.say("twice", found[1], name=name)
    return basis.expression(found[0]) if found else None
