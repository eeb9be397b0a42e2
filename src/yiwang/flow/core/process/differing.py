"""What differs between two definitions, in words that whoever approves can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from yiwang.flow.core.process import nodes as n
from yiwang.kernel.core.text import Text


class Turn(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """`element` is a node's or a flow's id; `part` is what of it changed, empty when it was added or removed."""

    element: str
    turn: Turn
    part: str
    text: Text


_KINDS: dict[type, Text] = {
    n.Start: Text(zh="开始事件", en="start event"),
    n.End: Text(zh="结束事件", en="end event"),
    n.Catch: Text(zh="等待事件", en="waiting event"),
    n.Throw: Text(zh="发出事件", en="throwing event"),
    n.Boundary: Text(zh="边界事件", en="boundary event"),
    n.Gateway: Text(zh="网关", en="gateway"),
    n.UserTask: Text(zh="任务", en="task"),
    n.ManualTask: Text(zh="系统外任务", en="manual task"),
    n.ServiceTask: Text(zh="动作任务", en="service task"),
    n.RuleTask: Text(zh="决定任务", en="decision task"),
    n.ScriptTask: Text(zh="脚本任务", en="script task"),
    n.SendTask: Text(zh="发送任务", en="send task"),
    n.ReceiveTask: Text(zh="接收任务", en="receive task"),
    n.SubProcess: Text(zh="子流程", en="sub-process"),
    n.Call: Text(zh="调用", en="call"),
}
_PARTS: dict[str, Text] = {
    "name": Text(zh="名称", en="name"),
    "scope": Text(zh="所在的层", en="scope"),
    "trigger": Text(zh="触发", en="trigger"),
    "interrupting": Text(zh="是否中断", en="whether it interrupts"),
    "result": Text(zh="结果", en="result"),
    "inputs": Text(zh="输入", en="inputs"),
    "outputs": Text(zh="输出", en="outputs"),
    "host": Text(zh="所附着的活动", en="the activity it stands on"),
    "branching": Text(zh="网关类型", en="kind of gateway"),
    "default": Text(zh="缺省连线", en="default flow"),
    "loop": Text(zh="循环", en="loop"),
    "compensates": Text(zh="是否补偿", en="whether it compensates"),
    "form": Text(zh="表单", en="form"),
    "role": Text(zh="角色", en="role"),
    "department": Text(zh="部门", en="department"),
    "assignee": Text(zh="办理人", en="assignee"),
    "budget": Text(zh="期限", en="budget"),
    "signing": Text(zh="会签", en="countersigning"),
    "send_back": Text(zh="可退回到", en="may be sent back to"),
    "same_passes": Text(zh="同一人自动通过", en="same approver passes"),
    "requires_recording": Text(zh="须音像记录", en="must be recorded"),
    "action": Text(zh="动作", en="action"),
    "decision": Text(zh="决定", en="decision"),
    "script": Text(zh="脚本", en="script"),
    "message": Text(zh="消息", en="message"),
    "process": Text(zh="被调用的流程", en="called process"),
    "inner": Text(zh="内层", en="inner scope"),
    "condition": Text(zh="条件", en="condition"),
    "source": Text(zh="起点", en="from"),
    "target": Text(zh="终点", en="to"),
}
# What a node leads to is told of the flows themselves, what stands on it of the events.
_ELSEWHERE = frozenset({"id", "incoming", "outgoing", "boundaries"})
_NOTHING = Text(zh="无", en="nothing")


def differences(old: n.Definition, new: n.Definition) -> tuple[Difference, ...]:
    """Every difference, nodes first. Definitions that say the same have none, wherever things stand on the drawing."""
    return (*_name(old, new), *_nodes(old, new), *_flows(old, new), *_data(old, new))


def _name(old: n.Definition, new: n.Definition) -> Iterator[Difference]:
    if old.name != new.name:
        yield _changed(old.root, Text(zh="流程", en="process"), "name", old.name, new.name)


def _nodes(old: n.Definition, new: n.Definition) -> Iterator[Difference]:
    for one, node in new.nodes.items():
        before = old.nodes.get(one)
        if before is None:
            yield _whole(one, Turn.ADDED, title(node))
        elif type(before) is not type(node):
            kinds = _KINDS[type(before)], _KINDS[type(node)]
            yield Difference(
                one,
                Turn.CHANGED,
                "kind",
                Text(
                    zh=f"{title(before).zh}由{kinds[0].zh}改为{kinds[1].zh}",
                    en=f"{title(before).en} becomes a {kinds[1].en} instead of a {kinds[0].en}",
                ),
            )
        else:
            yield from (_changed(one, title(node), *each) for each in changed_parts(before, node))
    yield from (_whole(one, Turn.REMOVED, title(node)) for one, node in old.nodes.items() if one not in new.nodes)


def changed_parts(before: n.Node, after: n.Node) -> Iterator[tuple[str, Any, Any]]:
    """(part, before, after) for what one node of a kind says otherwise than another."""
    for field in fields(before):
        was, now = getattr(before, field.name), getattr(after, field.name)
        if was != now and field.name not in _ELSEWHERE:
            yield field.name, was, now


def _flows(old: n.Definition, new: n.Definition) -> Iterator[Difference]:
    for one, flow in new.flows.items():
        before = old.flows.get(one)
        if before is None:
            yield _whole(one, Turn.ADDED, _flow_title(flow, new))
            continue
        for part in ("source", "target", "condition", "name"):
            if getattr(before, part) != getattr(flow, part):
                yield _changed(one, _flow_title(before, old), part, getattr(before, part), getattr(flow, part))
    for one, flow in old.flows.items():
        if one not in new.flows:
            yield _whole(one, Turn.REMOVED, _flow_title(flow, old))


def _data(old: n.Definition, new: n.Definition) -> Iterator[Difference]:
    was, now = ({name for scope in one.scopes.values() for name in scope.data} for one in (old, new))
    for turn, names in ((Turn.ADDED, now - was), (Turn.REMOVED, was - now)):
        for name in sorted(names):
            yield _whole(name, turn, Text(zh=f"数据对象“{name}”", en=f"the data object “{name}”"))


def title(node: n.Node) -> Text:
    """A node in words: its kind and name."""
    kind = _KINDS[type(node)]
    name = node.name or n.Named(node.id, node.id)
    return Text(zh=f"{kind.zh}“{name.zh}”", en=f"the {kind.en} “{name.en}”")


def _flow_title(flow: n.Flow, definition: n.Definition) -> Text:
    ends = [definition.nodes[one].name or n.Named(one, one) for one in (flow.source, flow.target)]
    return Text(zh=f"从“{ends[0].zh}”到“{ends[1].zh}”的连线", en=f"the flow from “{ends[0].en}” to “{ends[1].en}”")


def _whole(element: str, turn: Turn, what: Text) -> Difference:
    if turn is Turn.ADDED:
        return Difference(element, turn, "", Text(zh=f"增加了{what.zh}", en=f"added {what.en}"))
    return Difference(element, turn, "", Text(zh=f"去掉了{what.zh}", en=f"removed {what.en}"))


def _changed(element: str, what: Text, part: str, before: object, after: object) -> Difference:
    name, was, now = _PARTS[part], _said(before), _said(after)
    text = Text(
        zh=f"{what.zh}的{name.zh}由 {was.zh} 改为 {now.zh}", en=f"{name.en} of {what.en}: {was.en} becomes {now.en}"
    )
    return Difference(element, Turn.CHANGED, part, text)


def _said(value: object) -> Text:
    match value:
        case None | "" | ():
            return _NOTHING
        case bool():
            return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
        case n.Named():
            return Text(zh=f"“{value.zh}”", en=f"“{value.en}”")
        case tuple():
            parts = [_said(each) for each in value]
            return Text(zh="、".join(each.zh for each in parts), en=", ".join(each.en for each in parts))
        case n.Binding():
            said = f"{value.name} = {value.expression}"
        case n.Timer() | n.Message() | n.Signal() | n.Error() | n.Escalation() | n.Compensation() | n.Terminate():
            said = _event(value)
        case n.Repeat() | n.Each() | n.Signing():
            each = [f"{field.name} {getattr(value, field.name)}" for field in fields(value)]
            said = ", ".join(part for part in each if not part.endswith(" None"))
        case _:
            said = str(value)
    return Text(zh=said, en=said)


def _event(value: n.Trigger | n.Result) -> str:
    said = [str(getattr(value, field.name)) for field in fields(value) if getattr(value, field.name) is not None]
    return " ".join([type(value).__name__.lower(), *said])
