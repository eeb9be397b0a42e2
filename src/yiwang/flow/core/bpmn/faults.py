"""Why a diagram is refused. Every code has a failing example in the tests and a line in docs/reference/bpmn.md."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class Fault(Finding):
    """A finding of a diagram. `code` is stable, `element` is the id of what it stands on, `at` an offset in its FEEL text."""

    code: str = ""
    element: str = ""
    line: int = 0
    at: int | None = None


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


# What stands in braces is filled in where the fault is found.
REASONS: dict[str, Text] = {
    # The file
    "bad_xml": _text("不是合格的 XML：{why}", "Not well-formed XML: {why}"),
    "doctype": _text("文件含有 DOCTYPE 声明，不予读取", "the file holds a DOCTYPE; it is not read"),
    "too_large": _text("文件超过上限：{why}", "the file is beyond the limit: {why}"),
    "not_bpmn": _text(
        "根元素 {tag} 不是 BPMN 2.0 的 definitions", "the root element {tag} is not the definitions of BPMN 2.0"
    ),
    "no_process": _text("文件里没有流程", "the file holds no process"),
    "must_understand": _text(
        "须理解的扩展 {name} 不受支持", "the extension {name}, which must be understood, is not supported"
    ),
    # Words
    "no_id": _text("元素没有标识（id）", "the element has no id"),
    "bad_id": _text("标识 {id} 须为 1 至 80 个字符", "the id {id} must have 1 to 80 characters"),
    "duplicate_id": _text("标识 {id} 出现不止一次", "the id {id} occurs more than once"),
    "dangling": _text("{name} 指向的 {id} 不存在", "{name} points at {id}, which is not there"),
    "wrong_kind": _text("{name} 指向的 {id} 不是 {wanted}", "{name} points at {id}, which is no {wanted}"),
    "unknown_element": _text("BPMN 里没有元素 {tag}", "BPMN has no element {tag}"),
    "not_supported": _text("不支持 {tag}：{instead}", "{tag} is not supported: {instead_en}"),
    "misplaced": _text("{tag} 不能放在 {parent} 里", "{tag} has no place in {parent}"),
    "unknown_attribute": _text("{tag} 没有属性 {name}", "{tag} has no attribute {name}"),
    "attribute_value": _text(
        "属性 {name} 的值“{value}”不受支持：{instead}", "the value {value!r} of {name} is not supported: {instead_en}"
    ),
    "unknown_yw": _text(
        "{tag} 上没有扩展 yw:{name}；可用：{known}", "{tag} has no extension yw:{name}; there are: {known}"
    ),
    "missing": _text("缺少 {name}", "{name} is missing"),
    "twice": _text("{name} 只能有一个", "there may be only one {name}"),
    "other_engine": _text(
        "含有写给其他引擎的 {name}，本系统不执行", "{name} is written for another engine; it would not run here"
    ),
    "no_english": _text("没有英文名称（yw:en）", "it has no English name (yw:en)"),
    # Expressions
    "language": _text(
        "语言“{language}”不受支持，只支持 FEEL", "the language {language!r} is not supported; only FEEL is"
    ),
    "bad_feel": _text(
        "{name} 不是 FEEL：{why} 原文：{text}",
        "{name} is not FEEL: {why_en} Text: {text}",
    ),
    "bad_name": _text(
        "{name} 的“{text}”不能作变量名：须是一个词", "{text!r} in {name} is no name of a variable: it must be one word"
    ),
    "bad_timer": _text("定时“{text}”读不懂：{why}", "the timer {text!r} cannot be read: {why_en}"),
    "bad_budget": _text("期限“{text}”读不懂：{why}", "the budget {text!r} cannot be read: {why_en}"),
    "bad_value": _text(
        "{name} 的值“{value}”不对；可以是：{known}", "{value!r} is no value of {name}; there are: {known}"
    ),
    # How things stand together
    "no_start": _text("没有开始事件", "there is no start event"),
    "two_starts": _text("只能有一个开始事件", "there may be only one start event"),
    "start_trigger": _text("{place}的开始事件{rule}", "the start event of {place_en} {rule_en}"),
    "idle_start": _text(
        "办件由人受理或由别的流程调用，从无触发的开始事件开始；没有什么会从这里开始",
        "cases begin at a start without a trigger, taken in by somebody or called; nothing will begin one here",
    ),
    "event_trigger": _text("{tag} 不能由 {trigger} 触发", "{tag} cannot have a {trigger}"),
    "no_trigger": _text("没有说明等待什么", "it does not say what it waits for"),
    "flow_in": _text("{tag} 不能有进入的连线", "no flow may enter {tag}"),
    "flow_out": _text("{tag} 不能有离开的连线", "no flow may leave {tag}"),
    "no_way_out": _text("{tag} 没有离开的连线", "no flow leaves {tag}"),
    "crosses_scope": _text(
        "连线从 {source} 到 {target}，跨越了子流程的边界",
        "the flow from {source} to {target} crosses the border of a sub-process",
    ),
    "boundary_host": _text("边界事件没有附着在活动上", "the boundary event is attached to no activity"),
    "not_interrupting": _text("{trigger} 必须中断所附着的活动", "{trigger} always interrupts"),
    "no_handler": _text(
        "补偿边界事件须用关联连到一个补偿活动",
        "an association must lead from the compensation event to one compensation activity",
    ),
    "lost_handler": _text(
        "没有补偿边界事件连到这个补偿活动", "no compensation event leads to this compensation activity"
    ),
    "no_condition": _text(
        "从网关离开的连线 {flow} 没有条件，也不是缺省连线",
        "the flow {flow} leaves the gateway without a condition and is not its default",
    ),
    "idle_condition": _text("这里的条件不起作用：{why}", "a condition has no effect here: {why_en}"),
    "bad_default": _text(
        "缺省连线 {flow} 不从这里离开或带有条件", "the default flow {flow} does not leave here, or has a condition"
    ),
    "no_default": _text(
        "没有缺省连线：条件都不成立时办件会停在这里",
        "there is no default flow: a case stops here when no condition holds",
    ),
    "event_gateway": _text(
        "事件网关之后的 {tag} 不是等待消息、信号或定时的事件",
        "{tag} after the event gateway does not wait for a message, a signal or a timer",
    ),
    "few_events": _text("事件网关之后须有至少两个事件", "at least two events follow an event gateway"),
    "unreachable": _text("从开始事件到不了这里", "no start event leads here"),
    "endless": _text(
        "办件会在这里无休止地自动循环：{ring}",
        "a case would run here in a circle for ever, with nobody to wait for: {ring}",
    ),
    "sign_and_loop": _text(
        "会签的任务不能同时是循环或多实例", "a countersigned task cannot be a loop or multi-instance as well"
    ),
    "loop_terms": _text("{why}", "{why_en}"),
}

# With one of these there is no diagram to speak of.
UNREADABLE = frozenset({"bad_xml", "doctype", "too_large", "not_bpmn"})
