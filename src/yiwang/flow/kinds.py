"""The pack files the flow engine owns, how they are checked, and the verbs its pack tests use."""

from __future__ import annotations


def kinds_register() -> None:
    """Called once when the program starts."""
