"""For each service of the ledger and of backups, a call that must leave an audit line, or why it leaves none."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.conf import settings
from smallcity import Recipe, World

from yiwang.trust import backups
from yiwang.trust import service as trust
from yiwang.trust.adapters.databases import Copy
from yiwang.trust.core.witness import witness_key, witness_look
from yiwang.trust.selectors import ledger_file


def _database(folder: Path) -> Copy:
    """A database is not copied within a test's transaction; the drill copies a real one."""
    folder.mkdir(parents=True)
    (folder / "yiwang.sqlite3").write_bytes(b"rows")
    return Copy("sqlite", f"{folder.name}/yiwang.sqlite3", {}, 0, "")


def _export(world: World) -> partial[object]:
    trust.use_note(actor=world.actor, resource="r", version="1", fields=[], about=[], purpose="核对名单")
    trust.ledger_append_pending()
    return partial(trust.ledger_export, actor=world.actor, folder=world.folder / "log")


def _backup(world: World) -> partial[object]:
    world.patch.setattr(backups, "database_copy", _database)
    home = world.folder / "home"
    (home / "files").mkdir(parents=True)
    world.patch.setattr(settings, "PLACE", replace(settings.PLACE, home=home, lake_url=str(home / "lake")))
    return partial(trust.backup_make, actor=world.actor, folder=world.folder / "backup")


def _restore(world: World) -> partial[object]:
    _backup(world)()
    again = world.folder / "again"
    world.patch.setattr(settings, "PLACE", replace(settings.PLACE, home=again, lake_url=str(again / "lake")))
    world.patch.setattr(backups, "database_restore", lambda path: None)
    return partial(trust.backup_restore, actor=world.actor, folder=world.folder / "backup", verify=False)


def _register(world: World) -> partial[object]:
    return partial(trust.witness_register, actor=world.actor, key=str(witness_key(world.folder / "w", "audit.example")))


def _end(world: World) -> partial[object]:
    _register(world)()
    return partial(trust.witness_end, actor=world.actor, name="audit.example")


def _cosigned(world: World) -> partial[object]:
    trust.use_note(actor=world.actor, resource="r", version="1", fields=[], about=[], purpose="核对名单")
    trust.ledger_append_pending()
    _register(world)()
    seen = witness_look(world.folder / "w", lambda path: ledger_file(path), "audit.example", int(time.time()))
    return partial(trust.cosignature_take, actor=world.actor, text=seen.note)


RECIPES: dict[str, Recipe] = {
    "backup_make": _backup,
    "backup_restore": _restore,
    "ledger_export": _export,
    "witness_register": _register,
    "witness_end": _end,
    "cosignature_take": _cosigned,
}
EXEMPT: dict[str, str] = {
    "append_until": "a loop around ledger_append_pending that the server runs in a thread",
    "backup_check": "reads a folder of files outside the city and changes nothing anywhere",
    "ledger_append_pending": "gives lines their place in the ledger, which is itself the trail of uses",
    "ledger_verify": "reads the ledger and changes nothing; what it finds is told to the one who asked",
    "part_declare": "called once when the program starts, by the room that owns a folder; nobody acts",
    "proof_bundle": "writes a proof that was read already in another form",
    "use_note": "the line it leaves stands in the ledger, which is harder to change than the audit trail",
    "uses_note": "the lines it leaves stand in the ledger, which is harder to change than the audit trail",
}
