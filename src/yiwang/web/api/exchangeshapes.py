"""What the exchange is asked and answers. Names are stable; new ones may be added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

ResourceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
FieldId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
GrantNumber = Annotated[str, Field(pattern=r"^(G[0-9]{4}-[0-9]{6,10})?$", max_length=20)]
PurposeCode = Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,39}$")]
KeyValue = Annotated[str, Field(min_length=1, max_length=400)] | int


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CallIn(_Asked):
    """`grant` is empty only for resources shared without conditions; `purpose` is the code the grant was given for."""

    purpose: PurposeCode = Field(description="用途类别 / what it is for, a code", examples=["service"])
    grant: GrantNumber = Field("", description="授权编号 / number of the grant", examples=["G2026-000123"])
    acting_for: str = Field(
        "", max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$", description="经办人 / who at the department it is done for"
    )


class QueryIn(CallIn):
    key: dict[FieldId, KeyValue] = Field(description="主键 / all key fields of the resource", max_length=10)
    fields: list[FieldId] = Field(default=[], max_length=400, description="空为授权的全部 / none: all the grant gives")


class VerifyIn(CallIn):
    key: dict[FieldId, KeyValue] = Field(description="主键 / all key fields of the resource", max_length=10)
    values: dict[FieldId, str | int | float | bool | None] = Field(
        description="待核验的值 / the values to verify", min_length=1, max_length=50
    )


class UsedOut(Schema):
    """What every answer says of itself; `use` is the line of the use in the ledger."""

    resource: str
    grant: str
    purpose: str
    use: str
    at: datetime


class QueryOut(UsedOut):
    """`version`: of the table in which the record became what it is. A record outside the grant is not found."""

    found: bool
    version: int | None
    fields: dict[str, Any]


class VerifyOut(UsedOut):
    """`matches` is empty when there is no such record, or none that the grant covers."""

    found: bool
    version: int | None
    matches: dict[str, bool]


class BatchIn(CallIn):
    fields: list[FieldId] = Field(default=[], max_length=400, description="空为授权的全部 / none: all the grant gives")
    format: Literal["csv", "jsonl"] = "jsonl"


class BatchOut(Schema):
    """`signature` is over the canonical JSON of `manifest`, which names the file's SHA-256 and the line of the use."""

    id: str
    resource: str
    grant: str
    purpose: str
    format: str
    state: Literal["waiting", "done", "failed", "expired"]
    version: int | None
    rows: int
    manifest: dict[str, Any]
    signature: str
    error: dict[str, str] | None
    created_at: datetime
    finished_at: datetime | None


class SubscriptionIn(CallIn):
    """`url`: where changes are brought; without one they are pulled."""

    resource: ResourceId
    fields: list[FieldId] = Field(default=[], max_length=400, description="空为授权的全部 / none: all the grant gives")
    url: str = Field("", max_length=500, pattern=r"^(https?://[!-~]+)?$")
    country: str = Field("CN", pattern=r"^[A-Z]{2}$", description="数据去往的国家或地区 / where the data goes")
    crossing: str = Field(
        "", max_length=20, pattern=r"^[A-Z0-9-]*$", description="出境批准编号；境内为空 / approval to leave the country"
    )


class SubscriptionOut(Schema):
    """`secret` is told to who subscribes with a `url`, and then only: deliveries are signed with it."""

    id: str
    resource: str
    grant: str
    purpose: str
    fields: list[str]
    url: str
    state: Literal["active", "stopped"]
    waiting: int
    dead: int
    created_at: datetime
    country: str
    crossing: str
    secret: str


class SubscriptionsOut(Schema):
    items: list[SubscriptionOut]


class ChangeOut(Schema):
    """`ref` names the record to this subscriber alone. "gone": it went away, or the grant does not cover it any more."""

    ref: str
    change: Literal["set", "gone"]
    version: int
    fields: dict[str, Any]


class ChangesOut(Schema):
    """Come back with `cursor`; `more` says that there is more already. `use` is empty when no value was given."""

    changes: list[ChangeOut]
    cursor: str
    more: bool
    use: str


class KeyOut(Schema):
    id: str
    algorithm: Literal["ed25519"]
    public: str = Field(description="base64, 32 bytes")
    made_at: datetime
    retired_at: datetime | None


class KeysOut(Schema):
    keys: list[KeyOut]


class FaultOut(Schema):
    where: str
    text: str


class ErrorIn(Schema):
    code: str
    zh: str
    en: str
    where: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    faults: list[FaultOut] | None = None
    # what a system administrator finds the record of an unexpected error by
    reference: str | None = None


class ErrorOut(Schema):
    """Every error has this shape; `where` names the field or the rule."""

    error: ErrorIn


ERRORS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 500, 503), ErrorOut)
ONCE = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{8,80}$"},
            "description": "同一键同一答复，保留一天 / the same key gets the same answer, for a day",
        }
    ]
}
