"""Dated parameters: what the law set a value to, from which day. A day nobody set a value for has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import audit
from yiwang.rules.answers import ParameterRow
from yiwang.rules.errors import NotCovered
from yiwang.rules.models import Parameter
from yiwang.rules.schema import ParameterFile, ParameterValue


@transaction.atomic
def parameter_install(*, actor: Actor, file: ParameterFile, text: str, pack: Pack) -> Parameter:
    """Make or renew a parameter from its file. The same content again changes nothing."""
    demand(actor, "pack.install")
    known = Parameter.objects.filter(pk=file.id).first()
    if known is not None and (known.text, known.pack_digest, known.is_retired) == (text, pack.digest, False):
        return known
    row, created = Parameter.objects.update_or_create(
        id=file.id,
        defaults={
            "title_zh": file.title.zh,
            "title_en": file.title.en,
            "pack_id": pack.manifest.id,
            "pack_digest": pack.digest,
            "text": text,
            "is_retired": False,
        },
    )
    audit(
        actor=actor,
        act="pack.install",
        object_kind="parameter",
        object_id=file.id,
        details={"pack": pack.manifest.id, "new": created},
    )
    return row


def parameter_get(parameter_id: str, on: date) -> ParameterRow:
    """A parameter with its value of a day. Parameters are public.

    Raises NotFound, and NotCovered for a day before the first value or from `until` on: a guess would be a law of our own.
    """
    row = Parameter.objects.filter(pk=parameter_id, is_retired=False).first()
    if row is None:
        hint_zh, hint_en = closest_hint(parameter_id, Parameter.objects.values_list("id", flat=True))
        raise NotFound(
            zh=f"没有参数 {parameter_id}",
            en=f"there is no parameter {parameter_id}",
            where="parameter",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    file = _file(row)
    return _told(row, file, value_on(file, on), on)


def parameter_list(on: date) -> tuple[ParameterRow, ...]:
    """Every parameter with its value of a day, None where the day is not covered."""
    rows = Parameter.objects.filter(is_retired=False).order_by("id")
    return tuple(_told(row, file, file.find(on), on) for row in rows for file in [_file(row)])


def value_on(file: ParameterFile, on: date) -> ParameterValue:
    """Raises NotCovered."""
    found = file.find(on)
    if found is None:
        until = file.until.isoformat() if file.until else "…"
        raise NotCovered(
            zh=f"参数 {file.title.zh}（{file.id}）在 {on} 没有值",
            en=f"the parameter “{file.title.en}” ({file.id}) has no value on {on}",
            where=f"parameters/{file.id}.yaml",
            hint_zh=f"有值的日子：{file.first} 起，至 {until} 前。请补上新的值和依据。",
            hint_en=f"It covers {file.first} until {until}. Add the new value with its basis.",
        )
    return found


def values_on(files: Mapping[str, ParameterFile], on: date) -> dict[str, ParameterValue]:
    """Raises NotCovered for the first parameter without a value on the day."""
    return {name: value_on(file, on) for name, file in files.items()}


def _file(row: Parameter) -> ParameterFile:
    return model_read(ParameterFile, row.text, f"parameters/{row.pk}.yaml")


def _told(row: Parameter, file: ParameterFile, value: ParameterValue | None, on: date) -> ParameterRow:
    return ParameterRow(
        id=row.pk,
        title=Text(zh=row.title_zh, en=row.title_en),
        unit=file.unit,
        pack=row.pack_id,
        file=file,
        value=value,
        on=on,
    )
