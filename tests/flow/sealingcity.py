"""A city whose tables are of before answers were sealed, with one case, brought forward: run as a program of its own."""

from __future__ import annotations

import io
import json
import sys
from base64 import b64decode
from typing import Any

import django

django.setup()

# Tables and services can be named only once the program is set up.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from yiwang.flow.models import Case, CaseFile, CaseNote, CaseStep, Draft, Migration, Rating  # noqa: E402
from yiwang.kernel.core.actor import system_actor  # noqa: E402
from yiwang.kernel.errors import Conflict  # noqa: E402
from yiwang.kernel.models import AuditLine, InstalledPack, StoredFile  # noqa: E402
from yiwang.kernel.selectors import file_open, file_path  # noqa: E402
from yiwang.kernel.service import file_put  # noqa: E402

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
        for name in (
            "Process",
            "ProcessVersion",
            "Case",
            "CaseStep",
            "Draft",
            "Migration",
            "CaseFile",
            "CaseNote",
            "Rating",
        )
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
    handed, drafted, of_pack = (_kept(word) for word in ("handed", "drafted", "pack"))
    _words(one, case, when["opened_at"], handed, of_pack)
    one["Draft"].objects.create(form_id="f", form_number=1, owner="t", answers=WHO | {"card": [{"digest": drafted}]})
    InstalledPack.objects.create(
        pack_id="p", version="1", digest="0" * 64, files={"a": of_pack}, manifest={}, installed_by="t"
    )
    one["Migration"].objects.create(
        batch="b", case=case, from_version=version, to_version=version, before={"state": STATE, "works": {}},
        after_events=1, moved_at=when["opened_at"], moved_by="t",
    )  # fmt: skip


def _words(one: dict[str, Any], case: Any, at: str, *digests: str) -> None:
    """What was noted, how it was rated, what files were called."""
    for digest in digests:
        one["CaseFile"].objects.create(
            case=case, question="q", digest=digest, name=f"{NAME}.pdf", media_type="", size=1, given_at=at, given_by="t"
        )
    one["CaseNote"].objects.create(case=case, at=at, kind="note", text_zh=NAME, text_en=f"of {NAME}", by="t")
    one["Rating"].objects.create(case=case, grade=5, text=NAME, channel="web", at=at)


def _kept(word: str) -> str:
    """A file in the open, as all were."""
    source = io.BytesIO(f"{word} {'' if word == 'pack' else NAME}".encode())
    return str(file_put(actor=system_actor("tests"), source=source, name=word).digest)


def lies_open(digest: str) -> bool:
    try:
        return file_path(digest).is_file()
    except Conflict:
        return False


def after() -> None:
    case = Case.objects.get()
    assert (case.applicant, case.answers, case.state) == (WHO, WHO, STATE)
    step = CaseStep.objects.get()
    assert step.event == STEP and step.outline == {"work": 1, "who": "account:1"}
    assert Draft.objects.get().answers["name"] == NAME
    note = CaseNote.objects.get()
    assert (note.text_zh, note.text_en, Rating.objects.get().text) == (NAME, f"of {NAME}", NAME)
    assert {file.name for file in CaseFile.objects.all()} == {f"{NAME}.pdf"}
    for row in StoredFile.objects.all():
        with file_open(row.digest) as stream:
            assert stream.read().decode().startswith(row.name)
    assert sorted(row.name for row in StoredFile.objects.all()) == ["", "drafted", "pack"]
    assert [row.name for row in StoredFile.objects.all() if lies_open(row.digest)] == ["pack"]
    assert AuditLine.objects.filter(act="file.seal").count() == 2
    case.sealed_state = b64decode(Migration.objects.get().before["state"])
    assert case.state == STATE
    assert NAME not in json.dumps(Migration.objects.get().before, ensure_ascii=False)


def main() -> None:
    for app in ("kernel", "rules", "trust", "data"):
        migrate(app)
    migrate("flow", "0002")
    before()
    migrate("flow", "0004")
    sys.stdout.write("forward\n")
    # Stopped before it was noted as done, the step comes once more.
    call_command("migrate", "flow", "0003", fake=True, verbosity=0)
    migrate("flow", "0013")
    call_command("migrate", "flow", "0012", fake=True, verbosity=0)
    migrate()
    sys.stdout.write("again\n")
    after()
    sys.stdout.write("opened\n")
    with connection.cursor() as cursor:
        # What was in the open leaves the disk with it, as the how-to says.
        cursor.execute("VACUUM FULL" if connection.vendor == "postgresql" else "VACUUM")


if __name__ == "__main__":
    main()
