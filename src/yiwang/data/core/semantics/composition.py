"""Puts the stages of many fields together as one SELECT, and quotes what goes into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from yiwang.data.core.semantics.base import Steps


def literal(text: str) -> str:
    """A SQL string literal; NUL cannot stand in SQL text and is spliced in as chr(0)."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "(" + quoted.replace("\x00", "' || chr(0) || '") + ")" if "\x00" in text else quoted


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def derived(column: str, suffix: str) -> str:
    """The quoted name of a helper or output of a quoted column."""
    return f'{column[:-1]}{suffix}"'


@dataclass(frozen=True)
class Field:
    """One column to read: its quoted name in the source and its SQL."""

    column: str
    steps: Steps


def typed_select(source: str, fields: Sequence[Field], *, keep: Iterable[str] = ()) -> str:
    """SELECT over `source` (a table or a parenthesised query) giving, per field, its outputs named column + suffix,
    `column~fail` and `column~warn`; `keep` are quoted columns of the source passed through unread.
    """
    kept = list(keep)
    sql = _select(kept + [f"{f.steps.clean} AS {f.column}" for f in fields], source)
    stages: Iterable[tuple[Mapping[str, str], ...]] = zip_longest(*(f.steps.parse for f in fields), fillvalue={})
    for stage in stages:
        helpers = [f"{expression} AS {name}" for helper in stage for name, expression in helper.items()]
        sql = _select(["*", *helpers], f"({sql})")
    columns = list(kept)
    for field in fields:
        columns += [f"{e} AS {derived(field.column, s)}" for s, e in field.steps.outputs.items()]
        columns.append(f"({field.steps.fail})::UTINYINT AS {derived(field.column, '~fail')}")
        columns.append(f"({field.steps.warn})::UTINYINT AS {derived(field.column, '~warn')}")
    return _select(columns, f"({sql})")


def _select(columns: Sequence[str], source: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {source}"
