"""A city whose tables are of before answers were sealed, with one case, brought forward: run as a program of its own."""

from __future__ import annotations

import json
import sys

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

NAME = "欧阳试名"
WHO, STATE = {"name": NAME}, '{"v": {"name": "欧阳试名"}}'
STEP = {"work": 1, "who": "account:1", "values": {"said": NAME}, "reason": NAME}


def migrate(*names: str) -> None:
    call_command("migrate", *names, verbosity=0, interactive=False)


def before() -> None:
    """As the tables stood: a case with a step, a draft, a move that can be taken back."""
    apps = MigrationExecutor(connection).loader.project_state([("flow", "0002_owed_index")]).apps
    one = {
        name: apps.get_model("flow", name)
        for name in ("Process", "ProcessVersion", "Case", "CaseStep", "Draft", "Migration")
    }
    process = one["Process"].objects.create(id="p", title_zh="流程", title_en="P", department="d", pack_id="t")
    version = one["ProcessVersion"].objects.create(
        process=process, number=1, state="published", digest="0" * 64, author="t", author_name="t"
    )
    when = {"opened_at": "2026-01-05T09:00+08:00", "opened_by": "t"}
    case = one["Case"].objects.create(
        number="C-1",
        process=version,
        title="t",
        department="d",
        channel="web",
        applicant=WHO,
        answers=WHO,
        state=STATE,
        **when,
    )
    one["CaseStep"].objects.create(
        case=case,
        number=1,
        at=when["opened_at"],
        kind="work_done",
        actor_id="t",
        actor_name="t",
        event=STEP,
        process=version,
    )
    one["Draft"].objects.create(form_id="f", form_number=1, owner="t", answers=WHO)
    one["Migration"].objects.create(
        batch="b", case=case, from_version=version, to_version=version, before={"state": STATE, "works": {}},
        after_events=1, moved_at=when["opened_at"], moved_by="t",
    )  # fmt: skip


def after() -> None:
    from base64 import b64decode

    from yiwang.flow.models import Case, CaseStep, Draft, Migration

    case = Case.objects.get()
    assert (case.applicant, case.answers, case.state) == (WHO, WHO, STATE)
    step = CaseStep.objects.get()
    assert step.event == STEP and step.outline == {"work": 1, "who": "account:1"}
    assert Draft.objects.get().answers == WHO
    case.sealed_state = b64decode(Migration.objects.get().before["state"])
    assert case.state == STATE
    assert NAME not in json.dumps(Migration.objects.get().before, ensure_ascii=False)


def main() -> None:
    django.setup()
    for app in ("kernel", "rules", "trust", "data"):
        migrate(app)
    migrate("flow", "0002")
    before()
    migrate("flow", "0004")
    sys.stdout.write("forward\n")
    # Stopped before it was noted as done, the step comes once more.
    call_command("migrate", "flow", "0003", fake=True, verbosity=0)
    migrate()
    sys.stdout.write("again\n")
    after()
    sys.stdout.write("opened\n")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")


if __name__ == "__main__":
    main()
