"""The nearest known words to one that is not known, for error texts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three known words that look like `word`, the nearest first."""
    return tuple(get_close_matches(word, sorted(known), n=3, cutoff=0.5))


def closest_hint(word: str, known: Iterable[str]) -> tuple[str, str]:
    """The same as a Chinese and an English sentence; both empty when nothing is near."""
    near = closest(word, known)
    return (f"是否指：{'、'.join(near)}？", f"Did you mean {', '.join(near)}?") if near else ("", "")
