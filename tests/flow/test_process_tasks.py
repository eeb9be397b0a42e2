"""Tasks: what each does when a token comes, and what it hands to the world."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.reducing import begin
from yiwang.flow.core.process.state import State
from yiwang.flow.errors import CaseClosed, NotWaiting, StepForbidden
from yiwang.kernel.core.budget import Budget


def lined(kind: type[n.Node], **fields: object) -> Drawing:
    return Drawing().add(n.Start, "s").add(kind, "t", **fields).users("after").add(n.End, "e").line("s t after e")


def test_a_case_goes_from_start_to_end_by_its_works() -> None:
    case = Case(Drawing().add(n.Start, "s").users("a b").add(n.End, "e").line("s a b e"))
    assert case.open == ["a"]
    case.do("a", values={"amount": 3}).do("b")
    assert case.open == [] and case.state.ended is f.Outcome.COMPLETED and case.state.values == {"amount": 3}
    assert case.of(f.Ended) == [f.Ended(f.Outcome.COMPLETED, "", {"amount": 3})]
    assert case.passed() == ["s", "a", "b", "e"] and case.passed(f.Mark.TAKEN) == ["s>a", "a>b", "b>e"]


def test_a_user_task_says_whose_work_it_is() -> None:
    task = {
        "department": '"urban"',
        "assignee": "head",
        "role": "staff",
        "form": "review",
        "budget": Budget.parse("5wd"),
    }
    case = Case(lined(n.UserTask, **task), head="wang")
    (opened,) = case.of(f.WorkOpened)
    assert (opened.department, opened.assignee, opened.role) == ("urban", "wang", "staff")
    assert (opened.form, opened.budget, opened.kind, opened.round) == (
        "review",
        Budget.parse("5wd"),
        f.WorkKind.TASK,
        1,
    )


def test_the_second_coming_to_a_task_is_its_second_round() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.End, "e").gateway("x", n.Branching.EXCLUSIVE, default="x>e")
    drawing.line("s a x e").flow("x", "a", "again = true")
    case = Case(drawing).do("a", values={"again": True})
    assert [each.round for each in case.of(f.WorkOpened, case.effects)] == [1, 2]


def test_a_department_that_has_no_value_stops_the_case_there_instead_of_going_nowhere() -> None:
    case = Case(lined(n.UserTask, department="unit.code"))
    (stuck,) = case.of(f.Stuck)
    assert stuck.node == "t" and stuck.code == "expression" and "unit" in stuck.en and "unit" in stuck.zh
    assert case.open == [] and case.at == ["t"]
    with pytest.raises(NotWaiting):
        case.take(e.ActionRetried(999))
    case.take(e.ActionRetried(stuck.token))
    assert [each.node for each in case.of(f.Stuck)] == ["t"]


def test_a_script_writes_what_its_feel_gives() -> None:
    case = Case(lined(n.ScriptTask, script="amount * 2 + 0.5", result="double"), amount=4)
    assert case.open == ["after"] and case.state.values["double"] == 8.5


def test_a_date_a_script_gives_is_kept_as_iso_text() -> None:
    case = Case(lined(n.ScriptTask, script='date("2026-11-02") + duration("P3D")', result="due"))
    assert case.state.values["due"] == "2026-11-05"


def test_a_script_knows_the_moment_it_runs_at() -> None:
    assert Case(lined(n.ScriptTask, script="string(today())", result="day")).state.values["day"] == "2026-11-02"


def test_a_manual_task_is_passed_and_told() -> None:
    case = Case(lined(n.ManualTask))
    assert case.open == ["after"] and "t" in case.passed()


def test_a_service_task_asks_once_and_goes_on_with_the_answer() -> None:
    case = Case(
        lined(n.ServiceTask, action="case.note", inputs=(n.Binding("text", '"to " + who'),), result="told"), who="li"
    )
    (asked,) = case.of(f.ActionAsked)
    assert (asked.name, asked.arguments, asked.key) == ("case.note", {"text": "to li"}, str(asked.token))
    assert case.take(e.ActionDone(asked.token, {"id": 7})).taken
    assert case.open == ["after"] and case.state.values["told"] == {"id": 7}
    assert not case.take(e.ActionDone(asked.token, {"id": 8})).taken
    assert case.state.values["told"] == {"id": 7}


def test_every_asking_has_a_key_of_its_own_even_in_a_loop() -> None:
    drawing = Drawing().add(n.Start, "s").add(n.ServiceTask, "t", action="case.note", loop=n.Repeat("loopCounter < 3"))
    case = Case(drawing.add(n.End, "e").line("s t e"))
    for done in range(3):
        asked = case.of(f.ActionAsked, case.effects)[done]
        assert case.take(e.ActionDone(asked.token)).taken
        assert not case.take(e.ActionDone(asked.token)).taken
    keys = [each.key for each in case.of(f.ActionAsked, case.effects)]
    assert len(keys) == len(set(keys)) == 3 and case.state.ended is f.Outcome.COMPLETED


def test_a_failed_action_nobody_catches_stops_the_case_there_until_it_is_tried_again() -> None:
    case = Case(lined(n.ServiceTask, action="case.note"))
    (asked,) = case.of(f.ActionAsked)
    case.take(e.ActionFailed(asked.token, "smtp", "no answer"))
    assert case.of(f.Stuck) == [f.Stuck(asked.token, "t", "smtp", "no answer", "no answer")]
    assert not case.take(e.ActionDone(asked.token)).taken
    case.take(e.ActionRetried(asked.token))
    assert case.of(f.ActionAsked) == [asked]
    case.take(e.ActionDone(asked.token))
    assert case.open == ["after"]


def test_an_answer_for_what_never_was_is_an_error() -> None:
    case = Case(lined(n.ServiceTask, action="case.note"))
    with pytest.raises(NotWaiting):
        case.take(e.ActionDone(999))
    with pytest.raises(NotWaiting):
        case.take(e.WorkDone(999, "li"))


def test_a_rule_task_asks_for_a_decision() -> None:
    case = Case(lined(n.RuleTask, decision="grade", inputs=(n.Binding("age", "age + 1"),), result="grade"), age=79)
    (asked,) = case.of(f.DecisionAsked)
    assert (asked.decision, asked.facts) == ("grade", {"age": 80})
    case.take(e.Decided(asked.token, "old"))
    assert case.state.values["grade"] == "old" and case.open == ["after"]


def test_a_send_task_sends_and_goes_on() -> None:
    case = Case(lined(n.SendTask, message=n.Message("told", "no"), inputs=(n.Binding("a", "1 + 1"),)), no=5)
    (sent,) = case.of(f.MessageSent)
    assert (sent.name, sent.key, sent.values) == ("told", 5, {"a": 2}) and case.open == ["after"]


def test_a_receive_task_waits_for_its_message_with_its_key() -> None:
    case = Case(lined(n.ReceiveTask, message=n.Message("paid", "no")), no=5)
    assert not case.take(e.MessageCame("paid", 6, {"sum": 1})).taken
    assert not case.take(e.MessageCame("paid", True)).taken
    assert not case.take(e.MessageCame("other", 5)).taken
    assert case.take(e.MessageCame("paid", 5, {"sum": 2})).taken
    assert case.open == ["after"] and case.state.values["sum"] == 2


def test_a_call_runs_another_process_and_reads_its_last_data() -> None:
    case = Case(
        lined(n.Call, process="other", inputs=(n.Binding("x", "y"),), outputs=(n.Binding("sum", "total + 1"),)), y=2
    )
    (asked,) = case.of(f.CallAsked)
    assert (asked.process, asked.values) == ("other", {"x": 2})
    case.take(e.CallEnded(asked.token, {"total": 9}))
    assert case.state.values["sum"] == 10 and case.open == ["after"]


def test_a_call_that_ended_in_an_error_goes_to_its_boundary() -> None:
    drawing = lined(n.Call, process="other").users("mend").boundary("b", "t", n.Error("E1")).line("b mend e")
    case = Case(drawing)
    case.take(e.CallEnded(case.token("t"), {}, "E1"))
    assert case.open == ["mend"]
    stuck = Case(drawing)
    stuck.take(e.CallEnded(stuck.token("t"), {}, "E2"))
    assert [each.code for each in stuck.of(f.Stuck)] == ["E2"] and stuck.open == []


def test_a_case_that_ended_takes_no_more_steps() -> None:
    case = Case(Drawing().add(n.Start, "s").users("a").add(n.End, "e").line("s a e"))
    work = case.work("a")
    case.do("a")
    with pytest.raises(CaseClosed):
        case.take(e.WorkDone(work, "li"))
    with pytest.raises(CaseClosed):
        case.take(e.Withdrawn("li", "no longer wanted"))
    assert not case.take(e.TimerFired("3:x")).taken and not case.take(e.MessageCame("m")).taken


def test_a_withdrawn_case_closes_all_that_is_open() -> None:
    drawing = lined(n.UserTask).users("late").boundary("b", "t", n.Timer(n.TimerKind.DURATION, "P1D")).line("b late e")
    case = Case(drawing)
    case.take(e.Withdrawn("li", "no longer wanted"))
    assert [each.how for each in case.of(f.WorkClosed)] == [f.Closing.CANCELLED] and case.timers == set()
    assert case.of(f.Ended)[0].outcome is f.Outcome.WITHDRAWN and case.state.tokens == {}


def test_a_case_starts_once_and_nothing_comes_before() -> None:
    case = Case(lined(n.UserTask), start=False)
    with pytest.raises(StepForbidden):
        case.take(e.Suspended("li", "why"))
    case.take(e.Started())
    with pytest.raises(StepForbidden):
        case.take(e.Started())


def test_a_process_may_begin_at_a_named_start() -> None:
    drawing = lined(n.UserTask).add(n.Start, "m", trigger=n.Message("filed")).flow("m", "after")
    assert Case(drawing, at="m").open == ["after"]
    with pytest.raises(StepForbidden):
        Case(drawing, at="t")


def test_automatic_nodes_that_never_rest_are_stopped_and_nothing_is_changed() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.ScriptTask, "t", script="1", result="x")
    drawing.gateway("x", n.Branching.EXCLUSIVE, default="x>t").add(n.End, "e")
    drawing.line("s a t x t").flow("x", "e", "stop = true")
    case = Case(drawing)
    before = case.state.dumps()
    with pytest.raises(StepForbidden, match="without coming to rest"):
        case.do("a")
    assert case.state.dumps() == before
    case.do("a", values={"stop": True})
    assert case.state.ended is f.Outcome.COMPLETED


def test_a_state_of_another_version_is_not_read() -> None:
    with pytest.raises(ValueError, match="version"):
        State.loads('{"v":99,"n":1,"s":""}')
    assert State.loads(State().dumps()) == begin(lined(n.UserTask).made())
