"""Decision tables from XML (DMN 1.5, chapter 8)."""

from __future__ import annotations

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.basis import Basis, Names, plain
from yiwang.rules.core.dmn.boxed import Aggregation, Cell, DecisionTable, HitPolicy, Input, Literal, Output, Rule
from yiwang.rules.core.dmn.xmlfile import Tag

_POLICIES = {policy.name.replace("_", " "): policy for policy in HitPolicy}
_AGGREGATIONS: dict[str, Aggregation] = {"SUM": "SUM", "MIN": "MIN", "MAX": "MAX", "COUNT": "COUNT"}


def read_table(basis: Basis, element: Tag, names: Names) -> DecisionTable:
    basis.only(element, "input", "output", "annotation", "rule")
    policy = _policy(basis, element)
    aggregation = _aggregation(basis, element, policy)
    inputs = tuple(_input(basis, one, names) for one in xmlfile.named(element, "input"))
    outputs = tuple(_output(basis, one, names) for one in xmlfile.named(element, "output"))
    if not outputs:
        raise basis.halt("no_output", element, "决策表没有输出列。", "The decision table has no output.")
    if len(outputs) > 1:
        _compound(basis, element, outputs, aggregation)
    rules = tuple(_rule(basis, one, names, len(inputs), outputs) for one in xmlfile.named(element, "rule"))
    return DecisionTable(
        place=basis.place(element),
        type=basis.type_of(element),
        policy=policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        annotations=tuple(plain(one.get("name")) for one in xmlfile.named(element, "annotation")),
    )


def _policy(basis: Basis, element: Tag) -> HitPolicy:
    written = (element.get("hitPolicy") or "UNIQUE").strip()
    policy = _POLICIES.get(written)
    if policy is None:
        zh = f"不认识的命中策略“{written}”；可用：{'、'.join(_POLICIES)}。"
        raise basis.halt("hit_policy", element, zh, f"Unknown hit policy {written}; known are {', '.join(_POLICIES)}.")
    return policy


def _aggregation(basis: Basis, element: Tag, policy: HitPolicy) -> Aggregation | None:
    written = (element.get("aggregation") or "").strip()
    if not written:
        return None
    found = _AGGREGATIONS.get(written)
    if found is None:
        zh = f"不认识的汇总方式“{written}”；可用：{'、'.join(_AGGREGATIONS)}。"
        raise basis.halt(
            "aggregation", element, zh, f"Unknown aggregation {written}; known are {', '.join(_AGGREGATIONS)}."
        )
    if policy is not HitPolicy.COLLECT:
        zh = f"汇总 {written} 只能与命中策略 COLLECT 同用。"
        raise basis.halt(
            "aggregation", element, zh, f"The aggregation {written} goes with the hit policy COLLECT only."
        )
    return found


def _compound(basis: Basis, element: Tag, outputs: tuple[Output, ...], aggregation: Aggregation | None) -> None:
    names = [one.name for one in outputs]
    if "" in names or len(set(names)) != len(names):
        zh, en = "多个输出列须各有不同的名称。", "Several outputs need a name each, all different."
        raise basis.halt("duplicate_name", element, zh, en)
    if aggregation:
        zh, en = f"多个输出列不能汇总（{aggregation}）。", f"Several outputs cannot be aggregated ({aggregation})."
        raise basis.halt("aggregation", element, zh, en)


def _input(basis: Basis, element: Tag, names: Names) -> Input:
    basis.only(element, "inputExpression", "inputValues")
    holder = xmlfile.first(element, "inputExpression")
    if holder is None or not xmlfile.text_of(holder).strip():
        raise basis.halt("no_expression", element, "输入列没有表达式。", "The input has no expression.")
    basis.only(holder, "text", "importedValues")
    values = xmlfile.first(element, "inputValues")
    text = xmlfile.text_of(values).strip()
    return Input(
        place=basis.place(element),
        label=plain(element.get("label")) or plain(xmlfile.text_of(holder)),
        expression=basis.expression(holder, names),
        values=basis.tests(values, names) if text else None,
        values_text=text,
    )


def _output(basis: Basis, element: Tag, names: Names) -> Output:
    basis.only(element, "outputValues", "defaultOutputEntry")
    values, default = xmlfile.first(element, "outputValues"), xmlfile.first(element, "defaultOutputEntry")
    text = xmlfile.text_of(values).strip()
    return Output(
        place=basis.place(element),
        name=plain(element.get("name")),
        label=plain(element.get("label")) or plain(element.get("name")),
        type=basis.type_of(element),
        values=basis.tests(values, names) if text else None,
        values_text=text,
        default=None if not xmlfile.text_of(default).strip() else basis.expression(default, names),
    )


def _rule(basis: Basis, element: Tag, names: Names, width: int, outputs: tuple[Output, ...]) -> Rule:
    basis.only(element, "inputEntry", "outputEntry", "annotationEntry")
    cells, results = xmlfile.named(element, "inputEntry"), xmlfile.named(element, "outputEntry")
    if len(cells) != width or len(results) != len(outputs):
        raise basis.halt(
            "row_width",
            element,
            f"规则有 {len(cells)} 个输入格、{len(results)} 个输出格；表头为 {width} 与 {len(outputs)}。",
            f"The rule has {len(cells)} input and {len(results)} output cells under {width} and {len(outputs)} columns.",
        )
    return Rule(
        place=basis.place(element),
        inputs=tuple(_cell(basis, one, names) for one in cells),
        outputs=tuple(_result(basis, one, names) for one in results),
        annotations=tuple(xmlfile.text_of(one).strip() for one in xmlfile.named(element, "annotationEntry")),
        description=((found := xmlfile.first(element, "description")) is not None and found.text or "").strip(),
    )


def _cell(basis: Basis, element: Tag, names: Names) -> Cell:
    basis.only(element, "text")
    return Cell(basis.place(element), xmlfile.text_of(element).strip(), basis.tests(element, names))


def _result(basis: Basis, element: Tag, names: Names) -> Literal:
    basis.only(element, "text", "importedValues")
    return basis.expression(element, names)
