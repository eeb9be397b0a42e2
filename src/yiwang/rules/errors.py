"""What can go wrong with rules.

YiwangError
├── InputError
│   ├── FeelSyntaxError     a text that is not FEEL; `at` is the offset of the first character that cannot be
│   ├── DecisionUnsound     a check of the decision found errors; carries the findings
│   ├── FactsWrong          facts that are missing, unknown, of another type or outside what they can be
│   └── NotCovered          a parameter has no value on that day
├── Conflict
│   └── VersionMoved        the version is not in the state this step starts from
├── Refused
│   └── SelfApproval        a version is let hold by somebody else than its author
└── BudgetExceeded          an expression asked for more steps, depth or size than it may have; no answer is given
"""

from __future__ import annotations

from yiwang.kernel.core.pack import Finding
from yiwang.kernel.errors import Conflict, InputError, Refused, YiwangError


class FeelSyntaxError(InputError):
    """`where` may be set by whoever knows the file and the element; `at` counts characters from 0."""

    code = "bad_feel"

    def __init__(self, *, zh: str, en: str, at: int, where: str = "", hint_zh: str = "", hint_en: str = "") -> None:
        super().__init__(zh=zh, en=en, where=where, hint_zh=hint_zh, hint_en=hint_en)
        self.at = at


class BudgetExceeded(YiwangError):
    code, status, exit_code = "budget_exceeded", 422, 1


class DecisionUnsound(InputError):
    code = "decision_unsound"

    def __init__(self, *, findings: tuple[Finding, ...], **text: str) -> None:
        super().__init__(**text)
        self.findings = findings


class FactsWrong(InputError):
    code = "bad_facts"


class NotCovered(InputError):
    code = "not_covered"


class VersionMoved(Conflict):
    code = "version_moved"


class SelfApproval(Refused):
    code = "self_approval"
