"""How the services of keys, credentials, materials and the archive are called once."""

from __future__ import annotations

import io
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from smallcity import Recipe, World

from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import file_put
from yiwang.trust import service as trust
from yiwang.trust.schema import CredentialFile
from yiwang.trust.subjects import subject_hash

CARD = CredentialFile.model_validate(
    {
        "id": "house-card",
        "title": {"zh": "试用证", "en": "Trial card"},
        "department": "civil",
        "legal_basis": [{"law": "试行规定", "article": "第一条"}],
        "prefix": "HC",
        "holder": {"kind": "resident", "identifier": "id_number", "name": "name"},
        "fields": [{"id": "remark", "title": {"zh": "说明", "en": "Remark"}, "disclose": "always"}],
        "validity": {"until_withdrawn": True},
    }
)


def pack() -> Pack:
    text = Text(zh="试", en="A trial")
    manifest = Manifest(id="house-cards", version="1.0.0", title=text, summary=text, department="civil")
    return Pack(manifest, Path("."), {})


def keys_prepare(world: World) -> partial[object]:
    return partial(trust.keys_prepare)


def key_rotate(world: World) -> partial[object]:
    trust.keys_prepare()
    return partial(trust.key_rotate, actor=world.actor, purpose="exchange")


def credential_kind_install(world: World) -> partial[object]:
    world.departments()
    return partial(trust.credential_kind_install, actor=world.actor, file=CARD, pack=pack())


def credential_issue(world: World) -> partial[object]:
    credential_kind_install(world)()
    return partial(
        trust.credential_issue,
        actor=world.actor,
        kind="house-card",
        case="C-1",
        applicant={"id_number": "1", "name": "甲"},
        claims={"remark": "试"},
        key="C-1",
    )


def credential_revoke(world: World) -> partial[object]:
    number = str(credential_issue(world)())
    return partial(trust.credential_revoke, actor=world.actor, number=number, case="C-2", reason="试")


def matter(closed: date) -> trust.Matter:
    return trust.Matter("A-1", "试", "civil", "completed", closed, "1y", "试行规定 第一条", {})


def archive_pack(world: World, closed: date = date(2000, 1, 1)) -> partial[object]:
    return partial(trust.archive_pack, actor=world.actor, matter=matter(closed), parts={"case.json": b"{}"})


def archive_check(world: World) -> partial[object]:
    archive_pack(world)()
    return partial(trust.archive_check, actor=world.actor, number="A-1")


def archive_transfer(world: World) -> partial[object]:
    archive_pack(world)()
    return partial(trust.archive_transfer, actor=world.actor, number="A-1", office="市档案馆")


def archive_received(world: World) -> partial[object]:
    archive_transfer(world)()
    return partial(trust.archive_received, actor=world.actor, number="A-1", receipt="R-1")


def archive_destroy_propose(world: World) -> partial[object]:
    archive_pack(world)()
    return partial(trust.archive_destroy_propose, actor=world.actor, number="A-1", reason="到期")


def archive_destroy_approve(world: World) -> partial[object]:
    archive_destroy_propose(world)()
    return partial(trust.archive_destroy_approve, actor=system_actor("house:approver"), number="A-1")


def holder(world: World) -> Actor:
    """Somebody who is bound to a person of the registers."""
    number = world.account("holder")
    trust.subject_bind(**_binding(world, number))
    return Actor(id=f"account:{number}", name="holder")


def _binding(world: World, number: int) -> dict[str, Any]:
    return {
        "actor": world.actor,
        "account": number,
        "kind": "resident",
        "identifier": "1",
        "title": "甲*",
        "assurance": "counter",
    }


def material_keep(world: World) -> partial[object]:
    actor = holder(world)
    file = file_put(actor=world.actor, source=io.BytesIO(b"text"), name="a.txt")
    given = trust.GivenMaterial("identity-card", "身份证", file.digest)
    return partial(
        trust.material_keep, actor=actor, kind="resident", subject=subject_hash("resident", "1"), given=given
    )


def material_use(world: World) -> partial[object]:
    keep = material_keep(world)
    number = keep()
    return partial(
        trust.material_use,
        actor=keep.keywords["actor"],
        material=number,
        case="C-1",
        purpose="试",
        consent="同意",
    )


def material_end(world: World) -> partial[object]:
    keep = material_keep(world)
    return partial(trust.material_end, actor=keep.keywords["actor"], material=keep())


RECIPES: dict[str, Recipe] = {
    "material_end": material_end,
    "material_keep": material_keep,
    "material_use": material_use,
    "archive_check": archive_check,
    "archive_destroy_approve": archive_destroy_approve,
    "archive_destroy_propose": archive_destroy_propose,
    "archive_pack": archive_pack,
    "archive_received": archive_received,
    "archive_transfer": archive_transfer,
    "credential_issue": credential_issue,
    "credential_kind_install": credential_kind_install,
    "credential_revoke": credential_revoke,
    "key_rotate": key_rotate,
    "keys_prepare": keys_prepare,
}
EXEMPT: dict[str, str] = {
    "holder_source_declare": "says once, when the program starts, who knows whose case it is; it writes nothing",
}
