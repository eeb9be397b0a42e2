"""Every element of BPMN 2.0: what runs, what is only read, what is refused and what to write instead."""

from __future__ import annotations

from yiwang.kernel.core.text import Text


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# What runs, with what it does. Each has a test of its name: test_reads_<name>.
SUPPORTED: dict[str, Text] = {
    "process": _text(
        "可执行的流程（isExecutable）；一个文件可有几个",
        "an executable process (isExecutable); a file may hold several",
    ),
    "start_event": _text("无触发、消息、信号或定时的开始", "a start: plain, by message, signal or timer"),
    "end_event": _text(
        "结束：普通、消息、信号、错误、升级、补偿、终止",
        "an end: plain, message, signal, error, escalation, compensation, terminate",
    ),
    "intermediate_catch_event": _text("等待消息、信号或定时", "waits for a message, a signal or a timer"),
    "intermediate_throw_event": _text(
        "里程碑，或发出消息、信号、升级、补偿",
        "a milestone, or throws a message, a signal, an escalation, a compensation",
    ),
    "boundary_event": _text(
        "附着在活动上：定时、消息、信号、错误、升级；中断或不中断",
        "on an activity: timer, message, signal, error, escalation; interrupting or not",
    ),
    "timer_date": _text("timeDate：ISO 8601 时刻，或以 = 开头的 FEEL", "timeDate: an ISO 8601 moment, or FEEL after ="),
    "timer_duration": _text(
        "timeDuration：ISO 8601 时长，或以 = 开头的 FEEL", "timeDuration: an ISO 8601 duration, or FEEL after ="
    ),
    "timer_cycle": _text(
        "timeCycle：R3/PT1H 这样的 ISO 8601 循环，或以 = 开头的 FEEL",
        "timeCycle: an ISO 8601 cycle such as R3/PT1H, or FEEL after =",
    ),
    "timer_budget": _text(
        "timeDuration 里写期限：5wd、4h、3d，按工作日历计算",
        "timeDuration with a budget: 5wd, 4h, 3d, counted by the working calendar",
    ),
    "message": _text(
        '消息名称，以 yw:key（FEEL）对应；yw:from="applicant" 的由申请人凭编号和查询码发出，填写 yw:form 的表单',
        'a message by its name, correlated by yw:key (FEEL); one with yw:from="applicant" is sent by whoever filed the case, '
        "with number and code, answering the form of yw:form",
    ),
    "signal": _text("信号名称", "a signal by its name"),
    "error": _text(
        "错误代码；不写 errorRef 的捕获一切错误", "an error by its code; without errorRef every error is caught"
    ),
    "escalation": _text(
        "升级代码；不写 escalationRef 的捕获一切升级",
        "an escalation by its code; without escalationRef every one is caught",
    ),
    "compensation": _text(
        "补偿边界事件与补偿活动（isForCompensation），抛出时可用 activityRef 指定",
        "a compensation event and its activity (isForCompensation); a throw may name one with activityRef",
    ),
    "terminate": _text("终止整个流程", "ends the whole process"),
    "user_task": _text(
        "人办的任务：yw:form、yw:role、yw:department、yw:assignee、yw:budget",
        "work of a person: yw:form, yw:role, yw:department, yw:assignee, yw:budget",
    ),
    "send_back": _text(
        "yw:sendBack：可退回到的任务；yw:samePasses：同一人已同意的自动通过",
        "yw:sendBack: the tasks it may be sent back to; yw:samePasses: whoever agreed before passes",
    ),
    "recorded": _text(
        "yw:requiresRecording：依法须全过程音像记录的任务",
        "yw:requiresRecording: a task that the law wants recorded in sound or pictures",
    ),
    "countersign": _text("yw:sign：会签，全体、任一或按比例", "yw:sign: countersigning by all, any or a share"),
    "manual_task": _text("系统外办的任务：经过并记入历史", "work done outside: passed through and told in the history"),
    "service_task": _text(
        "yw:action：动作清单中的一项，yw:input 给参数，yw:result 收结果",
        "yw:action: one of the closed list, its arguments in yw:input, its result in yw:result",
    ),
    "business_rule_task": _text(
        "yw:decision：一个决定（DMN），yw:input 给事实，yw:result 收结果",
        "yw:decision: a decision (DMN), its facts in yw:input, its result in yw:result",
    ),
    "script_task": _text(
        'scriptFormat="feel" 的 FEEL，结果写入 yw:result', 'FEEL (scriptFormat="feel"), its value goes into yw:result'
    ),
    "send_task": _text(
        "发出 messageRef 的消息，yw:input 给内容", "sends the message of messageRef with the values in yw:input"
    ),
    "receive_task": _text("等待 messageRef 的消息", "waits for the message of messageRef"),
    "call_activity": _text(
        "calledElement：把另一流程作为单独的办件运行；yw:input、yw:output 传数据",
        "calledElement: runs another process as a case of its own; yw:input and yw:output pass data",
    ),
    "sub_process": _text("内嵌子流程", "an embedded sub-process"),
    "event_sub_process": _text(
        "事件子流程（triggeredByEvent）：消息、定时、信号、错误、升级、补偿；中断或不中断",
        "an event sub-process (triggeredByEvent): message, timer, signal, error, escalation, compensation; interrupting or not",
    ),
    "exclusive_gateway": _text(
        "排他网关：第一个成立的条件，否则缺省连线", "the first condition that holds, else the default flow"
    ),
    "parallel_gateway": _text("并行网关：全部发出，全部等齐", "all flows at once; waits for all"),
    "inclusive_gateway": _text(
        "包容网关：所有成立的条件，否则缺省连线；等齐仍会到来的",
        "every condition that holds, else the default flow; waits for those that can still come",
    ),
    "event_based_gateway": _text("事件网关：先到的事件决定去向", "whichever event comes first decides"),
    "conditional_flow": _text(
        "活动之后带条件的连线与缺省连线", "flows with conditions, and a default flow, after an activity"
    ),
    "standard_loop": _text(
        "循环：loopCondition、loopMaximum、testBefore", "a loop: loopCondition, loopMaximum, testBefore"
    ),
    "multi_instance": _text(
        "多实例，串行或并行：loopCardinality 或 yw:over 与 yw:item；completionCondition；yw:collect 与 yw:collected",
        "multi-instance, sequential or parallel: loopCardinality, or yw:over with yw:item; completionCondition; yw:collect and yw:collected",
    ),
    "data_object": _text("数据对象：办件数据里的一个名称", "a data object: a name in the case's data"),
    "drawing": _text(
        "泳池、泳道、注释、组、关联、数据存储、不可执行的流程：只读，原样保存",
        "pools, lanes, annotations, groups, associations, data stores, processes that are not executable: read and kept as they are",
    ),
}

GATEWAYS = _words("exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway")
EVENTS = _words("startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent")
TASKS = _words("userTask manualTask serviceTask businessRuleTask scriptTask sendTask receiveTask")
ACTIVITIES = TASKS | {"subProcess", "callActivity"}
NODES = GATEWAYS | EVENTS | ACTIVITIES
TRIGGERS = _words(
    "timerEventDefinition messageEventDefinition signalEventDefinition errorEventDefinition escalationEventDefinition",
    "compensateEventDefinition terminateEventDefinition",
)
LOOPS = _words("standardLoopCharacteristics multiInstanceLoopCharacteristics")

# Read and kept, never run. What stands below them is theirs.
PASSED = _words(
    "documentation extensionElements auditing monitoring categoryValueRef laneSet lane childLaneSet flowNodeRef",
    "partitionElement partitionElementRef textAnnotation text group association dataObject dataObjectReference dataState",
    "dataStore dataStoreReference property dataInputAssociation dataOutputAssociation sourceRef targetRef",
)
# Beside processes: other pools, what they say to one another, and names for things.
AROUND = _words(
    "import extension collaboration participant participantMultiplicity participantRef processRef interfaceRef endPointRef",
    "participantAssociation innerParticipantRef outerParticipantRef messageFlow messageFlowRef messageFlowAssociation",
    "conversation subConversation callConversation conversationLink conversationAssociation globalConversation",
    "correlationKey correlationPropertyRef category categoryValue dataStore itemDefinition message signal error escalation",
    "resource resourceParameter interface operation inMessageRef outMessageRef errorRef partnerEntity partnerRole endPoint",
    "relationship source target globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask script",
    "text documentation extensionElements",
)
CHOREOGRAPHIES = _words(
    "choreography globalChoreographyTask choreographyTask subChoreography callChoreography initiatingParticipantRef choreographyRef"
)

_FEEL_ONLY = _text("用 yw: 扩展和 FEEL 书写", "say it with yw: extensions and FEEL")
_WHO = _text("谁来办用 yw:role、yw:department、yw:assignee", "who works on it is yw:role, yw:department, yw:assignee")
_DRAWN = _text("编排图不能执行，请画成流程", "choreographies do not run; draw processes")
_SHARED = _text(
    "办件的数据各处可见；要换算用脚本任务", "a case's data are seen everywhere; convert them in a script task"
)
_INPUTS = _text("输入输出用 yw:input、yw:output、yw:result", "inputs and outputs are yw:input, yw:output, yw:result")
_OVER = _text("用 yw:over、yw:item、yw:collect、yw:collected", "use yw:over, yw:item, yw:collect, yw:collected")
_ON_EVENT = _text("把事件定义直接写在事件里", "write the event definition in the event itself")
_KEY = _text("消息以 yw:key 对应", "messages are correlated by yw:key")
_OPERATION = _text("服务任务用 yw:action", "a service task names a yw:action")

# Known to BPMN and not run here: what to write instead.
REFUSED: dict[str, Text] = {
    "task": _text("请写明类型：userTask、manualTask、serviceTask……", "say which kind: userTask, manualTask, serviceTask …"),
    "transaction": _text("用子流程和补偿", "use a sub-process with compensation"),
    "adHocSubProcess": _text("用并行网关或多实例", "use a parallel gateway or multi-instance"),
    "ordering": _text("没有随意子流程", "there are no ad-hoc sub-processes"),
    "completionCondition": _text("只用于多实例", "it belongs to multi-instance only"),
    "complexGateway": _text("用排他、并行或包容网关", "use an exclusive, parallel or inclusive gateway"),
    "activationCondition": _text("没有复杂网关", "there are no complex gateways"),
    "conditionalEventDefinition": _text("用网关条件，或由动作发出消息或信号", "use a gateway's condition, or a message or signal"),
    "condition": _text("用网关条件", "use a gateway's condition"),
    "linkEventDefinition": _text("直接画连线", "draw the flow itself"),
    "cancelEventDefinition": _text("用错误或补偿", "use an error or compensation"),
    "eventDefinitionRef": _ON_EVENT,
    "implicitThrowEvent": _ON_EVENT,
    "ioSpecification": _INPUTS, "ioBinding": _INPUTS, "dataInput": _INPUTS, "dataOutput": _INPUTS, "inputSet": _INPUTS,
    "outputSet": _INPUTS, "dataInputRefs": _INPUTS, "dataOutputRefs": _INPUTS, "optionalInputRefs": _INPUTS,
    "whileExecutingInputRefs": _INPUTS, "optionalOutputRefs": _INPUTS, "whileExecutingOutputRefs": _INPUTS,
    "outputSetRefs": _INPUTS, "inputSetRefs": _INPUTS,
    "transformation": _SHARED, "assignment": _SHARED, "from": _SHARED, "to": _SHARED,
    "potentialOwner": _WHO, "performer": _WHO, "humanPerformer": _WHO, "resourceRole": _WHO, "resourceRef": _WHO,
    "resourceAssignmentExpression": _WHO, "resourceParameterBinding": _WHO,
    "rendering": _text("表单用 yw:form", "a form is yw:form"),
    "loopDataInputRef": _OVER, "loopDataOutputRef": _OVER, "inputDataItem": _OVER, "outputDataItem": _OVER,
    "oneBehaviorEventRef": _OVER, "noneBehaviorEventRef": _OVER, "complexBehaviorDefinition": _OVER, "event": _OVER,
    "operationRef": _OPERATION, "supportedInterfaceRef": _OPERATION, "supports": _OPERATION,
    "correlationSubscription": _KEY, "correlationPropertyBinding": _KEY, "correlationProperty": _KEY, "dataPath": _KEY,
    "correlationPropertyRetrievalExpression": _KEY, "messagePath": _KEY, "correlationKeyRef": _KEY,
    "formalExpression": _FEEL_ONLY, "expression": _FEEL_ONLY,
    **dict.fromkeys(CHOREOGRAPHIES, _DRAWN),
}  # fmt: skip
# These are no tags of their own elsewhere, but hold texts of what runs.
_TEXTS = _words(
    "incoming outgoing conditionExpression script timeDate timeDuration timeCycle loopCardinality loopCondition",
    "completionCondition process sequenceFlow definitions",
)
EVERY = NODES | TRIGGERS | LOOPS | PASSED | AROUND | _TEXTS | frozenset(REFUSED)

_INFO = _words("documentation extensionElements")
_NODE = _INFO | _words("incoming outgoing auditing monitoring categoryValueRef")
_DATA = _words("property dataInputAssociation dataOutputAssociation")
_ACTIVITY = _NODE | _DATA | LOOPS
_SCOPE = NODES | _words(
    "sequenceFlow laneSet textAnnotation group association dataObject dataObjectReference dataStoreReference property"
)
# Element that runs -> what may stand in it.
CHILDREN: dict[str, frozenset[str]] = {
    "process": _INFO | _SCOPE | {"auditing", "monitoring"},
    "subProcess": _ACTIVITY | _SCOPE,
    "callActivity": _ACTIVITY,
    **dict.fromkeys(TASKS, _ACTIVITY),
    "scriptTask": _ACTIVITY | {"script"},
    **dict.fromkeys(EVENTS, _NODE | _DATA | TRIGGERS),
    **dict.fromkeys(GATEWAYS, _NODE),
    **dict.fromkeys(TRIGGERS, _INFO),
    "timerEventDefinition": _INFO | _words("timeDate timeDuration timeCycle"),
    "sequenceFlow": _INFO | _words("conditionExpression auditing monitoring categoryValueRef"),
    "standardLoopCharacteristics": _INFO | {"loopCondition"},
    "multiInstanceLoopCharacteristics": _INFO | _words("loopCardinality completionCondition"),
    "dataInputAssociation": _INFO | _words("sourceRef targetRef"),
    "dataOutputAssociation": _INFO | _words("sourceRef targetRef"),
    **dict.fromkeys(
        _words("conditionExpression script timeDate timeDuration timeCycle loopCardinality loopCondition completionCondition"), _INFO
    ),
}  # fmt: skip

_COMMON = _words("id name")
_WORK = _COMMON | _words("isForCompensation startQuantity completionQuantity default")
_EXPRESSION = _words("id language evaluatesToTypeRef")
# Element that runs -> its attributes without a namespace.
ATTRIBUTES: dict[str, frozenset[str]] = {
    "process": _COMMON | _words("isExecutable isClosed processType definitionalCollaborationRef"),
    "subProcess": _WORK | {"triggeredByEvent"},
    "callActivity": _WORK | {"calledElement"},
    **dict.fromkeys(TASKS, _WORK | {"implementation"}),
    "manualTask": _WORK,
    "scriptTask": _WORK | {"scriptFormat"},
    "sendTask": _WORK | _words("implementation messageRef"),
    "receiveTask": _WORK | _words("implementation messageRef instantiate"),
    "startEvent": _COMMON | _words("isInterrupting parallelMultiple"),
    "endEvent": _COMMON,
    "intermediateThrowEvent": _COMMON,
    "intermediateCatchEvent": _COMMON | {"parallelMultiple"},
    "boundaryEvent": _COMMON | _words("attachedToRef cancelActivity parallelMultiple"),
    "exclusiveGateway": _COMMON | _words("gatewayDirection default"),
    "inclusiveGateway": _COMMON | _words("gatewayDirection default"),
    "parallelGateway": _COMMON | {"gatewayDirection"},
    "eventBasedGateway": _COMMON | _words("gatewayDirection eventGatewayType instantiate"),
    "sequenceFlow": _COMMON | _words("sourceRef targetRef isImmediate"),
    "timerEventDefinition": _COMMON,
    "messageEventDefinition": _COMMON | {"messageRef"},
    "signalEventDefinition": _COMMON | {"signalRef"},
    "errorEventDefinition": _COMMON | {"errorRef"},
    "escalationEventDefinition": _COMMON | {"escalationRef"},
    "compensateEventDefinition": _COMMON | _words("activityRef waitForCompletion"),
    "terminateEventDefinition": _COMMON,
    "standardLoopCharacteristics": _COMMON | _words("testBefore loopMaximum"),
    "multiInstanceLoopCharacteristics": _COMMON | _words("isSequential behavior"),
    **dict.fromkeys(
        _words("conditionExpression timeDate timeDuration timeCycle loopCardinality loopCondition completionCondition"), _EXPRESSION
    ),
    "script": _words("id"),
}  # fmt: skip
# Attributes that take one value only here, with what to write instead.
FIXED: dict[str, tuple[str, Text]] = {
    "startQuantity": ("1", _text("只支持 1", "only 1 is")),
    "completionQuantity": ("1", _text("只支持 1", "only 1 is")),
    "implementation": ("##unspecified", _text("服务任务用 yw:action", "a service task names a yw:action")),
    "parallelMultiple": ("false", _text("每个事件只等一样", "an event waits for one thing")),
    "instantiate": ("false", _text("用消息开始事件", "use a start event with a message")),
    "eventGatewayType": ("Exclusive", _text("只支持先到者决定", "only the first event decides")),
    "waitForCompletion": ("true", _text("总是等补偿办完", "it always waits for the compensation")),
    "behavior": ("All", _text("用 completionCondition", "use completionCondition")),
}
BOOLEANS = _words(
    "isExecutable isClosed isForCompensation triggeredByEvent isInterrupting cancelActivity testBefore isSequential isImmediate"
)

# What a message comes in at.
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
# Our own attributes, by the element they stand on; `en` may stand on anything with a name.
OWN_ATTRIBUTES: dict[str, frozenset[str]] = {
    "userTask": _words("form role department assignee budget sendBack samePasses requiresRecording"),
    "serviceTask": _words("result"),
    "businessRuleTask": _words("result"),
    "scriptTask": _words("result"),
    **dict.fromkeys(("endEvent", "intermediateThrowEvent", "sendTask"), _words("key")),
    **dict.fromkeys(CATCHING, _words("key from form")),
    "multiInstanceLoopCharacteristics": _words("over item collect collected"),
}
# Our own elements: where they may stand, and their attributes.
OWN_PLACES: dict[str, frozenset[str]] = {
    "userTask": _words("sign"),
    "serviceTask": _words("action"),
    "businessRuleTask": _words("decision"),
    "sendTask": _words("input"),
    "endEvent": _words("input"),
    "intermediateThrowEvent": _words("input"),
    "callActivity": _words("input output"),
    "action": _words("input"),
    "decision": _words("input"),
}
OWN_ELEMENTS: dict[str, frozenset[str]] = {
    "sign": _words("mode who agree share"),
    "action": _words("name"),
    "decision": _words("id"),
    "input": _words("name value"),
    "output": _words("name value"),
}
# Namespaces in which other engines write what they run.
OTHER_ENGINES = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://camunda.org/schema/zeebe/1.0",
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
    "http://www.jboss.org/drools",
    "http://spiffworkflow.org/bpmn/schema/1.0/core",
)
