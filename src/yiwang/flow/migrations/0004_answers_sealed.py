"""Seals what is there, some hundred rows to a transaction; stopped half-way, it goes on with the rows that are left."""

from base64 import b64encode

from django.db import migrations, transaction

from yiwang.flow.sealing import json_closed, text_closed

SAID = ("values", "result", "key", "reason", "text")
CHUNK = 500


def seal(apps, schema_editor):
    cases, steps, drafts, moves = (apps.get_model("flow", name) for name in ("Case", "CaseStep", "Draft", "Migration"))
    _each(cases.objects.filter(sealed_state=b""), _case, ["sealed_applicant", "sealed_answers", "sealed_state"])
    _each(steps.objects.filter(sealed_said=b""), _step, ["outline", "sealed_said"])
    _each(drafts.objects.filter(sealed_answers=b""), _draft, ["sealed_answers"])
    _each(moves.objects.select_related("case"), _move, ["before"])


def _case(row):
    about = f"case {row.number}"
    row.sealed_applicant = json_closed(row.applicant, f"{about}/sealed_applicant")
    row.sealed_answers = json_closed(row.answers, f"{about}/sealed_answers")
    row.sealed_state = text_closed(row.state, f"{about}/sealed_state")


def _step(row):
    said = {name: value for name, value in row.event.items() if name in SAID}
    row.outline = {name: value for name, value in row.event.items() if name not in SAID}
    row.sealed_said = json_closed(said, f"case {row.case_id}/step {row.number}/sealed_said")


def _draft(row):
    row.sealed_answers = json_closed(row.answers, f"draft {row.pk}/sealed_answers")


def _move(row):
    state = row.before["state"]
    # A state is a JSON object; what is sealed already is not.
    if state.startswith("{"):
        sealed = text_closed(state, f"case {row.case.number}/sealed_state")
        row.before = {**row.before, "state": b64encode(sealed).decode()}


def _each(rows, change, fields):
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for row in some:
            change(row)
        with transaction.atomic():
            rows.model.objects.bulk_update(some, fields)
        last = some[-1].pk


class Migration(migrations.Migration):
    atomic = False
    # The key ledger, and the audit trail that a first key leaves a line in.
    dependencies = [("flow", "0003_sealed_columns"), ("trust", "0001_initial"), ("kernel", "0001_initial")]

    operations = [migrations.RunPython(seal)]
