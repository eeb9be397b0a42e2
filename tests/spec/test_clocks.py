"""Every row of the clock table holds, and the page of the manual is that table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yiwang.kernel.core.calendarfile import calendar_from_yaml
from yiwang.kernel.core.clock import Budget, Clock, Rung, RungKind, Suspension, due_answer, rungs_due, state
from yiwang.kernel.core.clockspec import GROUPS, SpecCase, main, spec_page, spec_read
from yiwang.kernel.core.suspension import read_moment
from yiwang.kernel.errors import YiwangError

ROOT = Path(__file__).resolve().parents[2]
CASES = spec_read(ROOT / "tests/spec/clocks.tsv")
CALENDAR = calendar_from_yaml((ROOT / "packs/foundation/calendar/calendars").glob("*.yaml"))


def outcome(case: SpecCase) -> str:
    """What the product says, in the words of the table's `expect` column."""
    try:
        calendar = CALENDAR.as_known(date.fromisoformat(case.known)) if case.known else CALENDAR
        if case.at:
            return standing(case)
        answer = due_answer(case.budget, case.start, list(case.suspend), calendar)
    except YiwangError as error:
        return f"refused {error.code}"
    if answer["due"] is None:
        return f"open {answer['remaining']}"
    return str(answer["due"]).removesuffix("+08:00")


def standing(case: SpecCase) -> str:
    rungs = tuple(Rung(key, RungKind(kind), when) for key, kind, when in (text.split() for text in case.rungs))
    suspensions = tuple(Suspension.parse(text) for text in case.suspend)
    clock = Clock(Budget.parse(case.budget), read_moment(case.start), CALENDAR, suspensions, rungs)
    now = read_moment(case.at)
    found = state(clock, now)
    said = f"{found.standing} left {found.remaining}"
    if rungs:
        said += " fires " + (",".join(firing.rung.key for firing in rungs_due(clock, now, case.fired)) or "-")
    return said


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_clock_answers_as_the_table_says(case: SpecCase) -> None:
    assert outcome(case) == case.expect, case.sentence.en


def test_the_table_has_every_group_and_at_least_sixty_cases_each_in_both_languages() -> None:
    assert len(CASES) >= 60
    assert {case.id[0] for case in CASES} == set(GROUPS)
    assert all(case.sentence.zh and case.sentence.en for case in CASES)


def test_the_page_of_the_manual_is_the_table_as_it_stands() -> None:
    page = (ROOT / "docs/reference/clock-spec.md").read_text(encoding="utf-8")
    assert page == spec_page(CASES), "run: python -m yiwang.kernel.core.clockspec (see its docstring)"


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert main([str(ROOT / "tests/spec/clocks.tsv"), str(page)]) == 0
    assert page.read_text(encoding="utf-8") == spec_page(CASES)


def test_the_command_without_its_two_paths_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "clocks.tsv" in capsys.readouterr().err


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "clocks.tsv"
    table.write_text("id\tdue\n", encoding="utf-8")
    with pytest.raises(YiwangError, match="columns"):
        spec_read(table)
