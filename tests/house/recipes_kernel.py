"""For each service of the kernel, a call that must leave an audit line."""

from __future__ import annotations

import io
import shutil
from datetime import date, timedelta
from functools import partial

from pydantic import BaseModel
from smallcity import FOUNDED, PASSWORD, Recipe, World
from sources import ROOT

from yiwang.kernel import packing
from yiwang.kernel import service as kernel
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.divisionfile import DivisionLine
from yiwang.kernel.core.text import Text
from yiwang.kernel.schema import DepartmentEntry, DepartmentsFile
from yiwang.kernel.selectors import actor_of

EXEMPT = {
    "action_declare": "adds to the program's own list when it starts; nothing is written",
    "dispatch_until": "the loop around events_deliver",
    "emit": "called inside a service, whose line it stands beside",
    "event_declare": "adds to the program's own list when it starts; nothing is written",
    "events_deliver": "hands on what a service did and told of; the subscribers' services leave their lines",
    "file_guard_declare": "says once, when the program starts, which files must stay; nothing is written",
    "file_sealer_declare": "says once, when the program starts, how files are sealed; nothing is written",
    "pack_new": "copies a folder for its author; the city is not touched",
    "subscribe": "adds to the program's own list when it starts; nothing is written",
}


class Nothing(BaseModel):
    """The arguments of an action that takes none."""


def nothing(*_: object) -> None:
    """An action that does nothing."""


def lines() -> list[DivisionLine]:
    return [
        DivisionLine(code=code, parent=parent, name=name, level=level, valid_from=FOUNDED, source="a notice")
        for code, parent, name, level in (
            ("230000000000", "", "黑龙江省", "province"),
            ("230800000000", "230000000000", "佳木斯市", "city"),
        )
    ]


def account_create(world: World) -> partial[object]:
    return partial(
        kernel.account_create, actor=world.actor, username="somebody", display_name="某人", password=PASSWORD
    )


def account_enable(world: World) -> partial[object]:
    return partial(kernel.account_enable, actor=world.actor, account=world.account(), enabled=False)


def action_run(world: World) -> partial[object]:
    kernel.action_declare("house.nothing", Nothing, nothing, Text(zh="什么也不做", en="do nothing"))
    return partial(kernel.action_run, name="house.nothing", arguments={}, actor=world.actor, key="once")


def audit(world: World) -> partial[object]:
    return partial(kernel.audit, actor=world.actor, act="house.look", object_kind="house", object_id="1")


def city_mark_synthetic(world: World) -> partial[object]:
    return partial(kernel.city_mark_synthetic, actor=world.actor)


def demo_accounts_create(world: World) -> partial[object]:
    kernel.pack_install(actor=world.actor, folder=ROOT / "packs/foundation/departments")
    kernel.city_mark_synthetic(actor=world.actor)
    return partial(kernel.demo_accounts_create, actor=world.actor)


def department_dissolve(world: World) -> partial[object]:
    world.departments()
    return partial(kernel.department_dissolve, actor=world.actor, code="civil", on=date(2024, 1, 1))


def department_save(world: World) -> partial[object]:
    return partial(
        kernel.department_save, actor=world.actor, code="city", name=Text(zh="市政府", en="City"), parent=None
    )


def departments_install(world: World) -> partial[object]:
    entry = DepartmentEntry(id="city", name=Text(zh="市政府", en="City"))
    file = DepartmentsFile(valid_from=FOUNDED, departments=(entry,))
    return partial(kernel.departments_install, actor=world.actor, file=file)


def division_change(world: World) -> partial[object]:
    kernel.divisions_install(actor=world.actor, lines=lines())
    return partial(
        kernel.division_change,
        actor=world.actor,
        kind="renamed",
        codes=["230800"],
        into=[kernel.DivisionTarget(code="230800", name="新名市", parent="230000")],
        on=date(2024, 1, 1),
        source="a notice",
    )


def divisions_install(world: World) -> partial[object]:
    return partial(kernel.divisions_install, actor=world.actor, lines=lines())


def file_forget(world: World) -> partial[object]:
    stored = file_put(world)()
    return partial(kernel.file_forget, actor=world.actor, digest=stored.digest, purpose="an order")


def file_seal(world: World) -> partial[object]:
    stored = file_put(world)()
    return partial(kernel.file_seal, actor=world.actor, digest=stored.digest, purpose="a law")


def file_put(world: World) -> partial[object]:
    return partial(kernel.file_put, actor=world.actor, source=io.BytesIO(b"bytes"), name="a.txt")


def liaison_assign(world: World) -> partial[object]:
    world.departments()
    return partial(kernel.liaison_assign, actor=world.actor, department="civil", name="某人")


def message_read(world: World) -> partial[object]:
    from_account = actor_of(kernel.sign_in(username=_somebody(world), password=PASSWORD, address="127.0.0.1"))
    return partial(kernel.message_read, actor=from_account)


def _somebody(world: World) -> str:
    world.account("reader")
    return "reader"


def message_send(world: World) -> partial[object]:
    return partial(kernel.message_send, actor=world.actor, to=[world.account()], title=Text(zh="你好", en="Hello"))


def pack_install(world: World) -> partial[object]:
    return partial(kernel.pack_install, actor=world.actor, folder=ROOT / "packs/foundation/departments")


def packs_install_built_in(world: World) -> partial[object]:
    world.patch.setattr(packing, "BUILT_IN", world.folder / "packs")
    shutil.copytree(ROOT / "packs/foundation/departments", world.folder / "packs/departments")
    return partial(kernel.packs_install_built_in, actor=world.actor)


def password_set(world: World) -> partial[object]:
    return partial(kernel.password_set, actor=world.actor, account=world.account(), password="another-rare-one")


def receipt_write(world: World) -> partial[object]:
    return partial(
        kernel.receipt_write,
        actor=world.actor,
        kind="house",
        inputs={},
        outputs={},
        pack_digests={},
        as_of=FOUNDED,
        engine_versions={},
    )


def role_grant(world: World) -> partial[object]:
    return partial(kernel.role_grant, actor=world.actor, account=world.account(), role=Role.STEWARD, department="civil")


def role_revoke(world: World) -> partial[object]:
    account = world.account()
    day = FOUNDED + timedelta(days=1)
    kernel.role_grant(actor=world.actor, account=account, role=Role.STEWARD, department="civil", on=day)
    return partial(kernel.role_revoke, actor=world.actor, account=account, role=Role.STEWARD, department="civil")


def factor_try(world: World) -> partial[object]:
    return partial(kernel.factor_try, account=world.account(), method="totp", address="127.0.0.1", check=lambda: True)


def sign_in(world: World) -> partial[object]:
    return partial(kernel.sign_in, username=_somebody(world), password=PASSWORD, address="127.0.0.1")


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        account_create,
        account_enable,
        action_run,
        audit,
        city_mark_synthetic,
        demo_accounts_create,
        department_dissolve,
        department_save,
        departments_install,
        division_change,
        divisions_install,
        file_forget,
        file_seal,
        file_put,
        liaison_assign,
        message_read,
        message_send,
        pack_install,
        packs_install_built_in,
        password_set,
        receipt_write,
        role_grant,
        role_revoke,
        factor_try,
        sign_in,
    )
}
