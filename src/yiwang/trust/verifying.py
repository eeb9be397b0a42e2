"""The ledger handed to a verifier, and looked through by the city itself: rows against leaves, leaves against tiles and heads."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.service import audit
from yiwang.trust.adapters.sm2 import sm2_verify
from yiwang.trust.appending import tiles_folder, verifiers
from yiwang.trust.core.note import note_holds, note_read
from yiwang.trust.core.verifier import Fault, Found, check_folder
from yiwang.trust.heads import head_text, witness_keys
from yiwang.trust.ledger import Proof
from yiwang.trust.models import Entry, EntrySubject, SignedHead
from yiwang.trust.uses import subjects_root

_CHUNK = 5_000


def ledger_export(*, actor: Actor, folder: Path) -> int:
    """Write the whole log into an empty folder for an auditor: entries, heads, keys, tiles. Returns the number of entries.

    Leaves name offices, purposes and keyed hashes of people: whoever gets them may see all uses. Takes "use.audit".
    """
    rule = demand(actor, "use.audit").rule
    entries = _write(folder)
    audit(actor=actor, act="ledger.export", object_kind="ledger", object_id=str(entries), rule=rule)
    return entries


def ledger_verify(actor: Actor) -> Found:
    """Look through the city's own ledger: what stands in the rows, in the leaves, in the tiles and under the signatures.

    Takes "use.audit". The first thing that does not hold is the fault; its entry is named.
    """
    demand(actor, "use.audit")
    scratch = Path(settings.PLACE.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        _write(Path(folder) / "log")
        found = check_folder(Path(folder) / "log", [str(one) for one in verifiers()])
    row = _sm2_fault() or next(_row_faults(), None)
    if row is None or (found.fault is not None and 0 <= found.fault.entry <= row.entry):
        return found
    return Found(found.entries, found.heads, found.root, row)


def proof_bundle(proof: Proof) -> dict[str, Any]:
    """A proof as JSON that the verifier and the browser read."""
    return {
        "leaf": base64.b64encode(proof.leaf).decode(),
        "index": proof.index,
        "size": proof.size,
        "hashes": [one.hex() for one in proof.hashes],
        "checkpoint": proof.checkpoint,
        "keys": list(proof.keys),
        "witnesses": list(proof.witnesses),
        "subject": proof.subject,
        "place": proof.place,
        "about": proof.about,
        "others": [one.hex() for one in proof.others],
    }


def _write(folder: Path) -> int:
    folder.mkdir(parents=True)
    count = 0
    with (folder / "entries").open("wb") as file:
        for index, leaf in Entry.objects.order_by("index").values_list("index", "leaf").iterator(_CHUNK):
            file.write(b"%d " % index + bytes(leaf) + b"\n")
            count += 1
    cosigned = {head.pk: head_text(head) for head in SignedHead.objects.filter(cosignatures__isnull=False).distinct()}
    rows = SignedHead.objects.order_by("size").values_list("pk", "note")
    heads = [cosigned.get(pk, note) for pk, note in rows]
    (folder / "heads.json").write_text(json.dumps(heads, ensure_ascii=False), encoding="utf-8")
    (folder / "keys").write_text("".join(f"{one}\n" for one in verifiers()), encoding="utf-8")
    (folder / "witnesses").write_text("".join(f"{one}\n" for one in witness_keys()), encoding="utf-8")
    if (tiles_folder() / "tile").is_dir():
        shutil.copytree(tiles_folder() / "tile", folder / "tile")
    return count


def _sm2_fault() -> Fault | None:
    """The newest head's second signature: slow to check, so not on every head."""
    head = SignedHead.objects.order_by("-size").first()
    if head is None or note_holds(note_read(head.note), verifiers()[1], sm2_verify):
        return None
    return Fault(
        head.size - 1, "最新检查点的 SM2 签名不成立", "the SM2 signature of the newest checkpoint does not hold"
    )


def _row_faults() -> Iterator[Fault]:
    """Columns that no longer say what the leaf says: a list of uses would be wrong although every proof holds."""
    about: dict[int, list[str]] = {}
    rows = EntrySubject.objects.order_by("entry", "place").values_list("entry_id", "subject")
    for index, subject in rows.iterator(_CHUNK):
        about.setdefault(index, []).append(subject)
    for row in Entry.objects.order_by("index").iterator(_CHUNK):
        leaf = json.loads(bytes(row.leaf))
        said = (
            leaf["id"],
            leaf["who"]["id"],
            leaf["who"]["department"],
            leaf["resource"],
            leaf["purpose"],
            leaf["grant"],
        )
        hidden = str(row.hidden_until) if row.hidden_until else None
        stands = (row.use, row.who, row.department, row.resource, row.purpose, row.grant)
        if said != stands or leaf["hidden_until"] != hidden:
            yield _differs(row.index)
        listed = about.get(row.index, [])
        whom = leaf["about"]
        if (subjects_root(listed) != whom["root"]) if isinstance(whom, dict) else (listed != ([whom] if whom else [])):
            yield _differs(row.index)


def _differs(index: int) -> Fault:
    return Fault(index, f"第 {index} 条的登记与原文不同", f"the row of entry {index} differs from its leaf")
