"""How a row of a resource becomes a record: which columns lie open, which are sealed, and what its key is called."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.looking import subjects_named
from yiwang.data.masking import PLAIN_GRADE
from yiwang.data.schema import FieldFile, ResourceFile
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.errors import InputError

# What JSON says exactly as it is; all else is written as text, so that no digit is lost on the way.
AS_IS = {"VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE"}
# Whose letters may be written small or large.
UPPER = {"resident-id", "credit-code"}


@dataclass(frozen=True)
class Column:
    name: str
    sql_type: str
    field: FieldFile

    @property
    def is_sealed(self) -> bool:
        return self.field.effective_grade > PLAIN_GRADE


@dataclass(frozen=True)
class Shape:
    """The columns of a resource as records keep them. `epoch` counts destructions: records of before are not those of after."""

    file: ResourceFile
    epoch: int = 0

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        checks = Checks(self.file, self.file.published)
        return tuple(Column(f.id + o.suffix, o.sql_type, f) for f in self.file.fields for o in checks.outputs(f))

    @cached_property
    def digest(self) -> str:
        columns = [[c.name, c.sql_type, c.is_sealed] for c in self.columns]
        return canonical_digest({"columns": columns, "key": self.file.key, "epoch": self.epoch})

    @cached_property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The fields that name somebody by number, and whether a resident or a firm."""
        return subjects_named(self.file)

    @cached_property
    def held(self) -> dict[object, object]:
        """What was worked out for this shape and holds as long as it does."""
        return {}

    def of_fields(self, fields: Sequence[str]) -> tuple[Column, ...]:
        wanted = set(fields)
        return tuple(c for c in self.columns if c.field.id in wanted)

    def rows_sql(self, files: Sequence[str], loads: Sequence[int] | None = None) -> str:
        """One line a record: its open JSON, its JSON to be sealed, its key columns as text."""
        scan = sql.table_of(files, [(c.name, c.sql_type) for c in self.columns])
        keys = ", ".join(sql.name(k) for k in self.file.key)
        texts = ", ".join(f"CAST({sql.name(k)} AS VARCHAR)" for k in self.file.key)
        only = f" WHERE _load IN ({', '.join(str(int(n)) for n in loads)})" if loads is not None else ""
        # A resource that grows may say a key again: the newest word holds.
        newest = (
            f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _load DESC, _row DESC) = 1"
            if self.file.load.mode == "append"
            else ""
        )
        opened, sealed = (self._json(wanted) for wanted in (False, True))
        return f"SELECT {opened}, {sealed}, {texts} FROM {scan}{only}{newest}"

    def keys_sql(self, files: Sequence[str]) -> str:
        scan = sql.table_of(files, [(c.name, c.sql_type) for c in self.columns])
        return f"SELECT DISTINCT {', '.join(f'CAST({sql.name(k)} AS VARCHAR)' for k in self.file.key)} FROM {scan}"

    def _json(self, sealed: bool) -> str:
        packed = json_sql([c for c in self.columns if c.is_sealed is sealed])
        return f"CAST({packed} AS VARCHAR)" if packed else "''"


def json_sql(columns: Sequence[Column]) -> str:
    """The columns as one JSON object; "" for none."""
    parts = (
        f"{sql.name(c.name)} := "
        + (
            sql.name(c.name)
            if c.sql_type in AS_IS or c.sql_type.endswith("[]")
            else f"CAST({sql.name(c.name)} AS VARCHAR)"
        )
        for c in columns
    )
    packed = ", ".join(parts)
    return f"to_json(struct_pack({packed}))" if packed else ""


def record_id(secret: bytes, resource: str, key: Sequence[str]) -> str:
    """The keyed hash a record is found by; nobody without the secret can try out identity numbers."""
    said = "\x1f".join((resource, *key)).encode()
    return hmac.digest(secret, said, hashlib.sha256)[:16].hex()


def record_mark(secret: bytes, shape: str, plain: str, sealed: str) -> str:
    """Keyed, for an open digest of few possible values gives them away. Another shape makes another record."""
    return hmac.digest(secret, f"{shape}{plain}\x1f{sealed}".encode(), hashlib.sha256)[:16].hex()


def key_said(file: ResourceFile, given: Mapping[str, object]) -> tuple[str, ...]:
    """The values of the key fields as records write them. Raises InputError for a field too few or too many."""
    strange = sorted(set(given) ^ set(file.key))
    if strange:
        listed = ", ".join(file.key)
        raise InputError(
            zh=f"主键须恰好给出：{listed}",
            en=f"the key is exactly: {listed}",
            where=f"key.{strange[0]}",
            hint_zh="主键见目录中的资源说明。",
            hint_en="The key stands in the catalogue's description of the resource.",
        )
    return tuple(_said(file.field(name), given[name]) for name in file.key)


def _said(field: FieldFile, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(
            zh="主键的值须是文字或整数", en="a value of the key is text or a whole number", where=f"key.{field.id}"
        )
    text = str(value).strip()
    if not text or len(text) > 400 or not text.isprintable():
        raise InputError(
            zh="主键的值须有 1 至 400 个可见字符",
            en="a value of the key has 1 to 400 printable characters",
            where=f"key.{field.id}",
        )
    return text.upper() if field.semantic in UPPER else text
