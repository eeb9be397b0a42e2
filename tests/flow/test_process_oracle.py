"""SpiffWorkflow as the oracle: random diagrams of what both support, run step by step in both, must open the same works.

The file is written once as BPMN XML and read by both readers. Left out: joins of several tokens inside a loop, where SpiffWorkflow
3.2 goes on before all have come from the second round on, which BPMN does not allow.
"""

from __future__ import annotations

import io
import random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from blocks import VARIABLES, Block, blocks, drawn
from diagrams import Case, Drawing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.process import nodes as n

spiff = pytest.importorskip("SpiffWorkflow.bpmn")

# Both know these; services, decisions and messages are asked in different ways and are held by tests of their own.
KINDS = ("user", "manual")
NESTED = ("exclusive", "parallel", "inclusive", "loop", "sub", "each", "instances")
_TAGS = {
    n.Start: "startEvent",
    n.End: "endEvent",
    n.UserTask: "userTask",
    n.ManualTask: "scriptTask",
    n.SubProcess: "subProcess",
}


def written(drawing: Drawing) -> bytes:
    """The drawing as a BPMN file; manual tasks become scripts, since SpiffWorkflow makes people do them."""
    definition = drawing.made()
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" '
        'id="d" targetNamespace="urn:x">'
        f'<bpmn:process id="p" name="流程" yw:en="process" isExecutable="true">{_scope(definition, "p")}</bpmn:process>'
        "</bpmn:definitions>"
    ).encode()


def _scope(definition: n.Definition, scope: str) -> str:
    inside = [node for node in definition.nodes.values() if node.scope == scope]
    flows = [each for each in definition.flows.values() if definition.nodes[each.source].scope == scope]
    return "".join(_node(definition, node) for node in inside) + "".join(map(_flow, flows))


def _node(definition: n.Definition, node: n.Node) -> str:
    tag = f"{node.branching}Gateway" if isinstance(node, n.Gateway) else _TAGS[type(node)]
    more = ' scriptFormat="feel" yw:result="passed"' if isinstance(node, n.ManualTask) else ""
    if isinstance(node, n.Gateway) and node.default:
        more += f" default={quoteattr(node.default)}"
    ends = "".join(f"<bpmn:incoming>{escape(each)}</bpmn:incoming>" for each in node.incoming)
    ends += "".join(f"<bpmn:outgoing>{escape(each)}</bpmn:outgoing>" for each in node.outgoing)
    inner = "<bpmn:script>1</bpmn:script>" if isinstance(node, n.ManualTask) else ""
    if isinstance(node, n.SubProcess):
        inner = _scope(definition, node.inner)
    if isinstance(node, n.Activity) and isinstance(node.loop, n.Each):
        inner += (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(node.loop.sequential).lower()}">'
            "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
        )
    return f'<bpmn:{tag} id={quoteattr(node.id)} name="名" yw:en="name"{more}>{ends}{inner}</bpmn:{tag}>'


def _flow(flow: n.Flow) -> str:
    inner = (
        ""
        if flow.condition is None
        else f"<bpmn:conditionExpression>{escape(flow.condition)}</bpmn:conditionExpression>"
    )
    ends = f"sourceRef={quoteattr(flow.source)} targetRef={quoteattr(flow.target)}"
    return f'<bpmn:sequenceFlow id={quoteattr(flow.id)} name="流" yw:en="flow" {ends}>{inner}</bpmn:sequenceFlow>'


class Oracle:
    def __init__(self, data: bytes, values: dict[str, Any]) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.util.task import TaskState

        parser = BpmnParser()
        parser.add_bpmn_io(io.BytesIO(data))
        self.ready = TaskState.READY
        self.workflow = spiff.BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(values)
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.workflow.get_tasks(state=self.ready, manual=True))

    def do(self, name: str, values: dict[str, Any]) -> None:
        tasks = self.workflow.get_tasks(state=self.ready, manual=True)
        task = next(each for each in tasks if each.task_spec.bpmn_id == name)
        task.data.update(values)
        task.run()
        self.workflow.do_engine_steps()

    @property
    def ended(self) -> bool:
        return bool(self.workflow.is_completed())


def compared(drawing: Drawing, seed: int) -> int:
    """Both through the same works; the number of steps. Data are given once: SpiffWorkflow's branches do not see each other's."""
    data = written(drawing)
    chance = random.Random(seed)
    values: dict[str, Any] = {f"v{place}": chance.random() < 0.5 for place in range(VARIABLES)}
    reading = read(data, "random.bpmn")
    assert reading.is_sound, reading.findings
    case, oracle = Case(reading.definitions[0], **values), Oracle(data, values)
    steps = 0
    while True:
        assert sorted(case.open) == oracle.open
        assert (case.state.ended is not None) == oracle.ended
        if not case.open:
            return steps
        name = chance.choice(sorted(set(case.open)))
        case.do(name)
        oracle.do(name, {})
        steps += 1
        if steps > 40:
            return steps


JOINS = ("parallel", "inclusive")


def holds(block: Any, kinds: tuple[str, ...]) -> bool:
    return isinstance(block, tuple) and (block[0] in kinds or any(holds(each, kinds) for each in block))


def comparable(block: Any) -> bool:
    """Without the joins left out above; and instances side by side only where it does not matter whose work is done first."""
    if not isinstance(block, tuple):
        return True
    if block[0] == "loop" and holds(block, JOINS):
        return False
    if block[0] == "instances" and holds(block[1:], (*JOINS, "each", "instances", "loop")):
        return False
    return all(map(comparable, block))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(blocks(KINDS, NESTED).filter(comparable), st.integers(0, 2**32))
def test_both_engines_open_the_same_works_in_the_same_order(block: Block, seed: int) -> None:
    compared(drawn(block), seed)


def test_a_diagram_of_all_that_is_compared_runs_alike() -> None:
    work: Block = ("user",)
    block: Block = (
        "series",
        ("parallel", ((0, work), (1, ("sub", 0, ("series", work, work))), (2, ("each", 0, work)))),
        ("inclusive", ((0, work), (1, ("loop", 3, work)), (2, ("instances", 0, work)))),
        ("exclusive", ((3, work), (0, ("manual",)))),
    )
    assert sum(compared(drawn(block), seed) for seed in range(12)) > 100
