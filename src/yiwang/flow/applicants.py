"""Looking at who an applicant is, what they said and what became of it: uses of that person's data, with lines in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from django.conf import settings

from yiwang.data.core.semantics.checkdigits import CREDIT_CODE_ALPHABET, credit_code_check, resident_id_check
from yiwang.flow.models import Case
from yiwang.kernel.core.actor import Actor
from yiwang.trust.selectors import filing_of, subject_hash
from yiwang.trust.service import use_note

NUMBER = 18
CHARACTERS = frozenset(CREDIT_CODE_ALPHABET)
# Whoever works on a case opens its page again and again: within this time one line stands for it. Each process counts for itself, so
# that there may be a line too many and never one too few.
ONE_LINE_SECONDS = 3600.0
MOST_HELD = 10_000
_LAST: dict[tuple[str, ...], float] = {}


def content_seen(actor: Actor, case: Case, purpose: str, *, applicant: bool = False) -> None:
    """Note that answers and history of a case were looked at, unless a line of this hour says so already: the same reader, the same
    purpose, the same fields. Who the `applicant` is leaves a line each time it is looked at; without a number of theirs it is about
    nobody who can be found."""
    if actor.is_system and not applicant:
        return
    fields = [*sorted(case.answers), "history"]
    said = (str(settings.PLACE.home), actor.id, case.number, case.opened_at.isoformat(), purpose, *fields)
    last = _LAST.get(said)
    if not applicant and last is not None and monotonic() - last < ONE_LINE_SECONDS:
        return
    _seen(actor, case, list(dict.fromkeys([*sorted(case.applicant), *fields])) if applicant else fields, purpose)
    if len(_LAST) >= MOST_HELD:
        _LAST.clear()
    _LAST[said] = monotonic()


def readings_forget() -> None:
    """The next read leaves a line whatever was read before."""
    _LAST.clear()


def case_file_seen(actor: Actor, case: Case, question: str) -> str:
    """Note that a file given with a case was opened by whoever handles the case: that is its purpose. The line names what was asked
    for and not what the file is called: lines stay in the open."""
    return _seen(actor, case, [question], f"办理办件 {case.number}，打开附件")


def recording_seen(actor: Actor, case: Case, number: int, purpose: str) -> str:
    """Note that a recording of enforcement was opened: one line a viewing, however many parts of it a player asks for."""
    return _seen(actor, case, [f"recording {number}"], purpose)


def _seen(actor: Actor, case: Case, fields: Sequence[str], purpose: str) -> str:
    return use_note(
        actor=actor,
        resource=f"case:{case.number}",
        version="",
        fields=fields,
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
