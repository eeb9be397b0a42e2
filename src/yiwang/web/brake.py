"""How much one address may do without an account, and how often the code of one case may be guessed.

Counted in memory: one process serves the city, and a restart forgets in the citizens' favour.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest

from yiwang.kernel.errors import TooOften

HOUR = 3600.0
MOST_GUESSES, GUESS_WINDOW = 20, 900.0
# An address or a number beyond these pushes out the one that was quiet longest.
MOST_KEYS = 20_000


class Brake:
    """How often something happened under a key within the last `seconds`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self._seen: dict[str, deque[float]] = {}
        self._lock = Lock()

    def tries(self, key: str) -> int:
        with self._lock:
            return len(self._recent(key))

    def taken(self, key: str, times: int, most: int) -> bool:
        """Count `times` more under the key, unless that would be more than `most`: then nothing is counted."""
        with self._lock:
            recent = self._recent(key)
            if len(recent) + times > most:
                return False
            recent.extend([self.clock()] * times)
            self._seen.pop(key, None)
            self._seen[key] = recent
            while len(self._seen) > MOST_KEYS:
                del self._seen[next(iter(self._seen))]
            return True

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()

    def _recent(self, key: str) -> deque[float]:
        recent = self._seen.get(key, deque())
        while recent and recent[0] <= self.clock() - self.seconds:
            recent.popleft()
        return recent


PUBLIC, GUESSES = Brake(HOUR), Brake(GUESS_WINDOW)


def address_of(request: HttpRequest) -> str:
    """Who sent it. Behind `PROXIES` proxies it is what the outermost of them wrote down: what stands left of that in
    X-Forwarded-For was written by the sender and is not believed.
    """
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if 0 < settings.PROXIES <= len(chain):
        return chain[-settings.PROXIES][:64]
    return str(request.META.get("REMOTE_ADDR", ""))


def public_demand(request: HttpRequest, times: int = 1) -> None:
    """Count what somebody without an account begins, gives or sends. Raises TooOften."""
    most = settings.PUBLIC_PER_HOUR
    if most and times and not PUBLIC.taken(address_of(request), times, most):
        raise TooOften(
            zh=f"这个网络地址一小时内提交得太多（至多 {most} 次），没有保存这一次",
            en=f"too much was sent from this network address within an hour (at most {most}); this was not kept",
            where="address",
            hint_zh="请过一会儿再试，或拨打 12345、到窗口办理。",
            hint_en="Try again later, call 12345 or come to the counter.",
        )


def guess_demand(number: str) -> None:
    """Raises TooOften when the code of this number was wrong too often, whether there is such a case or not."""
    if GUESSES.tries(number) >= MOST_GUESSES:
        minutes = round(GUESS_WINDOW / 60)
        raise TooOften(
            zh=f"这个编号的查询码错误次数过多，{minutes} 分钟后可再试",
            en=f"too many wrong codes for this number; try again in {minutes} minutes",
            where="code",
            hint_zh="查询码在受理回执上；忘记了请拨打 12345。",
            hint_en="The code stands on the receipt; if it is lost, call 12345.",
        )


def guess_wrong(number: str) -> None:
    GUESSES.taken(number, 1, MOST_GUESSES)
