"""Text that a spreadsheet would run as a formula: an apostrophe before it on the way out, taken off on the way in.

A plain negative number is none, and neither is a lone dash. Full-width signs count: spreadsheets fold them.
"""

from __future__ import annotations

import re

from yiwang.data.core import sql

_BLANKS = " \t\r\n\f\v\u00a0\u3000"
# Written for both engines. The leading apostrophes make the guard reversible for text that already bears one.
_DANGER = f"(?s)'*(?:[\t\r\n]|[{_BLANKS}]*(?:[=+@\uff1d\uff0b\uff20]|[-\uff0d\u2212].*[^0-9.,])).*"
_PATTERN = re.compile(_DANGER)


def guarded(text: str) -> str:
    return f"'{text}" if _PATTERN.fullmatch(text) else text


def guarded_sql(value: str) -> str:
    """The same of a VARCHAR expression that is cheap to repeat (a column)."""
    return f"CASE WHEN regexp_full_match({value}, {sql.text(_DANGER)}) THEN '''' || {value} ELSE {value} END"


def unguarded_sql(value: str) -> str:
    """What a guarded value was. The first test, on the first character, costs a third of the second."""
    bare = f"CASE WHEN regexp_full_match({value}[2:], {sql.text(_DANGER)}) THEN {value}[2:] ELSE {value} END"
    marked = f"CASE WHEN starts_with({value}, '''') THEN {bare} ELSE {value} END"
    return f"CASE WHEN {value} < '(' THEN {marked} ELSE {value} END"
