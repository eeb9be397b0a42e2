"""Random diagrams, random histories: no token is lost or doubled, nothing hangs, and the history gives the state again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from blocks import VARIABLES, Block, blocks, drawn
from diagrams import Case, Drawing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.flow.core.process import effects as f
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process import nodes as n
from yiwang.flow.core.process.plans import plan_of
from yiwang.flow.core.process.reducing import step
from yiwang.flow.core.process.replaying import replay
from yiwang.flow.errors import StepForbidden

RESTLESS = 60
MOST = 1500
relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Life:
    """A case lived by chance. After `RESTLESS` steps everybody works towards its end."""

    def __init__(self, drawing: Drawing, seed: int, *, sends_back: bool = False) -> None:
        self.chance = random.Random(seed)
        self.sends_back = sends_back
        if sends_back:
            tasks = tuple(each.id for each in drawing.nodes.values() if isinstance(each, n.UserTask))
            for each in tasks:
                drawing.nodes[each] = replace(drawing.nodes[each], send_back=tasks)  # type: ignore[call-arg]
        self.case = Case(drawing, **self._values())
        self.steps = 0

    def _values(self) -> dict[str, Any]:
        return {f"v{place}": self.chance.random() < 0.5 for place in range(VARIABLES)}

    def live(self) -> Case:
        case = self.case
        self._agrees()
        while case.state.ended is None:
            possible = self._possible()
            assert possible, f"nothing can happen any more: {case.at}"
            event = self.chance.choice(possible)
            try:
                case.take(event)
            except StepForbidden:
                assert isinstance(event, e.SentBack | e.TakenBack)
            self._agrees()
            self.steps += 1
            assert self.steps < MOST, "the case does not end"
        return case

    def _possible(self) -> list[e.Event]:
        state, nodes = self.case.state, self.case.definition.nodes
        restless = self.steps < RESTLESS
        found: list[e.Event] = []
        for work in state.works:
            values: dict[str, Any] = {"agree": self.chance.random() < 0.5}
            values |= self._values() if restless else {f"v{place}": False for place in range(VARIABLES)}
            found.append(e.WorkDone(work, "li", values))
            if self.sends_back and restless:
                node = nodes[state.tokens[state.works[work].token].node]
                assert isinstance(node, n.UserTask)
                found.append(e.SentBack(work, "li", self.chance.choice(node.send_back), self.chance.random() < 0.7, ""))
        if self.sends_back and restless:
            found += [e.TakenBack(work, "li") for work in state.undo]
        for token in state.tokens.values():
            node = nodes[token.node]
            if token.loop is None and isinstance(node, n.ServiceTask):
                found.append(e.ActionDone(token.id, token.id))
            elif token.loop is None and isinstance(node, n.RuleTask):
                found.append(e.Decided(token.id, {"x": 1.5}))
        for listener in [*state.tokens.values(), *state.runs.values()]:
            found += [e.TimerFired(f"{listener.id}:{each}") for each in listener.timers or ()]
        return found + self._messages(restless)

    def _messages(self, restless: bool) -> list[e.Event]:
        """Messages that somebody waits for; those that only come in between stop at last."""
        found: list[e.Event] = []
        for node in self.case.definition.nodes.values():
            trigger = getattr(node, "trigger", None) or getattr(node, "message", None)
            if isinstance(trigger, n.Message) and (restless or isinstance(node, n.ReceiveTask)):
                event = e.MessageCame(trigger.name)
                if step(self.case.definition, self.case.state, event, self.case.now).taken:
                    found.append(event)
        return found

    def _agrees(self) -> None:
        """What the world was told to keep is what the state holds."""
        works, timers = set(), set()
        fired = {event.timer for event, _ in self.case.history if isinstance(event, e.TimerFired)}
        for each in self.case.effects:
            if isinstance(each, f.WorkOpened):
                works.add(each.work)
            elif isinstance(each, f.WorkClosed):
                works.remove(each.work)
            elif isinstance(each, f.TimerSet):
                timers.add((each.timer, each.round))
            elif isinstance(each, f.TimerDropped):
                timers = {timer for timer in timers if timer[0] != each.timer}
        state = self.case.state
        assert works == set(state.works)
        held = {f"{at.id}:{node}" for at in [*state.tokens.values(), *state.runs.values()] for node in at.timers or ()}
        assert held <= {timer[0] for timer in timers}
        assert {timer[0] for timer in timers} - held <= fired
        assert all(token.run in state.runs for token in state.tokens.values())
        assert all(each.parent is None or each.parent in state.runs for each in state.runs.values())
        assert all(each.host is None or each.host in state.tokens for each in state.runs.values())


def ended_well(case: Case) -> None:
    assert case.state.ended is f.Outcome.COMPLETED
    assert case.passed().count("e") == 1, "the end was reached more than once: a token was doubled"
    assert case.state.tokens == {} and case.state.works == {} and set(case.state.runs) == {0}
    assert case.of(f.Stuck, case.effects) == []


@relaxed
@given(blocks(), st.integers(0, 2**32))
def test_every_case_comes_to_its_one_end(block: Block, seed: int) -> None:
    ended_well(Life(drawn(block), seed).live())


@relaxed
@given(blocks(), st.integers(0, 2**32))
def test_sending_and_taking_back_loses_and_doubles_no_token(block: Block, seed: int) -> None:
    ended_well(Life(drawn(block), seed, sends_back=True).live())


@settings(relaxed, max_examples=30)
@given(blocks(), st.integers(0, 2**32))
def test_the_history_gives_the_state_again_byte_for_byte(block: Block, seed: int) -> None:
    case = Life(drawn(block), seed, sends_back=True).live()
    assert replay(case.definition, case.history).dumps() == case.state.dumps()
    half = len(case.history) // 2
    middle = replay(case.definition, case.history[:half])
    assert replay(case.definition, case.history[half:], middle).dumps() == case.state.dumps()


@settings(relaxed, max_examples=30)
@given(blocks(), st.integers(0, 2**32), st.integers(0, 40))
def test_whatever_comes_late_or_for_nobody_changes_nothing(block: Block, seed: int, at: int) -> None:
    case = Life(drawn(block), seed).live()
    state = replay(case.definition, case.history[: 1 + at % len(case.history)])
    for event, now in case.history[: 1 + at % len(case.history)]:
        if isinstance(event, e.ActionDone | e.Decided):
            stepped = step(case.definition, state, event, now)
            assert not stepped.taken and stepped.effects == () and stepped.state is state
        elif isinstance(event, e.TimerFired):
            assert step(case.definition, state, event, now).taken is any(
                f"{listener.id}:{each}" == event.timer
                for listener in [*state.tokens.values(), *state.runs.values()]
                for each in listener.timers or ()
            )


def test_the_same_diagram_is_prepared_once() -> None:
    case = Case(Drawing().add(n.Start, "s").users("a b").line("s a").flow("a", "b", "1 < 2")).do("a")
    assert plan_of(case.definition) is plan_of(case.definition) and "1 < 2" in plan_of(case.definition).prepared
