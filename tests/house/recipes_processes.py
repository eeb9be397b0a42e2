"""For each service over versions of processes and the cases that follow them, a call that must leave an audit line."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from smallcity import Recipe, World, pack

from yiwang.flow import service as flow
from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Pack

APPROVER = system_actor("house:approver")
PROCESS = "house-process"
PATH = f"processes/{PROCESS}.bpmn"
OLD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:yw="urn:yiwang:bpmn:1" targetNamespace="urn:house">'
    f'<process id="{PROCESS}" name="办件" yw:en="A case" isExecutable="true"><startEvent id="start"/>'
    '<userTask id="work" name="办理" yw:en="Work"/><endEvent id="end"/>'
    '<sequenceFlow id="f1" sourceRef="start" targetRef="work"/><sequenceFlow id="f2" sourceRef="work" targetRef="end"/>'
    "</process></definitions>"
).encode()
NEW = OLD.replace(b'yw:en="Work"', b'yw:en="Work on it"')


def packed() -> Pack:
    return replace(pack(), files={PATH: OLD})


def installed(world: World) -> None:
    world.departments()
    flow.process_install(actor=world.actor, path=PATH, pack=packed())


def draft(world: World) -> int:
    installed(world)
    return flow.process_draft_save(actor=world.actor, process_id=PROCESS, bpmn=NEW).number


def proposed(world: World) -> int:
    number = draft(world)
    flow.process_propose(actor=world.actor, process_id=PROCESS, number=number)
    return number


def running(world: World) -> int:
    """A case of the first version beside a newer one."""
    number = proposed(world)
    flow.case_open(actor=world.actor, process_id=PROCESS, title="试办")
    flow.process_approve(actor=APPROVER, process_id=PROCESS, number=number)
    return number


def cases_migrate(world: World) -> partial[object]:
    to = running(world)
    return partial(flow.cases_migrate, actor=world.actor, process_id=PROCESS, to=to, dry_run=False)


def migration_revert(world: World) -> partial[object]:
    to = running(world)
    report = flow.cases_migrate(actor=world.actor, process_id=PROCESS, to=to, dry_run=False)
    return partial(flow.migration_revert, actor=world.actor, batch=report.batch)


def process_approve(world: World) -> partial[object]:
    return partial(flow.process_approve, actor=APPROVER, process_id=PROCESS, number=proposed(world))


def process_draft_save(world: World) -> partial[object]:
    installed(world)
    return partial(flow.process_draft_save, actor=world.actor, process_id=PROCESS, bpmn=NEW)


def process_install(world: World) -> partial[object]:
    world.departments()
    return partial(flow.process_install, actor=world.actor, path=PATH, pack=packed())


def process_propose(world: World) -> partial[object]:
    return partial(flow.process_propose, actor=world.actor, process_id=PROCESS, number=draft(world))


def process_reject(world: World) -> partial[object]:
    number = proposed(world)
    return partial(flow.process_reject, actor=APPROVER, process_id=PROCESS, number=number, note="too early")


def process_roll_back(world: World) -> partial[object]:
    flow.process_approve(actor=APPROVER, process_id=PROCESS, number=proposed(world))
    return partial(flow.process_roll_back, actor=APPROVER, process_id=PROCESS, number=1, note="a mistake")


def process_withdraw(world: World) -> partial[object]:
    return partial(flow.process_withdraw, actor=world.actor, process_id=PROCESS, number=proposed(world))


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        cases_migrate,
        migration_revert,
        process_approve,
        process_draft_save,
        process_install,
        process_propose,
        process_reject,
        process_roll_back,
        process_withdraw,
    )
}
