"""How the services of keys, credentials, materials and the archive are called once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from smallcity import Recipe, World

from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.trust import service as trust
from yiwang.trust.schema import CredentialFile

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


RECIPES: dict[str, Recipe] = {
    "credential_issue": credential_issue,
    "credential_kind_install": credential_kind_install,
    "credential_revoke": credential_revoke,
    "key_rotate": key_rotate,
    "keys_prepare": keys_prepare,
}
EXEMPT: dict[str, str] = {
    "holder_source_declare": "says once, when the program starts, who knows whose case it is; it writes nothing",
}
