"""Tables of the trust engine."""

from __future__ import annotations

from yiwang.trust.models.keys import Key

__all__ = ["Key"]
