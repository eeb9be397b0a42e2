"""Every supported construct of BPMN is read as what it is. docs/reference/bpmn.md names these tests."""

from __future__ import annotations

import hashlib

from bpmnfiles import CODES, END, START, WORK, between, diagram, file_of, flow, line, process, read_one

from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.bpmn.vocabulary import SUPPORTED
from yiwang.flow.core.process import nodes as n
from yiwang.kernel.core.budget import Budget


def event(tag: str, one: str, definition: str = "", more: str = "") -> str:
    return f'<{tag} id="{one}" {more}>{definition}</{tag}>'


TIMER = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="s"/>'
ERROR = '<errorEventDefinition errorRef="e"/>'
ESCALATION = '<escalationEventDefinition escalationRef="c"/>'


def inner(body: str) -> str:
    """Something inside a sub-process."""
    return f'<startEvent id="s1"/>{body}<endEvent id="e1"/>'


def waiting(definition: str, more: str = "") -> n.Trigger:
    """What an event in the middle waits for."""
    node = read_one(between(event("intermediateCatchEvent", "wait", definition, more), "wait")).nodes["wait"]
    assert isinstance(node, n.Catch)
    return node.trigger


def timed(part: str, text: str) -> n.Trigger:
    return waiting(f"<timerEventDefinition><{part}>{text}</{part}></timerEventDefinition>")


def on_work(definition: str, more: str = "") -> n.Boundary:
    """An event at the border of a task."""
    body = between(WORK + event("boundaryEvent", "edge", definition, f'attachedToRef="work" {more}'), "work")
    found = read_one(body + '<endEvent id="other"/>' + flow("edge", "other"))
    node, work = found.nodes["edge"], found.nodes["work"]
    assert isinstance(node, n.Boundary) and isinstance(work, n.UserTask)
    assert (node.host, work.boundaries) == ("work", ("edge",))
    return node


def test_reads_process() -> None:
    other = process('<startEvent id="s9"/><endEvent id="e9"/>' + line("s9", "e9"), "q")
    data = file_of(process(between(WORK, "work")) + other)
    found = read(data, "a.bpmn")
    assert [definition.id for definition in found.definitions] == ["p", "q"]
    first = found.definitions[0]
    assert first.name == n.Named("办件", "A case")
    assert first.digest == hashlib.sha256(data).hexdigest()
    assert first.scopes == {"p": n.Scope("p", n.ScopeKind.PROCESS, None, ("start",))}
    assert list(first.flows) == ["start-work", "work-end"]
    assert first.nodes["work"].incoming == ("start-work",) and first.nodes["work"].outgoing == ("work-end",)


def test_reads_start_event() -> None:
    assert read_one(between("")).nodes["start"] == n.Start(id="start", scope="p", outgoing=("start-end",))
    for definition, trigger in ((MESSAGE, n.Message("asked")), (SIGNAL, n.Signal("flood"))):
        body = event("startEvent", "start", definition) + END + line("start", "end")
        node = read_one(body).nodes["start"]
        assert isinstance(node, n.Start) and node.trigger == trigger


def test_reads_end_event() -> None:
    for definition, result in (
        ("", None),
        (MESSAGE, n.Message("asked")),
        (SIGNAL, n.Signal("flood")),
        (ERROR, n.Error("full")),
        (ESCALATION, n.Escalation("late")),
        ("<compensateEventDefinition/>", n.Compensation()),
        ("<terminateEventDefinition/>", n.Terminate()),
    ):
        node = read_one(START + event("endEvent", "end", definition) + line("start", "end")).nodes["end"]
        assert isinstance(node, n.End) and node.result == result


def test_reads_intermediate_catch_event() -> None:
    assert waiting(SIGNAL) == n.Signal("flood")
    assert waiting(TIMER) == n.Timer(n.TimerKind.DURATION, "P3D")


def test_reads_intermediate_throw_event() -> None:
    for definition, result in (
        ("", None),
        (MESSAGE, n.Message("asked")),
        (SIGNAL, n.Signal("flood")),
        (ESCALATION, n.Escalation("late")),
        ("<compensateEventDefinition/>", n.Compensation()),
    ):
        node = read_one(between(event("intermediateThrowEvent", "tell", definition), "tell")).nodes["tell"]
        assert isinstance(node, n.Throw) and node.result == result


def test_reads_what_a_message_or_signal_takes_along() -> None:
    values = '<extensionElements><yw:input name="x" value="1"/></extensionElements>'
    ending = event("endEvent", "end", values + MESSAGE)
    tell = event("intermediateThrowEvent", "tell", values + SIGNAL)
    found = read_one(START + tell + ending + line("start", "tell", "end"))
    for node in (found.nodes["tell"], found.nodes["end"]):
        assert isinstance(node, n.Throw | n.End) and node.inputs == (n.Binding("x", "1"),)


def test_reads_boundary_event() -> None:
    assert on_work(TIMER).interrupting
    assert on_work(ERROR).trigger == n.Error("full")
    assert not on_work(ESCALATION, 'cancelActivity="false"').interrupting
    assert on_work(MESSAGE).trigger == n.Message("asked") and on_work(SIGNAL).trigger == n.Signal("flood")


def test_reads_timer_date() -> None:
    assert timed("timeDate", "2026-12-01T09:00:00+08:00") == n.Timer(n.TimerKind.DATE, "2026-12-01T09:00:00+08:00")
    assert timed("timeDate", '= date and time("2026-12-01T09:00:00")').text == '= date and time("2026-12-01T09:00:00")'


def test_reads_timer_duration() -> None:
    assert timed("timeDuration", "PT4H") == n.Timer(n.TimerKind.DURATION, "PT4H")
    assert timed("timeDuration", '= duration("P1D")') == n.Timer(n.TimerKind.DURATION, '= duration("P1D")')


def test_reads_timer_cycle() -> None:
    assert timed("timeCycle", "R3/PT1H") == n.Timer(n.TimerKind.CYCLE, "R3/PT1H")
    assert timed("timeCycle", "R/2026-12-01T09:00:00/P1D").text == "R/2026-12-01T09:00:00/P1D"


def test_reads_timer_budget() -> None:
    assert timed("timeDuration", "5wd") == n.Timer(n.TimerKind.BUDGET, "5wd")
    assert timed("timeDuration", "3个工作日") == n.Timer(n.TimerKind.BUDGET, "3wd")


def test_reads_message() -> None:
    assert waiting(MESSAGE, 'yw:key="编号"') == n.Message("asked", "编号")


def test_reads_a_message_the_applicant_sends_with_its_form() -> None:
    assert waiting(MESSAGE, 'yw:from="applicant" yw:form="why"') == n.Message("asked", None, "applicant", "why")
    node = read_one(between('<receiveTask id="hear" messageRef="m" yw:from="applicant"/>', "hear")).nodes["hear"]
    assert isinstance(node, n.ReceiveTask) and node.message == n.Message("asked", None, "applicant")


def test_reads_signal() -> None:
    assert waiting(SIGNAL) == n.Signal("flood")


def test_reads_error() -> None:
    assert on_work("<errorEventDefinition/>").trigger == n.Error(None)
    assert on_work(ERROR).trigger == n.Error("full")


def test_reads_escalation() -> None:
    assert on_work("<escalationEventDefinition/>").trigger == n.Escalation(None)
    assert on_work(ESCALATION).trigger == n.Escalation("late")


def test_reads_compensation() -> None:
    undo = '<manualTask id="undo" isForCompensation="true"/><association id="a" sourceRef="edge" targetRef="undo"/>'
    edge = event("boundaryEvent", "edge", "<compensateEventDefinition/>", 'attachedToRef="work"')
    throw = event("intermediateThrowEvent", "back", '<compensateEventDefinition activityRef="work"/>')
    found = read_one(between(WORK + edge + undo + throw, "work", "back"))
    assert found.scopes["p"].compensations == {"work": "undo"}
    assert isinstance(found.nodes["undo"], n.ManualTask) and found.nodes["undo"].compensates
    assert isinstance(found.nodes["back"], n.Throw) and found.nodes["back"].result == n.Compensation("work")


def test_reads_terminate() -> None:
    node = read_one(START + event("endEvent", "end", "<terminateEventDefinition/>") + line("start", "end")).nodes["end"]
    assert isinstance(node, n.End) and node.result == n.Terminate()


def test_reads_user_task() -> None:
    task = (
        '<userTask id="work" name="办理" yw:en="Work" yw:form="reply" yw:role="staff" yw:assignee="who" '
        'yw:department="&quot;water&quot;" yw:budget="5wd"/>'
    )
    node = read_one(between(task, "work")).nodes["work"]
    assert node == n.UserTask(
        id="work", name=n.Named("办理", "Work"), scope="p", incoming=("start-work",), outgoing=("work-end",), form="reply",
        role="staff", department='"water"', assignee="who", budget=Budget.parse("5wd"),
    )  # fmt: skip


def test_reads_send_back() -> None:
    second = '<userTask id="check" name="复核" yw:en="Check" yw:sendBack="work" yw:samePasses="true"/>'
    node = read_one(between(WORK + second, "work", "check")).nodes["check"]
    assert isinstance(node, n.UserTask) and (node.send_back, node.same_passes) == (("work",), True)


def test_reads_recorded() -> None:
    def must(said: str) -> bool:
        task = f'<userTask id="work" name="检查" yw:en="Inspect"{said}/>'
        node = read_one(between(task, "work")).nodes["work"]
        assert isinstance(node, n.UserTask)
        return node.requires_recording

    assert must(' yw:requiresRecording="true"')
    assert not must(' yw:requiresRecording="false"') and not must("")


def test_reads_countersign() -> None:
    sign = '<extensionElements><yw:sign mode="share" who="[&quot;a&quot;, &quot;b&quot;]" agree="同意 = true" share="0.5"/></extensionElements>'
    node = read_one(between(f'<userTask id="work" name="会签" yw:en="Sign">{sign}</userTask>', "work")).nodes["work"]
    assert isinstance(node, n.UserTask)
    assert node.signing == n.Signing(n.SignMode.SHARE, '["a", "b"]', "同意 = true", "0.5")


def test_reads_manual_task() -> None:
    assert isinstance(read_one(between('<manualTask id="visit"/>', "visit")).nodes["visit"], n.ManualTask)


def test_reads_service_task() -> None:
    action = '<extensionElements><yw:action name="case.note"><yw:input name="text" value="&quot;done&quot;"/></yw:action></extensionElements>'
    node = read_one(between(f'<serviceTask id="tell" yw:result="told">{action}</serviceTask>', "tell")).nodes["tell"]
    assert isinstance(node, n.ServiceTask)
    assert (node.action, node.inputs, node.result) == ("case.note", (n.Binding("text", '"done"'),), "told")


def test_reads_business_rule_task() -> None:
    decision = (
        '<extensionElements><yw:decision id="fee"><yw:input name="年龄" value="age"/></yw:decision></extensionElements>'
    )
    body = f'<businessRuleTask id="fee-of" yw:result="fee">{decision}</businessRuleTask>'
    node = read_one(between(body, "fee-of")).nodes["fee-of"]
    assert isinstance(node, n.RuleTask)
    assert (node.decision, node.inputs, node.result) == ("fee", (n.Binding("年龄", "age"),), "fee")


def test_reads_script_task() -> None:
    body = '<scriptTask id="sum" scriptFormat="feel" yw:result="total"><script>a + b</script></scriptTask>'
    node = read_one(between(body, "sum")).nodes["sum"]
    assert isinstance(node, n.ScriptTask) and (node.script, node.result) == ("a + b", "total")


def test_reads_send_task() -> None:
    body = '<sendTask id="tell" messageRef="m" yw:key="number"><extensionElements><yw:input name="x" value="1"/></extensionElements></sendTask>'
    node = read_one(between(body, "tell")).nodes["tell"]
    assert isinstance(node, n.SendTask)
    assert (node.message, node.inputs) == (n.Message("asked", "number"), (n.Binding("x", "1"),))


def test_reads_receive_task() -> None:
    node = read_one(between('<receiveTask id="hear" messageRef="m" yw:key="number"/>', "hear")).nodes["hear"]
    assert isinstance(node, n.ReceiveTask) and node.message == n.Message("asked", "number")


def test_reads_call_activity() -> None:
    parts = '<extensionElements><yw:input name="x" value="1"/><yw:output name="y" value="z"/></extensionElements>'
    node = read_one(between(f'<callActivity id="ask" calledElement="other">{parts}</callActivity>', "ask")).nodes["ask"]
    assert isinstance(node, n.Call)
    assert (node.process, node.inputs, node.outputs) == ("other", (n.Binding("x", "1"),), (n.Binding("y", "z"),))


def test_reads_sub_process() -> None:
    found = read_one(between(f'<subProcess id="sub">{inner(line("s1", "e1"))}</subProcess>', "sub"))
    node = found.nodes["sub"]
    assert isinstance(node, n.SubProcess) and (node.scope, node.inner) == ("p", "sub")
    assert found.scopes["sub"] == n.Scope("sub", n.ScopeKind.SUB, "p", ("s1",))
    assert found.nodes["s1"].scope == "sub"


def test_reads_event_sub_process() -> None:
    start = event("startEvent", "s1", MESSAGE, 'isInterrupting="false"')
    sub = f'<subProcess id="sub" triggeredByEvent="true">{start}<endEvent id="e1"/>{line("s1", "e1")}</subProcess>'
    found = read_one(between(WORK, "work") + sub)
    assert found.scopes["p"].event_subs == ("sub",) and "sub" not in found.nodes
    assert found.scopes["sub"].kind is n.ScopeKind.EVENT_SUB and found.scopes["sub"].parent == "p"
    node = found.nodes["s1"]
    assert isinstance(node, n.Start) and not node.interrupting and node.trigger == n.Message("asked")


def test_reads_how_a_sub_process_undoes_itself() -> None:
    start = event("startEvent", "s2", "<compensateEventDefinition/>")
    undo = f'<subProcess id="undo" triggeredByEvent="true">{start}<endEvent id="e2"/>{line("s2", "e2")}</subProcess>'
    found = read_one(between(f'<subProcess id="sub">{inner(line("s1", "e1") + undo)}</subProcess>', "sub"))
    assert found.scopes["sub"].event_subs == ("undo",)
    node = found.nodes["s2"]
    assert isinstance(node, n.Start) and node.trigger == n.Compensation()


def branches(tag: str, more: str = "", *conditions: str) -> n.Definition:
    gate = f'<{tag} id="gate" {more}/><manualTask id="a"/><manualTask id="b"/>'
    ways = flow("gate", "a", *conditions[:1]) + flow("gate", "b", *conditions[1:])
    return read_one(START + gate + END + line("start", "gate") + ways + line("a", "end") + line("b", "end"))


def test_reads_exclusive_gateway() -> None:
    found = branches("exclusiveGateway", 'default="gate-b"', "x &gt; 1")
    gate = found.nodes["gate"]
    assert isinstance(gate, n.Gateway) and (gate.branching, gate.default) == (n.Branching.EXCLUSIVE, "gate-b")
    assert found.flows["gate-a"].condition == "x > 1" and found.flows["gate-b"].condition is None


def test_reads_parallel_gateway() -> None:
    gate = branches("parallelGateway").nodes["gate"]
    assert isinstance(gate, n.Gateway) and gate.branching is n.Branching.PARALLEL


def test_reads_inclusive_gateway() -> None:
    gate = branches("inclusiveGateway", 'default="gate-b"', "x &gt; 1").nodes["gate"]
    assert isinstance(gate, n.Gateway) and gate.branching is n.Branching.INCLUSIVE


def test_reads_event_based_gateway() -> None:
    waits = event("intermediateCatchEvent", "late", TIMER) + '<receiveTask id="hear" messageRef="m"/>'
    ways = line("start", "gate", "late", "end") + line("gate", "hear", "end")
    gate = read_one(START + '<eventBasedGateway id="gate"/>' + waits + END + ways).nodes["gate"]
    assert isinstance(gate, n.Gateway) and gate.branching is n.Branching.EVENT


def test_reads_conditional_flow() -> None:
    task = '<userTask id="work" name="办理" yw:en="Work" default="work-end"/><manualTask id="more"/>'
    found = read_one(between(task, "work") + flow("work", "more", "hard") + line("more", "end"))
    node = found.nodes["work"]
    assert isinstance(node, n.UserTask) and node.default == "work-end" and found.flows["work-more"].condition == "hard"


def looped(characteristics: str) -> n.Repeat | n.Each | None:
    body = between(f'<userTask id="work" name="办理" yw:en="Work">{characteristics}</userTask>', "work")
    node = read_one(body).nodes["work"]
    assert isinstance(node, n.UserTask)
    return node.loop


def test_reads_standard_loop() -> None:
    loop = '<standardLoopCharacteristics testBefore="true" loopMaximum="3"><loopCondition>again</loopCondition></standardLoopCharacteristics>'
    assert looped(loop) == n.Repeat("again", 3, before=True)


def test_reads_multi_instance() -> None:
    over = (
        '<multiInstanceLoopCharacteristics isSequential="true" yw:over="list" yw:item="one" yw:collect="answer" '
        'yw:collected="answers"><completionCondition>nrOfCompletedInstances = 2</completionCondition>'
        "</multiInstanceLoopCharacteristics>"
    )
    assert looped(over) == n.Each(True, None, "list", "one", "nrOfCompletedInstances = 2", "answer", "answers")
    counted = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    assert looped(counted) == n.Each(False, "3")


def test_reads_data_object() -> None:
    body = '<dataObject id="d" name="total"/><dataObject id="d2"/><dataObjectReference id="r" name="plan" dataObjectRef="d2"/>'
    assert read_one(between(body)).scopes["p"].data == ("total", "plan")


def test_reads_drawing() -> None:
    pool = (
        '<collaboration id="c1"><participant id="pool" name="市民"/><participant id="pool2" processRef="drawn"/>'
        '<messageFlow id="mf" sourceRef="pool" targetRef="pool2"/></collaboration><dataStore id="ds"/>'
    )
    lanes = '<laneSet id="ls"><lane id="l1" name="窗口"><flowNodeRef>start</flowNodeRef></lane></laneSet>'
    notes = '<textAnnotation id="t"><text>注</text></textAnnotation><association id="as" sourceRef="start" targetRef="t"/><group id="g"/>'
    drawn = process('<task id="t9" name="?"/><adHocSubProcess id="x9"/>', "drawn", "")
    found = read(file_of(CODES + pool + process(lanes + notes + between("")) + drawn), "a.bpmn")
    assert found.findings == () and [definition.id for definition in found.definitions] == ["p"]
    (drawing,) = found.drawings
    assert drawing.id == "drawn"
    assert {finding.code for finding in drawing.findings} >= {"not_supported", "no_start"}


def test_every_supported_construct_has_its_test() -> None:
    assert [name for name in SUPPORTED if f"test_reads_{name}" not in globals()] == []


def test_a_file_that_is_only_drawn_gives_no_definition_and_no_error() -> None:
    found = read(file_of(process('<task id="t"/>', "p", 'isExecutable="false"')), "a.bpmn")
    assert (found.definitions, found.findings, found.is_sound) == ((), (), True)
    assert [drawing.id for drawing in found.drawings] == ["p"]


def test_what_other_programs_keep_in_extensions_is_theirs() -> None:
    extension = '<extensionElements><x:y xmlns:x="urn:x" id="start"><grid/></x:y></extensionElements>'
    assert read(diagram(extension + between("")), "a.bpmn").findings == ()
