"""Columns of text, built whole with Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yiwang.data.synth.draws import F64, I64, Bool, Objects


def join(*parts: Any) -> Any:
    """The parts of each row written one after another; a part is a column or one text for all rows."""
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], "")


def pick(words: Sequence[str], which: I64) -> Any:
    return pa.array(list(words), pa.string()).take(pa.array(which))


def numerals(values: I64, width: int = 0) -> Any:
    """Whole numbers as text, with leading zeros up to the width."""
    text = pc.cast(pa.array(values), pa.string())
    return pc.utf8_lpad(text, width, "0") if width else text


def dates(days: I64, missing: Bool | None = None) -> Any:
    """Days since 1970-01-01 as an Arrow date column."""
    return pa.array(days.astype("datetime64[D]"), pa.date32(), mask=missing)


def where(condition: Bool, yes: Any, no: Any) -> Any:
    return pc.if_else(pa.array(condition), yes, no)


def blank(column: Any, missing: Bool) -> Any:
    """The column with nulls where missing."""
    return pc.if_else(pa.array(missing), pa.scalar(None, column.type), column)


def cents(values: F64) -> F64:
    """Money rounded to the fen."""
    rounded: F64 = np.round(values, 2)
    return rounded


def texts(column: Any) -> Objects:
    """A typed column as Python texts: dates ISO, whole amounts without a point, nulls empty."""
    if pa.types.is_floating(column.type):
        made = [f"{value:.2f}".rstrip("0").rstrip(".") if value is not None else "" for value in column.to_pylist()]
        return np.array(made, dtype=object)
    text = pc.fill_null(pc.cast(column, pa.string()), "")
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    return np.asarray(text.to_numpy(zero_copy_only=False), dtype=object)
