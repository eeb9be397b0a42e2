"""The pack files the data engine owns, how they are checked, and the verb its pack tests use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from yiwang.data.core.checks import column_types
from yiwang.data.core.conditions.errors import ConditionUnsound
from yiwang.data.core.conditions.ruletests import rule_condition, rule_way
from yiwang.data.products.fusions import FUSIONS
from yiwang.data.resources import resource_install
from yiwang.data.rowcheck import rows_check
from yiwang.data.schema import ResourceFile, RuleFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import FileKind, Finding, Pack, View, kind_register
from yiwang.kernel.core.packtest import verb_register
from yiwang.kernel.errors import PackError
from yiwang.rules.errors import BudgetExceeded

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
    yield from _conditions(where, file)
    yield from _examples(where, file)


def _conditions(where: str, file: ResourceFile) -> Iterator[Finding]:
    """What is wrong with each condition in FEEL, or which way it runs."""
    types = column_types(file)
    for rule in file.rules:
        if rule.kind != "feel":
            continue
        place = f"{where} rule {rule.id}"
        try:
            way = rule_way(rule, file, types, EXAMPLE_DAY)
        except ConditionUnsound as error:
            yield Finding(place, error.zh, error.en)
            continue
        yield Finding(place, way.zh, way.en, "info")


def _sound_rules(file: ResourceFile) -> tuple[RuleFile, ...]:
    """The rules that can be tried: an unsound condition is a finding already."""
    types = column_types(file)
    found = []
    for rule in file.rules:
        try:
            if rule.kind == "feel":
                rule_condition(rule, file, types)
        except ConditionUnsound:
            continue
        found.append(rule)
    return tuple(found)


def _examples(where: str, file: ResourceFile) -> Iterator[Finding]:
    """Rules are tried together in one run where they cannot disturb each other: each run costs as much as a small load."""
    file = file.model_copy(update={"rules": _sound_rules(file)})
    groups = _groups(file.rules)
    while groups:
        rules = groups.pop(0)
        try:
            yield from _group_findings(where, file, rules)
        except (duckdb.Error, BudgetExceeded) as error:
            if len(rules) > 1:
                groups += [[r] for r in rules]
                continue
            place = f"{where} rule {rules[0].id}"
            zh, en = (error.zh, error.en) if isinstance(error, BudgetExceeded) else (str(error), str(error))
            yield Finding(place, f"规则无法执行：{zh}", f"the rule cannot run: {en}")


def _groups(rules: tuple[RuleFile, ...]) -> list[list[RuleFile]]:
    """All rules in one group but those whose examples would meet: unique ones, and further ones of one reference."""
    together: list[RuleFile] = []
    alone: list[RuleFile] = []
    references: set[str] = set()
    for rule in rules:
        apart = rule.kind == "unique" or rule.references in references
        (alone if apart else together).append(rule)
        references |= {rule.references} - {""}
    return [group for group in (together, *([r] for r in alone)) if group]


def _group_findings(where: str, file: ResourceFile, rules: list[RuleFile]) -> Iterator[Finding]:
    bad = [(r, row) for r in rules for row in r.bad]
    good = [(r, row) for r in rules for row in r.good]
    if any(r.kind == "unique" for r in rules):
        said_of_bad, said_of_good = _said(file, bad), _said(file, good)
    else:
        said = _said(file, bad + good)
        said_of_bad, said_of_good = said[: len(bad)], said[len(bad) :]
    for rule in rules:
        place = f"{where} rule {rule.id}"
        caught = [rule.id in codes for owner, codes in said_of_bad if owner is rule]
        # of rows that must differ from each other only the later ones break the rule
        if not (any(caught) if rule.kind == "unique" else all(caught)):
            yield Finding(place, "规则没有查出它的反例", "the rule does not catch its bad example")
        if any(rule.id in codes for owner, codes in said_of_good if owner is rule):
            yield Finding(place, "规则误伤了它的正例", "the rule refuses its good example")
        if rule.kind == "foreign_key" and not rule.good:
            yield Finding(place, "外键规则须给出正例", "a foreign key rule needs a good example")


def _said(file: ResourceFile, examples: list[tuple[RuleFile, dict[str, Any]]]) -> list[tuple[RuleFile, set[str]]]:
    """Every example's rule with the codes said of its row. A reference may take the values of the good examples."""
    if not examples:
        return []
    rules = [rule for rule, _ in examples if rule.references]
    known = {r.references: [str(row[r.fields[0]]) for row in r.good] for r in rules}
    verdicts = rows_check(file, [row for _, row in examples], EXAMPLE_DAY, known)
    codes = [{code for code, _ in (*v.reasons, *v.flags)} for v in verdicts]
    return [(rule, said) for (rule, _), said in zip(examples, codes, strict=True)]


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
    kind_register(FUSIONS)
    verb_register("check", check_verb)
