"""What of a closed case goes into the archive: all of it, as plain JSON, with the files it was given and the diagram it followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from django.utils import timezone

from yiwang.flow.casework import RUNNING
from yiwang.flow.items import item_file
from yiwang.flow.models import Case
from yiwang.flow.recordingparts import demand_complete, recording_parts
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import Conflict, InputError, NotFound
from yiwang.kernel.selectors import file_open
from yiwang.trust.service import Matter, archive_pack


@dataclass(frozen=True)
class Archived:
    """What a run over the closed cases did; `refused` are numbers with their reason."""

    packed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def case_archive(*, actor: Actor, number: str) -> str:
    """Put a closed case into the archive and return the digest of its package. Archived before, nothing changes.

    Raises NotFound, Refused, Conflict while it runs or recordings may still come in, InputError where its item declares no retention.
    """
    case = Case.objects.select_related("item", "process").filter(number=number).first()
    if case is None:
        raise NotFound(zh=f"没有办件 {number}", en=f"there is no case {number}", where="number")
    demand(actor, "archive.keep", case.department)
    if case.status in RUNNING or case.closed_at is None:
        raise Conflict(zh=f"办件 {number} 还没有办结", en=f"the case {number} has not ended", where="number")
    demand_complete(case)
    kept = item_file(case.item).retention if case.item else None
    if kept is None:
        raise _undeclared(number)
    period = kept.completed if case.status == Case.Status.COMPLETED else kept.otherwise
    matter = Matter(
        number=number,
        title=case.title,
        department=case.department,
        result=case.status,
        closed_on=timezone.localtime(case.closed_at).date(),
        retention=period,
        basis=kept.basis.say(),
        facts={"item": case.item.item_id if case.item else "", "process": case.process.process_id},
    )
    return archive_pack(actor=actor, matter=matter, parts=_parts(case)).digest


def cases_archive(*, actor: Actor, closed_before: date, limit: int = 1000) -> Archived:
    """Archive what ended before a day, the oldest first; what cannot be is told with its reason and left."""
    rows = Case.objects.exclude(status__in=RUNNING).filter(closed_at__date__lt=closed_before).order_by("closed_at")
    packed, refused = [], []
    for number in rows.values_list("number", flat=True)[:limit]:
        try:
            case_archive(actor=actor, number=number)
            packed.append(number)
        except (InputError, Conflict) as error:
            refused.append((number, error.en))
    return Archived(tuple(packed), tuple(refused))


def _parts(case: Case) -> Mapping[str, bytes | Callable[[], BinaryIO]]:
    parts: dict[str, bytes | Callable[[], BinaryIO]] = {
        "case.json": canonical_json(_case(case)),
        "steps.json": canonical_json(_rows(case.steps.order_by("number"))),
        "works.json": canonical_json(_rows(case.works.order_by("number"))),
        "notes.json": canonical_json(_rows(case.notes.order_by("at", "id"))),
        "clocks.json": canonical_json({"clocks": _rows(case.clocks.all()), "pauses": _rows(case.pauses.all())}),
        "process.bpmn": partial(file_open, case.process.digest),
    }
    if case.item is not None:
        parts["item.json"] = canonical_json(case.item.body)
    for place, file in enumerate(case.files.order_by("id"), 1):
        parts[f"files/{place:03d}-{_plain(file.name)}"] = partial(file_open, file.digest)
    return parts | recording_parts(case)


def _case(case: Case) -> dict[str, Any]:
    files = [
        {"question": f.question, "name": f.name, "digest": f.digest, "media_type": f.media_type, "given_at": f.given_at}
        for f in case.files.order_by("id")
    ]
    told = {name: value for name, value in _row(case).items() if name not in ("secret", "state", "key")}
    return {**told, "process_digest": case.process.digest, "files": files}


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Any) -> dict[str, Any]:
    """A row's own columns, what lies sealed opened; foreign keys by number."""
    opened = getattr(row, "OPENED", {})
    columns = {field.name: field for field in row._meta.concrete_fields}
    told = {name: field.value_from_object(row) for name, field in columns.items() if name not in opened}
    return told | {name: getattr(row, name) for name in opened.values()}


def _plain(name: str) -> str:
    """A file's name as a part may be called."""
    return "".join("_" if letter in '/\\:*?"<>|' or not letter.isprintable() else letter for letter in name)[-120:]


def _undeclared(number: str) -> InputError:
    return InputError(
        zh=f"办件 {number} 的事项没有写明保管期限，不能归档",
        en=f"the item of {number} declares no retention; it is not archived",
        where="retention",
        hint_zh="在事项里写 retention：completed、otherwise、basis。",
        hint_en="Declare retention in the item: completed, otherwise, basis.",
    )
