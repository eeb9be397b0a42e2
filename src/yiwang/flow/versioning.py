"""What every version that people draft obeys: its author goes on with it, somebody else lets it hold, a refusal has its reason."""

from __future__ import annotations

from django.utils import timezone

from yiwang.flow.models import Version
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.rules.errors import SelfApproval, VersionMoved

LONGEST_NOTE = 400
INSTALLATION = "installation"
State = Version.State


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


def hold(version: Version, current: Version | None, actor: Actor | None) -> None:
    """Write down that a version holds from now on, by leave of `actor`; None for an installation. The one before is replaced."""
    if current is not None:
        current.state = State.REPLACED
        current.save(update_fields=["state"])
    version.state, version.published_at = State.PUBLISHED, timezone.now()
    version.approver = INSTALLATION if actor is None else actor.id
    version.approver_name = INSTALLATION if actor is None else actor.name
    version.save()
