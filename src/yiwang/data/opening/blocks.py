"""What stops data from being opened. There is no way round a block but to change what is opened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks, column_types
from yiwang.data.core.semantics import semantic_type
from yiwang.data.core.sensitive import digit_hits, find_sensitive
from yiwang.data.core.staging import Raw
from yiwang.data.errors import Block, OpenBlocked
from yiwang.data.models import Resource, SensitiveFinding
from yiwang.data.opening.plans import Plan
from yiwang.data.resources import definition
from yiwang.data.schema import ResourceFile
from yiwang.kernel.core.text import Text

CLOSED_GRADE = 3
# who is named by these is a person, whatever else the row says
PERSON = "resident-id"
MOBILE = "(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)"


def _block(field: str, rule: str, zh: str, en: str) -> Block:
    return Block(field, rule, Text(zh=zh, en=en))


def definition_blocks(resource: Resource, plan: Plan) -> tuple[Block, ...]:
    """What the catalogue says against it: sharing, opening, grades, findings, rows about persons."""
    file = definition(resource)
    found = list(_resource_blocks(resource, file))
    known = {f.id: f for f in file.fields}
    findings = dict(
        SensitiveFinding.objects.filter(resource=resource)
        .exclude(state=SensitiveFinding.State.DISMISSED)
        .values_list("field", "semantic")
    )
    for name in plan.fields:
        field = known.get(name)
        if field is None:
            found.append(_block(name, "unknown", f"资源没有信息项 {name}", f"the resource has no field {name}"))
            continue
        title = field.title
        if field.effective_grade >= CLOSED_GRADE:
            n = field.effective_grade
            found.append(
                _block(name, "grade", f"“{title.zh}”为 {n} 级，不得开放", f"{title.en} is of grade {n}: never open")
            )
        if name in findings:
            kind = semantic_type(findings[name])
            found.append(
                _block(
                    name,
                    "finding",
                    f"“{title.zh}”疑似或确认含有{kind.title_zh}",
                    f"{title.en} is suspected or known to hold: {kind.title_en}",
                )
            )
    people = next((f for f in file.fields if f.semantic == PERSON), None)
    if people is not None and not plan.counts:
        found.append(
            _block(
                people.id,
                "person-rows",
                f"每行是一个人（含“{people.title.zh}”），只能开放统计数",
                f"each row is a person (it has {people.title.en}): only counts may be opened",
            )
        )
    return tuple(found)


def _resource_blocks(resource: Resource, file: ResourceFile) -> list[Block]:
    found = []
    if resource.is_retired:
        found.append(_block("", "retired", "资源已经下架", "the resource is retired"))
    if file.share.type == "refused":
        found.append(
            _block("", "share", f"不予共享：{file.share.basis}", f"it is not shared at all: {file.share.basis}")
        )
    if not file.open.allowed:
        zh, en = "目录注明不开放", "the catalogue says it is not open"
        basis = f"（{file.open.basis}）" if file.open.basis else ""
        found.append(_block("", "open", zh + basis, en + (f" ({file.open.basis})" if file.open.basis else "")))
    return found


def value_blocks(
    connection: duckdb.DuckDBPyConnection, table: str, file: ResourceFile, plan: Plan, as_of: date
) -> tuple[Block, ...]:
    """What the values say against it: every row of `table` is looked at for identity and mobile numbers, up to
    20,000 for the other signs a load is searched for."""
    types = column_types(file)
    leaving = tuple(f for f in file.fields if f.id in plan.fields)
    texts = [f for f in leaving if types[f.id] == "VARCHAR"]
    found: dict[tuple[str, str], Block] = {}
    for field in texts:
        column = sql.name(field.id)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE cells AS SELECT trim({column}) AS v FROM {table} WHERE trim({column}) <> ''"
        )
        hits, _ = digit_hits(connection, PERSON, as_of)
        mobiles = connection.execute(
            f"SELECT count(*) FROM cells WHERE regexp_matches(v, {sql.text(MOBILE)})"
        ).fetchone()
        for semantic, count in ((PERSON, hits), ("mobile", int(mobiles[0]) if mobiles else 0)):
            if count:
                found[field.id, semantic] = _value_block(field.id, field.title, semantic, count)
    listed = ", ".join(f"CAST({sql.name(f.id)} AS VARCHAR) AS {sql.name(f.id)}" for f in leaving)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW as_text AS SELECT {listed} FROM {table}")
    partial = file.model_copy(update={"fields": leaving, "rules": (), "key": tuple(plan.fields[:1])})
    names = tuple(f.id for f in leaving)
    rows = Raw(path=Path(), rows=0, mapping=dict(enumerate(names)), headers=names, table="as_text")
    for sign in find_sensitive(connection, Checks(partial, as_of), rows):
        if sign.grade >= CLOSED_GRADE:
            title = next(f.title for f in leaving if f.id == sign.field)
            hits = max((int(str(one["hits"])) for one in sign.signs), default=0)
            found.setdefault((sign.field, sign.semantic), _value_block(sign.field, title, sign.semantic, hits))
    return tuple(found.values())


def _value_block(field: str, title: Text, semantic: str, hits: int) -> Block:
    kind = semantic_type(semantic)
    return _block(
        field,
        "values",
        f"“{title.zh}”的取值里有{kind.title_zh}（{hits} 处）",
        f"values of {title.en} hold: {kind.title_en} ({hits} found)",
    )


def blocks_raise(found: tuple[Block, ...], where: str) -> None:
    """Raises OpenBlocked when there is any block."""
    if found:
        raise OpenBlocked(found, where)
