"""Writing versions of a form: draft, propose, approve or reject, roll back. Nobody lets their own version hold.

Whoever begins to answer is asked the published version; a draft and a case keep the number they were asked by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yiwang.flow.errors import FormRefused
from yiwang.flow.formchecks import version_findings
from yiwang.flow.formevents import FORMS
from yiwang.flow.formrows import FormVersionRow, asked_row, version_told
from yiwang.flow.forms import FormFile, form_body
from yiwang.flow.models import AskedForm, FormVersion
from yiwang.flow.versioning import State, new_content, next_number, not_own, note_kept, note_needed, own
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import Finding, Pack
from yiwang.kernel.selectors import department_get
from yiwang.kernel.service import audit


@transaction.atomic
def form_draft_save(
    *,
    actor: Actor,
    form_id: str,
    body: Mapping[str, Any],
    number: int | None = None,
    note: str = "",
    department: str = "",
) -> FormVersionRow:
    """Save a draft: a new one, or with `number` the actor's own draft again. `department` makes a form that is not there yet.

    A draft may still be wrong; what is no form-js schema of that id is refused. Raises Refused, NotFound, InputError, VersionMoved.
    """
    form = _form(form_id, department)
    rule = demand(actor, "process.edit", form.department).rule
    said = form_body(body, form_id)
    draft = None if number is None else FORMS.locked(form, number, State.DRAFT)
    if draft is not None:
        own(actor, draft, form_id)
    else:
        form.save()
        base = form.published
        draft = FormVersion(
            form=form,
            number=next_number(form),
            author=actor.id,
            author_name=actor.name,
            based_on=base.number if base else None,
        )
    draft.body, draft.digest = said, canonical_digest(said)
    draft.note = note_kept(note) or draft.note
    draft.save()
    FORMS.audited(draft, "edit", actor, note, rule)
    return version_told(draft)


def _form(form_id: str, department: str) -> AskedForm:
    if not department or AskedForm.objects.filter(pk=form_id).exists():
        return asked_row(form_id)
    return AskedForm(id=form_id, department=department_get(department).code)


@transaction.atomic
def form_propose(*, actor: Actor, form_id: str, number: int, note: str = "") -> FormVersionRow:
    """Ask for a draft to hold. From here its content is final. Raises FormRefused with the findings."""
    form = asked_row(form_id)
    rule = demand(actor, "process.edit", form.department).rule
    draft = FORMS.locked(form, number, State.DRAFT)
    new_content(draft, form.published, form_id)
    findings = version_findings(actor, draft)
    if any(finding.level == "error" for finding in findings):
        raise refused(findings, form_id)
    FORMS.moved(draft, State.PROPOSED, "propose", actor, note, rule)
    return version_told(draft)


@transaction.atomic
def form_withdraw(*, actor: Actor, form_id: str, number: int, note: str = "") -> FormVersionRow:
    """Take one's own version back before anybody decided on it; it is a draft again."""
    form = asked_row(form_id)
    rule = demand(actor, "process.edit", form.department).rule
    version = FORMS.locked(form, number, State.PROPOSED)
    own(actor, version, form_id)
    FORMS.moved(version, State.DRAFT, "withdraw", actor, note, rule)
    return version_told(version)


@transaction.atomic
def form_approve(*, actor: Actor, form_id: str, number: int, note: str = "") -> FormVersionRow:
    """Let a proposed version be asked from now on; the one before is replaced. Raises SelfApproval for its author."""
    form = asked_row(form_id)
    rule = demand(actor, "process.approve", form.department).rule
    version = FORMS.locked(form, number, State.PROPOSED)
    not_own(actor, version, form_id)
    findings = version_findings(actor, version)
    # The catalogue, the items or the processes may have changed since it was proposed.
    if any(finding.level == "error" for finding in findings):
        raise refused(findings, form_id)
    FORMS.published(form, version, "approve", actor, note, rule)
    return version_told(version)


@transaction.atomic
def form_reject(*, actor: Actor, form_id: str, number: int, note: str) -> FormVersionRow:
    """Send a proposed version back, with the reason."""
    form = asked_row(form_id)
    rule = demand(actor, "process.approve", form.department).rule
    version = FORMS.locked(form, number, State.PROPOSED)
    not_own(actor, version, form_id)
    note_needed(note)
    version.approver, version.approver_name = actor.id, actor.name
    FORMS.moved(version, State.REJECTED, "reject", actor, note, rule)
    return version_told(version)


@transaction.atomic
def form_roll_back(*, actor: Actor, form_id: str, number: int, note: str) -> FormVersionRow:
    """Let an earlier version be asked again, with the reason. Raises FormRefused when it fits the city no more."""
    form = asked_row(form_id)
    rule = demand(actor, "process.approve", form.department).rule
    version = FORMS.locked(form, number, State.REPLACED)
    note_needed(note)
    findings = version_findings(actor, version)
    if any(finding.level == "error" for finding in findings):
        raise refused(findings, form_id)
    FORMS.published(form, version, "roll-back", actor, note, rule)
    return version_told(version)


@transaction.atomic
def form_install(*, actor: Actor, file: FormFile, pack: Pack) -> FormVersionRow:
    """Make a form of a pack effective. The same content changes nothing; a new one is asked at once unless the city holds a
    version of its own: then it is proposed."""
    demand(actor, "pack.install")
    digest = canonical_digest(file.body)
    owner = {"department": pack.manifest.department, "pack_id": pack.manifest.id}
    form, created = AskedForm.objects.get_or_create(id=file.id, defaults=owner)
    before = form.versions.exclude(pack_digest="").order_by("-number").first()
    if before is not None and before.digest == digest:
        return version_told(before)
    audit(
        actor=actor,
        act="pack.install",
        object_kind="form",
        object_id=file.id,
        details={"pack": pack.manifest.id, "new": created, "digest": digest},
    )
    version = FormVersion(
        form=form,
        number=next_number(form),
        digest=digest,
        body=file.body,
        pack_digest=pack.digest,
        author=f"pack:{pack.manifest.id}",
        author_name=pack.manifest.id,
        based_on=before.number if before else None,
        state=State.PROPOSED,
    )
    version.save()
    if form.published is None or form.published.pack_digest:
        FORMS.published(form, version, "install", actor, "", "pack.install")
    else:
        FORMS.moved(version, State.PROPOSED, "propose", actor, "", "pack.install")
    return version_told(version)


def refused(findings: tuple[Finding, ...], where: str) -> FormRefused:
    """The error that carries the findings and tells the first."""
    errors = [one for one in findings if one.level == "error"]
    first, more = errors[0], len(errors) - 1
    return FormRefused(
        findings=findings,
        zh=first.zh + (f"（另有 {more} 处）" if more else ""),
        en=first.en + (f" (and {more} more)" if more else ""),
        where=first.where or where,
    )
