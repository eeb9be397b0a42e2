"""The flow engine's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.flow.duties import duties_install

__all__ = [
    "duties_install",
]
