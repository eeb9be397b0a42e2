"""Versions of processes as definitions that run: read once from their stored file, known by its digest for ever."""

from __future__ import annotations

from functools import lru_cache

from yiwang.flow.core.bpmn.faults import Fault
from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.errors import DiagramRefused
from yiwang.flow.models import ProcessVersion
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.selectors import file_path


def definition_of(version: ProcessVersion) -> Definition:
    """What a version says. Raises NotFound when its file is gone, DiagramRefused when it cannot run."""
    return _definition(version.digest, version.process_id)


@lru_cache(maxsize=512)
def _definition(digest: str, process_id: str) -> Definition:
    return definition_in(read(file_path(digest).read_bytes(), process_id), process_id)


def definition_in(reading: Reading, process_id: str) -> Definition:
    """The process of that id in a file. Raises DiagramRefused with the findings when there is none that can run."""
    if not reading.is_sound:
        raise refused(reading.findings, process_id)
    found = next((one for one in reading.definitions if one.id == process_id), None)
    if found is None:
        zh = f"文件里没有编号为 {process_id} 的可执行流程（isExecutable）"
        en = f"the file holds no executable process {process_id} (isExecutable)"
        raise refused((Fault(process_id, zh, en, code="not_executable"),), process_id)
    return found


def refused(findings: tuple[Finding, ...], where: str) -> DiagramRefused:
    """The error that carries the findings and tells the first."""
    errors = [one for one in findings if one.level == "error"]
    first, more = errors[0], len(errors) - 1
    return DiagramRefused(
        findings=findings,
        zh=first.zh + (f"（另有 {more} 处）" if more else ""),
        en=first.en + (f" (and {more} more)" if more else ""),
        where=first.where or where,
        hint_zh="用 yiwang process check 查看全部问题。",
        hint_en="See everything with yiwang process check.",
    )
