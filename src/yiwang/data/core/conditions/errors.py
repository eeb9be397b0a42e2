"""What can be wrong with a condition.

YiwangError
├── InputError
│   └── ConditionUnsound    the condition of an installed rule cannot be run; says rule and place
ConditionWrong              raised while a condition is read; `at` counts characters from 0
"""

from __future__ import annotations

from yiwang.kernel.errors import InputError


class ConditionWrong(Exception):
    """`zh` and `en` say what is wrong at character `at` of the test."""

    def __init__(self, zh: str, en: str, at: int = 0) -> None:
        super().__init__(en)
        self.zh, self.en, self.at = zh, en, at


class ConditionUnsound(InputError):
    code = "condition_unsound"
