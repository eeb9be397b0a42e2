"""The pack files the data engine owns, how they are checked, and the verb its pack tests use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from yiwang.data.core.rules import set_rules
from yiwang.data.resources import resource_install
from yiwang.data.rowcheck import rows_check
from yiwang.data.schema import ResourceFile, RuleFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import FileKind, Finding, Pack, View, kind_register
from yiwang.kernel.core.packtest import verb_register
from yiwang.kernel.errors import PackError

# Rule examples are judged as of a fixed day, so that a pack that is sound stays sound.
EXAMPLE_DAY = date(2026, 1, 1)


def resource_check(path: str, file: ResourceFile, view: View) -> Iterator[Finding]:
    """Departments and references exist, codes are unique, and every rule catches its bad example and passes its good one."""
    where = f"{view.pack.manifest.id}/{path}"
    departments = {d.id for found in view.every("departments") for d in found.departments}
    for name in sorted({file.provider, *file.duties.values()}):
        if departments and name not in departments:
            yield Finding(where, f"没有部门 {name}", f"there is no department {name}")
    resources = {r.id: r for r in view.every("resources")}
    for other in resources.values():
        if other.code == file.code and other.id != file.id:
            yield Finding(
                where, f"资源代码 {file.code} 已被 {other.id} 使用", f"code {file.code} is taken by {other.id}"
            )
    references = [r.references for r in file.rules if r.kind == "foreign_key"]
    references += [f.authoritative for f in file.fields if f.authoritative]
    for reference in references:
        other_id, _, field = reference.partition(".")
        other = resources.get(other_id)
        if other is None or field not in {f.id for f in other.fields}:
            yield Finding(where, f"引用的信息项不存在：{reference}", f"there is no field {reference} to refer to")
    for rule in file.rules:
        yield from _examples(where, file, rule)


def _examples(where: str, file: ResourceFile, rule: RuleFile) -> Iterator[Finding]:
    place = f"{where} rule {rule.id}"
    known = {rule.references: [str(row[rule.fields[0]]) for row in rule.good]} if rule.references else {}
    try:
        bad = rows_check(file, list(rule.bad), EXAMPLE_DAY, known)
        good = rows_check(file, list(rule.good), EXAMPLE_DAY, known) if rule.good else []
    except duckdb.Error as error:
        yield Finding(place, f"规则无法执行：{error}", f"the rule cannot run: {error}")
        return
    said = {code for row in bad for code, _ in (*row.reasons, *row.flags)}
    if rule.id not in said:
        yield Finding(place, "规则没有查出它的反例", "the rule does not catch its bad example")
    if any(code == rule.id for row in good for code, _ in (*row.reasons, *row.flags)):
        yield Finding(place, "规则误伤了它的正例", "the rule refuses its good example")
    if rule in set_rules(file) and rule.kind == "foreign_key" and not rule.good:
        yield Finding(place, "外键规则须给出正例", "a foreign key rule needs a good example")


def _install(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    resource_install(actor=actor, file=file, pack=pack)


def check_verb(given: dict[str, Any], argument: Any, view: View) -> dict[str, Any]:
    """`when: {check: <resource id>}` over `given: {rows: […], as_of: …, known: {"resource.field": […]}}`.

    Answers accepted, rejected, reasons (code -> rows), flags, and rows with `accepted`, `reasons` and `values`.
    """
    resource = next((r for r in view.every("resources") if r.id == argument), None)
    if resource is None:
        raise PackError(
            zh=f"没有资源 {argument}", en=f"there is no resource {argument}", where=f"{view.pack.manifest.id}/tests"
        )
    as_of = given.get("as_of", EXAMPLE_DAY)
    verdicts = rows_check(resource, given.get("rows", []), as_of, given.get("known"))
    reasons = Counter(code for v in verdicts for code in {c for c, _ in v.reasons} if not v.accepted)
    flags = Counter(code for v in verdicts for code in {c for c, _ in v.flags} if v.accepted)
    return {
        "accepted": sum(v.accepted for v in verdicts),
        "rejected": sum(not v.accepted for v in verdicts),
        "reasons": dict(reasons),
        "flags": dict(flags),
        "rows": [
            {"accepted": v.accepted, "reasons": sorted({c for c, _ in v.reasons}), "values": v.values} for v in verdicts
        ],
    }


RESOURCES = FileKind(
    id="resources", pattern="resources/*.yaml", model=ResourceFile, check=resource_check, install=_install
)


def kinds_register() -> None:
    """Called once when the program starts."""
    kind_register(RESOURCES)
    verb_register("check", check_verb)
