"""What people do between open and done: 退回, 加签, 会签, 转办, 协办, 撤回, 挂起."""

from __future__ import annotations

import pytest
from diagrams import Case, Drawing

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.errors import NotWaiting, StepForbidden

P, X = n.Branching.PARALLEL, n.Branching.EXCLUSIVE


def row(**fields: object) -> Drawing:
    """s > a > b > c > e; c may be sent back to a and b."""
    drawing = Drawing().add(n.Start, "s").users("a b").add(n.UserTask, "c", send_back=("a", "b"), **fields)
    return drawing.add(n.End, "e").line("s a b c e")


def hows(case: Case) -> list[str]:
    return [each.how.value for each in case.of(f.WorkClosed)]


# 退回 -------------------------------------------------------------------------------------------------------------------


def test_sent_back_to_redo_walks_again_all_that_lies_between() -> None:
    case = Case(row()).do("a", "li").do("b")
    first = case.of(f.WorkOpened, case.effects)[0].work
    case.take(e.SentBack(case.work("c"), "wang", "a", True, "page missing"))
    assert case.open == ["a"] and hows(case) == ["sent-back"] and case.state.counts == {"sent_back": 1}
    (opened,) = case.of(f.WorkOpened)
    assert (opened.round, opened.again) == (2, first)
    assert case.do("a").open == ["b"]
    assert case.do("b").open == ["c"]


def test_sent_back_without_redo_returns_straight() -> None:
    case = Case(row()).do("a").do("b")
    work = case.work("c")
    case.take(e.SentBack(work, "wang", "a", False, "page missing"))
    assert case.open == ["a"]
    case.do("a")
    assert case.open == ["c"] and case.of(f.WorkOpened)[0].again == work and case.passed().count("b") == 1
    case.do("c")
    assert case.state.ended is f.Outcome.COMPLETED


def test_sent_back_twice_straight_returns_step_by_step() -> None:
    drawing = row()
    drawing.nodes["b"] = n.UserTask(id="b", scope="p", send_back=("a",))
    case = Case(drawing).do("a").do("b")
    case.take(e.SentBack(case.work("c"), "w", "b", False, "x"))
    case.take(e.SentBack(case.work("b"), "w", "a", False, "y"))
    assert case.do("a").open == ["b"]
    assert case.do("b").open == ["c"]
    assert case.state.counts == {"sent_back": 2}


def test_a_task_sends_back_only_to_what_its_diagram_names_and_that_lies_behind_it() -> None:
    case = Case(row()).do("a").do("b")
    for to in ("s", "c", "nowhere"):
        with pytest.raises(StepForbidden, match="does not let"):
            case.take(e.SentBack(case.work("c"), "w", to, True, ""))
    ahead = Drawing().add(n.Start, "s").add(n.UserTask, "a", send_back=("b",)).users("b").line("s a b")
    early = Case(ahead)
    with pytest.raises(StepForbidden, match="No way leads"):
        early.take(e.SentBack(early.work("a"), "w", "b", True, ""))
    with pytest.raises(StepForbidden, match="not been done"):
        early.take(e.SentBack(early.work("a"), "w", "b", False, ""))


def test_a_task_the_case_went_around_can_be_sent_to_and_walked_from() -> None:
    """s > choice > (by hand: a) | straight > b; b may go back to a."""
    drawing = Drawing().add(n.Start, "s").gateway("x", n.Branching.EXCLUSIVE).users("a")
    drawing.add(n.UserTask, "b", send_back=("a",)).line("s x")
    drawing.flow("x", "b", "by_hand = false").flow("x", "a", "by_hand = true").line("a b")
    case = Case(drawing, by_hand=False)
    case.take(e.SentBack(case.work("b"), "w", "a", True, "不该由我办"))
    assert case.open == ["a"]
    assert case.do("a").open == ["b"]


def forked() -> Drawing:
    """s > a > split > (b | c) > join > d; c may go back to a, d to a and b."""
    drawing = Drawing().add(n.Start, "s").users("a b").gateway("x", P).gateway("j", P)
    drawing.add(n.UserTask, "c", send_back=("a",)).add(n.UserTask, "d", send_back=("a", "b"))
    return drawing.line("s a x b j d").line("x c j")


def test_redo_from_a_branch_is_refused_while_the_other_branch_lives() -> None:
    case = Case(forked()).do("a")
    with pytest.raises(StepForbidden, match="second time"):
        case.take(e.SentBack(case.work("c"), "w", "a", True, ""))
    case.do("b")
    with pytest.raises(StepForbidden, match="second time"):
        case.take(e.SentBack(case.work("c"), "w", "a", True, ""))
    case.take(e.SentBack(case.work("c"), "w", "a", False, ""))
    assert case.do("a").open == ["c"]
    assert case.do("c").at == ["d"]


def test_redo_into_one_branch_is_refused_because_its_join_would_wait_for_ever() -> None:
    case = Case(forked()).do("a").do("b").do("c")
    with pytest.raises(StepForbidden, match="wait for ever"):
        case.take(e.SentBack(case.work("d"), "w", "b", True, ""))
    case.take(e.SentBack(case.work("d"), "w", "b", False, ""))
    assert case.do("b").at == ["d"]


def test_redo_over_a_whole_split_and_join_opens_both_branches_again() -> None:
    case = Case(forked()).do("a").do("b").do("c")
    case.take(e.SentBack(case.work("d"), "w", "a", True, ""))
    assert case.do("a").do("c").do("b").at == ["d"]


def test_redo_within_one_branch_leaves_the_other_alone() -> None:
    drawing = forked().add(n.UserTask, "c2", send_back=("c",))
    drawing.flows.pop("c>j")
    case = Case(drawing.line("c c2 j")).do("a").do("c")
    case.take(e.SentBack(case.work("c2"), "w", "c", True, ""))
    assert case.open == ["b", "c"]
    assert case.do("c").do("c2").do("b").at == ["d"]


def test_redo_out_of_a_sub_process_takes_it_whole_or_not_at_all() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").sub("sub", "x y").users("z").line("s a sub z")
    drawing.nodes["x"] = n.UserTask(id="x", scope="sub.in", send_back=("a",))
    case = Case(drawing).do("a")
    with pytest.raises(StepForbidden, match="same"):
        case.take(e.SentBack(case.work("x"), "w", "a", False, ""))
    case.take(e.SentBack(case.work("x"), "w", "a", True, ""))
    assert case.at == ["a"] and set(case.state.runs) == {0}
    drawing.flow("sub.s", "y", id="also")
    both = Case(drawing).do("a")
    with pytest.raises(StepForbidden, match="would be lost"):
        both.take(e.SentBack(both.work("x"), "w", "a", True, ""))


def test_one_of_several_instances_sends_back_all() -> None:
    case = Case(row(loop=n.Each(sequential=False, count="3"))).do("a").do("b")
    case.take(e.SentBack(case.work("c", 1), "w", "b", True, ""))
    assert case.at == ["b"] and sorted(hows(case)) == ["cancelled", "cancelled", "sent-back"]


# 加签, 协办, 转办 -------------------------------------------------------------------------------------------------------


def test_a_signer_added_before_must_be_done_first() -> None:
    case = Case(row())
    work = case.work("a")
    case.take(e.SignerAdded(work, "li", "lawyer", True, "contract"))
    (opened,) = case.of(f.WorkOpened)
    assert (opened.kind, opened.of, opened.assignee) == (f.WorkKind.ADDED, work, "lawyer")
    assert case.of(f.WorkWaits) == [f.WorkWaits(work, True)]
    with pytest.raises(StepForbidden, match="has not done so"):
        case.take(e.WorkDone(work, "li"))
    case.take(e.WorkDone(opened.work, "lawyer", {"legal": True}))
    assert case.of(f.WorkWaits) == [f.WorkWaits(work, False)] and case.state.values == {"legal": True}
    case.take(e.WorkDone(work, "li"))
    assert case.open == ["b"] and case.state.counts == {"signer_added": 1}


def test_a_signer_added_after_comes_when_the_work_is_done() -> None:
    case = Case(row())
    work = case.work("a")
    case.take(e.SignerAdded(work, "li", "lawyer", False))
    assert case.of(f.WorkOpened) == []
    case.take(e.WorkDone(work, "li"))
    (opened,) = case.of(f.WorkOpened)
    assert (opened.kind, opened.of, opened.assignee) == (f.WorkKind.ADDED, work, "lawyer") and case.open == ["a"]
    case.take(e.WorkDone(opened.work, "lawyer"))
    assert case.open == ["b"]


def test_whoever_must_help_is_waited_for_and_others_are_not() -> None:
    case = Case(row())
    work = case.work("a")
    case.take(e.AssistAsked(work, "li", ("x",), False))
    case.take(e.AssistAsked(work, "li", ("y", "z"), True))
    assert [each.assignee for each in case.of(f.WorkOpened)] == ["y", "z"]
    _, y, z = (each.work for each in case.of(f.WorkOpened, case.effects)[1:])
    case.take(e.WorkDone(y, "y"))
    assert case.of(f.WorkWaits) == []
    with pytest.raises(StepForbidden):
        case.take(e.WorkDone(work, "li"))
    case.take(e.WorkDone(z, "z"))
    assert case.of(f.WorkWaits) == [f.WorkWaits(work, False)]
    case.take(e.WorkDone(work, "li"))
    assert hows(case) == ["done", "cancelled"] and case.open == ["b"] and case.state.counts == {"assist_asked": 2}


def test_a_work_handed_over_is_the_same_work() -> None:
    case = Case(row())
    work = case.work("a")
    case.take(e.HandedOver(work, "li", "zhao", "urban"))
    assert case.last == (f.WorkMoved(work, "urban", "zhao"),) and case.state.counts == {"handed_over": 1}
    with pytest.raises(StepForbidden):
        case.take(e.HandedOver(work, "li"))
    with pytest.raises(NotWaiting):
        case.take(e.HandedOver(999, "li", "x"))
    case.take(e.WorkDone(work, "zhao"))
    assert case.open == ["b"]


# 会签 -------------------------------------------------------------------------------------------------------------------


def signed(mode: n.SignMode, share: str | None = None, **fields: object) -> Case:
    signing = n.Signing(mode, "people", "agree", share)
    drawing = Drawing().add(n.Start, "s").add(n.UserTask, "t", signing=signing, **fields).users("yes no")
    drawing.gateway("x", X, default="x>no").line("s t x no").flow("x", "yes", "t.agreed")
    return Case(drawing, people=["p", "q", "r"])


def votes(case: Case, said: str) -> Case:
    for each in said:
        case.do("t", each, values={"agree": each != "-"})
    return case


@pytest.mark.parametrize(
    ("mode", "share", "said", "where", "closed"),
    [
        (n.SignMode.ALL, None, "pqr", "yes", ["done"]),
        (n.SignMode.ALL, None, "p-", "no", ["done", "outvoted"]),
        (n.SignMode.ANY, None, "-q", "yes", ["done", "outvoted"]),
        (n.SignMode.ANY, None, "---", "no", ["done"]),
        (n.SignMode.SHARE, "2/3", "pq", "yes", ["done", "outvoted"]),
        (n.SignMode.SHARE, "0.7", "pqr", "yes", ["done"]),
        (n.SignMode.SHARE, "2/3", "--", "no", ["done", "outvoted"]),
    ],
)
def test_signers_decide_as_soon_as_it_is_certain(
    mode: n.SignMode, share: str | None, said: str, where: str, closed: list[str]
) -> None:
    case = signed(mode, share)
    assert [each.assignee for each in case.of(f.WorkOpened)] == ["p", "q", "r"]
    votes(case, said[:-1])
    assert case.at == ["t"]
    votes(case, said[-1])
    assert case.open == [where] and hows(case) == closed
    result = case.state.values["t"]
    assert result["agreed"] is (where == "yes") and result["of"] == 3
    assert result["yes"] + result["no"] == len(said) == len(result["votes"])


def test_signers_answers_stand_beside_one_another() -> None:
    case = signed(n.SignMode.ALL)
    for who, text in (("p", "fine"), ("q", "well"), ("r", "no")):
        case.do("t", who, values={"agree": who != "r", "text": text})
    assert [each["values"]["text"] for each in case.state.values["t"]["votes"]] == ["fine", "well", "no"]
    assert "text" not in case.state.values


def test_an_answer_that_neither_agrees_nor_refuses_is_no_vote() -> None:
    case = signed(n.SignMode.ANY)
    with pytest.raises(StepForbidden, match="whether the signer agrees"):
        case.do("t", "p", values={"text": "hm"})
    assert case.open == ["t"] * 3


def test_departments_sign_where_the_task_names_a_role() -> None:
    case = signed(n.SignMode.ALL, role="head")
    assert [(each.department, each.assignee, each.role) for each in case.of(f.WorkOpened)][0] == ("p", "", "head")


@pytest.mark.parametrize("people", [[], ["p", "p"], "p", None, [1]])
def test_signers_that_are_no_list_of_names_stop_the_case(people: object) -> None:
    signing = n.Signing(n.SignMode.ALL, "people", "agree")
    drawing = Drawing().add(n.Start, "s").add(n.UserTask, "t", signing=signing).line("s t")
    assert [each.node for each in Case(drawing, people=people).of(f.Stuck)] == ["t"]


def test_a_share_that_is_none_stops_the_case_and_the_round_is_still_the_first() -> None:
    case = Case(
        Drawing()
        .add(n.Start, "s")
        .add(n.UserTask, "t", signing=n.Signing(n.SignMode.SHARE, '["p"]', "a", "k"))
        .line("s t"),
        k=2,
    )
    case.take(e.ActionRetried(case.token("t")))
    assert len(case.of(f.Stuck)) == 1 and case.state.past == {}


# 同一审批人, 撤回, 挂起 ---------------------------------------------------------------------------------------------------


def test_the_same_approver_passes_the_second_time() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.UserTask, "b", same_passes=True, assignee='"li"')
    drawing.users("c").line("s a b c")
    case = Case(drawing).do("a", "li")
    assert case.open == ["c"] and hows(case) == ["done", "passed"] and case.state.counts == {"passed": 1}
    assert Case(drawing).do("a", "wang").open == ["b"]


def test_an_agreement_that_was_sent_back_since_does_not_pass() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.UserTask, "b", send_back=("a",)).line("s a b c")
    drawing.add(n.UserTask, "c", same_passes=True, assignee='"li"')
    case = Case(drawing).do("a", "li")
    case.take(e.SentBack(case.work("b"), "w", "a", True, ""))
    assert case.do("a", "zhao").do("b", "w").open == ["c"]


def test_a_signer_who_agreed_before_counts_as_agreeing_and_one_who_refused_does_not() -> None:
    first = n.UserTask(id="t1", scope="p", signing=n.Signing(n.SignMode.SHARE, '["p", "q"]', "agree", "0.5"))
    drawing = Drawing().add(n.Start, "s").users("z").line("s t1 t2 z")
    drawing.nodes["t1"] = first
    drawing.add(n.UserTask, "t2", same_passes=True, signing=n.Signing(n.SignMode.ALL, '["p", "q"]', "agree"))
    case = Case(drawing).do("t1", "q", values={"agree": False}).do("t1", "p", values={"agree": True})
    assert case.open == ["t2"] and case.state.counts == {"passed": 1}
    case.do("t2", "q", values={"agree": True})
    assert case.open == ["z"] and case.state.values["t2"]["yes"] == 2


def test_a_finished_work_is_taken_back_while_nobody_has_begun_what_followed() -> None:
    case = Case(forked())
    work = case.work("a")
    case.do("a", "li")
    case.take(e.TakenBack(work, "li", "wrong date"))
    assert case.at == ["a"] and hows(case) == ["taken-back"] * 2 and case.state.counts == {"taken_back": 1}
    (opened,) = case.of(f.WorkOpened)
    assert (opened.again, opened.round) == (work, 1)
    assert case.do("a").do("b").do("c").at == ["d"]


@pytest.mark.parametrize("follows", ["begun", "done", "stranger", "added"])
def test_a_work_is_not_taken_back_once_something_followed(follows: str) -> None:
    case = Case(row())
    work = case.work("a")
    case.do("a", "li")
    if follows == "begun":
        case.take(e.WorkBegun(case.work("b"), "zhao"))
    elif follows == "done":
        case.do("b")
    elif follows == "added":
        case.take(e.SignerAdded(case.work("b"), "zhao", "x", True))
    before = case.state.dumps()
    with pytest.raises(StepForbidden, match="cannot be taken back"):
        case.take(e.TakenBack(work, "zhao" if follows == "stranger" else "li"))
    assert case.state.dumps() == before


def test_what_has_left_the_case_or_merged_is_not_taken_back() -> None:
    sent = Case(Drawing().add(n.Start, "s").users("a b").add(n.SendTask, "t", message=n.Message("m")).line("s a t b"))
    work = sent.work("a")
    sent.do("a")
    with pytest.raises(StepForbidden):
        sent.take(e.TakenBack(work, "li"))
    merged = Case(forked()).do("a").do("b", "li")
    work = merged.work("c")
    merged.do("c", "li")
    with pytest.raises(StepForbidden):
        merged.take(e.TakenBack(work, "li"))


def test_a_branch_that_waits_at_its_join_may_still_be_taken_back() -> None:
    case = Case(forked()).do("a")
    work = case.work("b")
    case.do("b", "li")
    case.take(e.TakenBack(work, "li"))
    assert case.at == ["b", "c"]
    assert case.do("b").do("c").at == ["d"]


def test_a_suspended_case_rests_but_takes_answers_and_can_be_withdrawn() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b").add(n.ServiceTask, "t", action="n").line("s x a")
    case = Case(drawing.line("x t b"))
    work, token = case.work("a"), case.token("t")
    case.take(e.Suspended("li", "evidence"))
    resting: list[e.Event] = [
        e.WorkDone(work, "li"),
        e.WorkBegun(work, "li"),
        e.SignerAdded(work, "li", "x", True),
        e.AssistAsked(work, "li", ("x",)),
        e.SentBack(work, "li", "a", True, ""),
        e.TakenBack(work, "li"),
        e.Suspended("li", "again"),
    ]
    for event in resting:
        with pytest.raises(StepForbidden, match="suspended"):
            case.take(event)
    case.take(e.ActionDone(token))
    assert case.open == ["a", "b"]
    case.take(e.Resumed("li"))
    with pytest.raises(StepForbidden):
        case.take(e.Resumed("li"))
    case.do("a")
    assert case.state.counts == {"suspended": 1}


# What random histories found ----------------------------------------------------------------------------------------------


def test_what_is_to_return_straight_cannot_be_walked_again_from_where_it_is() -> None:
    drawing = row()
    drawing.nodes["b"] = n.UserTask(id="b", scope="p", send_back=("a",))
    case = Case(drawing).do("a").do("b")
    case.take(e.SentBack(case.work("c"), "w", "b", False, ""))
    with pytest.raises(StepForbidden, match="return straight"):
        case.take(e.SentBack(case.work("b"), "w", "a", True, ""))


def test_what_is_to_return_straight_is_not_led_away_by_a_boundary_there() -> None:
    drawing = row().users("away beside").boundary("b1", "a", n.Message("m")).line("b1 away")
    case = Case(drawing.boundary("b2", "a", n.Message("k"), False).line("b2 beside")).do("a").do("b")
    case.take(e.SentBack(case.work("c"), "w", "a", False, ""))
    assert not case.take(e.MessageCame("m")).taken
    assert case.take(e.MessageCame("k")).taken and case.open == ["a", "beside"]
    assert case.do("a").open == ["beside", "c"]


def test_an_inclusive_join_waits_for_a_branch_whose_work_is_away_to_return_straight() -> None:
    drawing = Drawing().add(n.Start, "s").gateway("x", P).users("a b d").gateway("j", n.Branching.INCLUSIVE)
    drawing.add(n.UserTask, "c", send_back=("b",)).line("s x a c j d").line("x b j")
    case = Case(drawing).do("b").do("a")
    case.take(e.SentBack(case.work("c"), "w", "b", False, ""))
    assert case.at == ["b", "j"]
    assert case.do("b").do("c").at == ["d"]


def test_redo_into_a_branch_is_refused_even_where_a_loop_seems_to_fill_the_join() -> None:
    drawing = forked().gateway("m", X).gateway("k", X, default="k>d").flow("k", "m", "again = true")
    for gone in ("a>x", "j>d"):
        drawing.flows.pop(gone)
    case = Case(drawing.line("a m x").line("j k d")).do("a").do("b").do("c")
    with pytest.raises(StepForbidden, match="wait for ever"):
        case.take(e.SentBack(case.work("d"), "w", "b", True, ""))


def test_a_task_sent_back_to_is_opened_even_for_whoever_passed_there_before() -> None:
    drawing = Drawing().add(n.Start, "s").users("a").add(n.UserTask, "b", same_passes=True, assignee='"li"')
    case = Case(drawing.add(n.UserTask, "c", send_back=("b",)).line("s a b c")).do("a", "li")
    assert case.open == ["c"]
    case.take(e.SentBack(case.work("c"), "w", "b", False, "look yourself"))
    assert case.open == ["b"]
