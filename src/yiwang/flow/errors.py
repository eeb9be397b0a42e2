"""What can go wrong with cases.

YiwangError
├── InputError
│   ├── DiagramRefused      a diagram holds what is not supported or cannot run; carries the findings
│   ├── FormRefused         a form holds what cannot be asked, or asks what is held; carries the findings
│   ├── AnswersWrong        answers that are missing, of another type or outside what the form allows; carries them by question
│   └── NotWaiting          an event came for work, a token or a timer that the case does not hold
└── Conflict
    ├── CaseMoved           somebody else took the case on meanwhile
    ├── CaseClosed          the case has ended
    └── StepForbidden       the diagram, or what has happened since, does not allow this step
"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError


class DiagramRefused(InputError):
    code = "diagram_refused"

    def __init__(self, *, findings: tuple[Finding, ...], **text: str) -> None:
        super().__init__(**text)
        self.findings = findings


class FormRefused(InputError):
    code = "form_refused"

    def __init__(self, *, findings: tuple[Finding, ...], **text: str) -> None:
        super().__init__(**text)
        self.findings = findings


class AnswersWrong(InputError):
    """`problems`: the question's key → what is wrong with its answer."""

    code = "bad_answers"

    def __init__(self, *, problems: Mapping[str, Text], **text: str) -> None:
        super().__init__(**text)
        self.problems = problems


class NotWaiting(InputError):
    code = "not_waiting"


class CaseMoved(Conflict):
    code = "case_moved"


class CaseClosed(Conflict):
    code = "case_closed"


class StepForbidden(Conflict):
    code = "step_forbidden"
