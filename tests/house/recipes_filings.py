"""How filing for somebody, and using what they hold, are called once."""

from __future__ import annotations

from functools import partial

import recipes_proofs
from smallcity import Recipe, World

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


RECIPES: dict[str, Recipe] = {"filing_note": filing_note, "held_use": held_use}
EXEMPT: dict[str, str] = {}
