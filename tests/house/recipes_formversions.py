"""For each service over versions of forms and the past of items, a call that must leave an audit line."""

from __future__ import annotations

from datetime import date
from functools import partial

from recipes_forms import FORM, ITEM, NAME, PHOTO
from smallcity import Recipe, World, pack

from yiwang.flow import service as flow
from yiwang.flow.schema import BeforeFile
from yiwang.kernel.core.actor import system_actor

APPROVER = system_actor("house:approver")
# Bound to nothing: the catalogue of the house holds no field for it.
NEW = {"id": FORM.id, "components": [{**NAME, "label": "事由", "properties": {"yw:en": "Subject"}}, PHOTO]}


def installed(world: World) -> None:
    flow.form_install(actor=world.actor, file=FORM, pack=pack())


def draft(world: World) -> int:
    installed(world)
    return flow.form_draft_save(actor=world.actor, form_id=FORM.id, body=NEW).number


def proposed(world: World) -> int:
    number = draft(world)
    flow.form_propose(actor=world.actor, form_id=FORM.id, number=number)
    return number


def form_approve(world: World) -> partial[object]:
    return partial(flow.form_approve, actor=APPROVER, form_id=FORM.id, number=proposed(world))


def form_draft_save(world: World) -> partial[object]:
    installed(world)
    return partial(flow.form_draft_save, actor=world.actor, form_id=FORM.id, body=NEW)


def form_propose(world: World) -> partial[object]:
    return partial(flow.form_propose, actor=world.actor, form_id=FORM.id, number=draft(world))


def form_reject(world: World) -> partial[object]:
    number = proposed(world)
    return partial(flow.form_reject, actor=APPROVER, form_id=FORM.id, number=number, note="too much is asked")


def form_roll_back(world: World) -> partial[object]:
    # The first version names no field, so that it fits this city again.
    flow.form_approve(actor=APPROVER, form_id=FORM.id, number=proposed(world))
    newer = {**NEW, "components": NEW["components"][:1]}
    number = flow.form_draft_save(actor=world.actor, form_id=FORM.id, body=newer).number
    flow.form_propose(actor=world.actor, form_id=FORM.id, number=number)
    flow.form_approve(actor=APPROVER, form_id=FORM.id, number=number)
    return partial(flow.form_roll_back, actor=APPROVER, form_id=FORM.id, number=2, note="a mistake")


def form_withdraw(world: World) -> partial[object]:
    return partial(flow.form_withdraw, actor=world.actor, form_id=FORM.id, number=proposed(world))


def item_before_save(world: World) -> partial[object]:
    flow.item_install(actor=world.actor, file=ITEM, pack=pack())
    source = {"zh": "旧规", "en": "Old rules"}
    figures = BeforeFile.model_validate({"steps": 6, "materials": 4, "days": "20wd", "fee": "50", "source": source})
    return partial(flow.item_before_save, actor=world.actor, item_id=ITEM.id, figures=figures, on=date(2019, 5, 1))


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        form_approve,
        form_draft_save,
        form_propose,
        form_reject,
        form_roll_back,
        form_withdraw,
        item_before_save,
    )
}
