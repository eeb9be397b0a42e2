"""What must be done to the lake from time to time: few large files instead of many small ones, nothing left by the killed.

Every version stays readable for KEEP_DAYS; only then may the files it alone names be deleted.
"""

from __future__ import annotations

from django.db import transaction

from yiwang.data.errors import LoadBusy
from yiwang.data.loads import the_lake
from yiwang.data.models import Resource
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.service import audit

KEEP_DAYS = 400
MANY_FILES = 20


def lake_tidy(*, actor: Actor) -> dict[str, int]:
    """Compact tables of many files and delete files no kept version names. Answers what was done and what was busy."""
    demand(actor, "city.edit")
    done = {"compacted": 0, "deleted": 0, "busy": 0}
    for name in Resource.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with the_lake().lock(name):
                _tidy_resource(name, done)
        except LoadBusy:
            done["busy"] += 1  # a load is running; its turn comes tomorrow
    with transaction.atomic():
        audit(actor=actor, act="city.edit", object_kind="lake", object_id="lake", details=done)
    return done


def _tidy_resource(name: str, done: dict[str, int]) -> None:
    for layer in ("raw", "standard"):
        table = the_lake().table(layer, name)
        if len(table.files()) > MANY_FILES:
            table.compact()
            done["compacted"] += 1
        done["deleted"] += len(table.clean(KEEP_DAYS * 24))
