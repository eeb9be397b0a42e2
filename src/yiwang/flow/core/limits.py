"""Whether a promised limit lies within the legal one, whatever the calendar of the year looks like."""

from __future__ import annotations

from yiwang.kernel.core.budget import Budget, Unit

# The longest public holiday with the week ends around it is shorter than this.
LONGEST_REST = 14


def limit_within(promised: Budget, legal: Budget) -> bool | None:
    """True when `promised` never ends after `legal`; None when that cannot be told without a calendar."""
    if promised.unit is legal.unit:
        return promised.amount <= legal.amount
    if legal.unit is Unit.WORKING_DAYS and promised.unit is Unit.DAYS:
        return promised.amount <= legal.amount
    if legal.unit is Unit.DAYS and promised.unit is Unit.WORKING_DAYS:
        # five working days a week, and once a long holiday in between
        return -(-promised.amount * 7 // 5) + LONGEST_REST <= legal.amount
    if legal.unit.in_days and promised.unit is Unit.HOURS:
        return promised.amount <= legal.amount * 24
    return None
