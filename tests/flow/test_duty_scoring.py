"""How departments did: reasonable demands apart from impossible ones, each figure with its n."""

from __future__ import annotations

from weektickets import UNTIL, closed, fortnight, ticket

from yiwang.flow.core.scoring import DEFINITIONS, Score, score, scores


def one(*tickets: object, small: int = 2) -> Score:
    return score("housing", tickets, UNTIL, small)  # type: ignore[arg-type]


def test_a_ticket_closed_by_its_due_moment_was_in_time() -> None:
    exact, after = closed("1", 9, 5), closed("2", 9, 5.001)
    assert one(exact, after).in_time.value == 0.5


def test_an_open_ticket_counts_once_it_is_late() -> None:
    line = one(ticket("1", 6), ticket("2", 1))
    assert (line.in_time.hits, line.in_time.n) == (0, 1)


def test_a_ticket_without_a_due_moment_is_neither_late_nor_in_time() -> None:
    assert one(ticket("1", 90, due_at=None)).in_time.n == 0


def test_a_demand_the_law_does_not_allow_counts_apart() -> None:
    line = one(closed("1", 9, 8, impossible=True, basis="城乡规划法 第四十条", grade=1, solved=False, reopened=1))
    assert (line.tickets, line.reasonable, line.impossible) == (1, 0, 1)
    assert {line.in_time.n, line.solved.n, line.satisfied.n, line.reopened.n, line.median_days.n} == {0}


def test_impossible_without_an_article_counts_with_the_others() -> None:
    line = one(closed("1", 9, 8, impossible=True, basis=" ", grade=1))
    assert (line.impossible, line.unfounded, line.reasonable) == (0, 1, 1)
    assert line.satisfied.value == 0


def test_only_answers_count_for_solved_and_satisfied() -> None:
    line = one(closed("1", 9, 1, solved=True, grade=3), closed("2", 9, 1, grade=2), closed("3", 9, 1))
    assert (line.solved.hits, line.solved.n) == (1, 1)
    assert (line.satisfied.hits, line.satisfied.n) == (1, 2)


def test_a_share_of_few_is_marked_and_of_none_has_no_value() -> None:
    line = one(closed("1", 9, 1, grade=5), small=10)
    assert line.satisfied.small and line.satisfied.value == 1
    assert line.solved.value is None and not line.solved.small


def test_the_median_leaves_open_tickets_out() -> None:
    line = one(closed("1", 9, 1), closed("2", 9, 2), closed("3", 9, 7), ticket("4", 9))
    assert (line.median_days.value, line.median_days.n) == (2.0, 3)


def test_a_department_is_scored_for_what_it_refused_and_others_answer_for() -> None:
    lines = {s.department: s for s in scores(fortnight(), UNTIL, 2)}
    assert (lines["transport"].bounced.hits, lines["transport"].bounced.n) == (1, 4)
    assert (lines["housing"].bounced.hits, lines["housing"].bounced.n) == (0, 6)


def test_a_department_that_only_refused_has_a_line() -> None:
    lines = scores([ticket("1", 2, refused_by=("water", "water"))], UNTIL, 2)
    assert [(s.department, s.tickets, s.bounced.hits) for s in lines] == [("housing", 1, 0), ("water", 0, 1)]


def test_departments_come_with_most_tickets_first() -> None:
    assert [(s.department, s.tickets) for s in scores(fortnight(), UNTIL, 2)] == [("housing", 6), ("transport", 3)]


def test_each_figure_has_its_definition() -> None:
    figures = {"impossible", "in_time", "solved", "satisfied", "bounced", "reopened", "median_days"}
    assert {d.key for d in DEFINITIONS} == figures <= set(Score.__dataclass_fields__)
