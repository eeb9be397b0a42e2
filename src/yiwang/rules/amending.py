"""A parameter's file with one more dated value: what "change a threshold" writes."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import InputError
from yiwang.rules.core.facts import NotAFact, fact_value
from yiwang.rules.core.feel.types import Type
from yiwang.rules.schema import ParameterFile, ParameterValue


class _Writer(yaml.SafeDumper):
    """Writes a decimal as the digits it has."""


def _decimal(writer: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    whole = value == value.to_integral_value()
    return writer.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", f"{value.normalize():f}")


_Writer.add_representer(Decimal, _decimal)


def parameter_amended(text: str, *, value: str, first: date, law: str, article: str, until: date | None = None) -> str:
    """The parameter's YAML with `value` from the day `first` on; a value of the same day is replaced.

    `until` moves the end of coverage, None leaves it. Raises InputError when the value is of another kind, the reference is
    missing, or the days do not fit.
    """
    file = model_read(ParameterFile, text, "parameter")
    known = file.values[0].value
    try:
        told = {"from": first, "value": _value(value, known, file), "reference": {"law": law, "article": article}}
        changed = ParameterValue.model_validate(told)
        kept = [one for one in file.values if one.first != first]
        values = tuple(sorted([*kept, changed], key=lambda one: one.first))
        fresh = ParameterFile(**{**dict(file), "values": values, "until": until or file.until})
    except ValidationError as error:
        raise _refused(error, file) from error
    said: dict[str, Any] = fresh.model_dump(by_alias=True, exclude_none=True)
    return yaml.dump(said, Dumper=_Writer, allow_unicode=True, sort_keys=False)


def _value(given: str, known: object, file: ParameterFile) -> object:
    """The text as a value of the kind the parameter has. Raises InputError."""
    found = _read(given.strip(), known)
    if found is None:
        raise InputError(
            zh=f"“{given}”不能作为“{file.title.zh}”的值",
            en=f"“{given}” is no value for “{file.title.en}”",
            where="value",
            hint_zh=f"例如：{known}",
            hint_en=f"For example: {known}",
        )
    return found


def _read(given: str, known: object) -> object:
    """None when it is no value of that kind. Grouping commas are left out of numbers."""
    if isinstance(known, bool):
        return {"true": True, "false": False}.get(given)
    with suppress(NotAFact, ValueError):
        if isinstance(known, Decimal):
            return fact_value(given.replace(",", "").replace("，", ""), Type("number"))
        return date.fromisoformat(given) if isinstance(known, date) else given or None
    return None


def _refused(error: ValidationError, file: ParameterFile) -> InputError:
    first = error.errors()[0]
    zh, _, en = str(first["msg"]).removeprefix("Value error, ").partition(" / ")
    if not en:
        zh, en = "依据须写明文件和条款", "the reference names a law and an article"
    return InputError(
        zh=f"“{file.title.zh}”：{zh}", en=f"“{file.title.en}”: {en}", where=".".join(map(str, first["loc"])) or file.id
    )
