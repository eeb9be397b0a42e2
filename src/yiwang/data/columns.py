"""Which column of a file is which field: what a person said, and for the rest what is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from yiwang.data.core.headers import Match, match_headers, open_fields
from yiwang.data.core.reading import Source
from yiwang.data.errors import MappingNeeded
from yiwang.data.schema import ResourceFile
from yiwang.kernel.errors import InputError


def settle(source: Source, file: ResourceFile, given: Mapping[str, str]) -> tuple[Match, ...]:
    """The mapping of a source. `given`: header → field, "" for a column that is left out.

    A field that a person gave to a column is taken from every other. Raises InputError for what does not exist or stands
    twice; MappingNeeded while nobody has said anything and something is not sure.
    """
    _refuse_unknown(source, file, given)
    sure = match_headers(source.headers, file)
    if given:
        taken = {field for field in given.values() if field}
        return tuple(_decided(match, given, taken) for match in sure)
    undecided = open_fields(sure, file)
    if undecided:
        raise _question(source, file, undecided)
    return sure


def _decided(match: Match, given: Mapping[str, str], taken: set[str]) -> Match:
    if match.header in given:
        field = given[match.header]
        return Match(match.index, match.header, field, "confirmed" if field else "none")
    if match.sure and match.field not in taken:
        return match
    return Match(match.index, match.header, "", "none")


def _refuse_unknown(source: Source, file: ResourceFile, given: Mapping[str, str]) -> None:
    headers, fields = source.headers, [f.id for f in file.fields]
    if unknown := [h for h in given if h not in headers]:
        raise _wrong(source.name, "文件里没有这些列", "the file has no such columns", unknown, headers)
    if wrong := [f for f in given.values() if f and f not in fields]:
        raise _wrong(file.id, "资源里没有这些信息项", "the resource has no such fields", wrong, sorted(fields))
    if twice := [f for f, times in Counter(given.values()).items() if f and times > 1]:
        raise _wrong(file.id, "一个信息项只能取自一列", "a field is taken from one column only", twice, headers)


def _wrong(where: str, zh: str, en: str, named: Sequence[str], there: Sequence[str]) -> InputError:
    return InputError(
        zh=f"{zh}：{'、'.join(named)}",
        en=f"{en}: {', '.join(named)}",
        where=where,
        hint_zh=f"现有：{'、'.join(there)}",
        hint_en=f"There are: {', '.join(there)}",
    )


def _question(source: Source, file: ResourceFile, undecided: tuple[str, ...]) -> MappingNeeded:
    return MappingNeeded(
        headers=source.headers,
        open_fields=undecided,
        zh="请确认这些信息项对应哪一列：" + "、".join(file.field(f).title.zh for f in undecided),
        en="say which column holds: " + ", ".join(file.field(f).title.en for f in undecided),
        where=source.name,
        hint_zh=f"文件的列：{'、'.join(source.headers)}。命令行可用 --map 列名=信息项。",
        hint_en=f"The file has: {', '.join(source.headers)}. On the command line: --map HEADER=FIELD.",
    )
