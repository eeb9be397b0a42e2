"""Writing versions of a decision: draft, propose, approve or reject, roll back. Nobody lets their own version hold."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

import yiwang
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.kernel.service import audit, emit, receipt_write
from yiwang.rules.answers import VersionRow
from yiwang.rules.checking import content_check
from yiwang.rules.content import Content, unsound
from yiwang.rules.errors import SelfApproval, VersionMoved
from yiwang.rules.events import (
    DECISION_PROPOSED,
    DECISION_PUBLISHED,
    DECISION_REJECTED,
    DECISION_ROLLED_BACK,
    DECISION_WITHDRAWN,
)
from yiwang.rules.models import Decision, Version, VersionStep
from yiwang.rules.rows import content_keep, content_of, decision_row, parameter_texts, version_row, version_told

LONGEST_NOTE = 400


@transaction.atomic
def decision_draft_save(
    *,
    actor: Actor,
    decision_id: str,
    dmn: bytes,
    companion: str | None = None,
    parameters: Mapping[str, str] | None = None,
    number: int | None = None,
    note: str = "",
) -> VersionRow:
    """Save a draft: a new one on top of the version that holds, or with `number` the actor's own draft again.

    `companion` and `parameters` (id -> text) are YAML as a pack has them; what is left out stays as it was. A draft may still
    be wrong; what cannot be read at all is refused. Raises Refused, NotFound, PackError, VersionMoved.
    """
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.edit", decision.department).rule
    draft = None if number is None else _locked(decision, number, Version.State.DRAFT)
    if draft is not None and draft.author != actor.id:
        raise VersionMoved(
            zh=f"第 {number} 版是 {draft.author_name} 的草稿",
            en=f"version {number} is a draft of {draft.author_name}",
            where=decision_id,
            hint_zh="另存为自己的新草稿。",
            hint_en="Save a new draft of your own.",
        )
    base = draft or version_row(decision)
    content = Content(
        dmn=dmn,
        companion=base.companion if companion is None else companion,
        parameters={**base.parameters, **(parameters or {})},
        where=f"decisions/{decision_id}",
    )
    content = _with_parameters(content, decision_id)
    if draft is None:
        draft = Version(
            decision=decision, number=_next(decision), author=actor.id, author_name=actor.name, based_on=base.number
        )
    draft.digest, draft.dmn_digest = content.digest, content_keep(actor, content, decision_id)
    draft.companion, draft.parameters = content.companion, dict(content.parameters)
    draft.note = _note(note) or draft.note
    draft.save()
    _step(draft, "save", actor, note)
    _audit(actor, "decision.edit", draft, rule, note)
    return version_told(draft)


def _with_parameters(content: Content, decision_id: str) -> Content:
    """With the installed text of every parameter the companion names and the draft does not bring, and no others."""
    if content.file.id != decision_id:
        raise InputError(
            zh=f"伴随文件的 id 是 {content.file.id}，应为 {decision_id}",
            en=f"the companion's id is {content.file.id}, it must be {decision_id}",
            where=decision_id,
        )
    used = {use.parameter for use in content.file.parameters}
    texts = parameter_texts(used - set(content.parameters)) | {k: v for k, v in content.parameters.items() if k in used}
    return Content(content.dmn, content.companion, texts, content.where)


@transaction.atomic
def decision_propose(*, actor: Actor, decision_id: str, number: int, note: str = "") -> VersionRow:
    """Ask for a draft to hold. From here its content is final. Raises DecisionUnsound with the findings of the check."""
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.edit", decision.department).rule
    draft = _locked(decision, number, Version.State.DRAFT)
    if decision.published is not None and draft.digest == decision.published.digest:
        raise VersionMoved(
            zh=f"第 {number} 版与生效的版本内容相同",
            en=f"version {number} says the same as the one that holds",
            where=decision_id,
            hint_zh="先修改，再提交。",
            hint_en="Change something first.",
        )
    findings = tuple(content_check(content_of(draft)))
    if any(f.level == "error" for f in findings):
        raise unsound(findings, decision_id)
    return _moved(draft, Version.State.PROPOSED, "propose", DECISION_PROPOSED, actor, note, rule)


@transaction.atomic
def decision_withdraw(*, actor: Actor, decision_id: str, number: int, note: str = "") -> VersionRow:
    """Take one's own version back before anybody decided on it; it is a draft again."""
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.edit", decision.department).rule
    version = _locked(decision, number, Version.State.PROPOSED)
    if version.author != actor.id:
        raise VersionMoved(
            zh=f"第 {number} 版是 {version.author_name} 起草的",
            en=f"version {number} was written by {version.author_name}",
            where=decision_id,
            hint_zh="只有起草人可以撤回；审批人可以退回。",
            hint_en="Only its author may take it back; whoever approves may send it back.",
        )
    return _moved(version, Version.State.DRAFT, "withdraw", DECISION_WITHDRAWN, actor, note, rule)


@transaction.atomic
def decision_approve(*, actor: Actor, decision_id: str, number: int, note: str = "") -> VersionRow:
    """Let a proposed version hold from now on; the one before is replaced. Raises SelfApproval for its author."""
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.approve", decision.department).rule
    version = _locked(decision, number, Version.State.PROPOSED)
    _not_own(actor, version)
    return _publish(decision, version, actor, "approve", note, rule)


@transaction.atomic
def decision_reject(*, actor: Actor, decision_id: str, number: int, note: str) -> VersionRow:
    """Send a proposed version back, with the reason."""
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.approve", decision.department).rule
    version = _locked(decision, number, Version.State.PROPOSED)
    _not_own(actor, version)
    _needed(note)
    version.approver, version.approver_name = actor.id, actor.name
    return _moved(version, Version.State.REJECTED, "reject", DECISION_REJECTED, actor, note, rule)


@transaction.atomic
def decision_roll_back(*, actor: Actor, decision_id: str, number: int, note: str) -> VersionRow:
    """Let an earlier version hold again, with the reason. Decisions already taken keep the version they were taken by."""
    decision = decision_row(decision_id)
    rule = demand(actor, "decision.approve", decision.department).rule
    version = _locked(decision, number, Version.State.REPLACED, Version.State.ROLLED_BACK)
    _needed(note)
    return _publish(decision, version, actor, "roll-back", note, rule)


def version_install(actor: Actor, decision: Decision, content: Content, pack_digest: str) -> Version | None:
    """A pack's content as a version. It holds at once unless the city holds a version of its own: then it is proposed.

    None when the pack says what it said before.
    """
    before = decision.versions.exclude(pack_digest="").order_by("-number").first()
    if before is not None and before.digest == content.digest:
        return None
    version = Version(
        decision=decision,
        number=_next(decision),
        digest=content.digest,
        dmn_digest=content_keep(actor, content, decision.pk),
        companion=content.companion,
        parameters=dict(content.parameters),
        pack_digest=pack_digest,
        author=f"pack:{decision.pack_id}",
        author_name=decision.pack_id,
        based_on=before.number if before else None,
        state=Version.State.PROPOSED,
    )
    version.save()
    _step(version, "install", actor, "")
    if decision.published is None or decision.published.pack_digest:
        _publish(decision, version, actor, "install", "", "pack.install")
    else:
        _audit(actor, "decision.propose", version, "pack.install", "")
        emit(DECISION_PROPOSED, _said(version))
    return version


def _publish(decision: Decision, version: Version, actor: Actor, act: str, note: str, rule: str) -> VersionRow:
    current = decision.published
    if current is not None:
        current.state = Version.State.ROLLED_BACK if act == "roll-back" else Version.State.REPLACED
        current.save(update_fields=["state"])
        _step(current, current.state, actor, note)
    version.state, version.published_at = Version.State.PUBLISHED, timezone.now()
    version.approver = "installation" if act == "install" else actor.id
    version.approver_name = "installation" if act == "install" else actor.name
    version.receipt_id = receipt_write(
        actor=actor,
        kind="decision-version",
        inputs={
            "decision": decision.pk,
            "version": version.number,
            "dmn": version.dmn_digest,
            "before": current.digest if current else "",
            "author": version.author,
            "approver": version.approver,
        },
        outputs={"digest": version.digest},
        pack_digests={decision.pack_id: version.pack_digest or decision.pack_digest},
        as_of=version.published_at,
        engine_versions={"yiwang": yiwang.__version__},
    ).id
    version.save()
    decision.published = version
    file = content_of(version).file
    decision.title_zh, decision.title_en = file.title.zh, file.title.en
    decision.summary_zh, decision.summary_en = file.summary.zh, file.summary.en
    decision.resource = file.subject.resource if file.subject else ""
    decision.save()
    if act != "install":
        _step(version, act, actor, note)
    _audit(actor, f"decision.{act}", version, rule, note)
    emit(DECISION_ROLLED_BACK if act == "roll-back" else DECISION_PUBLISHED, _said(version))
    return version_told(version)


def _moved(
    version: Version, state: Version.State, act: str, event: str, actor: Actor, note: str, rule: str
) -> VersionRow:
    version.state = state
    version.save()
    _step(version, act, actor, note)
    _audit(actor, f"decision.{act}", version, rule, note)
    emit(event, _said(version))
    return version_told(version)


def _locked(decision: Decision, number: int, *states: Version.State) -> Version:
    """The version, held against others until the transaction ends. Raises VersionMoved when it is in another state."""
    Decision.objects.select_for_update().get(pk=decision.pk)
    version = version_row(decision, number)
    if version.state not in states:
        wanted = " / ".join(str(s.value) for s in states)
        raise VersionMoved(
            zh=f"第 {number} 版现在是 {version.state}，这一步要从 {wanted} 开始",
            en=f"version {number} is {version.state} now; this step starts from {wanted}",
            where=decision.pk,
            hint_zh="刷新后再看。",
            hint_en="Look at it again.",
        )
    return version


def _next(decision: Decision) -> int:
    newest = decision.versions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def _not_own(actor: Actor, version: Version) -> None:
    if version.author == actor.id:
        raise SelfApproval(
            zh="起草人不能批准自己的版本",
            en="an author cannot decide on their own version",
            where=f"{version.decision_id} v{version.number}",
            hint_zh="请另一位有权的人办理。",
            hint_en="Ask somebody else who may.",
        )


def _note(note: str) -> str:
    return note.strip()[:LONGEST_NOTE]


def _needed(note: str) -> None:
    if not note.strip():
        raise InputError(zh="请写明理由", en="give the reason", where="note")


def _step(version: Version, act: str, actor: Actor, note: str) -> None:
    VersionStep.objects.create(
        version=version, act=act, actor=actor.id, actor_name=actor.name, note=_note(note), digest=version.digest
    )


def _audit(actor: Actor, act: str, version: Version, rule: str, note: str) -> None:
    audit(
        actor=actor,
        act=act,
        object_kind="decision",
        object_id=version.decision_id,
        rule=rule,
        purpose=_note(note),
        details={"version": version.number, "digest": version.digest, "state": version.state},
    )


def _said(version: Version) -> dict[str, object]:
    return {"decision": version.decision_id, "version": version.number, "digest": version.digest}
