"""Forms get versions as processes have them: what was newest holds, what was before it is replaced."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def forms_made(apps, editor):
    versions, items, processes = (apps.get_model("flow", name) for name in ("FormVersion", "ItemVersion", "Process"))
    forms = apps.get_model("flow", "AskedForm")
    for form_id in sorted(set(versions.objects.values_list("form_id", flat=True))):
        rows = list(versions.objects.filter(form_id=form_id).order_by("number"))
        pack_id = rows[-1].pack_id
        # A pack's own department stands on its processes; a pack of items alone has it there.
        near = processes.objects.filter(pack_id=pack_id).first() or items.objects.filter(pack_id=pack_id).first()
        forms.objects.create(id=form_id, pack_id=pack_id, department=near.department if near else "")
        for row in rows:
            row.state = "published" if row is rows[-1] else "replaced"
            row.author, row.author_name = f"pack:{row.pack_id}", row.pack_id
            row.approver = row.approver_name = "installation"
            row.published_at = row.created_at
            row.based_on = row.number - 1 if row.number > 1 else None
            row.save()


class Migration(migrations.Migration):
    dependencies = [("flow", "0005_answers_only_sealed")]

    operations = [
        migrations.AddField("case", "form_number", models.IntegerField(null=True)),
        migrations.CreateModel(
            name="AskedForm",
            fields=[
                ("id", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("department", models.CharField(db_index=True, max_length=64)),
                ("pack_id", models.CharField(blank=True, max_length=80)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            "formversion",
            "state",
            models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("published", "Published"),
                    ("replaced", "Replaced"),
                    ("rejected", "Rejected"),
                ],
                default="draft",
                max_length=16,
            ),
        ),
        migrations.AddField("formversion", "based_on", models.IntegerField(null=True)),
        migrations.AddField("formversion", "author", models.CharField(default="", max_length=120), False),
        migrations.AddField("formversion", "author_name", models.CharField(default="", max_length=120), False),
        migrations.AddField("formversion", "note", models.CharField(blank=True, default="", max_length=400), False),
        migrations.AddField("formversion", "approver", models.CharField(blank=True, default="", max_length=120), False),
        migrations.AddField(
            "formversion", "approver_name", models.CharField(blank=True, default="", max_length=120), False
        ),
        migrations.AddField("formversion", "published_at", models.DateTimeField(null=True)),
        migrations.RunPython(forms_made, migrations.RunPython.noop),
        migrations.AlterField("formversion", "digest", models.CharField(db_index=True, max_length=64)),
        migrations.AlterField("formversion", "pack_digest", models.CharField(blank=True, max_length=64)),
        migrations.RemoveField("formversion", "pack_id"),
        migrations.RemoveConstraint("formversion", "one_form_version_a_number"),
        migrations.RenameField("formversion", "form_id", "form"),
        migrations.AlterField(
            "formversion",
            "form",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="flow.askedform"
            ),
        ),
        migrations.AlterModelOptions("formversion", {"ordering": ["form", "-number"]}),
        migrations.AddConstraint(
            "formversion", models.UniqueConstraint(fields=("form", "number"), name="one_form_version_a_number")
        ),
        migrations.AddConstraint(
            "formversion",
            models.UniqueConstraint(
                condition=models.Q(("state", "published")), fields=("form",), name="one_published_form"
            ),
        ),
        migrations.AddField(
            "askedform",
            "published",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="flow.formversion"
            ),
        ),
    ]
