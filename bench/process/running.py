"""One case from start to end by each engine: its state written as JSON and read again after the start and after every work.

Both run `case.bpmn`: five works, an exclusive gateway with a default flow, a timer beside the second work that does not fire. Both
take the same answers; each gives the works it met in order and the bytes of its state at each of the six points.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.process import events as e
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.core.process.state import State

FILE = Path(__file__).with_name("case.bpmn")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# What each work answers; a value or two, as forms do.
ANSWERS: dict[str, dict[str, Any]] = {
    "accept": {"amount": 800, "complete": True},
    "examine": {"opinion": "材料齐全，符合条件"},
    "review": {"checked": True},
    "decide": {"granted": True},
    "deliver": {"by": "post"},
}


@dataclass(frozen=True)
class Lived:
    """`works` in the order they were done; `sizes` of the state in bytes, at the start and after each work."""

    works: tuple[str, ...]
    sizes: tuple[int, ...]


Engine = Callable[[], Lived]


def yiwang() -> Engine:
    (definition,) = read(FILE.read_bytes().replace(b"TIMER", b"P10D"), FILE.name).definitions

    def live() -> Lived:
        works: list[str] = []
        state = step(definition, begin(definition), e.Started({}), NOW).state
        text = state.dumps()
        sizes = [len(text.encode())]
        while True:
            state = State.loads(text)
            if state.ended is not None:
                return Lived(tuple(works), tuple(sizes))
            (work,) = state.works_open.values()
            node = state.tokens[work.token].node
            works.append(node)
            state = step(definition, state, e.WorkDone(work.id, "li", ANSWERS[node]), NOW).state
            text = state.dumps()
            sizes.append(len(text.encode()))

    return live


def spiffworkflow() -> Engine:
    """Its own serializer and its own script engine, as its manual says to use them."""
    # only the peer's own process needs them: the product runs without
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    # its timers are Python expressions
    parser.add_bpmn_io(io.BytesIO(FILE.read_bytes().replace(b"TIMER", b'"P10D"')))
    spec = parser.get_spec("permit")
    serializer = BpmnWorkflowSerializer()

    def live() -> Lived:
        works: list[str] = []
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        text = serializer.serialize_json(workflow)
        sizes = [len(text.encode())]
        while True:
            workflow = serializer.deserialize_json(text)
            # the timer's task stays waiting until its activity is done
            ready = workflow.get_tasks(state=TaskState.READY, manual=True)
            if not ready:
                assert workflow.is_completed()
                return Lived(tuple(works), tuple(sizes))
            (task,) = ready
            works.append(task.task_spec.bpmn_id)
            task.data.update(ANSWERS[works[-1]])
            task.run()
            workflow.do_engine_steps()
            text = serializer.serialize_json(workflow)
            sizes.append(len(text.encode()))

    return live
