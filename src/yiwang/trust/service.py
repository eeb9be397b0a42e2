"""The trust engine's door for writing. Every service takes the actor and leaves an audit line."""

from __future__ import annotations

from yiwang.trust.keys import key_rotate, keys_prepare

__all__ = [
    "key_rotate",
    "keys_prepare",
]
