"""The flow engine's door for reading. Answers are frozen; whoever may not see something is told why."""

from __future__ import annotations

__all__: list[str] = []
