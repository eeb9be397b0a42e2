"""The pack files the trust engine owns: `credentials/<id>.yaml`, the kinds of credential (电子证照). Unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yiwang.kernel.core.text import Text

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
# Words the signed forms use themselves.
TAKEN = frozenset({"id", "type", "number", "iss", "iat", "nbf", "exp", "vct", "jti", "status", "cnf"})


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CredentialBasis(_File):
    law: str = Field(min_length=2)
    article: str = Field(min_length=1)

    def say(self) -> str:
        return f"{self.law} {self.article}"


class HolderFile(_File):
    """Whose it is. `identifier` and `name` are what the applicant is asked for under these keys."""

    kind: Literal["resident", "firm"]
    identifier: FieldName
    name: FieldName


class CredentialField(_File):
    """One thing it says. `source: applicant` is taken from who applied and never passes through the process.

    `disclose: choice` may be left out when it is shown; `always` may not.
    """

    id: FieldName
    title: Text
    type: Literal["text", "date", "number"] = "text"
    source: Literal["case", "applicant"] = "case"
    disclose: Literal["always", "choice"] = "choice"
    required: bool = True
    longest: int = Field(default=200, ge=1, le=1000)


class ValidityFile(_File):
    """For so many months from the day it is given, or until it is withdrawn."""

    months: int | None = Field(default=None, ge=1, le=1200)
    until_withdrawn: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> ValidityFile:
        if (self.months is None) == (not self.until_withdrawn):
            raise ValueError("写 months 或 until_withdrawn: true，二者取一 / say months, or until_withdrawn: true")
        return self


class PageFile(_File):
    """The page that is printed: heading, the fields line by line, and a note below."""

    heading: Text
    lines: tuple[FieldName, ...] = Field(min_length=1)
    note: Text | None = None


class CredentialFile(_File):
    """`credentials/<id>.yaml`: one kind of credential."""

    id: Name
    title: Text
    department: Name
    legal_basis: tuple[CredentialBasis, ...] = Field(min_length=1)
    # The number is <prefix>-<year>-<serial>.
    prefix: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,11}$")
    holder: HolderFile
    fields: tuple[CredentialField, ...] = Field(min_length=1, max_length=60)
    validity: ValidityFile
    page: PageFile | None = None

    @model_validator(mode="after")
    def _consistent(self) -> CredentialFile:
        names = [field.id for field in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("fields 的 id 不能重复 / the ids of fields must differ")
        if taken := sorted(TAKEN & set(names)):
            raise ValueError(f"字段名 {taken[0]} 已有固定含义 / the field name {taken[0]} has a meaning of its own")
        if self.page and (strange := [line for line in self.page.lines if line not in names]):
            raise ValueError(f"page.lines：没有字段 {strange[0]} / page.lines: there is no field {strange[0]}")
        return self
