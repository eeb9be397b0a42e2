"""The same call under the same key gets the same answer, also when the first one's never arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yiwang.data.models import ExchangeAnswer
from yiwang.kernel.errors import Conflict
from yiwang.trust.selectors import open_bytes, seal_bytes

SEAL = "sealed"
KEPT_FOR = timedelta(hours=24)
# A call that has not answered for so long died; whoever repeats it takes its place.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Kept:
    status: int
    answer: bytes


def answer_begin(*, client: str, key: str, call: str) -> Kept | None:
    """The answer given before, or None: then do the work and say `answer_keep` or `answer_drop`.

    Raises Conflict when the key was used for another call, or the first one is still at work.
    """
    now = timezone.now()
    for _ in range(2):
        try:
            with transaction.atomic():
                ExchangeAnswer.objects.create(client=client, key=key, call=call, at=now)
            return None
        except IntegrityError:
            row = ExchangeAnswer.objects.filter(client=client, key=key).first()
        if row is not None:
            return _met(row, call)
    raise _busy(key)


def answer_keep(*, client: str, key: str, status: int, answer: bytes) -> None:
    """Keep what was answered, sealed, for a day."""
    sealed = seal_bytes(SEAL, answer, _about(client, key))
    ExchangeAnswer.objects.filter(client=client, key=key).update(status=status, answer=sealed, at=timezone.now())


def answer_drop(*, client: str, key: str) -> None:
    """The call came to nothing: the key is free again."""
    ExchangeAnswer.objects.filter(client=client, key=key, status__isnull=True).delete()


def answers_tidy() -> int:
    """Delete answers that are older than a day. Returns how many."""
    return int(ExchangeAnswer.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0])


def _met(row: ExchangeAnswer, call: str) -> Kept | None:
    if row.call != call:
        raise Conflict(
            zh="这个幂等键已用于另一次调用",
            en="this idempotency key was used for another call",
            where="Idempotency-Key",
            hint_zh="每次新的调用换一个键。",
            hint_en="Take a new key for each new call.",
        )
    if row.status is not None:
        return Kept(row.status, open_bytes(SEAL, bytes(row.answer), _about(row.client, row.key)))
    now = timezone.now()
    stale = ExchangeAnswer.objects.filter(pk=row.pk, status__isnull=True, at__lt=now - LEASE)
    if stale.update(at=now):
        return None
    raise _busy(row.key)


def _busy(key: str) -> Conflict:
    return Conflict(
        zh="同一幂等键的调用还在处理",
        en="the call with this idempotency key is still at work",
        where="Idempotency-Key",
        hint_zh="稍后用同一个键再试。",
        hint_en="Try again a little later with the same key.",
    )


def _about(client: str, key: str) -> str:
    return f"answer {client} {key}"
