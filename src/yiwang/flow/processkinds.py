"""Processes as pack files: `processes/<id>.bpmn`, read whole, checked with what lies around them."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.processchecks import Around, names_check
from yiwang.kernel.core.pack import Finding, View


def process_parse(data: bytes, where: str) -> Reading:
    return read(data, where)


def process_check(path: str, reading: Reading, view: View) -> Iterator[Finding]:
    """What reading found, and whether everything the file names is in the pack or in those it needs."""
    where = f"{view.pack.manifest.id}/{path}"
    yield from reading.findings
    if not reading.is_sound:
        return
    if not reading.definitions:
        yield Finding(
            where,
            '没有可执行的流程：要运行，流程须写明 isExecutable="true"；只是图示的放在 documents/',
            'no process is executable: one that is to run says isExecutable="true"; mere drawings belong in documents/',
        )
        return
    ids = [definition.id for definition in reading.definitions]
    if path.removeprefix("processes/").removesuffix(".bpmn") not in ids:
        names = " / ".join(f"{one}.bpmn" for one in ids)
        yield Finding(where, f"文件应名为 {names}", f"the file must be called {names}")
    every = [definition.id for other in view.every("processes") for definition in other.definitions]
    for one in sorted({one for one in ids if every.count(one) > 1}):
        yield Finding(where, f"流程 {one} 在别处已有", f"there is another process {one}")
    yield from names_check(reading, _around(view))


def _around(view: View) -> Around:
    return Around(
        forms={form.id for form in view.every("forms")},
        decisions={file.id: [one.name for one in file.inputs] for file in view.every("companions")},
        processes={definition.id for other in view.every("processes") for definition in other.definitions},
        departments={one.id for found in view.every("departments") for one in found.departments},
    )
