"""Seals what is there, some hundred rows to a transaction; stopped half-way, it goes on with the rows that are left."""

from datetime import UTC

from django.db import migrations, transaction

from yiwang.flow.sealing import text_closed

CHUNK = 500


def seal(apps, schema_editor):
    notes, files, ratings = (apps.get_model("flow", name) for name in ("CaseNote", "CaseFile", "Rating"))
    _each(notes.objects.filter(sealed_en=b""), _note, ["sealed_zh", "sealed_en"])
    _each(files.objects.filter(sealed_name=b""), _file, ["sealed_name"])
    _each(ratings.objects.filter(sealed_words=b""), _rating, ["sealed_words"])
    _stored(apps, files)


def _stored(apps, files):
    """The store's own name of a file that was handed in; a pack's or a list's file keeps its own."""
    kept = set(apps.get_model("data", "Load").objects.values_list("file_digest", flat=True))
    for pack in apps.get_model("kernel", "InstalledPack").objects.all():
        kept |= set(pack.files.values())
    rows = apps.get_model("kernel", "StoredFile").objects.exclude(name="")
    digests = sorted(set(files.objects.values_list("digest", flat=True)) - kept)
    for first in range(0, len(digests), CHUNK):
        rows.filter(digest__in=digests[first : first + CHUNK]).update(name="")


def _note(row):
    about = f"case {row.case_id}/note {row.at.astimezone(UTC).isoformat()} {row.kind}"
    row.sealed_zh = text_closed(row.text_zh, f"{about}/sealed_zh")
    row.sealed_en = text_closed(row.text_en, f"{about}/sealed_en")


def _file(row):
    row.sealed_name = text_closed(row.name, f"case {row.case_id}/file {row.question} {row.digest}/sealed_name")


def _rating(row):
    row.sealed_words = text_closed(row.text, f"case {row.case_id}/rating/sealed_words")


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
    dependencies = [
        ("flow", "0012_words_columns"),
        ("trust", "0001_initial"),
        ("data", "0001_initial"),
        ("kernel", "0001_initial"),
    ]

    operations = [migrations.RunPython(seal)]
