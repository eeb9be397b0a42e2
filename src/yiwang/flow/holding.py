"""Whose matter a case is, told to the room that gives credentials: what the applicant was asked, and nothing of the case."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.flow.applicants import case_subjects
from yiwang.flow.models import Case
from yiwang.kernel.errors import NotFound
from yiwang.trust.service import holder_source_declare


def case_applicant(number: str) -> Mapping[str, str]:
    """What the applicant said of themselves, by key. Raises NotFound."""
    case = Case.objects.filter(number=number).only("number", "sealed_applicant").first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="case")
    return {name: str(value) for name, value in case.applicant.items()}


def subjects_of_case(number: str) -> list[str]:
    """The digests of those whose matter it is; of a case that is not there, of nobody."""
    case = Case.objects.filter(number=number).only("number", "sealed_applicant").first()
    return [] if case is None else case_subjects(case)


def holding_register() -> None:
    """Called once when the program starts."""
    holder_source_declare(case_applicant, subjects_of_case)
