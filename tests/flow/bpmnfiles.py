"""Small diagrams as text, for the tests of reading."""

from __future__ import annotations

from yiwang.flow.core.bpmn.reading import Reading, read
from yiwang.flow.core.process.nodes import Definition

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test"{}>'
)
CODES = (
    '<message id="m" name="asked"/><message id="m2" name="paid"/><signal id="s" name="flood"/>'
    '<error id="e" errorCode="full"/><escalation id="c" escalationCode="late"/>'
)


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    inner = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>' if condition else ""
    one = name or f"{source}-{target}"
    return f'<sequenceFlow id="{one}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def line(*nodes: str) -> str:
    """Flows from each node to the next."""
    return "".join(flow(one, other) for one, other in zip(nodes, nodes[1:], strict=False))


START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'
WORK = '<userTask id="work" name="办理" yw:en="Work on it"/>'


def process(body: str, one: str = "p", more: str = 'isExecutable="true"') -> str:
    return f'<process id="{one}" name="办件" yw:en="A case" {more}>{body}</process>'


def diagram(body: str, around: str = CODES, more: str = "") -> bytes:
    """A file with one executable process `p` that holds `body`."""
    return file_of(around + process(body), more)


def file_of(content: str, more: str = "") -> bytes:
    return (HEAD.format(more) + content + "</definitions>").encode()


def between(middle: str, *nodes: str) -> str:
    """A start, `middle`, an end, and flows through the nodes named."""
    return START + middle + END + line("start", *nodes, "end")


def read_one(body: str) -> Definition:
    """The definition of a diagram that has nothing against it."""
    reading = read(diagram(body), "a.bpmn")
    assert [finding.en for finding in reading.findings if finding.level == "error"] == []
    (definition,) = reading.definitions
    return definition


def codes(data: bytes, level: str = "error") -> list[str]:
    return [finding.code for finding in read(data, "a.bpmn").findings if finding.level == level]


def reading(body: str) -> Reading:
    return read(diagram(body), "a.bpmn")
