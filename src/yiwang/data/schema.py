"""The pack files the data engine owns: `resources/*.yaml`. Unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yiwang.data.core.semantics import semantic_type
from yiwang.kernel.core.text import Text

DUTIES: dict[str, Text] = {
    "collect": Text(zh="归集", en="collection"),
    "share": Text(zh="共享", en="sharing"),
    "open": Text(zh="开放", en="opening"),
    "apply": Text(zh="应用", en="application"),
    "secure": Text(zh="安全", en="security"),
    "store": Text(zh="存储", en="storage"),
    "archive": Text(zh="归档", en="archiving"),
}
DIMENSIONS: dict[str, Text] = {
    "accuracy": Text(zh="精确性", en="accuracy"),
    "accessibility": Text(zh="可达性", en="accessibility"),
    "consistency": Text(zh="一致性", en="consistency"),
    "completeness": Text(zh="完整性", en="completeness"),
    "timeliness": Text(zh="时效性", en="timeliness"),
}
STAGES: dict[str, Text] = {
    "register": Text(zh="创建登记", en="creation and registration"),
    "parse": Text(zh="解析存储", en="parsing and storage"),
    "process": Text(zh="加工处理", en="processing"),
    "integrate": Text(zh="集成计算", en="integration and computing"),
    "serve": Text(zh="服务应用", en="service and use"),
    "archive": Text(zh="归档保存", en="archiving"),
    "destroy": Text(zh="销毁记录", en="destruction record"),
}
CATEGORIES: dict[str, Text] = {
    "base": Text(zh="基础信息资源", en="base"),
    "theme": Text(zh="主题信息资源", en="theme"),
    "department": Text(zh="部门信息资源", en="department"),
}
SHARE_TYPES: dict[str, Text] = {
    "unconditional": Text(zh="无条件共享", en="unconditional"),
    "conditional": Text(zh="有条件共享", en="conditional"),
    "refused": Text(zh="不予共享", en="not shared"),
}
LIBRARIES: dict[str, Text] = {
    "population": Text(zh="人口", en="population"),
    "legal-person": Text(zh="法人", en="legal persons"),
    "credit": Text(zh="信用", en="credit"),
    "licence": Text(zh="电子证照", en="electronic licences"),
    "space": Text(zh="自然资源和空间地理", en="natural resources and geography"),
    "service": Text(zh="政务服务", en="government services"),
    "health": Text(zh="医疗健康", en="health"),
    "social-security": Text(zh="社会保障", en="social security"),
    "ecology": Text(zh="生态环保", en="ecology"),
    "culture": Text(zh="文化旅游", en="culture and tourism"),
    "safety": Text(zh="安全生产", en="work safety"),
    "economy": Text(zh="经济治理", en="economic governance"),
}
# Days until data of a cycle counts as stale.
CYCLES: dict[str, tuple[Text, int]] = {
    "realtime": (Text(zh="实时", en="real time"), 1),
    "daily": (Text(zh="每日", en="daily"), 1),
    "weekly": (Text(zh="每周", en="weekly"), 7),
    "monthly": (Text(zh="每月", en="monthly"), 31),
    "quarterly": (Text(zh="每季度", en="quarterly"), 92),
    "yearly": (Text(zh="每年", en="yearly"), 366),
    "irregular": (Text(zh="不定期", en="irregular"), 0),
}

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(_File):
    """How a field's values are read, on top of what its semantic type does."""

    missing: tuple[str, ...] = ()
    year: int | None = None
    unit: str = ""
    allow_future: bool = False
    excel_serial: bool = True
    percent: bool = False
    scale: int | None = Field(default=None, ge=0, le=18)
    max_length: int | None = Field(default=None, ge=1, le=1_000_000)
    inner_check: Literal["reject", "warn"] = "reject"


class FieldFile(_File):
    """信息项: one field. `semantic` decides type, clean-up and validity; `grade` may only raise its default."""

    id: FieldName
    title: Text
    semantic: str = "text"
    grade: int = Field(default=0, ge=0, le=4)
    required: bool = False
    unit: str = ""
    aliases: tuple[str, ...] = ()
    options: Options = Options()
    note: Text | None = None
    # where the city already holds this value: "resource.field"; the form check refuses to ask for it again
    authoritative: str = ""

    @model_validator(mode="after")
    def _known(self) -> FieldFile:
        kind = semantic_type(self.semantic)
        if self.grade and self.grade < kind.grade:
            raise ValueError(f"grade {self.grade} is below {kind.grade}, the least for {self.semantic}")
        return self

    @property
    def effective_grade(self) -> int:
        return self.grade or semantic_type(self.semantic).grade


class RuleFile(_File):
    """A quality rule: one of the closed list, or a condition in FEEL. `bad` is a row (or rows) it must catch; `good` one it must
    pass. The fields of a condition are those its test names; they need not be listed."""

    id: Name
    title: Text
    kind: Literal[
        "not_null",
        "unique",
        "range",
        "in_list",
        "pattern",
        "check_digit",
        "date_order",
        "foreign_key",
        "compare",
        "feel",
    ]
    fields: tuple[FieldName, ...] = ()
    severity: Literal["reject", "warn"] = "reject"
    min: str | int | float | date | None = None
    max: str | int | float | date | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    check: Literal["", "resident-id", "credit-code", "organisation-code", "bank-card"] = ""
    references: str = ""
    compare: Literal["", "eq", "ne", "lt", "le", "gt", "ge", "sex_of_id", "birth_of_id", "division_of_id"] = ""
    test: str = ""
    dimension: Literal["", "accuracy", "completeness", "consistency"] = ""
    basis: str = ""
    bad: tuple[dict[str, Any], ...] = Field(min_length=1)
    good: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> RuleFile:
        needs: dict[str, bool] = {
            "range": self.min is not None or self.max is not None,
            "in_list": bool(self.values),
            "pattern": bool(self.pattern),
            "check_digit": bool(self.check),
            "date_order": len(self.fields) == 2,
            "foreign_key": self.references.count(".") == 1,
            "compare": bool(self.compare) and len(self.fields) == 2,
            "feel": bool(self.test.strip()),
        }
        if not needs.get(self.kind, True) or not (self.fields or self.kind == "feel"):
            raise ValueError(
                f"rule {self.id}: what a {self.kind} rule needs is missing (see docs/reference/quality.md)"
            )
        if self.kind != "feel" and (self.test or self.dimension):
            raise ValueError(f"rule {self.id}: test and dimension belong to rules of kind feel")
        return self


def _with_fields(rule: RuleFile, known: list[str]) -> RuleFile:
    """A condition with the fields its test names; whether it is sound is checked with the pack."""
    if rule.kind != "feel" or rule.fields:
        return rule
    # only here: most resources have no condition, and reading FEEL takes long to import
    from yiwang.data.core.conditions.reading import fields_named

    return rule.model_copy(update={"fields": fields_named(rule.test, known)})


class ShareFile(_File):
    type: Literal["unconditional", "conditional", "refused"]
    condition: Text | None = None
    methods: tuple[Literal["verify", "query", "batch", "subscribe"], ...] = ()
    basis: str = ""

    @model_validator(mode="after")
    def _reasoned(self) -> ShareFile:
        if self.type == "refused" and not self.basis:
            raise ValueError("a resource that is not shared must cite the law or regulation (basis)")
        if self.type == "conditional" and self.condition is None:
            raise ValueError("a conditionally shared resource must state its condition")
        return self


class OpenFile(_File):
    allowed: bool = False
    condition: Text | None = None
    basis: str = ""


class UpdateFile(_File):
    cycle: Literal["realtime", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"]


class LoadFile(_File):
    """How new files meet old rows: merge by key, replace the whole, or append."""

    mode: Literal["merge", "replace", "append"] = "merge"


class ResourceFile(_File):
    """`resources/*.yaml`: one catalogue entry (政务信息资源目录) with its fields, duties and quality rules."""

    id: Name
    code: str = Field(min_length=4, max_length=60)
    title: Text
    summary: Text
    kind: Literal["dataset", "register", "document", "layer", "series"] = "dataset"
    category: Literal["base", "theme", "department"]
    library: str = ""
    provider: Name
    format: Literal["table"] = "table"
    share: ShareFile
    open: OpenFile = OpenFile()
    update: UpdateFile
    published: date
    legal_basis: tuple[str, ...] = ()
    serves: tuple[int, ...] = ()
    duties: dict[str, Name]
    key: tuple[FieldName, ...] = Field(min_length=1)
    load: LoadFile = LoadFile()
    fields: tuple[FieldFile, ...] = Field(min_length=1, max_length=400)
    rules: tuple[RuleFile, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ResourceFile:
        known = [f.id for f in self.fields]
        twice = {name for name in known if known.count(name) > 1}
        if twice:
            raise ValueError(f"fields stand twice: {', '.join(sorted(twice))}")
        for name in (*self.key, *(f for rule in self.rules for f in rule.fields)):
            if name not in known:
                raise ValueError(f"no field {name} (key and rules may only name declared fields)")
        # a frozen model's own validator may still complete it
        object.__setattr__(self, "rules", tuple(_with_fields(r, known) for r in self.rules))
        rule_ids = [r.id for r in self.rules]
        if len(set(rule_ids)) != len(rule_ids):
            raise ValueError("rule ids must differ")
        if set(self.duties) != set(DUTIES):
            raise ValueError(f"duties must name a department for each of {', '.join(DUTIES)}")
        if self.library and self.library not in LIBRARIES:
            raise ValueError(f"library must be one of {', '.join(LIBRARIES)}")
        return self

    @property
    def grade(self) -> int:
        """The resource is as sensitive as its most sensitive field."""
        return max(f.effective_grade for f in self.fields)

    def field(self, name: str) -> FieldFile:
        return next(f for f in self.fields if f.id == name)
