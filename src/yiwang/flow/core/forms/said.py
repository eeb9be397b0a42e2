"""One component as its file has it: values taken by key and type, faults noted where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.flow.core.forms.vocabulary import COMPONENTS, EVERY, PROPERTIES, REFUSED_KEYS
from yiwang.kernel.core.text import Text

MAX_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a form is refused, and at which component."""

    component: str
    zh: str
    en: str


@dataclass
class Said:
    """`raw` is one component; what is wrong with it goes to `faults`, which the whole form shares."""

    raw: Mapping[str, Any]
    faults: list[Fault]
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = str(self.raw.get("key") or self.raw.get("path") or self.raw.get("id") or self.type)
        self.properties: dict[str, Any] = self._mapping("properties")
        self.checks: dict[str, Any] = self._mapping("validate")

    @property
    def type(self) -> str:
        return str(self.raw.get("type", ""))

    def fault(self, zh: str, en: str) -> None:
        self.faults.append(Fault(f"{self.type} {self.name}".strip(), zh, en))

    def _mapping(self, key: str) -> dict[str, Any]:
        found = self.raw.get(key, {})
        if not isinstance(found, dict):
            self.fault(f"{key} 须是对象", f"{key} must be an object")
            return {}
        return found

    def check_keys(self) -> None:
        """Every key, every check and every property is one the component may have."""
        component = COMPONENTS[self.type]
        for key in sorted(set(self.raw) - EVERY - component.keys):
            why = REFUSED_KEYS.get(key, Text(zh="不支持", en="is not supported"))
            self.fault(f"{key}：{why.zh}", f"{key}: {why.en}")
        for key in sorted(set(self.checks) - component.checks):
            self.fault(f"validate.{key}：不支持", f"validate.{key} is not supported")
        for key in sorted(self.properties):
            if key not in PROPERTIES and not key.startswith("yw:en.value."):
                self.fault(f"属性 {key}：不认识", f"the property {key} is not known")

    def text(self, key: str, among: Mapping[str, Any] | None = None) -> str:
        """Words; empty when there are none. Templates and expressions are refused: what people read is written out."""
        value = (self.raw if among is None else among).get(key, "")
        if not isinstance(value, str) or len(value) > MAX_WORDS:
            self.fault(
                f"{key} 须是不超过 {MAX_WORDS} 字的文字", f"{key} must be text of at most {MAX_WORDS} characters"
            )
            return ""
        if (value.startswith("=") and key != "yw:show") or "{{" in value:
            self.fault(f"{key} 须直接写出，不用模板或表达式", f"{key} must be written out, no template or expression")
            return ""
        return value.strip()

    def said(self, zh: str, english: str) -> Text | None:
        """A text with its English from a property; None without Chinese."""
        if not zh:
            return None
        en = self.text(english, self.properties)
        if not en:
            if not zh.isascii():
                self.fault(
                    f"“{zh}”缺少英文：请写属性 {english}", f"“{zh}” has no English: write the property {english}"
                )
            en = zh
        return Text(zh=zh, en=en)

    def flag(self, key: str, among: Mapping[str, Any] | None = None) -> bool:
        value = (self.raw if among is None else among).get(key, False)
        if not isinstance(value, bool):
            self.fault(f"{key} 须是 true 或 false", f"{key} must be true or false")
            return False
        return value

    def sign(self, key: str) -> bool:
        """A property that is `true` or is not there: form-js keeps properties as text."""
        value = self.properties.get(key, "false")
        if value not in ("true", "false", True, False):
            self.fault(f"{key} 须是 true 或 false", f"{key} must be true or false")
        return value in ("true", True)

    def number(self, key: str, among: Mapping[str, Any] | None = None) -> Decimal | None:
        value = (self.raw if among is None else among).get(key)
        if value is None or value == "":
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if isinstance(value, bool) or not found.is_finite():
            self.fault(f"{key} 须是数", f"{key} must be a number")
            return None
        return found

    def whole(self, key: str, least: int, most: int, among: Mapping[str, Any] | None = None) -> int | None:
        found = self.number(key, among)
        if found is None:
            return None
        if found != int(found) or not least <= found <= most:
            self.fault(f"{key} 须是 {least} 至 {most} 的整数", f"{key} must be a whole number from {least} to {most}")
            return None
        return int(found)
