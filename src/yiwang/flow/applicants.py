"""Looking at who an applicant is: a use of that person's data, with a line in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.data.core.semantics.checkdigits import CREDIT_CODE_ALPHABET, credit_code_check, resident_id_check
from yiwang.flow.models import Case
from yiwang.kernel.core.actor import Actor
from yiwang.trust.selectors import filing_of, subject_hash
from yiwang.trust.service import use_note

NUMBER = 18
CHARACTERS = frozenset(CREDIT_CODE_ALPHABET)


def applicant_seen(actor: Actor, case: Case, purpose: str) -> str:
    """Note that the applicant of a case was looked at; without a number of theirs the line is about nobody who can be found."""
    return use_note(
        actor=actor,
        resource=f"case:{case.number}",
        version="",
        fields=sorted(case.applicant),
        about=case_subjects(case),
        purpose=purpose,
        via="case",
        rows=1,
    )


def case_file_seen(actor: Actor, case: Case, name: str) -> str:
    """Note that a file given with a case was opened by whoever handles the case: that is its purpose."""
    return use_note(
        actor=actor,
        resource=f"case:{case.number}",
        version="",
        fields=[name],
        about=case_subjects(case),
        purpose=f"办理办件 {case.number}，打开附件",
        via="case",
        rows=1,
    )


def recording_seen(actor: Actor, case: Case, number: int, purpose: str) -> str:
    """Note that a recording of enforcement was opened: one line a viewing, however many parts of it a player asks for."""
    return use_note(
        actor=actor,
        resource=f"case:{case.number}",
        version="",
        fields=[f"recording {number}"],
        about=case_subjects(case),
        purpose=purpose,
        via="case",
        rows=1,
    )


def case_subjects(case: Case) -> list[str]:
    """Whose matter it is: whoever it was filed for, and whoever's number was written as the applicant's."""
    filed = filing_of(case.number)
    said = {found for _, found in subjects_said(case.applicant)}
    return sorted(said | ({filed.hash} if filed else set()))


def subjects_said(applicant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and digest of each resident or credit code among what an applicant gave: known by their check digits."""
    for value in applicant.values():
        text = str(value).strip().upper()
        if len(text) != NUMBER or not set(text) <= CHARACTERS:
            continue
        if text[:17].isdigit() and resident_id_check(text[:17]) == text[17]:
            yield "resident", subject_hash("resident", text)
        elif credit_code_check(text[:17]) == text[17]:
            yield "firm", subject_hash("firm", text)
