"""Sub-processes, event sub-processes, and what is thrown in one place and caught in another."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n

P = n.Branching.PARALLEL
DAY = n.Timer(n.TimerKind.DURATION, "P1D")


def around(**fields: object) -> Drawing:
    """s > sub(a b) > after > e"""
    drawing = Drawing().add(n.Start, "s").sub("sub", "a b", **fields).users("after").add(n.End, "e")
    return drawing.line("s sub after e")


def test_a_sub_process_is_done_when_nothing_stands_in_it() -> None:
    case = Case(around())
    assert case.open == ["a"] and case.at == ["a", "sub"]
    case.do("a").do("b")
    assert case.at == ["after"] and set(case.state.runs) == {0}


def test_what_is_only_known_inside_ends_with_the_sub_process() -> None:
    drawing = around()
    drawing.scopes["p"] = n.Scope("p", n.ScopeKind.PROCESS, None, (), data=("declared",))
    case = Case(drawing, known=1)
    case.do("a", values={"known": 2, "declared": 3, "inside": 4})
    assert case.state.values == {"known": 2, "declared": 3}
    case.do("b")
    assert case.state.values == {"known": 2, "declared": 3}


def test_inside_hides_what_is_around_it_where_it_declares_the_name() -> None:
    drawing = around()
    drawing.scopes["sub.in"] = n.Scope("sub.in", n.ScopeKind.SUB, "p", (), data=("x",))
    drawing.add(n.ScriptTask, "t", "sub.in", script="if x = null then 0 else x", result="x")
    drawing.flows.pop("a>b")
    drawing.line("a t b")
    case = Case(drawing, x=7).do("a")
    assert case.state.values == {"x": 7} and [run.data for run in case.state.runs.values()][1] == {"x": 0}


def test_a_boundary_around_a_sub_process_ends_all_inside() -> None:
    drawing = around().users("late").boundary("bd", "sub", DAY).line("bd late e")
    case = Case(drawing.boundary("inner", "a", DAY, False).flow("inner", "b"))
    case.fire("inner")
    assert case.open == ["a", "b"] and len(case.state.works) == 2
    case.fire("bd")
    assert case.at == ["late"] and len(case.of(f.WorkClosed)) == 2 and case.timers == set()


def test_an_error_end_inside_goes_to_the_boundary_around() -> None:
    drawing = around().users("mend").boundary("bd", "sub", n.Error("E1")).line("bd mend e")
    drawing.nodes["sub.e"] = n.End(id="sub.e", scope="sub.in", result=n.Error("E1"))
    case = Case(drawing).do("a").do("b")
    assert case.at == ["mend"]


def test_an_error_nobody_catches_ends_the_case_as_failed() -> None:
    drawing = around().users("mend").boundary("bd", "sub", n.Error("E2")).line("bd mend e")
    drawing.nodes["sub.e"] = n.End(id="sub.e", scope="sub.in", result=n.Error("E1"))
    case = Case(drawing).do("a").do("b")
    assert case.of(f.Ended)[0] == f.Ended(f.Outcome.FAILED, "E1", {}) and case.state.error == "E1"


def test_an_error_goes_outwards_through_all_scopes_and_the_named_catcher_is_before_the_general() -> None:
    drawing = Drawing().add(n.Start, "s").sub("outer", "x").sub("inner", "a", scope="outer.in").users("one any")
    drawing.line("s outer").flows.pop("outer.s>x")
    drawing.line("outer.s inner x")
    drawing.nodes["inner.e"] = n.End(id="inner.e", scope="inner.in", result=n.Error("E1"))
    drawing.boundary("b1", "outer", n.Error(None)).boundary("b2", "outer", n.Error("E1")).line("b1 any").line("b2 one")
    assert Case(drawing).do("a").at == ["one"]


def test_a_terminate_end_inside_ends_the_sub_process_and_the_case_goes_on() -> None:
    drawing = around().gateway("g", P, "sub.in").users("c", "sub.in").add(n.End, "stop", "sub.in", result=n.Terminate())
    drawing.flows.pop("sub.s>a")
    drawing.line("sub.s g a").line("g c stop")
    case = Case(drawing)
    assert case.open == ["a", "c"]
    case.do("c")
    assert case.at == ["after"]


def test_a_terminate_end_ends_the_case() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("g", P).users("a b").add(n.End, "e", result=n.Terminate())
    case = Case(drawing.line("s g a e").line("g b")).do("a")
    assert case.state.ended is f.Outcome.TERMINATED and [each.how for each in case.of(f.WorkClosed)][-1] == "cancelled"


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_around_and_need_not_end_anything(interrupting: bool) -> None:
    drawing = around().users("told").boundary("bd", "sub", n.Escalation("late"), interrupting).line("bd told")
    drawing.add(n.Throw, "t", "sub.in", result=n.Escalation("late")).flows.pop("a>b")
    drawing.line("a t b")
    case = Case(drawing).do("a")
    assert sorted(case.open) == (["told"] if interrupting else ["b", "told"])


def test_an_escalation_nobody_catches_is_told_and_the_case_goes_on() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.Throw, "t", result=n.Escalation("x")).users("a").line("s t a")
    case = Case(drawing)
    assert case.open == ["a"] and [each.node for each in case.of(f.Noted)] == ["t"]


@pytest.mark.parametrize(
    ("trigger", "event"),
    [
        (n.Message("m", "no"), e.MessageCame("m", 5, {"told": 1})),
        (n.Signal("m"), e.SignalCame("m", {"told": 1})),
        (DAY, None),
    ],
)
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_comes_in_beside_or_instead(
    trigger: n.Trigger, event: e.Event | None, interrupting: bool
) -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.End, "e").line("s a e")
    case = Case(drawing.event_sub("ev", trigger, "x", interrupting), no=5)
    if event is None:
        case.fire("ev.s")
    else:
        assert case.take(event).taken
    assert case.open == (["x"] if interrupting else ["a", "x"])
    if not interrupting:
        case.do("a")
        assert case.state.ended is None
    elif event is not None:
        assert not case.take(event).taken
    case.do("x")
    assert case.state.ended is f.Outcome.COMPLETED and case.timers == set() and "told" not in case.state.values


def test_an_event_sub_process_inside_ends_its_scope_only() -> None:
    case = Case(around().event_sub("ev", n.Message("m"), "x", True, "sub.in"))
    case.take(e.MessageCame("m"))
    assert case.at == ["sub", "x"]
    case.do("x")
    assert case.at == ["after"] and not case.take(e.MessageCame("m")).taken


def test_an_event_sub_process_catches_the_error_of_its_scope_before_the_boundary_does() -> None:
    drawing = around().users("mend").boundary("bd", "sub", n.Error("E1")).line("bd mend")
    drawing.event_sub("ev", n.Error("E1"), "x", True, "sub.in")
    drawing.nodes["sub.e"] = n.End(id="sub.e", scope="sub.in", result=n.Error("E1"))
    case = Case(drawing).do("a").do("b")
    assert case.at == ["sub", "x"]
    rethrown = around().users("mend").boundary("bd", "sub", n.Error("E1")).line("bd mend")
    rethrown.event_sub("ev", n.Error("E1"), "x", True, "sub.in")
    for end in ("sub.e", "ev.e"):
        rethrown.nodes[end] = n.End(id=end, scope=rethrown.nodes[end].scope, result=n.Error("E1"))
    assert Case(rethrown).do("a").do("b").do("x").at == ["mend"]


def test_a_non_interrupting_event_sub_process_runs_as_often_as_it_is_called() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.End, "e").line("s a e")
    case = Case(drawing.event_sub("ev", n.Message("m"), "x", False))
    for index in range(3):
        case.take(e.MessageCame("m", None, {"which": index}))
    assert case.open == ["a", "x", "x", "x"]
    assert [run.data.get("which") for run in case.state.runs.values()] == [None, 0, 1, 2]


def test_a_message_and_a_signal_go_out_with_their_values() -> None:
    inputs = (n.Binding("a", "1 + 1"),)
    drawing = Drawing().add(n.Start, "s").add(n.Throw, "t", result=n.Message("m", "no"), inputs=inputs)
    drawing.add(n.Throw, "milestone").add(n.End, "e", result=n.Signal("x"), inputs=inputs).line("s t milestone e")
    case = Case(drawing, no=4)
    assert [(each.name, each.key, each.values) for each in case.of(f.MessageSent)] == [("m", 4, {"a": 2})]
    assert [(each.name, each.values) for each in case.of(f.SignalSent)] == [("x", {"a": 2})]
    assert case.state.ended is f.Outcome.COMPLETED


def test_a_catching_event_takes_a_message_or_a_signal() -> None:
    drawing = (
        Drawing().add(n.Start, "s").add(n.Catch, "m", trigger=n.Message("m")).add(n.Catch, "x", trigger=n.Signal("x"))
    )
    case = Case(drawing.users("a").line("s m x a"))
    assert not case.take(e.SignalCame("x")).taken
    case.take(e.MessageCame("m"))
    assert case.at == ["x"]
    case.take(e.SignalCame("x"))
    assert case.at == ["a"]


def test_a_signal_is_taken_by_all_that_wait_for_it_a_message_by_the_first() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("g", P).users("a b").line("s g")
    for side in "ab":
        drawing.add(n.Catch, f"x{side}", trigger=n.Signal("x")).add(n.Catch, f"m{side}", trigger=n.Message("m"))
        drawing.line(f"g x{side} m{side} {side}")
    case = Case(drawing)
    case.take(e.SignalCame("x"))
    assert case.at == ["ma", "mb"]
    case.take(e.MessageCame("m"))
    assert case.at == ["a", "mb"]


# Compensation -----------------------------------------------------------------------------------------------------------


def booked() -> Drawing:
    """s > a > b > t (undoes all) > after; a and b have handlers."""
    drawing = Drawing().add(n.Start, "s").users("a b ua ub after").undone_by("a", "ua").undone_by("b", "ub")
    return drawing.add(n.Throw, "t", result=n.Compensation()).line("s a b t after")


def test_compensation_undoes_the_last_thing_first_and_waits() -> None:
    case = Case(booked()).do("a").do("b")
    assert case.open == ["ub"]
    case.do("ub")
    assert case.open == ["ua"]
    case.do("ua")
    assert case.at == ["after"]


def test_compensation_of_one_activity_leaves_the_others() -> None:
    drawing = booked()
    drawing.nodes["t"] = n.Throw(id="t", scope="p", result=n.Compensation("a"))
    case = Case(drawing).do("a").do("b")
    assert case.open == ["ua"]
    assert case.do("ua").at == ["after"]


def test_what_was_not_done_is_not_undone_and_nothing_is_undone_twice() -> None:
    drawing = booked().add(n.Throw, "t2", result=n.Compensation())
    drawing.flows.clear()
    drawing.line("s b t t2 after")
    case = Case(drawing).do("b").do("ub")
    assert case.at == ["after"] and "ua" not in case.passed()


def test_compensation_of_a_sub_process_undoes_what_was_done_inside_with_what_it_knew() -> None:
    drawing = around().users("ua", "sub.in").undone_by("a", "ua").add(n.Throw, "t", result=n.Compensation("sub"))
    drawing.flows.pop("after>e")
    case = Case(drawing.line("after t e")).do("a", values={"ticket": 9}).do("b").do("after")
    assert case.open == ["ua"] and case.state.runs[case.state.tokens[case.token("ua")].run].data == {"ticket": 9}
    case.do("ua")
    assert case.state.ended is f.Outcome.COMPLETED


def test_a_sub_process_may_say_itself_how_it_is_undone() -> None:
    drawing = around().event_sub("ev", n.Compensation(), "undo", True, "sub.in")
    drawing.add(n.Throw, "t", result=n.Compensation()).flows.pop("after>e")
    case = Case(drawing.line("after t e")).do("a").do("b").do("after")
    assert case.open == ["undo"]
    assert case.do("undo").state.ended is f.Outcome.COMPLETED


def test_an_error_handler_around_undoes_what_was_done_before_the_error() -> None:
    drawing = Drawing().add(n.Start, "s").users("a ua").undone_by("a", "ua").add(n.End, "e", result=n.Error("E1"))
    drawing.line("s a e").scope("ev", n.ScopeKind.EVENT_SUB).add(n.Start, "ev.s", "ev", trigger=n.Error(None))
    drawing.add(n.End, "ev.e", "ev", result=n.Compensation()).line("ev.s ev.e")
    case = Case(drawing).do("a")
    assert case.open == ["ua"]
    assert case.do("ua").state.ended is f.Outcome.COMPLETED


def test_every_instance_of_a_sub_process_is_undone() -> None:
    drawing = around(loop=n.Each(sequential=True, count="2")).users("ua", "sub.in").undone_by("a", "ua")
    drawing.add(n.Throw, "t", result=n.Compensation()).flows.pop("after>e")
    case = Case(drawing.line("after t e"))
    for booked in ("first", "second"):
        case.do("a", values={"ticket": booked}).do("b")
    case.do("after")
    seen = []
    while case.open:
        seen.append(case.state.runs[case.state.tokens[case.token("ua")].run].data["ticket"])
        case.do("ua")
    assert sorted(seen) == ["first", "second"] and case.state.ended is f.Outcome.COMPLETED


def test_an_undoing_whose_thrower_is_dropped_is_dropped_with_it() -> None:
    drawing = Drawing().add(n.Start, "s").users("a b ua").undone_by("a", "ua").add(n.End, "e").line("s a b e")
    drawing.scope("ev", n.ScopeKind.EVENT_SUB).add(n.Start, "ev.s", "ev", trigger=n.Message("m"), interrupting=False)
    drawing.gateway("g", P, "ev").add(n.End, "undo", "ev", result=n.Compensation()).users("x", "ev")
    case = Case(drawing.add(n.End, "stop", "ev", result=n.Terminate()).line("ev.s g undo").line("g x stop")).do("a")
    case.take(e.MessageCame("m"))
    assert sorted(case.open) == ["b", "ua", "x"]
    case.do("x")
    assert case.open == ["b"] and case.do("b").state.ended is f.Outcome.COMPLETED


def test_an_interrupting_event_sub_process_ends_the_waiting_for_the_others() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.End, "e").line("s a e")
    case = Case(drawing.event_sub("ev", n.Message("m"), "x").event_sub("other", DAY, "y"))
    assert len(case.timers) == 1
    case.take(e.MessageCame("m"))
    assert case.timers == set()
