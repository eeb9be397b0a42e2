"""Gateways: which way a case goes, and where its ways come together."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n

X, P, ANY, E = n.Branching.EXCLUSIVE, n.Branching.PARALLEL, n.Branching.INCLUSIVE, n.Branching.EVENT


def choice(default: str | None, branching: n.Branching = X) -> Drawing:
    drawing = Drawing().add(n.Start, "s").gateway("x", branching, default=default).users("a b c").line("s x")
    drawing.flow("x", "a", "amount > 100").flow("x", "b", 'kind = "b"').flow("x", "c", None if default else "false")
    return drawing


@pytest.mark.parametrize(
    ("values", "where"),
    [({"amount": 101, "kind": "b"}, ["a"]), ({"amount": 1, "kind": "b"}, ["b"]), ({"amount": 1, "kind": ""}, ["c"])],
)
def test_an_exclusive_gateway_takes_the_first_true_way_else_the_default(
    values: dict[str, object], where: list[str]
) -> None:
    assert Case(choice("x>c"), **values).open == where


def test_a_gateway_without_a_true_way_or_a_default_stops_the_case_and_names_itself() -> None:
    case = Case(choice(None), amount=1, kind="")
    (stuck,) = case.of(f.Stuck)
    assert (stuck.node, stuck.code) == ("x", "no_way") and case.at == ["x"] and case.open == []
    assert "x" in stuck.zh and "x" in stuck.en


def test_a_condition_that_is_null_is_not_true_and_is_told() -> None:
    case = Case(choice("x>c"), kind="")
    assert case.open == ["c"]
    (noted,) = case.of(f.Noted)
    assert noted.node == "x" and "amount > 100" in noted.zh and "amount" in noted.en


def test_a_condition_that_is_a_number_is_not_true_and_is_told() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", X, default="x>b").users("a b").line("s x b").flow("x", "a", "1")
    case = Case(drawing)
    assert case.open == ["b"] and len(case.of(f.Noted)) == 1


def test_a_stuck_gateway_goes_on_when_the_data_are_right() -> None:
    drawing = choice(None).users("fix").flow("s", "fix")
    case = Case(drawing, amount=1, kind="")
    assert case.open == ["fix"]
    case.do("fix", values={"kind": "b"})
    case.take(e.ActionRetried(case.token("x")))
    assert case.open == ["b"]


def split(join: n.Branching = P) -> Drawing:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b c").gateway("j", join).users("z").add(n.End, "e")
    return drawing.line("s x a j z e").line("x b j").line("x c j")


@pytest.mark.parametrize("order", ["abc", "cba", "bac"])
@pytest.mark.parametrize("join", [P, ANY])
def test_a_join_waits_for_all_branches_in_any_order(order: str, join: n.Branching) -> None:
    case = Case(split(join))
    assert case.open == ["a", "b", "c"]
    for each in order:
        assert "z" not in case.open
        case.do(each)
    assert case.open == ["z"] and case.at == ["z"]
    case.do("z")
    assert case.state.ended is f.Outcome.COMPLETED


def test_a_merge_without_a_join_goes_on_for_every_token() -> None:
    case = Case(split(X)).do("a").do("b")
    assert case.open == ["c", "z", "z"]


def test_a_second_token_on_a_way_waits_for_the_next_round() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b c").gateway("m", X).gateway("j", P).users("z")
    drawing.line("s x a m j z").line("x b m").line("x c j")
    case = Case(drawing).do("a").do("b")
    assert case.at == ["c", "j", "j"]
    case.do("c")
    assert case.open == ["z"] and case.at == ["j", "z"]


def inclusive(default: str | None = None) -> Drawing:
    drawing = Drawing().add(n.Start, "s").gateway("x", ANY, default=default).users("a b c").gateway("j", ANY).users("z")
    drawing.flow("s", "x").flow("x", "a", "list contains(ways, 1)").flow("x", "b", "list contains(ways, 2)")
    drawing.flow("x", "c", None if default else "list contains(ways, 3)")
    return drawing.line("a j z").line("b j").line("c j")


def test_an_inclusive_gateway_takes_every_true_way_and_its_join_waits_for_those_only() -> None:
    case = Case(inclusive(), ways=[1, 3])
    assert case.open == ["a", "c"]
    case.do("c")
    assert case.at == ["a", "j"]
    case.do("a")
    assert case.at == ["z"]


def test_an_inclusive_gateway_takes_the_default_only_when_nothing_else_is_true() -> None:
    assert Case(inclusive("x>c"), ways=[2]).open == ["b"]
    assert Case(inclusive("x>c"), ways=[]).open == ["c"]
    assert [each.node for each in Case(inclusive(), ways=[]).of(f.Stuck)] == ["x"]


def test_an_inclusive_join_waits_for_a_token_far_away_that_can_still_come() -> None:
    drawing = inclusive().users("far").gateway("w", X, default="w>b").add(n.End, "off")
    del drawing.flows["x>b"]
    drawing.flow("x", "far", "true").line("far w b").flow("w", "off", "gone = true")
    for gone, where in ((False, ["b", "j"]), (True, ["z"])):
        case = Case(drawing, ways=[1]).do("a")
        assert case.at == ["far", "j"]
        case.do("far", values={"gone": gone})
        assert case.at == where


def test_an_inclusive_join_waits_for_what_may_come_by_a_boundary() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b").gateway("j", ANY).users("z").add(n.End, "off")
    drawing.line("s x a j z").line("x b off").boundary("late", "b", n.Message("late")).line("late j")
    case = Case(drawing).do("a")
    assert case.at == ["b", "j"]
    case.take(e.MessageCame("late"))
    assert case.at == ["z"]
    other = Case(drawing).do("a").do("b")
    assert other.at == ["z"]


def test_an_inclusive_join_in_a_loop_does_not_wait_for_itself() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("j", ANY).users("a").gateway("x", X, default="x>e").add(n.End, "e")
    drawing.line("s j a x e").flow("x", "j", "again = true")
    case = Case(drawing).do("a", values={"again": True})
    assert case.open == ["a"]
    case.do("a", values={"again": False})
    assert case.state.ended is f.Outcome.COMPLETED


def test_inclusive_joins_that_only_wait_for_one_another_go_on() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).gateway("j", ANY).gateway("k", ANY).users("a b")
    drawing.line("s x j a k").line("x k b j")
    assert Case(drawing).open == ["a"]


def test_an_inclusive_join_does_not_wait_for_a_token_that_can_never_move_again() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b").gateway("dead", P).gateway("j", ANY).users("z")
    drawing.line("s x a j z").line("x b dead j").gateway("y", X, default="y>o").users("o")
    drawing.line("b dead").users("never").line("never dead").line("x y o").flow("y", "never", "false")
    case = Case(drawing).do("o").do("b").do("a")
    assert case.open == ["z"]


def waiting() -> Drawing:
    drawing = Drawing().add(n.Start, "s").gateway("g", E).users("yes no late")
    drawing.add(n.Catch, "m", trigger=n.Message("yes", "no")).add(
        n.Catch, "t", trigger=n.Timer(n.TimerKind.BUDGET, "5wd")
    )
    drawing.add(n.ReceiveTask, "r", message=n.Message("refused"))
    return drawing.line("s g m yes").line("g t late").line("g r no")


def test_the_first_event_behind_an_event_gateway_decides() -> None:
    case = Case(waiting(), no=3)
    assert len(case.timers) == 1 and case.at == ["g"]
    case.take(e.MessageCame("yes", 3, {"by": "post"}))
    assert case.open == ["yes"] and case.timers == set() and case.state.values["by"] == "post"
    assert not case.take(e.MessageCame("refused")).taken


def test_a_timer_or_a_receive_task_may_be_the_first_event() -> None:
    late = Case(waiting(), no=3)
    (timer,) = late.of(f.TimerSet)
    late.take(e.TimerFired(timer.timer))
    assert late.open == ["late"] and not late.take(e.TimerFired(timer.timer)).taken
    refused = Case(waiting(), no=3)
    refused.take(e.MessageCame("refused"))
    assert refused.open == ["no"] and refused.timers == set()


def test_several_flows_out_of_a_task_are_all_taken_unless_their_condition_is_not_true() -> None:
    drawing = Drawing().add(n.Start, "s").users("a b c d").line("s a b").flow("a", "c", "1 > 2").flow("a", "d", "2 > 1")
    assert Case(drawing).do("a").open == ["b", "d"]
    chosen = Drawing().add(n.Start, "s").add(n.UserTask, "a", default="a>b").users("b c").line("s a b")
    assert Case(chosen.flow("a", "c", "1 > 2")).do("a").open == ["b"]
    assert Case(chosen.flow("a", "c", "2 > 1", id="a>c")).do("a").open == ["c"]


def test_joins_inside_one_another_do_not_wait_for_each_other_around_a_loop() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("m", X).gateway("x", P).gateway("y", P).users("a b c z")
    drawing.gateway("in", ANY).gateway("out", ANY).gateway("k", X, default="k>e").add(n.End, "e")
    drawing.line("s m x y a in out z k e").line("y b in").line("x c out").flow("k", "m", "false")
    case = Case(drawing).do("c").do("a")
    assert case.at == ["b", "in", "out"]
    assert case.do("b").at == ["z"]
