"""Spans of days: `valid_from` is the first day a row holds, `valid_until` the first day it no longer does."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone


def today() -> date:
    """The city's own date."""
    return timezone.localdate()


def holds_on(as_of: date) -> Q:
    """The rows that hold on a day."""
    return Q(valid_from__lte=as_of) & (Q(valid_until__isnull=True) | Q(valid_until__gt=as_of))


def holds(valid_from: date, valid_until: date | None, as_of: date) -> bool:
    return valid_from <= as_of and (valid_until is None or as_of < valid_until)
