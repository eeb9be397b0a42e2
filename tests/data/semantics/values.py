"""All hand lists by type, and what is thrown at every type."""

from __future__ import annotations

import values_codes
import values_figures
import values_texts

from yiwang.data.core.semantics import semantic_types

Expected = tuple[object, ...] | str | None
MODULES = (values_codes, values_figures, values_texts)

HAND: dict[str, dict[str, Expected]] = {
    kind.id: next(vars(module)[name] for module in MODULES if name in vars(module))
    for kind in semantic_types()
    for name in [kind.id.upper().replace("-", "_")]
}
HOSTILE: tuple[str | None, ...] = (
    None,
    "",
    " ",
    "\u3000",
    "\x00",
    "\x00" * 18,
    "0" * 18,
    "9" * 19,
    "1" * 1_000_000,
    "中" * 300_000,
    "\U0001f468\u200d\U0001f469",
    "\ud7ff\ue000\U0010ffff",
    "e\u0301" * 9,
    "'; DROP TABLE given; --",
    '"v"',
    "$1 $2 {0} %s %(x)s \\1 \\N",
    "=1+1",
    "1e308",
    "-1e-308",
    "NaN",
    "inf",
    "-inf",
    "0x7fffffffffffffff",
    "1_000_000_000_000_000",
    "+1234567890123456",
    "９" * 18,
    "٣" * 18,
    "²³¹",
    "２０２６－１１－２２",
    "\u202e11010519491231002X",
)
