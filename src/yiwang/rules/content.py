"""What a decision is, whole: its table, its companion and the parameters it uses, named by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import Finding
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import PackError
from yiwang.rules.errors import DecisionUnsound
from yiwang.rules.schema import DecisionFile, ParameterFile


@dataclass(frozen=True)
class Content:
    """`companion` and `parameters` are YAML texts, as files say them; `where` names the place for messages."""

    dmn: bytes
    companion: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""

    @cached_property
    def file(self) -> DecisionFile:
        """The companion. Raises PackError with file and line."""
        return model_read(DecisionFile, self.companion, f"{self.where}.yaml" if self.where else "decision.yaml")

    @cached_property
    def values(self) -> dict[str, ParameterFile]:
        """The parameters by id. Raises PackError."""
        return {
            name: model_read(ParameterFile, text, f"parameters/{name}.yaml") for name, text in self.parameters.items()
        }

    @cached_property
    def digest(self) -> str:
        return canonical_digest(
            {"dmn": self.dmn_digest, "companion": self.file, "parameters": dict(sorted(self.values.items()))}
        )

    @property
    def dmn_digest(self) -> str:
        return hashlib.sha256(self.dmn).hexdigest()


def unsound(findings: tuple[Finding, ...], where: str) -> DecisionUnsound:
    """The error that carries a check's findings and tells the first."""
    first = next(f for f in findings if f.level == "error")
    more = sum(f.level == "error" for f in findings) - 1
    return DecisionUnsound(
        findings=findings,
        zh=first.zh + (f"（另有 {more} 处）" if more else ""),
        en=first.en + (f" (and {more} more)" if more else ""),
        where=first.where or where,
        hint_zh="用 yiwang rules check 查看全部问题。",
        hint_en="See everything with yiwang rules check.",
    )


def finding_of(error: PackError, where: str) -> Finding:
    return Finding(error.where or where, error.zh, error.en)
