"""What the tests of FEEL's functions share: an expression evaluated, beside what it should give."""

from __future__ import annotations

from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value


def evaluated(text: str, values: dict[str, Value] | None = None, steps: int = 200_000) -> tuple[Value, Run]:
    run = Run(DateTime(Date(2026, 11, 22), Time(10, 0, 0)), steps)
    scope = Scope(values or {})
    return prepare(parse_expression(text, frozenset(values or {}))).value(scope, run), run


def assert_gives(text: str, expected: str) -> None:
    """Both are expressions; they must give one value of one type, inside lists and contexts too."""
    found, _ = evaluated(text)
    wanted, _ = evaluated(expected)
    assert _typed(found) == _typed(wanted), f"{text} gave {found!r}"


def assert_null(text: str) -> None:
    """Null, and the run says why in both languages."""
    found, run = evaluated(text)
    assert found is None, f"{text} gave {found!r}"
    assert run.notes and all(note.zh and note.en for note in run.notes), f"{text} is null without a reason"


def _typed(value: Value) -> object:
    # Python takes true for 1.
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, dict):
        return [(name, _typed(item)) for name, item in value.items()]
    return type(value), value
