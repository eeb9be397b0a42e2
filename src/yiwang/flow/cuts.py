"""减环节、减材料、减时限、减费用: what an item took before its reform, takes by its definition now, and really took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from statistics import median

from django.db.models import Count, Q

from yiwang.flow.answers import Cut, FourCuts
from yiwang.flow.before import before_of
from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.definitions import definition_of
from yiwang.flow.items import item_file, item_get, item_version
from yiwang.flow.models import Case, ItemVersion, Process
from yiwang.flow.schema import ItemFile
from yiwang.kernel.access import verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.budget import Budget, Unit
from yiwang.kernel.core.text import Text

STEPS = Text(zh="个环节", en="steps")
MATERIALS = Text(zh="份材料", en="materials")
DAYS = Text(zh="天", en="days")
YUAN = Text(zh="元", en="yuan")
UNKNOWN = Text(zh="没有改革前的数据", en="nothing is known of before")
SECONDS = 24 * 3600
OFFICE_HOURS = 8


def four_cuts(actor: Actor, item_id: str, *, as_of: date | None = None) -> FourCuts:
    """Before: what an officer entered or the item says of the time before its reform, else its first version. Really: the ended cases of the item,
    their median, for those who may read processes; everybody else who may see the item is told what is written. Days of
    working and of natural limits are compared as they are written. Raises NotFound.
    """
    sees_history = verdict(actor, "process.read").allowed
    if not sees_history:
        item_get(actor, item_id, as_of=as_of)
    row = item_version(item_id, as_of=as_of)
    now = item_file(row)
    first_row = ItemVersion.objects.filter(item_id=item_id).order_by("number").first()
    first = item_file(first_row) if first_row is not None and first_row.pk != row.pk else None
    tasks = _tasks(now)
    ended = Case.objects.filter(item__item_id=item_id, status=Case.Status.COMPLETED)
    ended = ended if sees_history else ended.none()
    before = before_of(item_id) or now.before
    source = before.source if before else Text(zh="该事项的第一个版本", en="the first version of the item")
    spent = [(case.closed_at - case.opened_at).total_seconds() / SECONDS for case in ended if case.closed_at]
    counts = ended.annotate(found=Count("works", filter=Q(works__closed_how="done"))).values_list("found", flat=True)
    files = ended.annotate(found=Count("files")).values_list("found", flat=True)
    asked = [one for one in now.materials if not one.source]
    return FourCuts(
        item=item_id,
        steps=Cut(
            before.steps if before else _number(_tasks(first)) if first else None,
            _number(tasks),
            _middle(counts),
            STEPS,
        ),
        materials=Cut(before.materials if before else _asked(first), float(len(asked)), _middle(files), MATERIALS),
        days=Cut(
            _days(before.days) if before else _days(first.limit.budget) if first else None,
            _days(now.limit.budget),
            _middle(spent),
            DAYS,
        ),
        fee=Cut(float(before.fee) if before else _fee(first) if first else None, _fee(now), None, YUAN),
        source=source if before or first else UNKNOWN,
        cases=len(spent),
    )


def _tasks(file: ItemFile | None) -> Definition | None:
    """The diagram new cases follow. An earlier version of an item that ran the same process has the same steps."""
    if file is None:
        return None
    process = Process.objects.select_related("published").filter(pk=file.process).first()
    return definition_of(process.published) if process and process.published else None


def _number(definition: Definition | None) -> float | None:
    if definition is None:
        return None
    return float(sum(isinstance(node, UserTask) for node in definition.nodes.values()))


def _asked(file: ItemFile | None) -> float | None:
    return None if file is None else float(sum(not one.source for one in file.materials))


def _days(text: str) -> float:
    budget = Budget.parse(text)
    if budget.unit.in_days:
        return float(budget.amount)
    return budget.amount / (24 if budget.unit is Unit.HOURS else OFFICE_HOURS)


def _fee(file: ItemFile) -> float:
    return float(file.fee.amount) if file.fee else 0.0


def _middle(found: Iterable[float]) -> float | None:
    values = [float(one) for one in found]
    return median(values) if values else None
