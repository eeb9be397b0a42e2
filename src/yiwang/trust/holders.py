"""Whose matter a case is: told by the room that keeps cases, which this room does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.trust.bindings import subjects_of

# Case number → what the applicant was asked, by key. Raises NotFound for a case that is not there.
HolderSource = Callable[[str], Mapping[str, str]]
_sources: list[HolderSource] = []


def holder_source_declare(source: HolderSource) -> None:
    """Called once when the program starts. Raises ValueError for a second one."""
    if _sources and _sources[0] is not source:
        raise ValueError("there is a source of holders already")
    _sources[:] = [source]


def holder_of(case: str) -> Mapping[str, str]:
    """What is known of the applicant of a case. Raises NotFound."""
    if not _sources:
        raise NotFound(zh=f"没有办件 {case}", en=f"there is no case {case}", where="case")
    return _sources[0](case)


def held_hashes(actor: Actor) -> frozenset[str]:
    """The digests of the subjects an account may look for: its own, and those who let it today."""
    return frozenset(row.hash for row in subjects_of(actor))
