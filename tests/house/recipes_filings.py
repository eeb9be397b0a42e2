"""How filing for somebody, and using what they hold, are called once."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import recipes_cases
import recipes_forms
import recipes_proofs
from smallcity import Recipe, World, pack

from yiwang.flow import service as flow
from yiwang.flow.models import ItemVersion
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.service import file_put
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust


def filing_note(world: World) -> partial[object]:
    actor = recipes_proofs.holder(world)
    (row,) = reads.subjects_of(actor)
    return partial(trust.filing_note, actor=actor, case="C-1", subject=reads.subject_word(row), purpose="试办")


def held_use(world: World) -> partial[object]:
    keep = recipes_proofs.material_keep(world)
    held, actor = f"material:{keep()}", keep.keywords["actor"]
    (row,) = reads.subjects_of(actor)
    subject = reads.subject_word(row)
    digest = reads.held_lend(actor, subject=subject, held=held).digest
    return partial(trust.held_use, actor=actor, subject=subject, held=held, digest=digest, case="C-1", purpose="试办")


def _open_item(**changes: Any) -> None:
    """The item of the trial, for the public and on the web."""
    item = ItemVersion.objects.get()
    item.body = {**item.body, "open_to": ["public"], "channels": ["web"], **changes}
    item.digest = "1" * 64
    item.save()


def case_file(world: World) -> partial[object]:
    recipes_cases.prepared(world)

    actor = recipes_proofs.holder(world)
    (row,) = reads.subjects_of(actor)
    return partial(
        flow.case_file,
        actor=actor,
        filer=flow.Filer(reads.subject_word(row)),
        item_id="house-item",
        title="试",
        applicant={},
        channel="web",
    )


def draft_adopt(world: World) -> partial[object]:
    draft = _drafted(world, Actor(id="public:web", name="p", kind="public"))
    return partial(flow.draft_adopt, actor=world.actor, draft_id=draft.id, token=draft.token)


def draft_held_add(world: World) -> partial[object]:
    actor = recipes_proofs.holder(world)
    draft = _drafted(world, actor)
    (row,) = reads.subjects_of(actor)
    file = file_put(actor=world.actor, source=io.BytesIO(recipes_forms.PNG), name="a.png")
    given = trust.GivenMaterial("photo", "照片", file.digest)
    kept = trust.material_keep(actor=actor, kind="resident", subject=row.hash, given=given)
    return partial(
        flow.draft_held_add,
        actor=actor,
        draft_id=draft.id,
        question="photo",
        subject=reads.subject_word(row),
        held=f"material:{kept}",
    )


def _drafted(world: World, actor: Actor) -> Any:
    flow.form_install(actor=world.actor, file=recipes_forms.FORM, pack=pack())
    flow.item_install(actor=world.actor, file=recipes_forms.ITEM, pack=pack())
    _open_item(materials=[{"id": "photo", "title": {"zh": "照片", "en": "Photo"}, "question": "photo"}])
    return flow.draft_save(actor=actor, form_id=recipes_forms.FORM.id, item_id="house-item", answers={})


RECIPES: dict[str, Recipe] = {"filing_note": filing_note, "held_use": held_use}
FLOW: dict[str, Recipe] = {"case_file": case_file, "draft_adopt": draft_adopt, "draft_held_add": draft_held_add}
EXEMPT: dict[str, str] = {}
