"""The pack files the flow engine owns besides diagrams and forms: `items/*.yaml`, the service items (事项). Unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.budget import Budget, ClockError
from yiwang.kernel.core.rung import Rung, RungKind
from yiwang.kernel.core.text import Text

# The ten kinds of administrative power and public service as the national list numbers them; the last two are the city's own.
KINDS: dict[str, Text] = {
    "licence": Text(zh="行政许可", en="licence"),
    "penalty": Text(zh="行政处罚", en="penalty"),
    "coercion": Text(zh="行政强制", en="coercive measure"),
    "levy": Text(zh="行政征收", en="levy"),
    "benefit": Text(zh="行政给付", en="benefit"),
    "inspection": Text(zh="行政检查", en="inspection"),
    "confirmation": Text(zh="行政确认", en="confirmation"),
    "award": Text(zh="行政奖励", en="award"),
    "ruling": Text(zh="行政裁决", en="ruling"),
    "other": Text(zh="其他行政权力", en="other administrative power"),
    "service": Text(zh="公共服务", en="public service"),
    "request": Text(zh="诉求", en="request"),
    "internal": Text(zh="内部事务", en="internal matter"),
}
# What the national list of service items calls each kind by.
KIND_CODES = {
    "1": "licence",
    "2": "penalty",
    "3": "coercion",
    "4": "levy",
    "5": "benefit",
    "6": "inspection",
    "7": "confirmation",
    "8": "award",
    "9": "ruling",
    "10": "other",
    "20": "service",
}
# Kinds that need no law to exist: nobody's rights are touched by offering them.
WITHOUT_LAW = frozenset({"service", "request", "internal"})
CHANNELS: dict[str, Text] = {
    "counter": Text(zh="窗口", en="counter"),
    "phone": Text(zh="电话", en="telephone"),
    "web": Text(zh="网上", en="web"),
    "mobile": Text(zh="手机", en="mobile"),
    "kiosk": Text(zh="自助终端", en="kiosk"),
    "message": Text(zh="留言", en="message"),
}
# Where the applicant holds the pen: an item found there must be open to the public.
OWN_HAND = frozenset({"web", "mobile", "kiosk", "message"})
APPLICANTS: dict[str, Text] = {
    "person": Text(zh="自然人", en="person"),
    "organisation": Text(zh="法人和其他组织", en="organisation"),
}
MATERIAL_FORMS: dict[str, Text] = {
    "original": Text(zh="原件", en="original"),
    "copy": Text(zh="复印件", en="copy"),
    "electronic": Text(zh="电子件", en="electronic file"),
}
RESULT_KINDS: dict[str, Text] = {
    "licence": Text(zh="证照", en="licence or certificate"),
    "approval": Text(zh="批文", en="written approval"),
    "record": Text(zh="备案", en="record"),
    "reply": Text(zh="答复", en="reply"),
    "payment": Text(zh="资金", en="payment"),
    "agreement": Text(zh="协议书", en="agreement"),
    "service": Text(zh="服务", en="service rendered"),
}

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]


def _budget(text: str) -> str:
    try:
        return str(Budget.parse(text))
    except ClockError as error:
        raise ValueError(f"{error.zh} / {error.en}") from error


# Kernel budget text (`20wd`, `15d`, `4h`, `8wh`); kept in its short form.
BudgetText = Annotated[str, AfterValidator(_budget)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(_File):
    """Where the law says so."""

    law: str = Field(min_length=2)
    article: str = Field(min_length=1)

    def say(self) -> str:
        return f"{self.law} {self.article}"


class RungFile(_File):
    """One rung of the clock: whom it tells, and when. Without `department` those of the department the case is with."""

    key: str = Field(min_length=1, max_length=40)
    kind: RungKind
    when: str
    role: Role
    department: Name | Literal[""] = ""

    @model_validator(mode="after")
    def _sound(self) -> RungFile:
        try:
            self.rung()
        except ClockError as error:
            raise ValueError(f"{error.zh} / {error.en}") from error
        return self

    def rung(self) -> Rung:
        return Rung(self.key, self.kind, self.when)


class ExtensionFile(_File):
    """How much longer it may take once, and who says so."""

    budget: BudgetText
    law: str = Field(min_length=2)
    article: str = Field(min_length=1)
    role: Role = Role.LEADER


class LimitFile(_File):
    """`budget` is what the department promises, `legal` what the law allows at most; the clock starts when the case comes in."""

    budget: BudgetText
    legal: BudgetText | Literal[""] = ""
    law: str = Field(min_length=2)
    article: str = Field(min_length=1)
    rungs: tuple[RungFile, ...] = ()
    extension: ExtensionFile | None = None

    @model_validator(mode="after")
    def _once(self) -> LimitFile:
        keys = [rung.key for rung in self.rungs]
        if len(set(keys)) != len(keys):
            raise ValueError("阶梯的 key 不能重复 / the keys of rungs must differ")
        return self

    @property
    def basis(self) -> str:
        return f"{self.law} {self.article}"


class ClassLimit(_File):
    """A class's own limit; what is left out is that of the item's `limit`."""

    budget: BudgetText
    legal: BudgetText | Literal[""] = ""
    rungs: tuple[RungFile, ...] = ()
    title: Text | None = None


class LimitsBy(_File):
    """Limits by the value of `field`: a question of the form, or `topic`. Any other value has the item's `limit`."""

    field: str = Field(min_length=1, max_length=80)
    values: dict[str, ClassLimit] = Field(min_length=1)


class ConditionFile(_File):
    """Who may apply, in words that can be checked off."""

    id: Name
    text: Text


class MaterialFile(_File):
    """What the applicant must bring. With `source`, the city holds it in that resource and it is not asked for.

    `question` names the file question of the form that takes it; `required_when` is FEEL over the answers. `credential` is a
    kind of credential that serves as it; what was given before as a material of this id serves too, offered to its holder.
    """

    id: Name
    title: Text
    form: Literal["original", "copy", "electronic"] = "original"
    count: int = Field(default=1, ge=1, le=20)
    source: Name | Literal[""] = ""
    question: str = Field(default="", max_length=80)
    credential: Name | Literal[""] = ""
    required_when: str = ""
    note: Text | None = None

    @model_validator(mode="after")
    def _asked_or_held(self) -> MaterialFile:
        if self.source and self.question:
            raise ValueError(
                f"材料 {self.id}：已有来源 {self.source}，不能再要求上传 / "
                f"material {self.id}: the city holds it in {self.source} and must not ask for it"
            )
        if self.credential and not self.question:
            raise ValueError(
                f"材料 {self.id}：写了证照 {self.credential}，须写明由哪个文件问题接收（question） / "
                f"material {self.id}: with the credential {self.credential} it names the file question that takes it"
            )
        return self


class FeeFile(_File):
    amount: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    unit: Text
    basis: Basis


class ResultFile(_File):
    title: Text
    kind: Literal["licence", "approval", "record", "reply", "payment", "agreement", "service"]


class BeforeFile(_File):
    """What it took before it was reformed, and where that is written; the four cuts are measured against it."""

    steps: int = Field(ge=0, le=200)
    materials: int = Field(ge=0, le=200)
    days: BudgetText
    fee: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    source: Text


class RetentionFile(_File):
    """How long a case is kept after its end, by how it ended: `permanent`, or years such as `30y`."""

    completed: str = Field(pattern=r"^(permanent|[1-9][0-9]?y)$")
    otherwise: str = Field(pattern=r"^(permanent|[1-9][0-9]?y)$")
    basis: Basis


class RecordingsFile(_File):
    """执法音视频 bound to a case: how many days after its end one may still come in, and how many officers must be named.

    `basis` is what the law says about recording; a step that must be recorded says so in the diagram.
    """

    days_after: int = Field(ge=0, le=90)
    officers: int = Field(default=1, ge=1, le=10)
    basis: Basis


class ItemFile(_File):
    """`items/<id>.yaml`: one service item. Counter, phone, web, mobile, kiosk and message all read this one definition."""

    id: Name
    title: Text
    summary: Text
    kind: Literal[
        "licence",
        "penalty",
        "coercion",
        "levy",
        "benefit",
        "inspection",
        "confirmation",
        "award",
        "ruling",
        "other",
        "service",
        "request",
        "internal",
    ]
    department: Name
    legal_basis: tuple[Basis, ...] = ()
    serves: tuple[int, ...] = ()
    applicants: tuple[Literal["person", "organisation"], ...] = ("person", "organisation")
    open_to: tuple[Literal["public", "staff", "departments"], ...] = Field(min_length=1)
    channels: tuple[Literal["counter", "phone", "web", "mobile", "kiosk", "message"], ...] = Field(min_length=1)
    # Words people use for it; the search knows them beside the title.
    words: tuple[str, ...] = ()
    conditions: tuple[ConditionFile, ...] = ()
    decision: Name | Literal[""] = ""
    materials: tuple[MaterialFile, ...] = ()
    limit: LimitFile
    limits_by: LimitsBy | None = None
    fee: FeeFile | None = None
    results: tuple[ResultFile, ...] = Field(min_length=1)
    process: Name
    form: Name | Literal[""] = ""
    # How often the applicant must come in person.
    visits: int = Field(default=0, ge=0, le=20)
    before: BeforeFile | None = None
    # Without it a case of this item is not archived: nobody guesses how long.
    retention: RetentionFile | None = None
    # Without it recordings come in only while the case is open, with one officer named.
    recordings: RecordingsFile | None = None
    # The item a low rating opens a case of.
    follow_up: Name | Literal[""] = ""
    # 代办: another person may apply for the applicant.
    on_behalf: bool = False
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ItemFile:
        if not self.legal_basis and self.kind not in WITHOUT_LAW:
            raise ValueError(f"{KINDS[self.kind].zh}须写明法律依据 / an item of kind {self.kind} must cite its law")
        if OWN_HAND & set(self.channels) and "public" not in self.open_to:
            raise ValueError(
                "网上、手机、自助终端、留言办理须向公众开放 / web, mobile, kiosk and message need open_to: public"
            )
        for what, ids in (("conditions", self.conditions), ("materials", self.materials)):
            known = [one.id for one in ids]
            if len(set(known)) != len(known):
                raise ValueError(f"{what} 的 id 不能重复 / the ids of {what} must differ")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until 须晚于 valid_from / valid_until lies after valid_from")
        return self

    def limit_of(self, values: Mapping[str, Any]) -> LimitFile:
        """The limit of a case with these answers (and its `topic`)."""
        if self.limits_by is None:
            return self.limit
        found = self.limits_by.values.get(str(values.get(self.limits_by.field, "")))
        if found is None:
            return self.limit
        changes = {
            "budget": found.budget,
            "legal": found.legal or self.limit.legal,
            "rungs": found.rungs or self.limit.rungs,
        }
        return self.limit.model_copy(update=changes)
