"""Where something stands in a DMN file, and why it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.errors import InputError


@dataclass(frozen=True, slots=True)
class Place:
    """The element's tag, id and label as in the file, and the line its start tag ends on."""

    file: str
    line: int
    tag: str
    id: str = ""
    label: str = ""

    def __str__(self) -> str:
        names = "".join(f" {part}" for part in (self.id and f"id={self.id}", self.label and f"“{self.label}”") if part)
        return f"{self.file}:{self.line} <{self.tag}{names}>"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be run. `code` is stable: tests and pages sort by it.

    `owner` is the id of the decision, knowledge model or service it stands in, empty when it concerns the whole file. `at` is the
    offset in the FEEL text when the fault lies inside one.
    """

    code: str
    place: Place
    zh: str
    en: str
    owner: str = ""
    at: int | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.en}"


class DmnRefused(InputError):
    """A DMN file that is not run, with each reason."""

    code = "dmn_refused"

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        first, more = refusals[0], len(refusals) - 1
        super().__init__(
            zh=first.zh + (f"（另有 {more} 处）" if more else ""),
            en=first.en + (f" (and {more} more)" if more else ""),
            where=str(first.place),
        )
        self.refusals = refusals
