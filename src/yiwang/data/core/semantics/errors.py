"""What can go wrong when a field names its semantic type.

InputError
├── UnknownSemanticType   no type of that name; says which are known and which is near
└── UnknownUnit           a field names a unit of money that is not in the list
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from yiwang.kernel.errors import InputError


class UnknownSemanticType(InputError):
    code = "unknown_semantic_type"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = get_close_matches(name, known, n=1)
        listed = ", ".join(known)
        super().__init__(
            zh=f"没有语义类型「{name}」。",
            en=f'There is no semantic type "{name}".',
            where=name,
            hint_zh=(f"是否想写 {near[0]}？" if near else "") + f"可用的有：{listed}。",
            hint_en=(f"Did you mean {near[0]}? " if near else "") + f"Known: {listed}.",
        )


class UnknownUnit(InputError):
    code = "unknown_money_unit"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = get_close_matches(name, known, n=3, cutoff=0.3)
        super().__init__(
            zh=f"金额单位「{name}」不认识。",
            en=f'The money unit "{name}" is not known.',
            where=name,
            hint_zh=f"请改用 {'、'.join(near or ['元', '万元', '亿元', '万美元'])} 之类的单位。",
            hint_en=f"Use a unit such as {', '.join(near or ['元', '万元', '亿元', '万美元'])}.",
        )
