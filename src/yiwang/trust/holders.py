"""Whose matter a case is: told by the room that keeps cases, which this room does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import NotFound
from yiwang.trust.bindings import subjects_of

# Case number → what the applicant was asked, by key. Raises NotFound for a case that is not there.
HolderSource = Callable[[str], Mapping[str, str]]
# Case number → the digests of those whose matter it is; of a case that is not there, of nobody.
SubjectSource = Callable[[str], Sequence[str]]
_sources: list[tuple[HolderSource, SubjectSource]] = []


def holder_source_declare(source: HolderSource, subjects: SubjectSource) -> None:
    """Called once when the program starts. Raises ValueError for a second one."""
    if _sources and _sources[0] != (source, subjects):
        raise ValueError("there is a source of holders already")
    _sources[:] = [(source, subjects)]


def holder_of(case: str) -> Mapping[str, str]:
    """What is known of the applicant of a case. Raises NotFound."""
    if not _sources:
        raise NotFound(zh=f"没有办件 {case}", en=f"there is no case {case}", where="case")
    return _sources[0][0](case)


def holder_hashes(case: str) -> tuple[str, ...]:
    """The digests of those whose matter a case is, for the line about reading it; empty where nobody can be found."""
    return tuple(_sources[0][1](case)) if _sources else ()


def held_hashes(actor: Actor) -> frozenset[str]:
    """The digests of the subjects an account may look for: its own, and those who let it today."""
    return frozenset(row.hash for row in subjects_of(actor))
