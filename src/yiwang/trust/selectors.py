"""The trust engine's door for reading."""

from __future__ import annotations

__all__: list[str] = []
