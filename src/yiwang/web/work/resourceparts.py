"""A resource's definition and history as page lines and charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.data import selectors as data
from yiwang.data.answers import Lineage, ResourceDetail
from yiwang.data.core.checks import column_types
from yiwang.data.core.conditions.kinds import kind_of_column
from yiwang.data.core.conditions.ruletests import rule_way
from yiwang.data.core.conditions.texts import rule_feel
from yiwang.data.core.semantics import semantic_type
from yiwang.data.schema import CATEGORIES, CYCLES, DIMENSIONS, LIBRARIES
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.web.charts import Chart, Series, figure_chart
from yiwang.web.language import pick, say
from yiwang.web.templatetags.say import when
from yiwang.web.words import word

METHODS: dict[str, Text] = {
    "verify": Text(zh="核验", en="verification"),
    "query": Text(zh="查询", en="query"),
    "batch": Text(zh="批量交换", en="batch"),
    "subscribe": Text(zh="订阅推送", en="subscription"),
}
RULE_KINDS: dict[str, Text] = {
    "not_null": Text(zh="不为空", en="not empty"),
    "unique": Text(zh="不重复", en="unique"),
    "range": Text(zh="取值范围", en="range"),
    "in_list": Text(zh="取值列表", en="in a list"),
    "pattern": Text(zh="格式", en="pattern"),
    "check_digit": Text(zh="校验码", en="check digit"),
    "date_order": Text(zh="日期先后", en="order of dates"),
    "foreign_key": Text(zh="引用存在", en="refers to"),
    "compare": Text(zh="跨字段比较", en="fields compared"),
    "feel": Text(zh="条件", en="condition"),
}
_MANY_ROWS = Text(zh="跨行核对，另行执行", en="looks at more than one row: a step of its own")
OTHER_WAYS: dict[str, Text] = {"unique": _MANY_ROWS, "foreign_key": _MANY_ROWS}
# In the order in which data flows: one column of the picture each.
NODE_KINDS: dict[str, Text] = {
    "file": Text(zh="文件", en="file"),
    "resource": Text(zh="引用的资源", en="referred resource"),
    "raw": Text(zh="贴源层", en="raw layer"),
    "rule": Text(zh="规则", en="rule"),
    "field": Text(zh="信息项", en="field"),
    "standard": Text(zh="标准层", en="standard layer"),
}


@dataclass(frozen=True)
class FieldLine:
    id: str
    title: Text
    semantic: Text
    unit: str
    required: bool
    is_key: bool
    grade: int
    aliases: str
    note: Text | None


@dataclass(frozen=True)
class RuleLine:
    title: Text
    kind: Text
    fields: str
    severity: str
    basis: str
    # the rule as a FEEL test; empty for what looks at more than one row
    test: str
    # which way it runs on an intake, where that is not plain: the closed list runs in the database
    way: Text | None


def field_titles(actor: Actor, resource_id: str) -> dict[str, Text]:
    return {one.id: one.title for one in data.resource_get(actor, resource_id).definition.fields}


def entry_pairs(resource: ResourceDetail) -> tuple[tuple[Text, object], ...]:
    """Every item a catalogue entry must state, in the order the national guide lists them."""
    file, row = resource.definition, resource.row
    comma = pick("、", ", ")
    methods = comma.join(say(METHODS[one]) for one in file.share.methods)
    return (
        (Text(zh="名称", en="Name"), row.title),
        (Text(zh="代码", en="Code"), row.code),
        (Text(zh="分类", en="Category"), CATEGORIES[file.category]),
        (Text(zh="所属库", en="Library"), LIBRARIES.get(file.library)),
        (Text(zh="提供方", en="Provider"), row.provider_name),
        (Text(zh="摘要", en="Summary"), file.summary),
        (Text(zh="格式", en="Format"), Text(zh="数据表", en="table")),
        (Text(zh="信息项", en="Fields"), comma.join(say(one.title) for one in file.fields)),
        (Text(zh="共享类型", en="Share type"), word("share", file.share.type).text),
        (Text(zh="共享条件", en="Share condition"), file.share.condition),
        (Text(zh="共享方式", en="Ways of sharing"), methods),
        (Text(zh="不予共享的依据", en="Basis of refusal"), file.share.basis),
        (Text(zh="是否开放", en="Open to the public"), word("open", file.open.allowed).text),
        (Text(zh="开放条件", en="Condition of opening"), file.open.condition),
        (Text(zh="更新周期", en="Update cycle"), CYCLES[file.update.cycle][0]),
        (Text(zh="发布日期", en="Published"), file.published.isoformat()),
        (Text(zh="最近更新", en="Last update"), when(row.updated_at)),
        (Text(zh="法律依据", en="Legal basis"), pick("；", "; ").join(file.legal_basis)),
    )


def _semantic_title(semantic: str) -> Text:
    kind = semantic_type(semantic)
    return Text(zh=kind.title_zh, en=kind.title_en)


def field_lines(resource: ResourceDetail) -> tuple[FieldLine, ...]:
    file = resource.definition
    return tuple(
        FieldLine(
            id=one.id,
            title=one.title,
            semantic=_semantic_title(one.semantic),
            unit=one.unit,
            required=one.required or one.id in file.key,
            is_key=one.id in file.key,
            grade=one.effective_grade,
            aliases=pick("、", ", ").join(one.aliases),
            note=one.note,
        )
        for one in file.fields
    )


def rule_lines(resource: ResourceDetail) -> tuple[RuleLine, ...]:
    file = resource.definition
    comma = pick("、", ", ")
    types = column_types(file)
    kinds = {name: kind_of_column(kind) for name, kind in types.items()}
    return tuple(
        RuleLine(
            title=one.title,
            kind=RULE_KINDS[one.kind],
            fields=comma.join(say(file.field(name).title) for name in one.fields),
            severity=one.severity,
            basis=one.basis,
            test=rule_feel(one, kinds),
            way=rule_way(one, file, types, file.published) if one.kind == "feel" else OTHER_WAYS.get(one.kind),
        )
        for one in file.rules
    )


def history_chart(resource: ResourceDetail) -> Chart:
    """Each dimension as a line over the loads, oldest first."""
    # Each dimension of a load has a moment of its own; a load is one point.
    moments: dict[int, datetime] = {}
    for point in resource.history:
        moments[point.load_id] = min(point.at, moments.get(point.load_id, point.at))
    by_place = {(point.load_id, point.dimension): point.share for point in resource.history}
    return figure_chart(
        "history",
        "lines",
        Text(zh="五个质量维度随每次归集的变化", en="The five quality dimensions over the loads"),
        label_title=Text(zh="归集时间", en="Load"),
        labels=[when(moments[load_id]) for load_id in sorted(moments)],
        series=[
            Series(title, tuple(by_place.get((load_id, dimension)) for load_id in sorted(moments)))
            for dimension, title in DIMENSIONS.items()
        ],
        shares=True,
        max=1,
    )


def lineage_chart(lineage: Lineage) -> Chart:
    """Who made what, as a picture and as the list of its arrows."""
    titles = {node.id: node.title for node in lineage.nodes}
    kinds = {node.id: node.kind for node in lineage.nodes}
    present = [kind for kind in NODE_KINDS if kind in kinds.values()]

    def named(node_id: str) -> str:
        return f"{say(NODE_KINDS.get(kinds[node_id], kinds[node_id]))} · {say(titles[node_id])}"

    return Chart(
        id="lineage",
        shape="graph",
        description=Text(
            zh="数据从文件经贴源层、规则到信息项的来路",
            en="How data came from file through raw layer and rules to fields",
        ),
        data={
            "kinds": [{"id": kind, "title": say(NODE_KINDS[kind])} for kind in present],
            "nodes": [
                {"id": node.id, "kind": node.kind, "title": say(node.title), "detail": say(node.detail)}
                for node in lineage.nodes
            ],
            "edges": [{"from": source, "to": target, "label": say(label)} for source, target, label in lineage.edges],
        },
        heads=(Text(zh="从", en="From"), Text(zh="到", en="To"), Text(zh="怎样", en="How")),
        rows=tuple((named(source), named(target), say(label)) for source, target, label in lineage.edges),
    )
