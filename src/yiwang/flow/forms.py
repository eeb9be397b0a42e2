"""Forms as they are asked: the published version now; a draft and a case name the number they were asked by."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.utils import timezone

from yiwang.flow.core.forms.elements import Form, Option, with_options
from yiwang.flow.core.forms.reading import FORM_ID, FormRead, form_read
from yiwang.flow.models import AskedForm, FormVersion, ItemVersion
from yiwang.kernel.access import demand, verdict
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import plain
from yiwang.kernel.core.closest import closest
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError, NotFound, PackError
from yiwang.kernel.selectors import department_list, division_list

LONGEST_ID, MOST_BODY = 80, 400_000


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
    except (ValueError, RecursionError) as error:
        raise PackError(zh=f"不是 JSON：{error}", en=f"not JSON: {error}", where=where) from error
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise PackError(zh="表单须是带 id 的 JSON 对象", en="a form is a JSON object with an id", where=where)
    return FormFile(body["id"], body)


def form_body(body: Mapping[str, Any], form_id: str) -> dict[str, Any]:
    """A schema that may be kept as a draft of the form, right or wrong. Raises InputError for another form's, or too much of one."""
    try:
        said = plain(dict(body))
        text = json.dumps(said, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise InputError(zh=f"表单无法保存：{error}", en=f"the form cannot be kept: {error}", where=form_id) from error
    assert isinstance(said, dict)
    if said.get("id") != form_id or not FORM_ID.fullmatch(form_id) or len(form_id) > LONGEST_ID:
        raise InputError(
            zh=f"表单的 id 须是 {form_id}",
            en=f"the id of the form must be {form_id}",
            where=form_id,
            hint_zh="表单的编号不能改，只能用小写字母、数字和连字符；要另起一张表单，请新建。",
            hint_en="The id of a form cannot change and has lower-case letters, digits and hyphens; make a new form instead.",
        )
    if not isinstance(said.get("components"), list) or len(text) > MOST_BODY:
        raise InputError(
            zh=f"components 须是列表，全文不超过 {MOST_BODY} 字",
            en=f"components must be a list, and the whole at most {MOST_BODY} characters",
            where=form_id,
        )
    return said


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
    """What the published version of a form asks again, in its order."""
    form = form_of(form_id, form_version(form_id).number)
    return tuple(AskedAgain(form_id, q.label, q.field, q.reason) for q in form.questions if q.reason is not None)


def asked_again_list(actor: Actor) -> tuple[AskedAgain, ...]:
    """The same of every form, by form: what the catalogue prints beside the fields."""
    demand(actor, "catalogue.read")
    ids = AskedForm.objects.exclude(published=None).order_by("id").values_list("id", flat=True)
    return tuple(one for form_id in ids for one in asked_again(form_id))


def form_get(actor: Actor, form_id: str, *, number: int | None = None) -> FormDetail:
    """A version of a form that is or was asked, the published one by default. The public sees those of the items open to it. Raises NotFound."""
    row = form_version(form_id, number)
    if not verdict(actor, "process.read").allowed and not _is_public(form_id):
        raise _unknown(form_id)
    return FormDetail(form_id, row.number, row.digest, form_of(form_id, row.number), row.body)


def form_version(form_id: str, number: int | None = None) -> FormVersion:
    """The version that is asked from now on, or one that once was. Raises NotFound, for a draft too."""
    rows = FormVersion.objects.filter(form_id=form_id, published_at__isnull=False)
    row = (rows.filter(state=FormVersion.State.PUBLISHED) if number is None else rows.filter(number=number)).first()
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
    return with_lists(_read(form_id, row.digest, json.dumps(row.body)))


def with_lists(form: Form) -> Form:
    """With the options that today's lists of the city give."""
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
    near = ", ".join(closest(form_id, set(AskedForm.objects.values_list("id", flat=True))))
    return NotFound(
        zh=f"没有表单 {form_id}",
        en=f"there is no form {form_id}",
        where="form",
        hint_zh=f"相近：{near}" if near else "",
        hint_en=f"Near: {near}" if near else "",
    )
