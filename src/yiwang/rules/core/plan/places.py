"""Where each rule's bit lies: words of 62 bits, a decision within one word unless it has more rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Signed 64-bit integers whose sign is never touched, so that every engine shifts them alike.
BITS = 62


@dataclass(frozen=True, slots=True)
class Segment:
    """`width` bits of a word from `shift` on; the first of them is bit `first` of the decision."""

    word: int
    shift: int
    width: int
    first: int

    @property
    def mask(self) -> int:
        return (1 << self.width) - 1


def pack(widths: Sequence[int], columns: Sequence[frozenset[str]]) -> tuple[list[tuple[Segment, ...]], int]:
    """The segments of each decision and the number of words.

    Decisions that read the same columns share a word where they can: a word needs only the masks of its own columns.
    """
    placed: dict[int, tuple[Segment, ...]] = {}
    words = 0
    for index, width in enumerate(widths):
        if width > BITS:
            pieces = range(0, width, BITS)
            placed[index] = tuple(
                Segment(words + at, 0, min(BITS, width - first), first) for at, first in enumerate(pieces)
            )
            words += len(pieces)
    waiting = [index for index in range(len(widths)) if index not in placed]
    while waiting:
        start = max(waiting, key=lambda index: len(columns[index]))
        inside, used, held = [start], widths[start], set(columns[start])
        waiting.remove(start)
        while fitting := [index for index in waiting if used + widths[index] <= BITS]:
            best = min(fitting, key=lambda index: (len(columns[index] - held), -widths[index], index))
            inside.append(best)
            waiting.remove(best)
            used += widths[best]
            held |= columns[best]
        shift = 0
        for index in inside:
            placed[index] = (Segment(words, shift, widths[index], 0),)
            shift += widths[index]
        words += 1
    return [placed[index] for index in range(len(widths))], words


def bit(segments: Sequence[Segment], number: int) -> tuple[int, int]:
    """The word of a decision's bit and its value in it."""
    segment = next(one for one in segments if one.first <= number < one.first + one.width)
    return segment.word, 1 << (segment.shift + number - segment.first)


def hits(segments: Sequence[Segment], parts: Sequence[int]) -> tuple[int, ...]:
    """The bits that are set, given what the segments hold."""
    return tuple(
        segment.first + at
        for segment, part in zip(segments, parts, strict=True)
        for at in range(segment.width)
        if part >> at & 1
    )
