"""The kinds of credential that packs declare: installed by content, the newest of a name in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import FileKind, Finding, Pack, View, kind_register
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.selectors import department_get
from yiwang.kernel.service import audit
from yiwang.trust.models import CredentialKind
from yiwang.trust.schema import CredentialField, CredentialFile


def credential_kind_install(*, actor: Actor, file: CredentialFile, pack: Pack) -> CredentialKind:
    """Make a declaration the one that new credentials follow. Those given before keep theirs."""
    rule = demand(actor, "pack.install").rule
    department_get(file.department)
    body = file.model_dump(mode="json")
    row, is_new = CredentialKind.objects.get_or_create(
        name=file.id,
        digest=canonical_digest(body),
        defaults={
            "body": body,
            "department": file.department,
            "pack_id": pack.manifest.id,
            "pack_digest": pack.digest,
        },
    )
    audit(
        actor=actor,
        act="credential.kind",
        object_kind="credential-kind",
        object_id=file.id,
        rule=rule,
        details={"digest": row.digest, "new": is_new},
    )
    return row


def credential_kind(name: str) -> CredentialKind:
    """The newest of that name. Raises NotFound."""
    row = CredentialKind.objects.filter(name=name).order_by("-id").first()
    if row is None:
        raise NotFound(
            zh=f"没有名为 {name} 的证照类型",
            en=f"there is no kind of credential {name}",
            where="kind",
            hint_zh="它由应用包的 credentials/*.yaml 声明。",
            hint_en="A pack declares it in credentials/*.yaml.",
        )
    return row


def kind_file(row: CredentialKind) -> CredentialFile:
    return CredentialFile.model_validate(row.body)


def claims_checked(file: CredentialFile, said: dict[str, Any]) -> dict[str, Any]:
    """In the order of the declaration, each as its field wants it. Raises InputError with the field's name."""
    known = {field.id for field in file.fields}
    if strange := sorted(set(said) - known):
        raise _wrong(strange[0], "证照没有这个字段", "the credential has no such field")
    claims: dict[str, Any] = {}
    for field in file.fields:
        value = said.get(field.id)
        if value is None or value == "":
            if field.required:
                raise _wrong(field.id, "没有值", "has no value")
            continue
        claims[field.id] = _value(field, value)
    return claims


def _value(field: CredentialField, value: Any) -> Any:
    if field.type == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(field.id, "须是数", "is no number")
        return value
    if not isinstance(value, str) or len(value) > field.longest:
        raise _wrong(
            field.id, f"须是不超过 {field.longest} 字的文字", f"is no text of at most {field.longest} characters"
        )
    if field.type == "date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise _wrong(field.id, "须是日期 年-月-日", "is no date year-month-day") from None
    return value


def ends_on(file: CredentialFile, begins: date) -> date | None:
    """The first day it no longer holds: the same day of the month, or the last day of a shorter one."""
    if file.validity.months is None:
        return None
    years, month = divmod(begins.month - 1 + file.validity.months, 12)
    year = begins.year + years
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(begins.day, last))


def _check(path: str, file: CredentialFile, view: View) -> Iterator[Finding]:
    where = f"{view.pack.manifest.id}/{path}"
    if path.rsplit("/", 1)[-1] != f"{file.id}.yaml":
        yield Finding(where, f"编号 {file.id} 与文件名不同", f"the id {file.id} is not the file's name")
    departments = {row.id for found in view.every("departments") for row in found.departments}
    if departments and file.department not in departments:
        yield Finding(
            f"{where}: department", f"没有部门 {file.department}", f"there is no department {file.department}"
        )
    if not any(field.disclose == "always" for field in file.fields):
        yield Finding(
            f"{where}: fields",
            "每个字段都可以不出示，持有人什么都不用说；至少一个字段写 disclose: always",
            "every field may be left out, so that it says nothing; give at least one disclose: always",
        )


def _install(path: str, file: CredentialFile, pack: Pack, actor: Actor) -> None:
    credential_kind_install(actor=actor, file=file, pack=pack)


CREDENTIALS = FileKind(
    id="credentials", pattern="credentials/*.yaml", model=CredentialFile, check=_check, install=_install
)


def kinds_register() -> None:
    """Called once when the program starts."""
    kind_register(CREDENTIALS)


def _wrong(field: str, zh: str, en: str) -> InputError:
    return InputError(zh=f"字段 {field} {zh}", en=f"the field {field} {en}", where=field)
