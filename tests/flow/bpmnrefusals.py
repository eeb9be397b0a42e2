"""For every reason to refuse a diagram, one that is refused for it. docs/reference/bpmn.md counts on them."""

from __future__ import annotations

from bpmnfiles import CODES, END, HEAD, START, WORK, between, diagram, file_of, flow, line, process

TIMER = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
UNDO = "<compensateEventDefinition/>"


def middle(element: str, one: str = "x") -> bytes:
    """A diagram with one thing between start and end."""
    return diagram(between(element, one))


def work(more: str = "", inner: str = "") -> bytes:
    return middle(f'<userTask id="x" name="办理" yw:en="Work" {more}>{inner}</userTask>')


def extended(tag: str, inner: str, more: str = "") -> bytes:
    return middle(f'<{tag} id="x" {more}><extensionElements>{inner}</extensionElements></{tag}>')


def catch(inner: str, more: str = "") -> bytes:
    return middle(f'<intermediateCatchEvent id="x" {more}>{inner}</intermediateCatchEvent>')


def timer(part: str, text: str) -> bytes:
    return catch(f"<timerEventDefinition><{part}>{text}</{part}></timerEventDefinition>")


def each(more: str, inner: str) -> bytes:
    """Work that is done for each of several."""
    tag = "multiInstanceLoopCharacteristics"
    return work(inner=f"<{tag} {more}>{inner}</{tag}>")


def repeated(more: str, inner: str = "<loopCondition>a</loopCondition>") -> bytes:
    tag = "standardLoopCharacteristics"
    return work(inner=f"<{tag} {more}>{inner}</{tag}>")


def event_sub(trigger: str, *flows: str) -> bytes:
    start = f'<startEvent id="s1">{trigger}</startEvent><endEvent id="e1"/>' + line("s1", "e1")
    return diagram(between(f'{WORK}<subProcess id="x" triggeredByEvent="true">{start}</subProcess>', "work", *flows))


def choice(condition: str = "x", default: str = "gate-b") -> bytes:
    """Two ways out of an exclusive gateway."""
    return gate("exclusiveGateway", f'default="{default}"', flow("gate", "a", condition), flow("gate", "b"))


XPATH = b'targetNamespace="urn:test" expressionLanguage="http://www.w3.org/1999/XPath"'


def edge(inner: str, more: str = 'attachedToRef="work"', after: str = '<endEvent id="o"/>') -> bytes:
    way = flow("x", "o") if after else ""
    return diagram(between(f'{WORK}<boundaryEvent id="x" {more}>{inner}</boundaryEvent>', "work") + after + way)


def sub(inner: str, more: str = "", flows: tuple[str, ...] = ("x",)) -> bytes:
    return diagram(between(f'<subProcess id="x" {more}>{inner}</subProcess>', *flows))


def gate(tag: str, more: str, *flows: str) -> bytes:
    tasks = '<manualTask id="a"/><manualTask id="b"/>'
    head = START + f'<{tag} id="gate" {more}/>' + tasks + END
    return diagram(head + line("start", "gate") + "".join(flows) + line("a", "end") + line("b", "end"))


EXAMPLES: dict[str, bytes] = {
    "bad_xml": b"<definitions",
    "doctype": b'<!DOCTYPE x [<!ENTITY y "z">]>' + diagram(between("")),
    "too_large": b" " * 10_000_001,
    "not_bpmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
    "no_process": file_of(CODES),
    "must_understand": file_of('<extension mustUnderstand="true" definition="z:q"/>' + process(between(""))),
    "no_id": diagram(between('<textAnnotation/><manualTask name="?"/>')),
    "bad_id": diagram(between(f'<dataObject id="{"d" * 81}" name="a"/>')),
    "duplicate_id": diagram(between('<dataObject id="start" name="a"/>')),
    "dangling": middle('<receiveTask id="x" messageRef="gone"/>'),
    "wrong_kind": middle('<receiveTask id="x" messageRef="s"/>'),
    "unknown_element": diagram(between('<robotTask id="r"/>')),
    "not_supported": middle('<transaction id="x"/>'),
    "misplaced": middle(f'<manualTask id="x">{TIMER}</manualTask>'),
    "unknown_attribute": middle('<manualTask id="x" colour="red"/>'),
    "attribute_value": middle('<manualTask id="x" startQuantity="2"/>'),
    "unknown_yw": work('yw:deadline="5wd"'),
    "missing": middle('<userTask id="x"/>'),
    "twice": catch(TIMER + TIMER),
    "other_engine": diagram(between('<manualTask id="x" c:async="true"/>', "x"), more=' xmlns:c="http://camunda.org/schema/1.0/bpmn"'),
    "no_english": middle('<userTask id="x" name="办理"/>'),
    "language": middle('<scriptTask id="x" scriptFormat="python" yw:result="y"><script>1</script></scriptTask>'),
    "bad_feel": middle('<scriptTask id="x" scriptFormat="feel" yw:result="y"><script>1 +</script></scriptTask>'),
    "bad_name": middle('<scriptTask id="x" scriptFormat="feel" yw:result="a b"><script>1</script></scriptTask>'),
    "bad_timer": timer("timeDuration", "soon"),
    "bad_budget": work('yw:budget="soon"'),
    "bad_value": work('yw:role="king"'),
    "no_start": diagram(END),
    "two_starts": diagram(between('<startEvent id="again"/>') + line("again", "end")),
    "start_trigger": sub(f'<startEvent id="s1">{TIMER}</startEvent><endEvent id="e1"/>' + line("s1", "e1")),
    "idle_start": diagram(
        '<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>' + END + line("start", "end")
    ),
    "event_trigger": catch('<errorEventDefinition errorRef="e"/>'),
    "no_trigger": catch(""),
    "flow_in": diagram(between(WORK, "work") + flow("work", "start")),
    "flow_out": diagram(between(WORK, "work") + flow("end", "work")),
    "no_way_out": edge(TIMER, after=""),
    "crosses_scope": sub('<startEvent id="s1"/><endEvent id="e1"/>' + flow("s1", "e1") + flow("s1", "end", name="out")),
    "boundary_host": edge(TIMER, 'attachedToRef="start"'),
    "not_interrupting": edge('<errorEventDefinition errorRef="e"/>', 'attachedToRef="work" cancelActivity="false"'),
    "no_handler": edge(UNDO, after=""),
    "lost_handler": diagram(between('<manualTask id="x" isForCompensation="true"/>')),
    "no_condition": gate("exclusiveGateway", "", flow("gate", "a", "x"), flow("gate", "b")),
    "idle_condition": gate("parallelGateway", "", flow("gate", "a", "x"), flow("gate", "b")),
    "bad_default": gate("exclusiveGateway", 'default="gate-a"', flow("gate", "a", "x"), flow("gate", "b", "y")),
    "no_default": gate("exclusiveGateway", "", flow("gate", "a", "x"), flow("gate", "b", "y")),
    "event_gateway": gate("eventBasedGateway", "", flow("gate", "a"), flow("gate", "b")),
    "few_events": diagram(
        between(f'<eventBasedGateway id="g"/><intermediateCatchEvent id="x">{TIMER}</intermediateCatchEvent>', "g", "x")
    ),
    "unreachable": diagram(between(WORK) + line("work", "end")),
    "endless": diagram(between('<manualTask id="a"/><manualTask id="b"/>', "a", "b") + flow("b", "a")),
    "sign_and_loop": work(
        inner='<extensionElements><yw:sign mode="all" who="a" agree="b"/></extensionElements>'
        "<standardLoopCharacteristics><loopCondition>c</loopCondition></standardLoopCharacteristics>"
    ),
    "loop_terms": work(inner='<multiInstanceLoopCharacteristics yw:over="list"/>'),
}  # fmt: skip

# More ways to the same reasons: (code, what the finding names, the diagram).
MESSAGE_OF = '<messageEventDefinition messageRef="m"/>'
MORE: list[tuple[str, str, bytes]] = [
    ("bad_value", "yw:from", catch(MESSAGE_OF, 'yw:from="anybody"')),
    ("missing", "yw:from", catch(MESSAGE_OF, 'yw:form="why"')),
    ("missing", "yw:form", catch(MESSAGE_OF, 'yw:from="applicant" yw:form=" "')),
    ("unknown_yw", "from", catch('<signalEventDefinition signalRef="s"/>', 'yw:from="applicant"')),
    ("unknown_yw", "from", middle(f'<intermediateThrowEvent id="x" yw:from="applicant">{MESSAGE_OF}</intermediateThrowEvent>')),
    ("unknown_yw", "from", middle('<sendTask id="x" messageRef="m" yw:from="applicant"/>')),
    ("not_supported", "adHocSubProcess", middle('<adHocSubProcess id="x"/>')),
    ("not_supported", "complexGateway", middle('<complexGateway id="x"/>')),
    ("not_supported", "task", middle('<task id="x"/>')),
    ("not_supported", "linkEventDefinition", catch('<linkEventDefinition name="a"/>')),
    ("not_supported", "conditionalEventDefinition", catch("<conditionalEventDefinition><condition>a</condition></conditionalEventDefinition>")),
    ("not_supported", "cancelEventDefinition", edge("<cancelEventDefinition/>")),
    ("not_supported", "eventDefinitionRef", catch("<eventDefinitionRef>t</eventDefinitionRef>")),
    ("not_supported", "choreographyTask", file_of('<choreography id="c"><choreographyTask id="t"/></choreography>' + process(between("")))),
    ("not_supported", "globalChoreographyTask", file_of('<globalChoreographyTask id="c"/>' + process(between("")))),
    ("not_supported", "ioSpecification", work(inner="<ioSpecification/>")),
    ("not_supported", "potentialOwner", work(inner="<potentialOwner/>")),
    ("not_supported", "loopDataInputRef", each('yw:over="a" yw:item="b"', "<loopDataInputRef>d</loopDataInputRef>")),
    ("not_supported", "assignment", work(inner="<dataInputAssociation><assignment/></dataInputAssociation>")),
    ("attribute_value", "parallelMultiple", catch(TIMER, 'parallelMultiple="true"')),
    ("attribute_value", "instantiate", middle('<receiveTask id="x" messageRef="m" instantiate="true"/>')),
    ("attribute_value", "behavior", each('behavior="One"', "<loopCardinality>1</loopCardinality>")),
    ("language", "'java'", choice().replace(b"<conditionExpression", b'<conditionExpression language="java"')),
    ("language", "'http://www.w3.org/1999/XPath'", choice().replace(b'targetNamespace="urn:test"', XPATH)),
    ("unknown_yw", "yw:robot", extended("serviceTask", '<yw:action name="a"/><yw:robot/>')),
    ("unknown_yw", "yw:form", middle('<manualTask id="x" yw:form="a"/>')),
    ("unknown_yw", "yw:requireRecording", work('yw:requireRecording="true"')),
    ("unknown_yw", "yw:requiresRecording", middle('<manualTask id="x" yw:requiresRecording="true"/>')),
    ("unknown_yw", "yw:key", catch(TIMER, 'yw:key="a"')),
    ("unknown_yw", "yw:form", work('xmlns:z="urn:yiwang:bpmn:2" z:form="a"')),
    ("unknown_attribute", "colour", extended("serviceTask", '<yw:action name="a" colour="b"/>')),
    ("missing", "yw:action", middle('<serviceTask id="x"/>')),
    ("missing", "yw:decision", middle('<businessRuleTask id="x" yw:result="y"/>')),
    ("missing", "yw:result", extended("businessRuleTask", '<yw:decision id="a"/>')),
    ("missing", "messageRef", middle('<sendTask id="x"/>')),
    ("missing", "calledElement", middle('<callActivity id="x"/>')),
    ("missing", "errorRef", diagram(START + '<endEvent id="x"><errorEventDefinition/></endEvent>' + line("start", "x"))),
    ("missing", "escalationRef", middle('<intermediateThrowEvent id="x"><escalationEventDefinition/></intermediateThrowEvent>')),
    ("missing", "yw:sign share", work(inner='<extensionElements><yw:sign mode="share" who="a" agree="b"/></extensionElements>')),
    ("missing", "loopCondition", repeated("", "")),
    ("missing", "timeDate", catch("<timerEventDefinition/>")),
    ("missing", "name", file_of('<process id="p" isExecutable="true">' + between("") + "</process>")),
    ("bad_value", "yw:samePasses", work('yw:samePasses="perhaps"')),
    ("bad_value", "yw:requiresRecording", work('yw:requiresRecording="yes"')),
    ("bad_value", "mode", work(inner='<extensionElements><yw:sign mode="most" who="a" agree="b"/></extensionElements>')),
    ("bad_value", "loopMaximum", repeated('loopMaximum="0"')),
    ("bad_value", "isForCompensation", middle('<manualTask id="x" isForCompensation="maybe"/>')),
    ("bad_timer", "tomorrow", timer("timeDate", "tomorrow")),
    ("bad_timer", "P1D", timer("timeCycle", "P1D")),
    ("bad_timer", "-P1D", timer("timeDuration", "-P1D")),
    ("bad_feel", "timeDuration", timer("timeDuration", "= 1 +")),
    ("bad_feel", "conditionExpression", choice("a =")),
    ("bad_name", "'if'", middle('<scriptTask id="x" scriptFormat="feel" yw:result="if"><script>1</script></scriptTask>')),
    ("bad_name", "'Travel request'", diagram(between('<dataObject id="d" name="Travel request"/>'))),
    ("dangling", "flowNodeRef", diagram(between('<laneSet id="l"><lane id="a"><flowNodeRef>gone</flowNodeRef></lane></laneSet>'))),
    ("dangling", "targetRef", diagram(between("") + flow("start", "gone"))),
    ("dangling", "yw:sendBack", work('yw:sendBack="gone"')),
    ("wrong_kind", "yw:sendBack", work('yw:sendBack="start"')),
    ("wrong_kind", "incoming", diagram(between("").replace(START, '<startEvent id="start"><incoming>start-end</incoming></startEvent>'))),
    ("twice", "yw:input x", extended("serviceTask", '<yw:action name="a">' + 2 * '<yw:input name="x" value="1"/>' + "</yw:action>")),
    ("start_trigger", "event sub-process", event_sub("")),
    ("event_trigger", "terminate", middle('<intermediateThrowEvent id="x"><terminateEventDefinition/></intermediateThrowEvent>')),
    ("flow_in", "subProcess", event_sub('<messageEventDefinition messageRef="m"/>', "x")),
    ("flow_in", "boundaryEvent", diagram(between(f'{WORK}<boundaryEvent id="x" attachedToRef="work">{TIMER}</boundaryEvent>', "work", "x"))),
    ("no_way_out", "exclusiveGateway", diagram(START + '<exclusiveGateway id="g"/>' + line("start", "g"))),
    ("bad_default", "start", choice(default="start")),
    ("endless", "robot", diagram(between('<exclusiveGateway id="g"/><manualTask id="robot"/>') + line("start", "robot", "g", "robot"))),
    ("two_starts", "startEvent", sub('<startEvent id="s1"/><startEvent id="s2"/><endEvent id="e1"/>' + line("s1", "e1") + line("s2", "e1"))),
    ("no_start", "subProcess", sub('<manualTask id="m1"/>')),
    ("other_engine", "c:task", extended("serviceTask", '<yw:action name="a"/><c:task xmlns:c="http://camunda.org/schema/zeebe/1.0"/>')),
]  # fmt: skip
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    + HEAD.format("").encode()
    + b"&x;</definitions>"
)
