"""The figures the city is shaped by: dated values with sources, in figures.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml


@dataclass(frozen=True)
class Figure:
    name: str
    value: Any
    unit: str
    date: date
    certainty: Literal["published", "approximate", "assumption"]
    source: str

    @property
    def number(self) -> float:
        return float(self.value)

    @property
    def shares(self) -> dict[str, float]:
        return {str(key): float(part) for key, part in self.value.items()}

    @property
    def rows(self) -> list[list[float]]:
        """A list of [from, to, weight]."""
        return [[float(part) for part in row] for row in self.value]


@cache
def figures_read() -> dict[str, Figure]:
    text = (Path(__file__).parent / "figures.yaml").read_text(encoding="utf-8")
    return {name: Figure(name=name, **entry) for name, entry in yaml.safe_load(text).items()}


def figure(name: str) -> Figure:
    return figures_read()[name]
