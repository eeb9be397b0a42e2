"""One record to one client: leave to use it, the record, the rows the grant covers, its masks, and a line of the use first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from yiwang.data.errors import NoData
from yiwang.data.exchange.masks import masker
from yiwang.data.exchange.records import record_get, shape_held
from yiwang.data.exchange.shape import UPPER, Column, Shape, key_said
from yiwang.data.exchange.uses import noted, subjects_in
from yiwang.data.models import Projection
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.errors import InputError
from yiwang.trust.core.purposes import PURPOSES
from yiwang.trust.core.rowfilter import FilterWrong
from yiwang.trust.errors import UseRefused
from yiwang.trust.selectors import Permit, grant_check, grant_used


@dataclass(frozen=True)
class Call:
    """What every use of the exchange says: by which grant, what for, and on whose behalf."""

    resource: str
    purpose: str
    grant: str = ""
    fields: tuple[str, ...] = ()
    acting_for: str = ""


@dataclass(frozen=True)
class RecordAnswer:
    """`version` is that of the table in which the record became what it is, None when nothing was found."""

    resource: str
    found: bool
    version: int | None
    values: Mapping[str, Any]
    grant: str
    purpose: str
    use: str
    at: datetime


def exchange_query(*, actor: Actor, call: Call, key: Mapping[str, object]) -> RecordAnswer:
    """The record of a key, masked as the grant says. A record the grant's rows do not cover is as one that is not there.

    Raises NotFound, NoData, InputError, UseRefused. The line of the use is on disk before this returns.
    """
    shape = shape_held(call.resource)
    permit = permit_of(actor, call, shape, "query")
    return _answered(actor, call, shape, permit, key, lambda values: masker(permit, shape).shown(values))


def exchange_verify(
    *, actor: Actor, call: Call, key: Mapping[str, object], values: Mapping[str, object]
) -> RecordAnswer:
    """For each field given, whether the record has that value; no value leaves. Raises as `exchange_query`."""
    shape = shape_held(call.resource)
    if not values:
        raise InputError(zh="请给出要核验的值", en="give the values to verify", where="values")
    asked = Call(call.resource, call.purpose, call.grant, tuple(values), call.acting_for)
    permit = permit_of(actor, asked, shape, "verify")
    columns = {c.name: c for c in shape.of_fields(asked.fields) if c.name == c.field.id}
    return _answered(
        actor,
        asked,
        shape,
        permit,
        key,
        lambda held: {name: agrees(columns[name], held.get(name), said) for name, said in values.items()},
    )


def _answered(
    actor: Actor,
    call: Call,
    shape: Shape,
    permit: Permit,
    key: Mapping[str, object],
    answer: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> RecordAnswer:
    try:
        held = record_get(call.resource, key)
        if held is None:
            _expect_data(call.resource)
        covered = held if held is not None and covers(permit, held.values) else None
        about = subjects_in(
            shape, covered.values if covered else dict(zip(shape.file.key, key_said(shape.file, key), strict=True))
        )
    except Exception:
        grant_used(permit, 0)
        raise
    use = noted(
        actor=actor,
        permit=permit,
        version=covered.version if covered else None,
        about=about,
        via="api",
        acting_for=call.acting_for,
        rows=1 if covered else 0,
    )
    return RecordAnswer(
        resource=call.resource,
        found=covered is not None,
        version=covered.version if covered else None,
        values=answer(covered.values) if covered else {},
        grant=permit.grant,
        purpose=permit.purpose,
        use=use,
        at=timezone.now(),
    )


def permit_of(actor: Actor, call: Call, shape: Shape, method: str, rows: int = 1) -> Permit:
    """Leave to use, with the fields named one by one. Raises InputError for a field or purpose that is not, UseRefused."""
    known = [f.id for f in shape.file.fields]
    for name in call.fields:
        if name not in known:
            hint_zh, hint_en = closest_hint(name, known)
            raise InputError(
                zh=f"没有信息项 {name}",
                en=f"there is no field {name}",
                where="fields",
                hint_zh=hint_zh,
                hint_en=hint_en,
            )
    if call.purpose not in PURPOSES:
        listed = ", ".join(PURPOSES)
        raise InputError(
            zh="须说明用途类别" if not call.purpose else f"没有用途类别 {call.purpose}",
            en="state the purpose" if not call.purpose else f"there is no purpose {call.purpose}",
            where="purpose",
            hint_zh=f"用途类别：{listed}",
            hint_en=f"Purposes: {listed}",
        )
    share = shape.file.share
    if share.type == "unconditional" and share.methods and method not in (*share.methods, "export"):
        raise UseRefused(
            zh=f"该资源不以这种方式共享：{method}",
            en=f"the resource is not shared this way: {method}",
            where="use.method",
            hint_zh=f"可用：{'、'.join(share.methods)}",
            hint_en=f"There are: {', '.join(share.methods)}",
        )
    permit = grant_check(
        actor=actor,
        grant=call.grant,
        resource=call.resource,
        method=method,
        fields=call.fields or (tuple(known) if not call.grant else ()),
        share=share.type,
        purpose=call.purpose,
        rows=rows,
    )
    return permit


def covers(permit: Permit, values: Mapping[str, Any]) -> bool:
    """Whether the grant's rows include this one. A row its filter cannot judge is not covered."""
    if permit.row_filter is None:
        return True
    try:
        return permit.row_filter.passes(values, permit.on)
    except FilterWrong:
        return False


def agrees(column: Column, held: Any, said: object) -> bool:
    """Whether a value given is the one held: numbers by amount, dates by day, text to the letter."""
    if held is None or said is None:
        return held is None and said is None
    if isinstance(held, bool) or isinstance(said, bool):
        return held is said
    left, right = str(held).strip(), str(said).strip()
    if column.sql_type not in ("VARCHAR", "DATE", "TIMESTAMP"):
        try:
            return Decimal(left) == Decimal(right)
        except InvalidOperation:
            return False
    if column.field.semantic in UPPER:
        return left.upper() == right.upper()
    return left == right


def _expect_data(resource_id: str) -> None:
    """Nothing found is an answer only where there is something to find."""
    if not Projection.objects.filter(pk=resource_id, version__isnull=False).exists():
        raise NoData(zh="这个资源还没有数据", en="nothing was loaded into this resource yet", where=resource_id)
