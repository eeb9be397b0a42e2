"""What every version that people draft obeys: its author goes on with it, somebody else lets it hold, a refusal has its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils import timezone

from yiwang.flow.models import Version
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.service import audit, emit
from yiwang.rules.errors import SelfApproval, VersionMoved

LONGEST_NOTE = 400
INSTALLATION = "installation"
State = Version.State
V = TypeVar("V", bound=Version)
# A form or a process: both have `versions` and the one that is `published`.
Holder = Any


@dataclass(frozen=True)
class Drafted(Generic[V]):
    """A kind of thing that has versions: what it is called, in English also in the audit trail (`form.propose`) and in events, and
    the event of each act that is told to others."""

    called: Text
    events: Mapping[str, str]

    @property
    def noun(self) -> str:
        return self.called.en

    def audited(self, version: V, act: str, actor: Actor, note: str, rule: str) -> None:
        audit(
            actor=actor,
            act=f"{self.noun}.{act}",
            object_kind=self.noun,
            object_id=version.of,
            rule=rule,
            purpose=note_kept(note),
            details={"version": version.number, "digest": version.digest, "state": version.state},
        )

    def moved(self, version: V, state: State, act: str, actor: Actor, note: str, rule: str) -> None:
        """Write the new state down and tell of it."""
        version.state = state
        version.save()
        self.audited(version, act, actor, note, rule)
        self._tell(version, act)

    def published(self, holder: Holder, version: V, act: str, actor: Actor, note: str, rule: str) -> None:
        """The version holds from now on, the one before is replaced; whatever else was changed on `holder` is saved with it."""
        _hold(version, holder.published, None if act == "install" else actor)
        holder.published = version
        holder.save()
        self.audited(version, act, actor, note, rule)
        self._tell(version, act)

    def found(self, holder: Holder, number: int | None = None) -> V:
        """A version by its number, drafts too; the one that holds by default. Raises NotFound."""
        row: V | None = holder.published if number is None else holder.versions.filter(number=number).first()
        if row is None:
            raise NotFound(
                zh=f"{self.called.zh} {holder.pk} " + (f"没有第 {number} 版" if number else "没有生效的版本"),
                en=f"{self.noun} {holder.pk} has no version {number}" if number else f"no version of {holder.pk} holds",
                where=holder.pk,
            )
        return row

    def locked(self, holder: Holder, number: int, *states: State) -> V:
        """The version, held against others until the transaction ends. Raises VersionMoved when it is in another state."""
        holder.published = type(holder).objects.select_for_update().get(pk=holder.pk).published
        version = self.found(holder, number)
        standing(version, holder.pk, *states)
        return version

    def _tell(self, version: V, act: str) -> None:
        emit(self.events[act], {self.noun: version.of, "version": version.number, "digest": version.digest})


def next_number(holder: Holder) -> int:
    newest = holder.versions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def standing(version: Version, where: str, *states: State) -> None:
    """Raises VersionMoved when it is in none of these states."""
    if version.state not in states:
        wanted = " / ".join(str(state.value) for state in states)
        raise VersionMoved(
            zh=f"第 {version.number} 版现在是 {version.state}，这一步要从 {wanted} 开始",
            en=f"version {version.number} is {version.state} now; this step starts from {wanted}",
            where=where,
            hint_zh="刷新后再看。",
            hint_en="Look at it again.",
        )


def new_content(version: Version, current: Version | None, where: str) -> None:
    """Raises VersionMoved when it says what already holds."""
    if current is not None and version.digest == current.digest:
        raise VersionMoved(
            zh=f"第 {version.number} 版与生效的版本内容相同",
            en=f"version {version.number} says the same as the one that holds",
            where=where,
            hint_zh="先修改，再提交。",
            hint_en="Change something first.",
        )


def own(actor: Actor, version: Version, where: str) -> None:
    """Raises VersionMoved for anybody but its author."""
    if version.author != actor.id:
        raise VersionMoved(
            zh=f"第 {version.number} 版是 {version.author_name} 起草的",
            en=f"version {version.number} was written by {version.author_name}",
            where=where,
            hint_zh="另存为自己的新草稿；审批人可以退回。",
            hint_en="Save a new draft of your own; whoever approves may send it back.",
        )


def not_own(actor: Actor, version: Version, where: str) -> None:
    """Raises SelfApproval for its author."""
    if version.author == actor.id:
        raise SelfApproval(
            zh="起草人不能批准自己的版本",
            en="an author cannot decide on their own version",
            where=f"{where} v{version.number}",
            hint_zh="请另一位有权的人办理。",
            hint_en="Ask somebody else who may.",
        )


def note_kept(note: str) -> str:
    return note.strip()[:LONGEST_NOTE]


def note_needed(note: str) -> None:
    if not note.strip():
        raise InputError(zh="请写明理由", en="give the reason", where="note")


def _hold(version: Version, current: Version | None, actor: Actor | None) -> None:
    """Write down that a version holds from now on, by leave of `actor`; None for an installation. The one before is replaced."""
    if current is not None:
        current.state = State.REPLACED
        current.save(update_fields=["state"])
    version.state, version.published_at = State.PUBLISHED, timezone.now()
    version.approver = INSTALLATION if actor is None else actor.id
    version.approver_name = INSTALLATION if actor is None else actor.name
    version.save()
