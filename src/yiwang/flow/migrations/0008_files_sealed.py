"""Files that people handed in, facts of decisions and archive packages are sealed where they lie. Stopped, it goes on.

A file that a list was loaded from, or that a pack brought, stays as it is: others read it at its path.
"""

import json
import logging

from django.db import migrations

from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import file_seal
from yiwang.trust.selectors import open_bytes

KEEPER = system_actor("migration")
RECEIPT = "decision"


def seal(apps, schema_editor):
    digests = set(apps.get_model("flow", "CaseFile").objects.values_list("digest", flat=True))
    digests |= set(apps.get_model("trust", "Material").objects.values_list("digest", flat=True))
    boxes = apps.get_model("trust", "ArchiveBox").objects.exclude(state="destroyed")
    digests |= set(boxes.values_list("digest", flat=True))
    for body in apps.get_model("kernel", "Receipt").objects.filter(kind=RECEIPT).values_list("body", flat=True):
        digests.add(body["inputs"]["facts"])
    for draft in apps.get_model("flow", "Draft").objects.exclude(sealed_answers=b""):
        answers = open_bytes("case", bytes(draft.sealed_answers), f"draft {draft.pk}/sealed_answers")
        digests |= set(_digests(json.loads(answers)))
    digests -= set(apps.get_model("data", "Load").objects.values_list("file_digest", flat=True))
    for pack in apps.get_model("kernel", "InstalledPack").objects.all():
        digests -= set(pack.files.values())
    for digest in sorted(digests):
        try:
            file_seal(actor=KEEPER, digest=digest, purpose="0008_files_sealed")
        except NotFound as gone:
            # What is there is sealed all the same.
            logging.getLogger("yiwang.flow").warning("%s", gone)


def _digests(answers):
    """Of files among answers, at any depth."""
    if isinstance(answers, dict):
        if isinstance(answers.get("digest"), str):
            yield answers["digest"]
        answers = list(answers.values())
    if isinstance(answers, list):
        for one in answers:
            yield from _digests(one)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("flow", "0007_forms_published"),
        ("trust", "0001_initial"),
        ("data", "0001_initial"),
        ("kernel", "0001_initial"),
    ]

    operations = [migrations.RunPython(seal)]
