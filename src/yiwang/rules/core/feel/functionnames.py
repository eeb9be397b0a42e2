"""The built-in functions whose names hold a blank: the parser must know them to see them (a test compares with what is registered)."""

from __future__ import annotations

FUNCTION_NAMES = frozenset(
    {
        "date and time", "years and months duration", "string length", "upper case", "lower case", "substring before",
        "substring after", "starts with", "ends with", "list contains", "distinct values", "index of", "insert before",
        "list replace", "get value", "get entries", "context put", "context merge", "string join", "round up", "round down",
        "round half up", "round half down", "day of year", "day of week", "month of year", "week of year", "met by", "overlaps before",
        "overlaps after", "finished by", "started by",
    }
)  # fmt: skip
