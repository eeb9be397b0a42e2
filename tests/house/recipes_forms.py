"""For each service over forms, drafts and service items, a call that must leave an audit line."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from smallcity import Recipe, World, pack

from yiwang.flow import service as flow
from yiwang.flow.forms import FormFile
from yiwang.flow.schema import ItemFile
from yiwang.kernel.core.text import Text

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
NAME: dict[str, Any] = {
    "type": "textfield",
    "key": "name",
    "label": "名称",
    "properties": {"yw:en": "Name", "yw:field": "small-list.remark", "yw:prefill": "true"},
}
PHOTO: dict[str, Any] = {
    "type": "filepicker",
    "key": "photo",
    "label": "照片",
    "properties": {"yw:en": "Photo", "yw:accept": "png"},
}
FORM = FormFile("house-form", {"id": "house-form", "components": [NAME, PHOTO]})
ITEM = ItemFile.model_validate(
    {
        "id": "house-item",
        "title": {"zh": "试办", "en": "A trial"},
        "summary": {"zh": "试", "en": "A trial"},
        "kind": "service",
        "department": "civil",
        "open_to": ["staff"],
        "channels": ["counter"],
        "limit": {"budget": "5wd", "law": "某办法", "article": "第五条"},
        "results": [{"title": {"zh": "答复", "en": "A reply"}, "kind": "reply"}],
        "process": "house-process",
        "form": "house-form",
        "valid_from": "2020-01-01",
    }
)


def draft(world: World) -> int:
    flow.form_install(actor=world.actor, file=FORM, pack=pack())
    return flow.draft_save(actor=world.actor, form_id=FORM.id, answers={"name": "甲"}).id


def given(world: World, number: int) -> str:
    return flow.draft_file_add(
        actor=world.actor, draft_id=number, question="photo", source=io.BytesIO(PNG), name="a.png"
    ).digest


def draft_drop(world: World) -> partial[object]:
    return partial(flow.draft_drop, actor=world.actor, draft_id=draft(world))


def draft_file_add(world: World) -> partial[object]:
    source = io.BytesIO(PNG)
    return partial(
        flow.draft_file_add, actor=world.actor, draft_id=draft(world), question="photo", source=source, name="a.png"
    )


def draft_file_drop(world: World) -> partial[object]:
    number = draft(world)
    digest = given(world, number)
    return partial(flow.draft_file_drop, actor=world.actor, draft_id=number, question="photo", digest=digest)


def draft_prefill(world: World) -> partial[object]:
    record = flow.Record("small-list", Text(zh="小表", en="Small list"), 1, {"remark": "甲"})
    return partial(flow.draft_prefill, actor=world.actor, draft_id=draft(world), records=[record])


def draft_save(world: World) -> partial[object]:
    flow.form_install(actor=world.actor, file=FORM, pack=pack())
    return partial(flow.draft_save, actor=world.actor, form_id=FORM.id, answers={})


def form_install(world: World) -> partial[object]:
    return partial(flow.form_install, actor=world.actor, file=FORM, pack=pack())


def form_submit(world: World) -> partial[object]:
    return partial(flow.form_submit, actor=world.actor, draft_id=draft(world))


def item_install(world: World) -> partial[object]:
    return partial(flow.item_install, actor=world.actor, file=ITEM, pack=pack())


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (
        draft_drop,
        draft_file_add,
        draft_file_drop,
        draft_prefill,
        draft_save,
        form_install,
        form_submit,
        item_install,
    )
}
