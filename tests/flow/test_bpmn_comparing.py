"""Whether a running case may follow a new version: what it stands on, has passed and can still pass decides."""

from __future__ import annotations

from datetime import datetime

from bpmnfiles import END, START, between, flow, line, read_one

from yiwang.flow.core.process.comparing import Judgement, Verdict, carried, judge
from yiwang.flow.core.process.effects import Passed, WorkOpened
from yiwang.flow.core.process.events import Event, Started, Withdrawn, WorkDone
from yiwang.flow.core.process.nodes import Definition
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.core.process.state import State
from yiwang.kernel.core.calendar import ZONE

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)
TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"


def task(one: str, more: str = "", inner: str = "") -> str:
    return f'<userTask id="{one}" name="{one}" yw:en="{one}" {more}>{inner}</userTask>'


def chain(*tasks: str) -> Definition:
    """Tasks one after the other, each as `task` gives it."""
    names = [one.partition('id="')[2].partition('"')[0] for one in tasks]
    return read_one(between("".join(tasks), *names))


class Case:
    """A case walked by hand: every task named is finished in turn."""

    def __init__(self, definition: Definition, *done: str) -> None:
        self.definition, self.state = definition, begin(definition)
        self.open: dict[str, int] = {}
        self.passed: set[str] = set()
        self.take(Started())
        for one in done:
            self.take(WorkDone(self.open[one], "account:1"))

    def take(self, event: Event) -> None:
        stepped = step(self.definition, self.state, event, NOW)
        self.state = stepped.state
        self.open |= {one.node: one.work for one in stepped.effects if isinstance(one, WorkOpened)}
        self.passed |= {one.element for one in stepped.effects if isinstance(one, Passed)}

    def judged(self, new: Definition) -> Judgement:
        return judge(State.loads(self.state.dumps()), self.definition, new, self.passed)

    def told(self, new: Definition) -> tuple[str, list[str]]:
        found = self.judged(new)
        return found.verdict.value, [one.text.en for one in found.reasons]


A, B, D = task("a"), task("b"), task("d")


def test_the_same_and_mere_words_are_safe() -> None:
    case = Case(chain(A, B))
    assert case.told(chain(A, B)) == ("safe", [])
    assert case.told(chain(A, task("b").replace('name="b"', 'name="乙"'))) == ("safe", [])


def test_a_difference_on_a_branch_the_case_left_behind_is_safe() -> None:
    def choice(more: str) -> Definition:
        gate = '<exclusiveGateway id="gate" default="gate-b"/>'
        ways = line("start", "gate", "b", "end") + flow("gate", "a", "1 = 2") + line("a", "end")
        return read_one(START + gate + task("a", more) + B + END + ways)

    assert Case(choice("")).told(choice('yw:role="staff"')) == ("safe", [])


def test_a_task_that_is_gone_forbids_those_who_stand_there() -> None:
    verdict, reasons = Case(chain(A, B)).told(chain(B))
    assert verdict == "forbidden" and reasons[0] == "the case stands at the task “a”, which is gone"


def test_a_case_that_ended_is_never_moved() -> None:
    case = Case(chain(A), "a")
    assert case.state.ended is not None
    assert case.told(chain(A, B)) == ("forbidden", ["the case has ended; no new version reopens it"])
    withdrawn = Case(chain(A))
    withdrawn.take(Withdrawn("account:1", "不办了"))
    assert withdrawn.judged(chain(A)).verdict is Verdict.FORBIDDEN


def test_another_form_role_or_budget_of_open_work_needs_consent() -> None:
    for more in ('yw:form="f"', 'yw:role="staff"', 'yw:budget="5wd"', 'yw:department="&quot;x&quot;"'):
        verdict, (reason,) = Case(chain(A, B)).told(chain(task("a", more), B))
        assert verdict == "consent" and reason.startswith("what is being worked on differs: ")


def test_what_was_passed_needs_consent_when_it_differs() -> None:
    verdict, reasons = Case(chain(A, B), "a").told(chain(task("a", 'yw:form="f"'), B))
    assert (verdict, reasons) == ("consent", ["what it has passed differs: form of the task “a”: nothing becomes f"])
    verdict, reasons = Case(chain(A, B), "a").told(chain(B))
    assert verdict == "consent" and "what it has passed differs: removed the task “a”" in reasons


def test_what_lies_ahead_needs_consent_when_it_differs() -> None:
    verdict, reasons = Case(chain(A, B)).told(chain(A, B, D))
    assert verdict == "consent" and "what lies ahead differs: added the task “d”" in reasons


def test_a_loop_or_countersigning_cannot_begin_under_way() -> None:
    each = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    sign = '<extensionElements><yw:sign mode="all" who="list" agree="ok"/></extensionElements>'
    for inner in (each, sign):
        assert Case(chain(A)).judged(chain(task("a", inner=inner))).verdict is Verdict.FORBIDDEN
    assert (
        Case(chain(A)).judged(read_one(between('<manualTask id="a" name="a" yw:en="a"/>', "a"))).verdict
        is Verdict.FORBIDDEN
    )


def edged(wait: str = "", one: str = "edge", definition: str = "") -> Definition:
    """A task with an event at its border, or none."""
    event = definition or TIMER.format(wait)
    border = f'<boundaryEvent id="{one}" attachedToRef="a">{event}</boundaryEvent><endEvent id="late"/>' + flow(
        one, "late"
    )
    return read_one(between(A, "a") + (border if wait or definition else ""))


def test_a_timer_that_is_set_stays_and_none_is_set_afterwards() -> None:
    assert Case(edged("P1D")).told(edged("P2D"))[0] == "consent"
    assert Case(edged("P1D")).told(edged())[1][0] == "the boundary event “edge”, which it waits for, is gone"
    assert "is set at the beginning" in Case(edged()).told(edged("P1D"))[1][0]
    signal = edged(definition='<signalEventDefinition signalRef="s"/>')
    assert Case(edged()).told(signal)[0] == "consent"
    assert Case(edged("P1D")).told(signal)[1][0] == "the boundary event “edge” waits for something else"


def forked(*names: str, joined: tuple[str, ...] = ()) -> Definition:
    """A fork into tasks that a join waits for; `joined` are the branches into the join when not all."""
    gates = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    ways = line("start", "fork") + line("join", "end")
    for one in names:
        ways += line("fork", one, "join" if one in (joined or names) else "out")
    out = '<endEvent id="out"/>' if joined else ""
    return read_one(START + gates + "".join(task(one) for one in names) + END + out + ways)


def test_a_join_that_would_wait_for_ever_forbids() -> None:
    case = Case(forked("a", "b"))
    verdict, reasons = case.told(forked("a", "b", "d"))
    assert verdict == "forbidden"
    assert reasons[0] == "the gateway “join” would wait for a branch that can no longer come"
    # A case that has not come to the fork yet only needs consent.
    early, late = (
        read_one(
            START + task("z") + '<parallelGateway id="fork"/><parallelGateway id="join"/>' + "".join(task(one) for one in names) + END
            + line("start", "z", "fork") + "".join(line("fork", one, "join") for one in names) + line("join", "end")
        )
        for names in (("a", "b"), ("a", "b", "d"))
    )  # fmt: skip
    assert Case(early).told(late)[0] == "consent"


def test_waiting_at_a_join_by_a_flow_that_is_gone_forbids() -> None:
    verdict, reasons = Case(forked("a", "b"), "a").told(forked("a", "b", "d", joined=("b", "d")))
    assert verdict == "forbidden" and "it waits at the gateway “join”, come by a flow that is gone" in reasons


def sub(inner: str, *flows: str) -> Definition:
    body = f'<startEvent id="s1"/>{inner}<endEvent id="e1"/>' + line("s1", *flows, "e1")
    return read_one(between(f'<subProcess id="sub" name="sub" yw:en="sub">{body}</subProcess>' + B, "sub", "b"))


def test_inside_a_sub_process_what_follows_it_lies_ahead() -> None:
    case = Case(sub(A, "a"))
    assert case.told(sub(A, "a"))[0] == "safe"
    assert case.told(sub(A + D, "a", "d"))[0] == "consent"
    changed = sub(A, "a")
    assert case.judged(changed).verdict is Verdict.SAFE
    assert case.judged(chain(A, B)).verdict is Verdict.FORBIDDEN


def test_what_can_be_undone_is_undone_as_agreed() -> None:
    def undoable(handler: str) -> Definition:
        edge = '<boundaryEvent id="edge" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        undo = f'<manualTask id="{handler}" isForCompensation="true"/>'
        link = f'<association id="l" sourceRef="edge" targetRef="{handler}"/>'
        return read_one(between(A + B + edge + undo + link, "a", "b"))

    case = Case(undoable("undo"), "a")
    verdict, reasons = case.told(undoable("other"))
    assert verdict == "forbidden" and reasons[0] == "the task “a” is done and could no longer be undone as agreed"


def test_work_at_a_task_that_is_gone_can_no_longer_be_taken_back() -> None:
    case = Case(chain(A, B), "a")
    assert case.state.undo
    assert carried(case.state, chain(B)).undo == {} and case.state.undo
    assert carried(case.state, chain(A, B, D)).dumps() == case.state.dumps()
