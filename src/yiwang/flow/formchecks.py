"""Checking forms, where they lie and in a city: what they hold can be asked, and nothing is asked that is held already."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.data.selectors import resource_definitions
from yiwang.flow.asktwice import catalogue, twice_check
from yiwang.flow.forms import FormFile
from yiwang.flow.formuses import uses_check
from yiwang.flow.models import FormVersion
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Finding, View


def form_check(path: str, file: FormFile, view: View) -> Iterator[Finding]:
    where = f"{view.pack.manifest.id}/{path}"
    if path != f"forms/{file.id}.form":
        yield Finding(where, f"文件应名为 {file.id}.form", f"the file must be called {file.id}.form")
    if sum(other.id == file.id for other in view.every("forms")) > 1:
        yield Finding(where, f"表单 {file.id} 在别的包里已有", f"another pack has a form {file.id}")
    for fault in file.read.faults:
        yield Finding(f"{where} {fault.component}".rstrip(), fault.zh, fault.en)
    if file.read.form is not None:
        own = {r.id for r in view.own.get("resources", {}).values()}
        yield from twice_check(where, file.read.form, catalogue(view), own)


def version_findings(actor: Actor, version: FormVersion) -> tuple[Finding, ...]:
    """What stands against a version in this city: what cannot be asked, what the catalogue holds, what its users need of it."""
    read = FormFile(version.form_id, version.body).read
    if read.form is None:
        return tuple(Finding(fault.component, fault.zh, fault.en) for fault in read.faults)
    defined = resource_definitions(actor)
    resources = {file.id: file for files in defined.values() for file in files}
    own = {file.id for file in defined.get(version.form.pack_id, ())}
    held = version.form.published
    before = FormFile(held.form_id, held.body).read.form if held is not None and held.pk != version.pk else None
    return (*twice_check("", read.form, resources, own), *uses_check(version.form_id, read.form, before))
