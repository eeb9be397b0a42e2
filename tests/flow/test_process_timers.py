"""Timers and boundary events: what may come in between, once or again, ending the activity or beside it."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.errors import NotWaiting

K = n.TimerKind


def bounded(trigger: n.Trigger, interrupting: bool) -> Drawing:
    drawing = Drawing().add(n.Start, "s").users("a after warn").add(n.End, "e").line("s a after e")
    return drawing.boundary("b", "a", trigger, interrupting).line("b warn e")


@pytest.mark.parametrize(
    ("timer", "value"),
    [
        (n.Timer(K.DATE, "2026-12-01"), "2026-12-01"),
        (n.Timer(K.DATE, '=date(day) + duration("P1D")'), "2026-11-03"),
        (n.Timer(K.DURATION, "PT4H"), "PT4H"),
        (n.Timer(K.DURATION, '=duration("P2D")'), "P2D"),
        (n.Timer(K.BUDGET, "5wd"), "5wd"),
    ],
)
def test_a_catching_timer_gives_its_value_to_the_world_and_waits(timer: n.Timer, value: str) -> None:
    drawing = Drawing().add(n.Start, "s").add(n.Catch, "t", trigger=timer).users("a").line("s t a")
    case = Case(drawing, day="2026-11-02")
    (put,) = case.of(f.TimerSet)
    assert (put.node, put.spec, put.value, put.round) == ("t", timer, value, 0) and case.open == []
    case.take(e.TimerFired(put.timer))
    assert case.open == ["a"]


def test_a_timer_whose_value_is_null_stops_the_case_there() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.Catch, "t", trigger=n.Timer(K.DATE, "=null")).users("a").line("s t a")
    assert [each.node for each in Case(drawing).of(f.Stuck)] == ["t"]


def test_an_interrupting_boundary_ends_the_work_and_takes_its_own_way() -> None:
    case = Case(bounded(n.Timer(K.DURATION, "P1D"), True))
    case.fire("b")
    assert case.open == ["warn"] and [each.how for each in case.of(f.WorkClosed)] == [f.Closing.CANCELLED]
    assert case.passed(f.Mark.DROPPED) == ["a"]


def test_a_boundary_beside_leaves_the_work_open() -> None:
    case = Case(bounded(n.Timer(K.DURATION, "P1D"), False))
    case.fire("b")
    assert case.open == ["a", "warn"] and case.timers == set()
    case.do("a").do("after").do("warn")
    assert case.state.ended is f.Outcome.COMPLETED


def test_a_finished_activity_drops_its_timers() -> None:
    case = Case(bounded(n.Timer(K.DURATION, "P1D"), True))
    (timer,) = case.timers
    case.do("a")
    assert case.timers == set() and not case.take(e.TimerFired(timer)).taken
    assert case.open == ["after"]


def test_a_timer_that_never_was_is_an_error() -> None:
    case = Case(bounded(n.Timer(K.DURATION, "P1D"), True))
    for key in ("99:b", "x", "2:nowhere"):
        with pytest.raises(NotWaiting):
            case.take(e.TimerFired(key))


def test_a_cycle_beside_fires_as_often_as_it_says() -> None:
    case = Case(bounded(n.Timer(K.CYCLE, "R3/P1D"), False))
    for times in (1, 2, 3):
        case.fire("b")
        assert case.open.count("warn") == times
    assert [each.round for each in case.of(f.TimerSet, case.effects)] == [0, 1, 2]
    assert case.state.tokens[case.token("a")].timers is None


def test_a_cycle_without_a_number_goes_on_until_the_activity_is_done() -> None:
    case = Case(bounded(n.Timer(K.CYCLE, "R/P1D"), False))
    for _ in range(5):
        case.fire("b")
    assert case.open.count("warn") == 5
    case.do("a")
    assert len(case.of(f.TimerDropped)) == 1


def test_a_cycle_that_is_none_stops_the_case_there() -> None:
    assert [each.node for each in Case(bounded(n.Timer(K.CYCLE, "P1D"), False)).of(f.Stuck)] == ["a"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_messages_and_signals_come_in_at_a_boundary(interrupting: bool) -> None:
    for trigger, event in (
        (n.Message("m", "no"), e.MessageCame("m", 5, {"told": 1})),
        (n.Signal("x"), e.SignalCame("x", {"told": 1})),
    ):
        case = Case(bounded(trigger, interrupting), no=5)
        assert case.take(event).taken
        assert case.open == (["warn"] if interrupting else ["a", "warn"]) and case.state.values["told"] == 1
        again = case.take(event)
        assert again.taken is not interrupting


def test_a_boundary_around_an_action_catches_its_errors_by_code() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.ServiceTask, "t", action="x").users("one any after").line("s t after")
    drawing.boundary("b1", "t", n.Error("E1")).boundary("b2", "t", n.Error(None)).line("b1 one").line("b2 any")
    for code, where in (("E1", "one"), ("E9", "any")):
        case = Case(drawing)
        case.take(e.ActionFailed(case.token("t"), code))
        assert case.open == [where]


def test_an_action_stuck_is_still_ended_by_its_boundary_timer() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.ServiceTask, "t", action="x").users("late after").line("s t after")
    case = Case(drawing.boundary("b", "t", n.Timer(K.DURATION, "P1D")).line("b late"))
    token = case.token("t")
    case.take(e.ActionFailed(token, "E1"))
    case.fire("b")
    assert case.open == ["late"]
    with pytest.raises(NotWaiting):
        case.take(e.ActionRetried(token))
    assert not case.take(e.ActionDone(token)).taken


def test_nothing_fires_while_the_case_rests() -> None:
    case = Case(bounded(n.Timer(K.DURATION, "P1D"), True))
    case.take(e.Suspended("li", "evidence"))
    with pytest.raises(Exception, match="suspended"):
        case.fire("b")
    case.take(e.Resumed("li"))
    case.fire("b")
    assert case.open == ["warn"]


def test_a_timer_that_could_not_be_set_leaves_the_earlier_state_alone() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.Catch, "t", trigger=n.Timer(K.DATE, "=day")).users("a fix")
    case = Case(drawing.line("s t a").line("s fix"))
    case.do("fix", values={"day": "2026-12-01"})
    before = case.state
    text = before.dumps()
    case.take(e.ActionRetried(case.token("t")))
    assert before.dumps() == text and len(case.of(f.TimerSet)) == 1
