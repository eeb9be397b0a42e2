"""Filing while signed in: for oneself or, by delegation, for somebody; with what is held already, chosen by its holder.

Checked here, whatever page or program asks: whom one may file for, whether the item takes them and lets others file, whether
what was chosen still holds. Staff at a counter file for nobody and use nothing that somebody keeps: its holder does, signed in.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.flow.answers import GivenFile, Opened, Tracking
from yiwang.flow.applicants import subjects_said
from yiwang.flow.core.forms.elements import Question
from yiwang.flow.core.forms.filetypes import FILE_TYPES, file_problem, file_type
from yiwang.flow.drafts import draft_file_asked, draft_file_put, draft_get
from yiwang.flow.items import item_get
from yiwang.flow.models import Case
from yiwang.flow.opening import case_open
from yiwang.flow.reading import case_whole, tracking_of
from yiwang.flow.schema import APPLICANTS, ItemFile, MaterialFile
from yiwang.flow.scopes import PUBLIC
from yiwang.flow.uploads import KeptFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, Refused
from yiwang.kernel.selectors import file_open
from yiwang.kernel.service import audit, file_put
from yiwang.trust.selectors import (
    FiledRow,
    Lent,
    Offer,
    SubjectRow,
    filing_get,
    filing_list,
    filing_subject,
    held_lend,
    held_offers,
    subject_word,
    subjects_of,
)
from yiwang.trust.service import GivenMaterial, filing_note, held_use, material_keep

# What an item calls the kinds of subjects that registers know.
APPLICANT_OF = {"resident": "person", "firm": "organisation"}


@dataclass(frozen=True)
class FilerChoice:
    """Somebody a signed-in person is or may look for; `why_not` says why this item is not filed for them."""

    subject: str
    kind: str
    title: str
    by_delegation: bool
    why_not: Text | None


@dataclass(frozen=True)
class HeldOffers:
    """What fits one material of an item, the newest first."""

    title: Text
    rows: tuple[Offer, ...]


@dataclass(frozen=True)
class OwnCase:
    """A case of one's own, or of somebody one may look for: who filed it, and for whom."""

    number: str
    title: str
    status: str
    opened_at: datetime
    subject: str
    by: str
    by_delegation: bool


@dataclass(frozen=True)
class Filer:
    """For whom (`kind:hash`). `keep`: what was uploaded for a declared material is kept for the next time."""

    subject: str
    keep: bool = False


def filer_choices(actor: Actor, item_id: str) -> tuple[FilerChoice, ...]:
    """Whom a signed-in person is or may look for, and why they cannot file this item for one of them. Raises NotFound."""
    file = item_get(actor, item_id).file
    return tuple(
        FilerChoice(subject_word(row), row.kind, row.title, bool(row.acting_for), _why_not(row, file))
        for row in subjects_of(actor)
    )


def filer_offers(actor: Actor, item_id: str, subject: str) -> Mapping[str, HeldOffers]:
    """Question → what the subject holds that fits the material it asks for. Raises NotFound, Refused."""
    file = item_get(actor, item_id).file
    found = {}
    for one in file.materials:
        if one.question:
            rows = held_offers(actor, subject=subject, material=one.id, credential=one.credential)
            if rows:
                found[one.question] = HeldOffers(one.title, rows)
    return found


def case_own_list(actor: Actor) -> tuple[OwnCase, ...]:
    """The cases of those a signed-in person is or may look for, the newest first."""
    filed = filing_list(actor)
    cases = {case.number: case for case in Case.objects.filter(number__in=[one.case for one in filed])}
    return tuple(_own(one, cases[one.case]) for one in filed if one.case in cases)


def case_own_get(actor: Actor, number: str) -> tuple[OwnCase, Tracking]:
    """One of them, as its applicant reads it; by delegation it leaves a line. Raises NotFound, also for another's."""
    filed = filing_get(actor, number)
    case = case_whole(number)
    return _own(filed, case), tracking_of(case)


def draft_held_add(*, actor: Actor, draft_id: int, question: str, subject: str, held: str) -> KeptFile:
    """Answer a file question with what the subject holds. It is used, and that noted, when the case is filed.

    Raises NotFound, Refused, Conflict when it is over, InputError where it does not fit the question.
    """
    draft = draft_get(actor, draft_id)
    file = item_get(actor, draft.item_id).file
    asked = draft_file_asked(actor, draft_id, question)
    material = next((one for one in file.materials if one.question == question), None)
    fits = held_offers(actor, subject=subject, material=material.id, credential=material.credential) if material else ()
    if held not in {one.held for one in fits}:
        raise InputError(
            zh="存着的这一份不是这里要的材料", en="what is held is not the material asked for here", where=question
        )
    lent = held_lend(actor, subject=subject, held=held)
    kept = _stored(actor, asked, lent)
    draft_file_put(actor=actor, draft_id=draft_id, question=question, entry={**asdict(kept), "held": held})
    audit(
        actor=actor,
        act="draft.held_add",
        object_kind="draft",
        object_id=draft_id,
        details={"question": question, "held": held},
    )
    return kept


@transaction.atomic
def case_file(
    *,
    actor: Actor,
    filer: Filer,
    item_id: str,
    title: str,
    applicant: Mapping[str, Any],
    files: Sequence[GivenFile] = (),
    **more: Any,
) -> Opened:
    """As `case_open`, by somebody signed in for the subject they are or act for: the case is the subject's, filed by the actor.

    What is held and goes with it is noted as used. Raises as `case_open`, Refused saying why not for this subject, Conflict
    when something held is over by now, InputError for another's number among the applicant's answers.
    """
    file = item_get(actor, item_id).file
    row = filing_subject(actor, filer.subject)
    why = _why_not(row, file)
    if why is not None:
        raise Refused(
            zh=why.zh, en=why.en, where="subject", hint_zh="请由本人办理。", hint_en="They file it themselves."
        )
    _demand_own_number(row, applicant)
    opened = case_open(
        # The public's right to file, under the account's own name.
        actor=replace(actor, kind=PUBLIC),
        item_id=item_id,
        title=title,
        applicant=applicant,
        files=[replace(one, held="") for one in files],
        **more,
    )
    if opened.repeated:
        return opened
    purpose = f"{'代为' if row.acting_for else ''}办理“{file.title.zh}”"
    filing_note(actor=actor, case=opened.number, subject=filer.subject, purpose=purpose, fields=sorted(applicant))
    for one in files:
        about = {"subject": filer.subject, "case": opened.number}
        material = next((m for m in file.materials if m.question == one.question), None)
        if one.held:
            held_use(actor=actor, held=one.held, digest=one.digest, purpose=purpose, **about)
        elif filer.keep and material is not None:
            _keep(actor, row, material, one, opened.number)
    return opened


def _own(filed: FiledRow, case: Case) -> OwnCase:
    return OwnCase(case.number, case.title, case.status, case.opened_at, filed.title, filed.by, filed.by_delegation)


def _keep(actor: Actor, row: SubjectRow, material: MaterialFile, one: GivenFile, number: str) -> None:
    given = GivenMaterial(material.id, f"{material.title.zh} {one.name}"[:200], one.digest, given_for=number)
    material_keep(actor=actor, kind=row.kind, subject=row.hash, given=given)


def _why_not(row: SubjectRow, file: ItemFile) -> Text | None:
    kind = APPLICANT_OF[row.kind]
    if kind not in file.applicants:
        said = APPLICANTS[kind]
        return Text(zh=f"“{file.title.zh}”不由{said.zh}申请", en=f"“{file.title.en}” is not for a {said.en}")
    if row.acting_for and row.scope != "act":
        return Text(zh="对方只委托您查看", en="you were let look only")
    if row.acting_for and not file.on_behalf:
        return Text(zh=f"“{file.title.zh}”须由本人办理，不能代办", en=f"“{file.title.en}” is filed in person only")
    return None


def _demand_own_number(row: SubjectRow, applicant: Mapping[str, Any]) -> None:
    """The number written as the applicant's is that of whoever the case is for."""
    for kind, found in subjects_said(applicant):
        if kind == row.kind and found != row.hash:
            raise InputError(
                zh=f"填写的证件号码不是“{row.title}”的",
                en=f"the number written is not that of “{row.title}”",
                where="applicant",
                hint_zh="请改正号码，或改选替谁办理。",
                hint_en="Correct it, or choose another to file for.",
            )


def _stored(actor: Actor, question: Question, lent: Lent) -> KeptFile:
    """Judged as an upload is; a credential's page becomes a stored file."""
    content = lent.content
    if content is None:
        with file_open(lent.digest) as source:
            content = source.read()
    found = FILE_TYPES.get(file_type(content) or "")
    # A title has no ending; it gets the one its content has.
    name = lent.name if found is None or lent.name.lower().endswith(found.endings) else lent.name + found.endings[0]
    problem = file_problem(content, name, question.limits.accept)
    if problem is None and len(content) > question.limits.max_bytes:
        problem = Text(zh=f"“{name}”超过这里允许的大小", en=f"“{name}” is larger than is allowed here")
    if problem is not None or found is None:
        said = problem or Text(zh=f"认不出“{name}”", en=f"“{name}” is of no known type")
        raise InputError(zh=said.zh, en=said.en, where=name)
    if lent.content is not None:
        file_put(actor=actor, source=io.BytesIO(content), name=name, media_type=found.media_type, sealed=True)
    return KeptFile(lent.digest, name, found.media_type, len(content))
