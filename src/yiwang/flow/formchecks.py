"""Checking forms where they lie: what they hold can be asked, and nothing is asked that the city already holds."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.flow.asktwice import twice_check
from yiwang.flow.forms import FormFile
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
        yield from twice_check(where, file.read.form, view)
