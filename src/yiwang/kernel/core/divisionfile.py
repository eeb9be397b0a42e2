"""The pack file kind `divisions/*.tsv`: one span of one code a line, read and checked without a database."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from yiwang.kernel.core.divisioncode import Level, full_code, level_of
from yiwang.kernel.errors import InputError, PackError

Change = Literal["created", "renamed", "split", "merged", "moved", "retired"]
NEEDED = ("code", "parent", "name", "level", "valid_from", "valid_until", "source")
ALLOWED = (*NEEDED, "change", "came_from")


def _full(value: object) -> object:
    return full_code(value) if isinstance(value, str) and value else value


Code = Annotated[str, BeforeValidator(_full)]


class DivisionLine(BaseModel):
    """One span. `valid_until` is the first day it no longer holds; `came_from` the codes it was made from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    parent: Code = ""
    name: str = Field(min_length=1, max_length=80)
    level: Level
    valid_from: date
    valid_until: date | None = None
    change: Change = "created"
    came_from: tuple[Code, ...] = ()
    source: str = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> DivisionLine:
        if level_of(self.code) is not self.level:
            raise ValueError(f"代码 {self.code} 不是 {self.level} 级 / code {self.code} is no {self.level}")
        if bool(self.parent) is (self.level is Level.PROVINCE):
            raise ValueError("省级没有上级，其余都有 / a province has no parent, all others have one")
        if self.parent and list(Level).index(level_of(self.parent)) >= list(Level).index(self.level):
            raise ValueError(f"上级 {self.parent} 的级别不高于它 / parent {self.parent} is not of a higher level")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("止日须晚于起日 / valid_until must be after valid_from")
        return self


def division_lines(text: str, where: str) -> tuple[DivisionLine, ...]:
    """Read a divisions file. The columns `change` and `came_from` (codes with blanks between) may be left out.

    Raises PackError with file and line for a header or a line that cannot be, and for overlapping spans of one code.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(reader, [])
    missing, unknown = sorted(set(NEEDED) - set(header)), sorted(set(header) - set(ALLOWED))
    if missing or unknown or len(set(header)) != len(header):
        raise PackError(
            zh=f"表头不合要求：缺 {'、'.join(missing) or '无'}，多 {'、'.join(unknown) or '无'}",
            en=f"wrong header: missing {', '.join(missing) or 'none'}, unknown {', '.join(unknown) or 'none'}",
            where=f"{where}:1",
            hint_zh=f"可用的列：{'、'.join(ALLOWED)}，以制表符分隔。",
            hint_en=f"The columns are {', '.join(ALLOWED)}, with tabs between.",
        )
    lines = tuple(_line(header, values, f"{where}:{reader.line_num}") for values in reader if any(values))
    spans_check(lines, where)
    return lines


def spans_check(lines: Iterable[DivisionLine], where: str) -> None:
    """Raise PackError when two spans of one code share a day."""
    spans: dict[str, list[DivisionLine]] = defaultdict(list)
    for line in lines:
        spans[line.code].append(line)
    for code, own in spans.items():
        own.sort(key=lambda line: line.valid_from)
        for one, after in zip(own, own[1:], strict=False):
            if one.valid_until is None or one.valid_until > after.valid_from:
                raise PackError(
                    zh=f"代码 {code} 的两段有效期重叠：{one.name} 与 {after.name}（{after.valid_from}）",
                    en=f"two spans of code {code} overlap: {one.name} and {after.name} ({after.valid_from})",
                    where=where,
                    hint_zh="前一段的 valid_until 不得晚于后一段的 valid_from。",
                    hint_en="The first one's valid_until may not be after the second one's valid_from.",
                )


def _line(header: Sequence[str], values: Sequence[str], where: str) -> DivisionLine:
    if len(values) != len(header):
        raise PackError(
            zh=f"有 {len(values)} 列，表头有 {len(header)} 列",
            en=f"{len(values)} columns where the header has {len(header)}",
            where=where,
        )
    said: dict[str, object] = {name: value for name, value in zip(header, values, strict=True) if value}
    if "came_from" in said:
        said["came_from"] = tuple(str(said["came_from"]).split())
    try:
        return DivisionLine.model_validate(said)
    except InputError as error:
        raise PackError(zh=error.zh, en=error.en, where=where, hint_zh=error.hint_zh, hint_en=error.hint_en) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise PackError(zh=f"{field}：{first['msg']}", en=f"{field}: {first['msg']}", where=where) from error
