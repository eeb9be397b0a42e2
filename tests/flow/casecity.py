"""What the tests of cases are made of: a small city with a calendar, people with roles, and processes written as text."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bpmnfiles import HEAD, flow
from django.utils import timezone

from yiwang.flow.core.bpmn.reading import read
from yiwang.flow.core.process.state import State
from yiwang.flow.models import Case, ItemVersion, Process, ProcessVersion, Work
from yiwang.flow.schema import ItemFile
from yiwang.flow.service import case_open, work_done
from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import account_get, actor_of
from yiwang.kernel.service import account_create, department_save, file_put, pack_install, role_grant

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = system_actor("tests")
FOUNDED = date(2020, 1, 1)
PASSWORD = "a-long-and-rare-one"
CITIZEN = Actor(id="public:web", name="市民", kind="public")
DEPARTMENTS = (
    ("city", "市政府", None),
    ("civil", "民政局", "city"),
    ("water", "水务局", "city"),
    ("pipes", "管网所", "water"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def task(name: str, **more: str) -> str:
    """A user task whose name is its id; `more` are attributes of ours, such as `budget="5wd"`."""
    said = "".join(f' yw:{key}="{value}"' for key, value in more.items())
    return f'<userTask id="{name}" name="{name}办理" yw:en="{name}"{said}/>'


def bpmn(process_id: str, body: str, around: str = "") -> bytes:
    opening = f'<process id="{process_id}" name="流程" yw:en="A process" isExecutable="true">'
    return (HEAD.format("") + around + opening + body + "</process></definitions>").encode()


def straight(*tasks: str) -> str:
    """Tasks one after the other, each as `task` gives it."""
    names = [one.partition('id="')[2].partition('"')[0] for one in tasks]
    flows = [flow(one, other) for one, other in zip(["start", *names], [*names, "end"], strict=True)]
    return '<startEvent id="start"/>' + "".join(tasks) + '<endEvent id="end"/>' + "".join(flows)


@dataclass
class CaseCity:
    people: dict[str, Actor] = field(default_factory=dict)

    def build(self) -> None:
        for code, zh, parent in DEPARTMENTS:
            department_save(actor=SYSTEM, code=code, name=Text(zh=zh, en=code.title()), parent=parent, on=FOUNDED)
        pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation/calendar")

    def person(self, name: str, department: str, role: Role = Role.STAFF) -> Actor:
        if name not in self.people:
            account = account_create(
                actor=SYSTEM, username=name, display_name=name, password=PASSWORD, department=department
            )
            role_grant(actor=SYSTEM, account=account.pk, role=role, department=department, on=FOUNDED)
            self.people[name] = actor_of(account)
            assert account_get(SYSTEM, account.pk).username == name
        return self.people[name]

    def process(self, process_id: str, body: str, department: str = "civil", around: str = "") -> ProcessVersion:
        """Publish a process; a second time it is another version."""
        data = bpmn(process_id, body, around)
        reading = read(data, f"{process_id}.bpmn")
        assert [finding.en for finding in reading.findings if finding.level == "error"] == []
        stored = file_put(actor=SYSTEM, source=io.BytesIO(data), name=f"{process_id}.bpmn")
        process, _ = Process.objects.get_or_create(
            id=process_id,
            defaults={"title_zh": "流程", "title_en": "A process", "department": department, "pack_id": "tests"},
        )
        process.versions.filter(state="published").update(state="replaced")
        version = ProcessVersion.objects.create(
            process=process,
            number=process.versions.count() + 1,
            state="published",
            digest=stored.digest,
            author="tests",
            author_name="tests",
            published_at=timezone.now(),
        )
        process.published = version
        process.save()
        return version

    def item(self, item_id: str, process_id: str, **changes: Any) -> ItemVersion:
        file = ItemFile.model_validate(
            {
                "id": item_id,
                "title": {"zh": "路灯报修", "en": "Street light repair"},
                "summary": {"zh": "报修", "en": "Repairs"},
                "kind": "request",
                "department": "civil",
                "open_to": ["public", "staff"],
                "channels": ["counter", "web", "phone"],
                "limit": {
                    "budget": "5wd",
                    "law": "条例",
                    "article": "第三条",
                    "rungs": [
                        {"key": "soon", "kind": "reminder", "when": "50%", "role": "staff"},
                        {"key": "late", "kind": "breach", "when": "0", "role": "leader"},
                    ],
                },
                "results": [{"title": {"zh": "答复", "en": "Reply"}, "kind": "reply"}],
                "process": process_id,
                "valid_from": "2020-01-01",
            }
            | changes
        )
        body = file.model_dump(mode="json")
        return ItemVersion.objects.create(
            item_id=item_id,
            number=ItemVersion.objects.filter(item_id=item_id).count() + 1,
            digest=canonical_digest(body),
            body=body,
            title_zh=file.title.zh,
            title_en=file.title.en,
            department=file.department,
            pack_id="tests",
            pack_digest="0" * 64,
            valid_from=file.valid_from,
            valid_until=file.valid_until,
        )

    def opened(self, process_id: str = "", **more: Any) -> Case:
        """A case opened by the program: of a process, or of an item when `item_id` is given."""
        chosen = {"process_id": process_id} if process_id else {}
        found = case_open(actor=SYSTEM, title="试办", **(chosen | more))
        return Case.objects.get(number=found.number)


def open_works(case: Case) -> list[Work]:
    return list(Work.objects.filter(case=case, closed_at=None).order_by("number"))


def work_at(case: Case, node: str) -> Work:
    return Work.objects.get(case=case, node=node, closed_at=None)


def finish(case: Case, node: str, actor: Actor = SYSTEM, **answers: Any) -> None:
    work_done(actor=actor, work_id=work_at(case, node).pk, answers=answers)
    case.refresh_from_db()


def state_of(case: Case) -> State:
    return State.loads(Case.objects.get(pk=case.pk).state)
