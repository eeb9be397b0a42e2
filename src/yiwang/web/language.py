"""The language a page is read in. Chinese is the first language; English is the other."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from django.utils.translation import get_language

from yiwang.kernel.core.text import Text

CHINESE, ENGLISH = "zh-hans", "en"


@runtime_checkable
class Spoken(Protocol):
    """Words of an engine: the same phrase in both languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def active_language() -> str:
    return ENGLISH if (get_language() or CHINESE).startswith("en") else CHINESE


def pick(zh: str, en: str) -> str:
    """The one of a pair that the reader of this request reads."""
    return en if active_language() == ENGLISH else zh


def say(value: object) -> str:
    """A Text, anything else with `zh` and `en`, a (zh, en) pair or a plain string in the reader's language; None is the empty string."""
    if value is None:
        return ""
    if isinstance(value, Text):
        return value.say(active_language())
    if isinstance(value, Spoken):
        return pick(value.zh, value.en)
    if isinstance(value, tuple | list) and len(value) == 2:
        return pick(str(value[0]), str(value[1]))
    return str(value)
