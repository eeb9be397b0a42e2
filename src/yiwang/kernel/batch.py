"""Rows written together: on PostgreSQL a whole batch is one prepared statement with one document of values to each part of it,
elsewhere statements follow each other.

The SQL of a shape of rows is put together once, from the model; a city's connection that forbids prepared statements
(`prepare_threshold` unset, for a pooler) sends the same SQL unprepared.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import AutoField, BigAutoField

from yiwang.kernel.models import AppendOnlyError, AuditLine
from yiwang.kernel.prepared import fetch

Where = Mapping[str, Any]
# Numbers are taken from the database this many at a time; those a process never uses are gaps.
NUMBERS = 32


@dataclass(frozen=True)
class _Shape:
    """What a part's SQL depends on: columns written and columns looked for, with how (`=`, `any`, `null`)."""

    verb: str
    model: type[Model]
    values: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()


@dataclass
class _Part:
    """An insert's rows are read when they are written: until then they may still change. Others say all their values."""

    shape: _Shape
    rows: list[Model] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    def values(self) -> list[dict[str, Any]]:
        numbered = bool(self.rows) and type(self.rows[0])._meta.pk.attname in self.shape.values
        return [_row(row, numbered) for row in self.rows]


@lru_cache(maxsize=256)
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


@lru_cache(maxsize=512)
def _given(model: type[Model], numbered: bool) -> tuple[tuple[str, Field[Any, Any], bool], ...]:
    """All columns but a number that the database gives, and whether the field makes its value when it is written."""
    return tuple(
        (field.attname, field, bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)))
        for field in model._meta.concrete_fields
        if numbered or not isinstance(field, AutoField | BigAutoField)
    )


def _row(row: Model, numbered: bool) -> dict[str, Any]:
    return {
        name: field.pre_save(row, True) if made else getattr(row, name)
        for name, field, made in _given(type(row), numbered)
    }


def _name(text: str | None) -> str:
    return f'"{text}"'


def _where_kind(value: Any) -> str:
    return "null" if value is None else "any" if isinstance(value, tuple) else "="


class Batch:
    """Statements as if in the order in which they were said; nothing is written before `write`."""

    def __init__(self) -> None:
        self._said: list[_Part] = []

    def insert(self, rows: Iterable[Model]) -> None:
        """New rows of one kind, whose numbers nobody here needs."""
        self._insert(list(rows), numbered=False)

    def insert_numbered(self, rows: Sequence[Model]) -> None:
        """New rows of one kind that others name: each knows its number at once, where it must by being written at once."""
        if not rows:
            return
        model = type(rows[0])
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                sql, values = _insert_said(model, [_row(row, False) for row in rows])
                cursor.execute(f"{sql} RETURNING {_name(model._meta.pk.column)}", values)
                numbers = [number for (number,) in cursor.fetchall()]
        else:
            numbers = _numbers(model, len(rows))
        for row, number in zip(rows, numbers, strict=True):
            row.pk, row._state.adding, row._state.db = number, False, connection.alias
        if connection.vendor == "postgresql":
            self._insert(rows, numbered=True)

    def _insert(self, rows: Sequence[Model], *, numbered: bool) -> None:
        if rows:
            model = type(rows[0])
            names = tuple(name for name, _, _ in _given(model, numbered))
            self._said.append(_Part(_Shape("insert", model, names), list(rows)))

    def update(self, model: type[Model], where: Where, values: Mapping[str, Any]) -> None:
        """`where`: equal to the value; one of them for a tuple; empty for None. Raises AppendOnlyError for the audit trail."""
        self._change("update", model, where, values)

    def delete(self, model: type[Model], where: Where) -> None:
        """Rows that no other row names."""
        self._change("delete", model, where, {})

    def _change(self, verb: str, model: type[Model], where: Where, values: Mapping[str, Any]) -> None:
        if model is AuditLine:
            raise AppendOnlyError("audit lines cannot be changed or deleted")
        shape = _Shape(verb, model, tuple(values), tuple((name, _where_kind(value)) for name, value in where.items()))
        known = {f"={name}": value for name, value in where.items() if value is not None}
        self._said.append(_Part(shape, said={**values, **known}))

    def holds(self, row: Model) -> bool:
        """Whether a new row waits to be written: what changes in it until then is written with it."""
        return any(row is one for part in self._said for one in part.rows)

    def write(self) -> int:
        """Write all of it; returns how many rows the first statement touched."""
        said, self._said = self._said, []
        if not said:
            return 0
        at_once = connection.vendor == "postgresql"
        return [_at_once(parts) if at_once else _one(parts[0]) for parts in _together(said, at_once)][0]


def _one(part: _Part) -> int:
    """A part by itself, in the SQL that every database knows."""
    model, fields = part.shape.model, _fields(part.shape.model)
    if part.shape.verb == "insert":
        sql, values = _insert_said(model, part.values())
    else:
        known: list[str] = []
        row, values = part.said, []
        for name in part.shape.values:
            values.append(fields[name].get_db_prep_save(row[name], connection))
        for name, kind in part.shape.where:
            column = _name(fields[name].column)
            several = row[f"={name}"] if kind == "any" else () if kind == "null" else (row[f"={name}"],)
            marks = ", ".join(["%s"] * len(several))
            known.append(f"{column} IS NULL" if kind == "null" else f"{column} IN ({marks})")
            values += [fields[name].get_db_prep_value(one, connection) for one in several]
        changed = ", ".join(f"{_name(fields[name].column)} = %s" for name in part.shape.values)
        table = _name(model._meta.db_table)
        sql = f"UPDATE {table} SET {changed}" if part.shape.verb == "update" else f"DELETE FROM {table}"
        sql += f" WHERE {' AND '.join(known)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _insert_said(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    fields = _fields(model)
    columns = ", ".join(_name(fields[name].column) for name in rows[0])
    one = f"({', '.join(['%s'] * len(rows[0]))})"
    values = [fields[name].get_db_prep_save(value, connection) for row in rows for name, value in row.items()]
    return f"INSERT INTO {_name(model._meta.db_table)} ({columns}) VALUES {', '.join([one] * len(rows))}", values


def _together(said: Iterable[_Part], at_once: bool) -> Iterator[list[_Part]]:
    """What may be one statement. Its parts do not see each other: a table that was touched is only inserted into after that,
    and not where the row that had a key is gone or changed first.
    """
    if not at_once:
        yield from ([part] for part in said)
        return
    group: list[_Part] = []
    touched: dict[type[Model], _Part] = {}
    for part in said:
        earlier = touched.get(part.shape.model)
        if earlier is not None and earlier.shape == part.shape and part.shape.verb == "insert":
            earlier.rows += part.rows
            continue
        if earlier is not None and not (part.shape.verb == "insert" and _keeps_keys(earlier.shape)):
            yield group
            group, touched = [], {}
        group.append(part)
        touched[part.shape.model] = part
    yield group


@lru_cache(maxsize=256)
def _keeps_keys(shape: _Shape) -> bool:
    """An update of columns that no unique key has in it."""
    keys = {name for one in shape.model._meta.total_unique_constraints for name in one.fields}
    fields = _fields(shape.model)
    return shape.verb == "update" and not any(fields[name].unique or fields[name].name in keys for name in shape.values)


def _at_once(parts: Sequence[_Part]) -> int:
    documents = [
        json.dumps(part.values() if part.shape.verb == "insert" else part.said, default=_said, ensure_ascii=False)
        for part in parts
    ]
    ((count,),) = fetch(_sql(tuple(part.shape for part in parts)), documents)
    return int(count)


def _said(value: Any) -> str:
    """Moments, days, exact numbers as the database reads them; bytes in its own spelling."""
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@lru_cache(maxsize=1024)
def _sql(shapes: tuple[_Shape, ...]) -> str:
    parts = [f"p{index} AS ({_part_sql(shape, index)} RETURNING 1)" for index, shape in enumerate(shapes)]
    return f"WITH {', '.join(parts)} SELECT count(*) FROM p0"


def _part_sql(shape: _Shape, index: int) -> str:
    fields, table, document = _fields(shape.model), _name(shape.model._meta.db_table), f"${index + 1}::jsonb"

    def typed(name: str, kind: str = "") -> str:
        many = "[]" if kind == "any" else ""
        return f"{_name(f'={name}' if kind else name)} {fields[name].db_type(connection)}{many}"

    if shape.verb == "insert":
        columns = ", ".join(_name(fields[name].column) for name in shape.values)
        read = ", ".join(f"r.{_name(name)}" for name in shape.values)
        types = ", ".join(typed(name) for name in shape.values)
        return f"INSERT INTO {table} ({columns}) SELECT {read} FROM jsonb_to_recordset({document}) AS r({types})"
    looked = [name for name in shape.where if name[1] != "null"]
    types = ", ".join([*(typed(name) for name in shape.values), *(typed(name, kind) for name, kind in looked)])
    read = f"jsonb_to_record({document}) AS r({types})"
    marks = {"=": "t.{0} = r.{1}", "any": "t.{0} = ANY(r.{1})", "null": "t.{0} IS NULL"}
    known = [marks[kind].format(_name(fields[name].column), _name(f"={name}")) for name, kind in shape.where]
    where = " AND ".join(known)
    if shape.verb == "delete":
        return f"DELETE FROM {table} AS t USING {read} WHERE {where}"
    changed = ", ".join(f"{_name(fields[name].column)} = r.{_name(name)}" for name in shape.values)
    return f"UPDATE {table} AS t SET {changed} FROM {read} WHERE {where}"


_TAKEN: dict[tuple[Any, type[Model]], deque[int]] = defaultdict(deque)
# Two processes with the same numbers in hand would both use them.
os.register_at_fork(after_in_child=_TAKEN.clear)


def _numbers(model: type[Model], count: int) -> list[int]:
    """Numbers of rows yet to be written, as the table itself would give them."""
    known = connection.settings_dict
    taken = _TAKEN[(known["HOST"], known["PORT"], known["NAME"]), model]
    found: list[int] = []
    while len(found) < count:
        try:
            found.append(taken.popleft())
        except IndexError:
            sequence = [model._meta.db_table, model._meta.pk.column]
            sql = "SELECT nextval(pg_get_serial_sequence($1, $2)) FROM generate_series(1, $3::int)"
            taken.extend(number for (number,) in fetch(sql, [*sequence, NUMBERS]))
    return found
