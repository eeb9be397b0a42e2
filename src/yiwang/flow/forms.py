"""Forms: kept once for each content, by number; a draft and a case name the number they were asked by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Max

from yiwang.flow.core.forms.reading import FormRead, form_read
from yiwang.flow.models import FormVersion
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.errors import PackError
from yiwang.kernel.service import audit


@dataclass(frozen=True)
class FormFile:
    """`forms/<id>.form`: a form-js schema as it lies in the file."""

    id: str
    body: dict[str, Any]

    @cached_property
    def read(self) -> FormRead:
        return form_read(self.body)


def form_parse(data: bytes, where: str) -> FormFile:
    """The JSON of a form. Raises PackError; what the form says is checked with the pack."""
    try:
        body = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise PackError(zh=f"不是 JSON：{error}", en=f"not JSON: {error}", where=where) from error
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise PackError(zh="表单须是带 id 的 JSON 对象", en="a form is a JSON object with an id", where=where)
    return FormFile(body["id"], body)


@transaction.atomic
def form_install(*, actor: Actor, file: FormFile, pack: Pack) -> FormVersion:
    """Make a form of a pack effective. Other content is another version; the same content changes nothing."""
    demand(actor, "pack.install")
    digest = canonical_digest(file.body)
    versions = FormVersion.objects.filter(form_id=file.id)
    newest = versions.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return newest
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    row = FormVersion.objects.create(
        form_id=file.id,
        number=number,
        digest=digest,
        body=file.body,
        pack_id=pack.manifest.id,
        pack_digest=pack.digest,
    )
    audit(
        actor=actor,
        act="pack.install",
        object_kind="form",
        object_id=file.id,
        details={"pack": pack.manifest.id, "number": number, "digest": digest},
    )
    return row
