"""In-app messages: to named accounts, or to whoever holds a role for a department."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.access import demand_identity
from yiwang.kernel.accounts import account_number, role_holders
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.models import Account, Message
from yiwang.kernel.paging import Page, paged

LONGEST_TITLE = 200
LONGEST_LINK = 300


@dataclass(frozen=True)
class RoleAt:
    """Those who hold a role at a department; when nobody does, those who hold it at the next one above."""

    role: Role
    department: str


@dataclass(frozen=True)
class MessageRow:
    """A message as its reader sees it."""

    id: int
    title: Text
    body: Text | None
    link: str
    sender: str
    created_at: datetime
    is_read: bool


def message_send(
    *, actor: Actor, to: Iterable[int] | RoleAt, title: Text, body: Text | None = None, link: str = ""
) -> tuple[int, ...]:
    """Send one message to each recipient and return the recipients' account numbers.

    `to` is account numbers or a role at a department; nobody holding that role anywhere above is not an error, the
    answer is then empty. `link` is a path of this site. Raises NotFound for an unknown account, InputError for a title
    of more than 200 characters or a link elsewhere.
    """
    demand_identity(actor)
    _check(title, link)
    with transaction.atomic():
        recipients = role_holders(to.role, to.department) if isinstance(to, RoleAt) else _known(to)
        Message.objects.bulk_create(
            Message(
                recipient_id=number,
                sender=actor.name,
                title_zh=title.zh,
                title_en=title.en,
                body_zh=body.zh if body else "",
                body_en=body.en if body else "",
                link=link,
            )
            for number in recipients
        )
        audit(
            actor=actor,
            act="message.send",
            object_kind="message",
            object_id=link or title.en[:LONGEST_TITLE],
            details={"to": list(recipients), "title": title.zh},
        )
    return recipients


def message_read(*, actor: Actor, message_ids: Iterable[int] | None = None) -> int:
    """Mark the reader's own messages as read, all of them by default; return how many were unread.

    Raises NotFound when one of the numbers is not the reader's.
    """
    reader = _reader(actor)
    with transaction.atomic():
        mine = Message.objects.filter(recipient_id=reader)
        if message_ids is not None:
            wanted = set(message_ids)
            mine = mine.filter(pk__in=wanted)
            missing = wanted - set(mine.values_list("pk", flat=True))
            if missing:
                raise NotFound(zh=f"没有消息 {min(missing)}", en=f"there is no message {min(missing)}", where="message")
        count = mine.filter(read_at__isnull=True).update(read_at=timezone.now())
        audit(
            actor=actor,
            act="message.read",
            object_kind="message",
            object_id=reader,
            rule="own",
            details={"count": count},
        )
    return count


def message_list(actor: Actor, *, unread: bool = False, page: int = 1, per_page: int = 20) -> Page[MessageRow]:
    """The reader's messages, the newest first; empty for a program."""
    mine = Message.objects.filter(recipient_id=account_number(actor) or 0).order_by("-id")
    if unread:
        mine = mine.filter(read_at__isnull=True)
    return paged(mine, _row, page=page, per_page=per_page)


def message_unread_count(actor: Actor) -> int:
    return Message.objects.filter(recipient_id=account_number(actor) or 0, read_at__isnull=True).count()


def _row(row: Message) -> MessageRow:
    body = Text(zh=row.body_zh, en=row.body_en) if row.body_zh and row.body_en else None
    title = Text(zh=row.title_zh, en=row.title_en)
    return MessageRow(row.pk, title, body, row.link, row.sender, row.created_at, row.read_at is not None)


def _reader(actor: Actor) -> int:
    number = account_number(actor)
    if number is None:
        raise NotFound(zh="程序没有收件箱", en="a program has no inbox", where=actor.id or "identity")
    return number


def _known(numbers: Iterable[int]) -> tuple[int, ...]:
    wanted = tuple(dict.fromkeys(numbers))
    missing = set(wanted) - set(Account.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise NotFound(zh=f"没有账号 {min(missing)}", en=f"there is no account {min(missing)}", where="to")
    return wanted


def _check(title: Text, link: str) -> None:
    if max(len(title.zh), len(title.en)) > LONGEST_TITLE:
        raise InputError(
            zh=f"标题超过 {LONGEST_TITLE} 字", en=f"the title has more than {LONGEST_TITLE} characters", where="title"
        )
    is_local = not link or (link.startswith("/") and not link.startswith(("//", "/\\")))
    if not is_local or len(link) > LONGEST_LINK:
        raise InputError(
            zh=f"链接 {link[:80]} 不是本站路径",
            en=f"link {link[:80]} is not a path of this site",
            where="link",
            hint_zh="链接以一个 / 开头。",
            hint_en="A link begins with one /.",
        )
