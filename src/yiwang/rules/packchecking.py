"""Checking decisions where they lie: in a pack, beside their companions, with the resources they bind to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.pack import Finding, View
from yiwang.kernel.errors import PackError
from yiwang.rules.checking import content_check
from yiwang.rules.content import Content
from yiwang.rules.installing import companion_path, pack_parameters, pack_text
from yiwang.rules.schema import DecisionFile, InputFile, ParameterFile


def view_content(view: View, path: str) -> Content | None:
    """A decision of the pack with the parameters it and the packs it needs have; None without a companion."""
    text = pack_text(view.pack, companion_path(path))
    if text is None:
        return None
    where = f"{view.pack.manifest.id}/{path.removesuffix('.dmn')}"
    bare = Content(view.pack.files[path], text, {}, where)
    used = {use.parameter for use in bare.file.parameters}
    own = pack_parameters(view.pack)
    theirs = {file.id: parameter_text(file) for file in view.others.get("parameters", {}).values() if file.id in used}
    return Content(bare.dmn, text, theirs | {name: own[name] for name in used & set(own)}, where)


def parameter_text(file: ParameterFile) -> str:
    """A parameter that is at hand as an object only, as the text of a file again."""
    said = file.model_dump(by_alias=True, exclude_none=True)
    for value in said["values"]:
        if isinstance(value["value"], Decimal):
            value["value"] = float(value["value"])
    return yaml.safe_dump({**said, "values": list(said["values"])}, allow_unicode=True, sort_keys=False)


def table_check(path: str, data: bytes, view: View) -> Iterator[Finding]:
    """The table with its companion: what `checking` says of it."""
    try:
        content = view_content(view, path)
    except PackError:
        return  # the companion or a parameter cannot be read, which is a finding of its own
    if content is not None:
        yield from content_check(content)


def companion_check(path: str, file: DecisionFile, view: View) -> Iterator[Finding]:
    """The table is there, the department exists, and every binding leads to a field of a resource."""
    where = f"{view.pack.manifest.id}/{path}"
    table = path.removesuffix(".yaml") + ".dmn"
    if table not in view.pack.files:
        yield Finding(where, f"缺少 {table}", f"{table} is missing")
    if path != f"decisions/{file.id}.yaml":
        yield Finding(where, f"文件应名为 {file.id}.yaml", f"the file must be called {file.id}.yaml")
    departments = {d.id for found in view.every("departments") for d in found.departments}
    if departments and file.department not in departments:
        yield Finding(where, f"没有部门 {file.department}", f"there is no department {file.department}")
    fields = {r.id: {f.id for f in r.fields} for r in view.every("resources")}
    for resource, field, what in _named(file):
        yield from _field(where, fields, resource, field, what)
    for one in file.inputs:
        yield from _joined(where, file, one)


def _named(file: DecisionFile) -> Iterator[tuple[str, str, str]]:
    """(resource, field, what names it) for every field the companion names."""
    subject = file.subject
    if subject is not None:
        yield subject.resource, subject.key, "subject.key"
    for one in file.inputs:
        if one.source is None:
            continue
        yield one.resource, one.field, f"{one.name}.from"
        if one.by is not None:
            yield one.resource, one.by, f"{one.name}.by"
        if one.newest is not None:
            yield one.resource, one.newest, f"{one.name}.newest"
        if one.match is not None and subject is not None:
            yield subject.resource, one.match, f"{one.name}.match"
        if one.through is not None:
            yield one.through.resource, one.through.field, f"{one.name}.through"
            yield one.through.resource, one.through.gives, f"{one.name}.through"


def _field(where: str, fields: dict[str, set[str]], resource: str, field: str, what: str) -> Iterator[Finding]:
    if resource not in fields:
        near = ", ".join(closest(resource, fields)) or "–"
        yield Finding(
            where,
            f"{what}：没有资源 {resource}（相近：{near}）；所属的包要写进 needs",
            f"{what}: there is no resource {resource} (near: {near}); its pack must stand in needs",
        )
    elif field not in fields[resource]:
        near = ", ".join(closest(field, fields[resource])) or "–"
        yield Finding(
            where,
            f"{what}：资源 {resource} 没有信息项 {field}（相近：{near}）",
            f"{what}: the resource {resource} has no field {field} (near: {near})",
        )


def _joined(where: str, file: DecisionFile, one: InputFile) -> Iterator[Finding]:
    """A field of another resource says how its rows belong to the subject."""
    subject: Any = file.subject
    if one.source is None or subject is None or one.resource == subject.resource:
        return
    if one.by is None:
        yield Finding(
            where,
            f"输入“{one.name}”来自 {one.resource}，须写 by：其中哪一项指认{subject.title.zh}",
            f"the input “{one.name}” comes from {one.resource}: say in `by` which field names the {subject.title.en}",
        )
