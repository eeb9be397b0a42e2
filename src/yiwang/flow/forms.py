"""Forms: kept once for each content, by number; a draft and a case name the number they were asked by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yiwang.flow.core.forms.elements import Form, Option, with_options
from yiwang.flow.core.forms.reading import FormRead, form_read
from yiwang.flow.models import FormVersion, ItemVersion
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound, PackError
from yiwang.kernel.selectors import department_list, division_list
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


@dataclass(frozen=True)
class FormDetail:
    """One content of a form, read."""

    id: str
    number: int
    digest: str
    form: Form
    body: dict[str, Any]


@dataclass(frozen=True)
class AskedAgain:
    """A question that is asked although the city may hold the answer, and why: printed with the item and in the catalogue."""

    form_id: str
    label: Text
    field: str
    reason: Text


def asked_again(form_id: str) -> tuple[AskedAgain, ...]:
    """What the newest version of a form asks again, in its order."""
    form = form_of(form_id, form_version(form_id).number)
    return tuple(AskedAgain(form_id, q.label, q.field, q.reason) for q in form.questions if q.reason is not None)


def asked_again_list(actor: Actor) -> tuple[AskedAgain, ...]:
    """The same of every form, by form: what the catalogue prints beside the fields."""
    demand(actor, "catalogue.read")
    ids = FormVersion.objects.order_by("form_id").values_list("form_id", flat=True).distinct()
    return tuple(one for form_id in ids for one in asked_again(form_id))


def form_get(actor: Actor, form_id: str, *, number: int | None = None) -> FormDetail:
    """A version of a form, the newest by default. The public sees those of the items open to it. Raises NotFound."""
    row = form_version(form_id, number)
    if not verdict(actor, "process.read").allowed and not _is_public(form_id):
        raise _unknown(form_id)
    return FormDetail(form_id, row.number, row.digest, form_of(form_id, row.number), row.body)


def form_version(form_id: str, number: int | None = None) -> FormVersion:
    """Raises NotFound."""
    rows = FormVersion.objects.filter(form_id=form_id)
    row = (rows if number is None else rows.filter(number=number)).order_by("-number").first()
    if row is None:
        raise _unknown(form_id)
    return row


@lru_cache(maxsize=256)
def _read(form_id: str, digest: str, text: str) -> Form:
    found = form_read(json.loads(text)).form
    if found is None:
        raise PackError(zh=f"表单 {form_id} 已不能读取", en=f"the form {form_id} can no longer be read", where=digest)
    return found


def form_of(form_id: str, number: int) -> Form:
    """A form as it was read, from a version that was checked when it was installed. Raises NotFound."""
    row = form_version(form_id, number)
    form = _read(form_id, row.digest, json.dumps(row.body))
    named = {question.options_from for question in form.questions if question.options_from}
    return with_options(form, {name: LISTS[name]() for name in named}) if named else form


def _departments() -> tuple[Option, ...]:
    return tuple(Option(one.code, one.name) for one in department_list())


def _divisions() -> tuple[Option, ...]:
    return tuple(Option(one.code, Text(zh=one.name, en=one.name)) for one in division_list())


# What each list of the city holds today: a form that names one need not be changed when the city is.
LISTS: dict[str, Callable[[], tuple[Option, ...]]] = {"departments": _departments, "divisions": _divisions}


def _is_public(form_id: str) -> bool:
    day = timezone.localdate()
    rows = ItemVersion.objects.filter(body__form=form_id, valid_from__lte=day).only("body")
    return any("public" in row.body["open_to"] for row in rows)


def _unknown(form_id: str) -> NotFound:
    near = ", ".join(closest(form_id, set(FormVersion.objects.values_list("form_id", flat=True))))
    return NotFound(
        zh=f"没有表单 {form_id}",
        en=f"there is no form {form_id}",
        where="form",
        hint_zh=f"相近：{near}" if near else "",
        hint_en=f"Near: {near}" if near else "",
    )
