"""Activities done more than once: standard loops, and multi-instance one after the other or side by side."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.errors import StepForbidden


def looped(loop: n.Repeat | n.Each, kind: type[n.Node] = n.UserTask, **fields: object) -> Drawing:
    drawing = Drawing().add(n.Start, "s").add(kind, "t", loop=loop, **fields).users("after").add(n.End, "e")
    return drawing.line("s t after e")


def test_a_standard_loop_goes_on_while_its_condition_holds() -> None:
    case = Case(looped(n.Repeat("again")))
    case.do("t", values={"again": True}).do("t", values={"again": True}).do("t", values={"again": False})
    assert case.at == ["after"] and case.state.values == {"again": False}
    assert [each.round for each in case.of(f.WorkOpened, case.effects) if each.node == "t"] == [1, 2, 3]


def test_a_standard_loop_stops_at_its_most() -> None:
    case = Case(looped(n.Repeat("true", most=2))).do("t").do("t")
    assert case.at == ["after"]


def test_a_standard_loop_may_be_asked_before_the_first_time() -> None:
    assert Case(looped(n.Repeat("wanted", before=True)), wanted=False).at == ["after"]
    assert "t" in Case(looped(n.Repeat("wanted", before=True)), wanted=True).at


def test_a_loop_condition_that_is_null_ends_the_loop_and_is_told() -> None:
    case = Case(looped(n.Repeat("unknown"))).do("t")
    assert case.at == ["after"] and [each.node for each in case.of(f.Noted)] == ["t"]


def test_instances_side_by_side_are_all_open_and_keep_their_answers_apart() -> None:
    each = n.Each(sequential=False, over="people", item="who", collect="{who: who, said: said}", collected="all")
    case = Case(looped(each, assignee="who"), people=["li", "wang", "zhao"])
    assert [each.assignee for each in case.of(f.WorkOpened)] == ["li", "wang", "zhao"]
    assert {each.round for each in case.of(f.WorkOpened)} == {1}
    for place, said in ((2, "c"), (0, "a"), (0, "b")):
        assert "after" not in case.at
        case.do("t", place=place, values={"said": said})
    assert case.at == ["after"] and "said" not in case.state.values and set(case.state.runs) == {0}
    assert case.state.values["all"] == [
        {"who": "li", "said": "a"},
        {"who": "wang", "said": "b"},
        {"who": "zhao", "said": "c"},
    ]


def test_instances_one_after_the_other_are_open_one_at_a_time() -> None:
    each = n.Each(sequential=True, count="3", collect="said * loopCounter", collected="all")
    case = Case(looped(each))
    for said in (1, 2, 3):
        assert case.open == ["t"]
        case.do("t", values={"said": said})
    assert case.at == ["after"] and case.state.values["all"] == [1, 4, 9]


@pytest.mark.parametrize("sequential", [True, False])
def test_enough_instances_end_the_others(sequential: bool) -> None:
    until = "nrOfCompletedInstances = 2 and nrOfInstances = 5"
    case = Case(looped(n.Each(sequential=sequential, count="5", until=until, collect="said", collected="all")))
    case.do("t", values={"said": 1}).do("t", values={"said": 2})
    assert case.at == ["after"] and case.state.values["all"] == [1, 2]
    assert [each.how for each in case.of(f.WorkClosed)].count("cancelled") == (0 if sequential else 3)


def test_the_condition_knows_how_many_are_still_at_work() -> None:
    case = Case(looped(n.Each(sequential=False, count="4", until="nrOfActiveInstances = 2")))
    assert case.do("t").open == ["t"] * 3
    assert case.do("t").at == ["after"]


def test_no_instances_are_done_at_once() -> None:
    each = n.Each(sequential=False, over="[]", item="x", collect="x", collected="all")
    case = Case(looped(each))
    assert case.at == ["after"] and case.state.values["all"] == []


@pytest.mark.parametrize("loop", [n.Each(sequential=False, over="3"), n.Each(sequential=True, count="1.5")])
def test_a_number_of_instances_that_is_none_stops_the_case_there(loop: n.Each) -> None:
    assert [each.node for each in Case(looped(loop)).of(f.Stuck)] == ["t"]


def test_too_many_instances_are_refused_instead_of_filling_the_city() -> None:
    with pytest.raises(StepForbidden, match="without coming to rest"):
        Case(looped(n.Each(sequential=False, count="100000")))


def test_a_boundary_around_a_multi_instance_ends_all_of_it() -> None:
    drawing = looped(n.Each(sequential=False, count="3")).users("late")
    case = Case(drawing.boundary("b", "t", n.Timer(n.TimerKind.DURATION, "P1D")).line("b late"))
    assert len(case.of(f.TimerSet)) == 1
    case.do("t")
    case.fire("b")
    assert case.at == ["late"] and set(case.state.runs) == {0} and case.state.works.keys() == {case.work("late")}


def test_an_error_in_one_instance_goes_to_the_boundary_around_all() -> None:
    drawing = looped(n.Each(sequential=False, count="2"), n.ServiceTask, action="x").users("mend")
    case = Case(drawing.boundary("b", "t", n.Error(None)).line("b mend"))
    case.take(e.ActionFailed(case.token("t"), "E1"))
    assert case.at == ["mend"]


def test_one_instance_that_fails_uncaught_is_stuck_and_the_others_go_on() -> None:
    case = Case(looped(n.Each(sequential=False, count="2"), n.ServiceTask, action="x"))
    first, second = (each.token for each in case.of(f.ActionAsked))
    case.take(e.ActionFailed(first, "E1"))
    case.take(e.ActionDone(second))
    case.take(e.ActionRetried(first))
    case.take(e.ActionDone(first))
    assert case.at == ["after"]


def test_a_sub_process_for_each_of_a_list() -> None:
    loop = n.Each(sequential=False, over="people", item="who", collect="who", collected="all")
    drawing = Drawing().add(n.Start, "s").sub("sub", "a b", loop=loop).users("after").line("s sub after")
    case = Case(drawing, people=["x", "y"])
    assert case.open == ["a", "a"]
    case.do("a", place=1).do("b")
    assert case.open == ["a"]
    case.do("a", values={"who": "z"}).do("b")
    assert case.at == ["after"] and case.state.values["all"] == ["z", "y"]


def test_a_service_for_each_of_a_list_and_a_called_process_for_each() -> None:
    each = n.Each(sequential=False, over="[1, 2]", item="x", collect="y", collected="all")
    case = Case(looped(each, n.ServiceTask, action="a", inputs=(n.Binding("x", "x"),), result="y"))
    asked = case.of(f.ActionAsked)
    assert [each.arguments for each in asked] == [{"x": 1}, {"x": 2}]
    for one in reversed(asked):
        case.take(e.ActionDone(one.token, one.arguments["x"] * 10))
    assert case.state.values["all"] == [10, 20]
    called = Case(looped(n.Each(sequential=True, count="2"), n.Call, process="other"))
    for _ in range(2):
        called.take(e.CallEnded(called.token("t")))
    assert called.at == ["after"]


def test_a_dropped_call_is_told_once_for_each_that_runs() -> None:
    drawing = looped(n.Each(sequential=False, count="2"), n.Call, process="other").users("late")
    case = Case(drawing.boundary("b", "t", n.Message("m")).line("b late"))
    case.take(e.CallEnded(case.token("t")))
    case.take(e.MessageCame("m"))
    assert len(case.of(f.CallDropped)) == 1


def test_a_collection_that_has_no_value_stops_the_instance_and_keeps_its_answers() -> None:
    case = Case(looped(n.Each(sequential=True, count="1", collect="a.b", collected="all"), n.ManualTask))
    (stuck,) = case.of(f.Stuck)
    case.take(e.ActionRetried(stuck.token))
    assert [each.token for each in case.of(f.Stuck)] == [stuck.token] and case.passed().count("t") == 2
