"""Checking service items where they lie: what they name exists, and what is promised lies within the law."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.flow.core.forms.conditions import ConditionWrong, condition_read
from yiwang.flow.core.forms.elements import Form, Kind
from yiwang.flow.core.limits import limit_within
from yiwang.flow.schema import ItemFile, LimitFile
from yiwang.kernel.core.budget import Budget
from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.pack import Finding, View


def item_check(path: str, file: ItemFile, view: View) -> Iterator[Finding]:
    where = f"{view.pack.manifest.id}/{path}"
    if path != f"items/{file.id}.yaml":
        yield Finding(where, f"文件应名为 {file.id}.yaml", f"the file must be called {file.id}.yaml")
    if sum(other.id == file.id for other in view.every("items")) > 1:
        yield Finding(where, f"事项 {file.id} 在别的包里已有", f"another pack has an item {file.id}")
    yield from _names(where, file, view)
    yield from _limits(where, file)
    form = next((f.read.form for f in view.every("forms") if f.id == file.form), None)
    yield from over_answers(where, file, form)


def _names(where: str, file: ItemFile, view: View) -> Iterator[Finding]:
    departments = {d.id for found in view.every("departments") for d in found.departments}
    rungs = [*file.limit.rungs, *(r for one in _classes(file).values() for r in one.rungs)]
    for department in sorted({file.department, *(r.department for r in rungs if r.department)}):
        if departments and department not in departments:
            yield Finding(where, f"没有部门 {department}", f"there is no department {department}")
    yield from _there(where, "process", "流程", file.process, _files(view, "processes", ".bpmn"))
    if file.form:
        yield from _there(where, "form", "表单", file.form, _files(view, "forms", ".form"))
    if file.decision:
        yield from _there(where, "decision", "决定", file.decision, _files(view, "decisions", ".dmn"))
    if file.follow_up:
        yield from _there(where, "item", "事项", file.follow_up, {i.id for i in view.every("items")})
    resources = {r.id for r in view.every("resources")}
    for material in file.materials:
        if material.source:
            yield from _there(where, "resource", "资源", material.source, resources)
        if material.credential:
            kinds = {kind.id for kind in view.every("credentials")}
            yield from _there(where, "kind of credential", "证照种类", material.credential, kinds)


def _there(where: str, en: str, zh: str, name: str, known: set[str]) -> Iterator[Finding]:
    if name not in known:
        near = ", ".join(closest(name, known)) or "–"
        yield Finding(
            where,
            f"没有{zh} {name}（相近：{near}）；别的包里的要写进 needs",
            f"there is no {en} {name} (near: {near}); what another pack has must stand in needs",
        )


def _files(view: View, folder: str, ending: str) -> set[str]:
    """The ids of files in a folder of the pack and of the packs it needs: each file is called by its id."""
    paths = [*view.pack.files, *(path for found in view.others.values() for path in found)]
    return {
        name.removesuffix(ending)
        for *_, home, name in (path.split("/") for path in paths if "/" in path)
        if home == folder and name.endswith(ending)
    }


def _classes(file: ItemFile) -> dict[str, LimitFile]:
    """The limit of each class, under its value."""
    by = file.limits_by
    return {} if by is None else {value: file.limit_of({by.field: value}) for value in by.values}


def _limits(where: str, file: ItemFile) -> Iterator[Finding]:
    for name, limit in (("", file.limit), *_classes(file).items()):
        if not limit.legal:
            continue
        promised, legal = Budget.parse(limit.budget), Budget.parse(limit.legal)
        within = limit_within(promised, legal)
        place = f"{where} {name}".rstrip()
        if within is None:
            yield Finding(
                place,
                f"承诺时限 {promised.name.zh} 与法定时限 {legal.name.zh} 单位不同，无法比较；请用同一单位",
                f"the promise ({promised.name.en}) and the legal limit ({legal.name.en}) cannot be compared; use one unit",
            )
        elif not within:
            yield Finding(
                place,
                f"承诺时限 {promised.name.zh} 可能超过法定时限 {legal.name.zh}（{limit.basis}）",
                f"the promise ({promised.name.en}) may exceed the legal limit ({legal.name.en}; {limit.basis})",
            )


def over_answers(where: str, file: ItemFile, form: Form | None) -> Iterator[Finding]:
    """What an item says about answers, its form asks."""
    by = file.limits_by
    if by is not None and by.field != "topic":
        yield from _sorted_by(where, by.field, list(by.values), form)
    for material in file.materials:
        place = f"{where} material {material.id}"
        question = form.question((material.question,)) if form and material.question else None
        if material.question and (question is None or question.kind is not Kind.FILES):
            yield Finding(
                place, f"表单没有文件问题 {material.question}", f"the form has no file question {material.question}"
            )
        if material.required_when:
            try:
                condition_read(material.required_when, {q.address[0] for q in form.questions} if form else set())
            except ConditionWrong as error:
                yield Finding(place, error.zh, error.en)


def _sorted_by(where: str, name: str, values: list[str], form: Form | None) -> Iterator[Finding]:
    question = form.question((name,)) if form else None
    known = {option.value for option in question.options} if question else set()
    if question is None:
        yield Finding(f"{where} limits_by", f"表单没有问题 {name}", f"the form has no question {name}")
    for value in sorted(set(values) - known) if known else ():
        yield Finding(
            f"{where} limits_by", f"问题 {name} 没有选项 {value}", f"the question {name} has no option {value}"
        )
