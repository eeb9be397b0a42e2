"""What leaves: the fields of a resource row by row, or counts of rows by one or two of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yiwang.data.schema import FieldName
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError

LEAST_THRESHOLD = 5
USUAL_THRESHOLD = 10
THEMES: dict[str, Text] = {
    "livelihood": Text(zh="民生服务", en="livelihood"),
    "governance": Text(zh="社会治理", en="governance"),
    "industry": Text(zh="产业经济", en="industry and economy"),
    "environment": Text(zh="生态环境", en="environment"),
    "education": Text(zh="教育文化", en="education and culture"),
    "health": Text(zh="医疗健康", en="health"),
    "transport": Text(zh="交通出行", en="transport"),
    "agriculture": Text(zh="农业农村", en="agriculture"),
    "geography": Text(zh="地理区划", en="places"),
    "safety": Text(zh="公共安全", en="public safety"),
}
FORMATS: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


class Plan(BaseModel):
    """With `counts`, `fields` are what is counted by; counts below `threshold` are hidden, others rounded to `rounding`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: tuple[FieldName, ...] = Field(min_length=1, max_length=400)
    counts: bool = False
    threshold: int = Field(default=USUAL_THRESHOLD, ge=LEAST_THRESHOLD, le=1000)
    rounding: int = Field(default=1, ge=1, le=1000)

    @model_validator(mode="after")
    def _sensible(self) -> Plan:
        if len(set(self.fields)) != len(self.fields):
            raise ValueError("a field stands twice")
        if self.counts and len(self.fields) > 2:
            raise ValueError("rows are counted by one field or by two")
        return self


def plan_of(values: object) -> Plan:
    """Raises InputError for what is no plan."""
    try:
        return Plan.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "plan"
        raise InputError(
            zh=f"开放方案不合要求：{first['msg']}",
            en=f"the plan of the release cannot be used: {first['msg']}",
            where=where,
            hint_zh=f"至少选一个信息项；统计最多按两项；小数阈值不低于 {LEAST_THRESHOLD}。",
            hint_en=f"Choose a field at least; count by two at most; a threshold of at least {LEAST_THRESHOLD}.",
        ) from error
