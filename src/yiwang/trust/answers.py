"""What the trust engine's selectors answer: frozen, and free of tables."""

from __future__ import annotations
