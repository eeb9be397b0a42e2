"""The archive (电子档案): closed matters packed, checked four ways, handed over and, when their time is over, destroyed by two.

What a matter is this room does not know: it gets parts by name and the facts that are kept of it. A package lies sealed
among the stored files; what is handed over or downloaded is in the clear and opens without this program and its keys.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, Refused
from yiwang.kernel.selectors import file_lent, file_open
from yiwang.kernel.service import audit, emit, file_forget, file_put
from yiwang.trust.adapters.bags import MANIFEST, Opener, bag_add, bag_make, bag_tar
from yiwang.trust.archivechecks import SIGNATURE, TYP, manifest_digest, outcomes
from yiwang.trust.archiveevents import DESTROYED
from yiwang.trust.core.fourchecks import Check, Outcome
from yiwang.trust.core.signedtext import signed_text
from yiwang.trust.errors import SealBroken
from yiwang.trust.keys import key_id, public_keys, signing_key
from yiwang.trust.models import ArchiveBox, ArchiveCheck, ArchiveTransfer

PURPOSE = "archive"
PERMANENT = "permanent"
_PERIOD = re.compile(r"permanent|[1-9][0-9]?y")
_PART = re.compile(r"[^/\x00-\x1f\\][^\x00-\x1f\\]{0,300}")
KEEPER = system_actor("archive")


@dataclass(frozen=True)
class Matter:
    """What is kept of a closed matter. `retention` is "permanent" or years ("30y"), as its item declares."""

    number: str
    title: str
    department: str
    result: str
    closed_on: date
    retention: str
    basis: str
    facts: Mapping[str, Any]


def archive_pack(*, actor: Actor, matter: Matter, parts: Mapping[str, bytes | Opener]) -> ArchiveBox:
    """Pack a closed matter, check it four ways and keep it. Packed before, the package there is answered.

    A package that does not pass a check is kept all the same: somebody has to look. Raises Refused, InputError without a
    retention or for a part's name that cannot be.
    """
    rule = demand(actor, "archive.keep", matter.department).rule
    known = ArchiveBox.objects.filter(number=matter.number).first()
    if known is not None:
        return known
    keep_until = _kept_until(matter)
    _names_checked(parts)
    tar, manifest = _packed(matter, parts)
    try:
        with transaction.atomic():
            name = f"{matter.number}.tar"
            file = file_put(actor=actor, source=tar, name=name, media_type="application/x-tar", sealed=True)
            box = ArchiveBox.objects.create(
                number=matter.number,
                title=matter.title[:200],
                department=matter.department,
                result=matter.result,
                closed_on=matter.closed_on,
                digest=file.digest,
                size=file.size,
                tagmanifest=manifest,
                retention=matter.retention,
                retention_basis=matter.basis,
                keep_until=keep_until,
                packed_by=actor.id,
                packed_at=timezone.now(),
            )
            audit(
                actor=actor,
                act="archive.pack",
                object_kind="archive",
                object_id=box.number,
                rule=rule,
                details={"digest": box.digest, "parts": len(parts), "keep_until": keep_until or PERMANENT},
            )
            _checked(actor, box)
    finally:
        rmtree(tar.parent)
    return box


def archive_check(*, actor: Actor, number: str) -> ArchiveCheck:
    """Look at the package again, all four ways; the result is kept whatever it is. Raises NotFound, Refused."""
    box = _box(number)
    rule = demand(actor, "archive.keep", box.department).rule
    if box.state == ArchiveBox.State.DESTROYED:
        raise _gone(box)
    with transaction.atomic():
        found = _checked(actor, box)
        audit(
            actor=actor,
            act="archive.check",
            object_kind="archive",
            object_id=number,
            rule=rule,
            details={"holds": found.holds},
        )
    return found


def archive_transfer(*, actor: Actor, number: str, office: str) -> Path:
    """Hand a package over: checked once more, and laid out as a file for the office. Returns where it lies.

    Raises Conflict when a check does not hold: what is broken is not handed on.
    """
    box = _box(number)
    rule = demand(actor, "archive.keep", box.department).rule
    if not office.strip():
        raise InputError(zh="没有写明接收的档案馆", en="name the archive office that receives it", where="office")
    found = archive_check(actor=actor, number=number)
    if not found.holds:
        raise Conflict(
            zh=f"档案 {number} 的四性检测没有通过，不能移交",
            en=f"the package {number} does not pass its four checks and is not handed over",
            where=number,
            hint_zh="看检测结果里第一处问题。",
            hint_en="See the first problem in the result of the check.",
        )
    target = Path(settings.PLACE.home) / "archive" / "out" / f"{number}.tar"
    target.parent.mkdir(parents=True, exist_ok=True)
    with file_open(box.digest) as source, target.open("wb") as out:
        copyfileobj(source, out)
    with transaction.atomic():
        ArchiveTransfer.objects.create(box=box, office=office.strip()[:160], digest=box.digest, by=actor.id)
        audit(
            actor=actor,
            act="archive.transfer",
            object_kind="archive",
            object_id=number,
            rule=rule,
            details={"office": office.strip(), "digest": box.digest},
        )
    return target


def archive_received(*, actor: Actor, number: str, receipt: str) -> None:
    """Note the receipt of the office for the newest handing over. Raises Conflict when none waits for one."""
    box = _box(number)
    rule = demand(actor, "archive.keep", box.department).rule
    if not receipt.strip():
        raise InputError(zh="没有写回执编号", en="the receipt has no number", where="receipt")
    with transaction.atomic():
        handed = box.transfers.filter(receipt="").order_by("-id").first()
        if handed is None:
            raise Conflict(zh=f"档案 {number} 没有待回执的移交", en=f"no transfer of {number} waits", where=number)
        handed.receipt, handed.received_at = receipt.strip()[:120], timezone.now()
        handed.save(update_fields=["receipt", "received_at"])
        if box.state == ArchiveBox.State.PACKED:
            box.state = ArchiveBox.State.TRANSFERRED
            box.save(update_fields=["state"])
        audit(
            actor=actor,
            act="archive.received",
            object_kind="archive",
            object_id=number,
            rule=rule,
            details={"office": handed.office, "receipt": handed.receipt},
        )


def archive_destroy_propose(*, actor: Actor, number: str, reason: str) -> None:
    """Propose that a package whose time is over be destroyed. Raises Conflict before that, and always for a permanent one."""
    with transaction.atomic():
        box = _box(number, lock=True)
        rule = demand(actor, "archive.keep", box.department).rule
        if not reason.strip():
            raise InputError(zh="没有写销毁的理由", en="say why it is to be destroyed", where="reason")
        if box.keep_until is None or timezone.localdate() < box.keep_until:
            zh, en = ("永久保管", "for good") if box.keep_until is None else ("保管到 ", "until ")
            day = box.keep_until or ""
            raise Conflict(
                zh=f"档案 {number} {zh}{day}，不能销毁", en=f"the package {number} is kept {en}{day}", where=number
            )
        if box.state not in (ArchiveBox.State.PACKED, ArchiveBox.State.TRANSFERRED):
            raise Conflict(zh=f"档案 {number} 已经提出过销毁", en=f"{number} is proposed already", where=number)
        box.state, box.destroy_by, box.destroy_reason = ArchiveBox.State.PROPOSED, actor.id, reason.strip()[:400]
        box.save(update_fields=["state", "destroy_by", "destroy_reason"])
        audit(
            actor=actor,
            act="archive.destroy-propose",
            object_kind="archive",
            object_id=number,
            rule=rule,
            details={"reason": box.destroy_reason},
        )


def archive_destroy_approve(*, actor: Actor, number: str) -> str:
    """Destroy what another person proposed, and return the signed certificate. The record stays, the package goes.

    Raises Refused for whoever proposed it, Conflict when nobody did.
    """
    with transaction.atomic():
        box = _box(number, lock=True)
        rule = demand(actor, "archive.destroy", box.department).rule
        if box.state != ArchiveBox.State.PROPOSED:
            raise Conflict(zh=f"没有人提出销毁档案 {number}", en=f"nobody proposed to destroy {number}", where=number)
        if actor.id == box.destroy_by:
            raise Refused(
                zh="提出销毁的人不能自己批准",
                en="whoever proposed it cannot approve it",
                where="two-people",
                hint_zh="请另一位负责人批准。",
                hint_en="Another person has to.",
            )
        now = timezone.now()
        said = {
            "number": number,
            "title": box.title,
            "digest": box.digest,
            "size": box.size,
            "retention": box.retention,
            "basis": box.retention_basis,
            "keep_until": box.keep_until.isoformat() if box.keep_until else PERMANENT,
            "reason": box.destroy_reason,
            "proposed_by": box.destroy_by,
            "approved_by": actor.id,
            "destroyed_at": now.isoformat(timespec="seconds"),
        }
        box.certificate = signed_text(said, signing_key(PURPOSE), key_id(PURPOSE), "destruction+jws")
        box.state, box.destroy_approver, box.destroyed_at = ArchiveBox.State.DESTROYED, actor.id, now
        box.save()
        audit(actor=actor, act="archive.destroy", object_kind="archive", object_id=number, rule=rule, details=said)
        emit(DESTROYED, {"number": number})
        (Path(settings.PLACE.home) / "archive" / "out" / f"{number}.tar").unlink(missing_ok=True)
        # Last: when the bytes cannot be destroyed, nothing says they were.
        file_forget(actor=KEEPER, digest=box.digest, purpose=f"archive {number}")
    return box.certificate


def _box(number: str, *, lock: bool = False) -> ArchiveBox:
    rows = ArchiveBox.objects.select_for_update() if lock else ArchiveBox.objects.all()
    box = rows.filter(number=number).first()
    if box is None:
        raise NotFound(zh=f"没有档案 {number}", en=f"there is no archive {number}", where="number")
    return box


def _gone(box: ArchiveBox) -> Conflict:
    return Conflict(
        zh=f"档案 {box.number} 已于 {box.destroyed_at:%Y-%m-%d} 销毁",
        en=f"the package {box.number} was destroyed on {box.destroyed_at:%Y-%m-%d}",
        where=box.number,
    )


def _kept_until(matter: Matter) -> date | None:
    if not _PERIOD.fullmatch(matter.retention) or not matter.basis.strip():
        raise InputError(
            zh=f"事项没有为结果“{matter.result}”写明保管期限和依据，{matter.number} 不能归档",
            en=f"no retention with its basis is declared for the result {matter.result}; {matter.number} is not archived",
            where="retention",
            hint_zh="在事项的 retention 里写 permanent 或年数（如 30y）和依据。",
            hint_en="Declare permanent or years (such as 30y) and its basis in the item's retention.",
        )
    if matter.retention == PERMANENT:
        return None
    year = matter.closed_on.year + int(matter.retention[:-1])
    # Years count from the end of the year it was closed in, so that a whole year's boxes end together.
    return date(year + 1, 1, 1)


def _names_checked(parts: Mapping[str, object]) -> None:
    for name in parts:
        if name == "facts.json" or any(not _PART.fullmatch(one) or one in (".", "..") for one in name.split("/")):
            raise InputError(zh=f"档案里的文件不能叫 {name!r}", en=f"a part cannot be called {name!r}", where=name)
    if not parts:
        raise InputError(zh="没有要归档的内容", en="there is nothing to archive", where="parts")


def _packed(matter: Matter, parts: Mapping[str, bytes | Opener]) -> tuple[Path, str]:
    """The tar in a folder of its own below the scratch, and the digest its signature covers."""
    around = Path(settings.PLACE.scratch) / f"archive-{uuid.uuid4().hex}"
    facts = {
        "number": matter.number,
        "title": matter.title,
        "department": matter.department,
        "result": matter.result,
        "closed_on": matter.closed_on,
        "retention": matter.retention,
        "retention_basis": matter.basis,
        "parts": sorted(parts),
        "more": matter.facts,
    }
    bag = bag_make(
        around / "bag",
        {**parts, "facts.json": canonical_json(facts)},
        {
            "External-Identifier": matter.number,
            "External-Description": matter.title.replace("\n", " "),
            "Source-Organization": matter.department,
            "Bagging-Date": matter.closed_on.isoformat(),
        },
    )
    manifest = manifest_digest(bag)
    said = {"number": matter.number, "manifest": manifest, "file": MANIFEST}
    bag_add(bag, SIGNATURE, signed_text(said, signing_key(PURPOSE), key_id(PURPOSE), TYP).encode())
    tar = around / "bag.tar"
    bag_tar(bag, matter.number, tar)
    return tar, manifest


def _checked(actor: Actor, box: ArchiveBox) -> ArchiveCheck:
    keys = {key.id: key.ed25519 for key in public_keys(PURPOSE)}
    try:
        with file_lent(box.digest) as tar:
            found = outcomes(tar, box.digest, keys)
    except (NotFound, SealBroken) as error:
        found = tuple(
            Outcome(check, Text(zh="文件打不开", en="the file does not open"), (error.en,)) for check in Check
        )
    return ArchiveCheck.objects.create(
        box=box,
        holds=all(one.holds for one in found),
        results=[
            {"check": one.check.value, "zh": one.looked_at.zh, "en": one.looked_at.en, "problems": list(one.problems)}
            for one in found
        ],
        by=actor.id,
    )
