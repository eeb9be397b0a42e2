"""Which column of a file is which field of a resource.

A match is sure when the wording is the field's own: its id, a title, a declared alias, or one of these with a unit or a
"required" mark around it. Anything else is a suggestion that a person confirms, and so is a measure in another unit than the
field's. A unit of money in a header (注册资本(万元)) is the unit of its bare figures.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.data.core.semantics.units import UNITS
from yiwang.data.schema import FieldFile, ResourceFile

LIKENESS = 0.72
HEADER_SEARCH_ROWS = 30
MOST_COLUMNS, LONGEST_NAME = 2_000, 1_000
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_MARKS = {"必填", "选填", "可空", "required", "optional"}
_NOISE = re.compile(r"[\s*:'\"_\-./\\·]+")


@dataclass(frozen=True)
class Match:
    """One column of the file. `field` is "" where nothing fits; `how` is exact, unit, like or none."""

    index: int
    header: str
    field: str
    how: str

    @property
    def sure(self) -> bool:
        return self.how in {"exact", "unit"}


def fold(header: str) -> str:
    """The wording that is compared: width, case, blanks and punctuation do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).casefold()


def fold_without_unit(header: str) -> str:
    return fold(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))


def unit_in(header: str) -> str:
    """What stands in the last brackets of a header; "" without any or when it only says whether the value is required."""
    found: list[str] = _BRACKETS.findall(unicodedata.normalize("NFKC", header))
    text = found[-1][1:-1].strip().removeprefix("单位:").strip() if found else ""
    return "" if text.casefold() in _MARKS else text


def _other_unit(header: str, field: FieldFile) -> bool:
    """A measure in another unit than the field's: 面积(公顷) where the field is in 亩. Money brings its unit along."""
    named = unit_in(header)
    return bool(field.unit and named) and field.semantic in {"decimal", "integer"} and fold(named) != fold(field.unit)


def read_in_header_units(resource: ResourceFile, headers: Sequence[str], mapping: Mapping[int, str]) -> ResourceFile:
    """The resource as this file's headers make it: a money column whose header names a unit is read in that unit.

    `mapping`: column index -> field id. A figure that brings its own unit keeps it.
    """
    named = {field: unit_in(headers[index]) for index, field in mapping.items()}
    fields = tuple(
        f.model_copy(update={"options": f.options.model_copy(update={"unit": named[f.id]})})
        if f.semantic == "money" and named.get(f.id) and named[f.id] in UNITS
        else f
        for f in resource.fields
    )
    return resource.model_copy(update={"fields": fields})


def wordings(resource: ResourceFile, *, aliases: bool = True) -> dict[str, str]:
    """Folded wording -> field id. A wording two fields share is left out, since it decides nothing."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for field in resource.fields:
        others = field.aliases if aliases else ()
        for word in {fold(w) for w in (field.id, field.title.zh, field.title.en, *others)}:
            if found.get(word, field.id) != field.id:
                shared.add(word)
            found[word] = field.id
    return {word: field for word, field in found.items() if word not in shared}


def match_headers(headers: Sequence[str], resource: ResourceFile) -> tuple[Match, ...]:
    """Match every column once, best matches first; no field is given to two columns.

    A header that stands twice (the second bears a number, see reading) is never sure: it may be either.
    """
    known, own = wordings(resource), wordings(resource, aliases=False)
    twice = {h for h in headers if f"{h} (2)" in headers}
    chosen: dict[int, Match] = {}
    taken: set[str] = set()

    def give(index: int, field: str, how: str) -> None:
        if index not in chosen and field and field not in taken:
            chosen[index] = Match(index, headers[index], field, "like" if headers[index] in twice else how)
            taken.add(field)

    for words in (own, known):
        for index, header in enumerate(headers):
            # a wording that is one field's name and another's alias decides nothing in either round
            give(index, words.get(fold(header), "") if fold(header) in known else "", "exact")
    for index, header in enumerate(headers):
        field = known.get(fold_without_unit(header), "")
        give(index, field, "like" if field and _other_unit(header, resource.field(field)) else "unit")
    for index, header in enumerate(headers):
        if index not in chosen and (word := fold_without_unit(header)):
            free = [w for w, f in known.items() if f not in taken]
            like = difflib.get_close_matches(word, free, 1, LIKENESS)
            give(index, known[like[0]] if like else "", "like")
    return tuple(chosen.get(i, Match(i, h, "", "none")) for i, h in enumerate(headers))


def open_fields(matches: Sequence[Match], resource: ResourceFile) -> tuple[str, ...]:
    """Fields a person must decide on: required ones that nothing sure was found for, and every mere likeness."""
    sure = {m.field for m in matches if m.sure}
    needed = [f.id for f in resource.fields if f.required or f.id in resource.key]
    likely = [m.field for m in matches if m.how == "like"]
    return tuple(dict.fromkeys([*(f for f in needed if f not in sure), *likely]))


def find_header(rows: Sequence[Sequence[str]], resource: ResourceFile) -> tuple[int, int]:
    """The index of the header line among the first rows, and how many of its columns are surely known.

    Departments put titles and dates above it: the line with most sure matches wins; where no line matches at all it is
    the first with two or more cells. The index is -1 when there is no such line.
    """
    known, best, most = wordings(resource), -1, 0
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        sure = (
            len({known.get(fold(c)) or known.get(fold_without_unit(c)) for c in row} - {None}) if _may_name(row) else 0
        )
        if sure > most:
            best, most = index, sure
    if best >= 0:
        return best, most
    filled = (i for i, row in enumerate(rows) if sum(bool(c.strip()) for c in row) >= min(2, len(row)))
    return next((i for i in filled if _may_name(rows[i])), -1), 0


def _may_name(row: Sequence[str]) -> bool:
    """Longer or wider than this is text or noise, not names of columns."""
    return 0 < len(row) <= MOST_COLUMNS and max(map(len, row)) <= LONGEST_NAME
