"""Table rows and what is kept of them elsewhere: found by id, read back as content, told as answers."""

from __future__ import annotations

import io

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.selectors import department_names, file_path
from yiwang.kernel.service import file_put
from yiwang.rules.answers import DecisionRow, StepRow, VersionRow
from yiwang.rules.content import Content
from yiwang.rules.models import Decision, Parameter, Version, VersionStep


def decision_row(decision_id: str) -> Decision:
    """Raises NotFound with what comes closest."""
    row = Decision.objects.select_related("published").filter(pk=decision_id).first()
    if row is None:
        hint_zh, hint_en = closest_hint(decision_id, Decision.objects.values_list("id", flat=True))
        raise NotFound(
            zh=f"没有决定 {decision_id}",
            en=f"there is no decision {decision_id}",
            where="decision",
            hint_zh=hint_zh or "用 yiwang rules list 查看全部决定。",
            hint_en=hint_en or "yiwang rules list tells those there are.",
        )
    return row


def version_row(decision: Decision, number: int | None = None) -> Version:
    """A version by its number, the one that holds by default. Raises NotFound."""
    row = decision.published if number is None else decision.versions.filter(number=number).first()
    if row is None:
        raise NotFound(
            zh=f"决定 {decision.pk} 没有第 {number} 版" if number else f"决定 {decision.pk} 没有生效的版本",
            en=f"decision {decision.pk} has no version {number}" if number else f"no version of {decision.pk} holds",
            where=decision.pk,
        )
    return row


def version_by_digest(digest: str) -> Version:
    """The newest version with that content; equal digests are equal contents. Raises NotFound."""
    row = Version.objects.select_related("decision").filter(digest=digest).order_by("-id").first()
    if row is None:
        raise NotFound(
            zh=f"没有摘要为 {digest[:12]} 的决定版本",
            en=f"no version of a decision has digest {digest[:12]}",
            where="decision",
        )
    return row


def content_of(version: Version) -> Content:
    """The version's content. Raises NotFound when its file is gone."""
    return Content(
        dmn=file_path(version.dmn_digest).read_bytes(),
        companion=version.companion,
        parameters=version.parameters,
        where=f"{version.decision_id} v{version.number}",
    )


def content_keep(actor: Actor, content: Content, name: str) -> str:
    """Store the table's file and return its digest."""
    return file_put(
        actor=actor, source=io.BytesIO(content.dmn), name=f"{name}.dmn", media_type="application/xml"
    ).digest


def parameter_texts(ids: set[str]) -> dict[str, str]:
    """The texts of installed parameters, those that exist."""
    return dict(Parameter.objects.filter(pk__in=ids, is_retired=False).values_list("id", "text"))


def version_told(version: Version) -> VersionRow:
    return VersionRow(
        decision=version.decision_id,
        number=version.number,
        state=version.state,
        digest=version.digest,
        author=version.author,
        author_name=version.author_name,
        approver=version.approver,
        approver_name=version.approver_name,
        note=version.note,
        based_on=version.based_on,
        receipt=version.receipt_id,
        created_at=version.created_at,
        published_at=version.published_at,
    )


def step_told(step: VersionStep) -> StepRow:
    return StepRow(step.version.number, step.act, step.actor, step.actor_name, step.note, step.digest, step.at)


def decision_told(row: Decision, names: dict[str, Text] | None = None) -> DecisionRow:
    known = department_names() if names is None else names
    states = [v.state for v in row.versions.all()]
    return DecisionRow(
        id=row.pk,
        title=Text(zh=row.title_zh, en=row.title_en),
        summary=Text(zh=row.summary_zh, en=row.summary_en),
        department=row.department,
        department_name=known.get(row.department, Text(zh=row.department, en=row.department)),
        resource=row.resource,
        pack=row.pack_id,
        published=version_told(row.published) if row.published else None,
        drafts=states.count(Version.State.DRAFT),
        waiting=states.count(Version.State.PROPOSED),
    )
