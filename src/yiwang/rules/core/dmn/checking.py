"""What only the whole model shows: requirements that run in a circle, links to the wrong kind, priorities nobody gave."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.rules.core.dmn import boxed
from yiwang.rules.core.dmn.model import Decision, Element, InputData, Knowledge, Link, Model, Service
from yiwang.rules.core.dmn.places import Refusal
from yiwang.rules.core.dmn.typing import order_of


def check(model: Model) -> Iterator[Refusal]:
    """Each refusal names its owner."""
    for element in model.elements():
        yield from _kinds(model, element)
        if isinstance(element, Decision) and element.logic is not None:
            yield from _orders(model, element, element.logic, element.variable.type)
        elif isinstance(element, Knowledge) and element.function is not None and element.function.body is not None:
            yield from _orders(model, element, element.function.body, None)
    yield from _circles(model)


def _kinds(model: Model, element: Element) -> Iterator[Refusal]:
    wanted: list[tuple[tuple[Link, ...], tuple[type, ...], str]] = []
    if isinstance(element, (Decision, Knowledge)):
        wanted = [
            (element.requires.inputs, (InputData,), "inputData"),
            (element.requires.decisions, (Decision,), "decision"),
            (element.requires.knowledge, (Knowledge, Service), "businessKnowledgeModel"),
        ]
    elif isinstance(element, Service):
        decisions = (*element.outputs, *element.encapsulated, *element.input_decisions)
        wanted = [(decisions, (Decision,), "decision"), (element.inputs, (InputData,), "inputData")]
        if not element.outputs and element.refused is None:
            zh, en = "决策服务没有输出决策。", "The decision service has no output decision."
            yield Refusal("no_output", element.place, zh, en, element.id)
    for links, kinds, tag in wanted:
        for link in links:
            _, target = model.find(link)
            if not isinstance(target, kinds):
                zh = f"引用 {link.id} 应指向 {tag}，实际是 {target.place.tag}。"
                en = f"The reference {link.id} is to point at a {tag}, not at a {target.place.tag}."
                yield Refusal("broken_href", element.place, zh, en, element.id)


def _orders(model: Model, owner: Element, logic: boxed.Boxed, type_: str | None) -> Iterator[Refusal]:
    """Tables of the policies P and O whose outputs have no order of values."""
    if isinstance(logic, boxed.DecisionTable) and logic.policy.ordered:
        around = logic.type or logic.outputs[0].type or type_
        if all(order_of(model, output, around, len(logic.outputs)) is None for output in logic.outputs):
            zh = "命中策略 PRIORITY、OUTPUT ORDER 需要按优先次序列出输出值。"
            en = "The hit policies PRIORITY and OUTPUT ORDER need the output values listed by priority."
            yield Refusal("no_priority", logic.place, zh, en, owner.id)
    for part in parts(logic):
        yield from _orders(model, owner, part, part.type)


def parts(logic: boxed.Boxed) -> Iterator[boxed.Boxed]:
    """The boxed expressions directly inside one."""
    match logic:
        case boxed.BoxedContext(entries=entries):
            yield from (entry.expression for entry in entries)
        case boxed.Invocation(function=function, bindings=bindings):
            yield function
            yield from (bound for _, _, bound in bindings if bound is not None)
        case boxed.Relation(rows=rows):
            yield from (cell for row in rows for cell in row)
        case boxed.BoxedList(items=items):
            yield from items
        case boxed.BoxedFunction(body=body):
            yield from () if body is None else (body,)
        case boxed.Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from (condition, then, otherwise)
        case boxed.BoxedFor(domain=domain, body=body):
            yield from (domain, body)
        case (
            boxed.BoxedFilter(domain=domain, condition=condition)
            | boxed.BoxedQuantified(domain=domain, condition=condition)
        ):
            yield from (domain, condition)


def _circles(model: Model) -> Iterator[Refusal]:
    """Elements that require themselves through others. A knowledge model may call itself."""
    after = {element.id: _next(element) for element in model.elements()}
    state: dict[str, int] = {}
    for start in after:
        stack = [(start, iter(after[start]))] if start not in state else []
        if stack:
            state[start] = 1
        while stack:
            at, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[at] = 2
                stack.pop()
            elif state.get(following) == 1:
                path = [one for one, _ in stack]
                ring = path[path.index(following) :]
                names = [model.by_id[one].name for one in (*ring, following)]
                for one in ring:
                    zh = f"依赖成了圈：{' → '.join(names)}。"
                    yield Refusal(
                        "cycle", model.by_id[one].place, zh, f"Requirements run in a circle: {' → '.join(names)}.", one
                    )
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(after[following])))


def _next(element: Element) -> list[str]:
    if isinstance(element, Service):
        cut = {link.id for link in element.input_decisions}
        return [
            link.id for link in (*element.outputs, *element.encapsulated) if link.prefix is None and link.id not in cut
        ]
    if not isinstance(element, (Decision, Knowledge)):
        return []
    found = [link.id for link in (*element.requires.decisions, *element.requires.knowledge) if link.prefix is None]
    return [one for one in found if not (isinstance(element, Knowledge) and one == element.id)]
