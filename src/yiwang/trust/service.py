"""The trust engine's door for writing. Every service takes the actor and leaves an audit line."""

from __future__ import annotations

__all__: list[str] = []
