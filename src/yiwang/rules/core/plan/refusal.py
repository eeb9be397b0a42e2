"""What a plan refuses: said when the decision is published, never approximated when it runs."""

from __future__ import annotations

from yiwang.kernel.errors import InputError


class PlanRefused(InputError):
    """A decision that cannot be taken for a whole population."""

    code = "plan_refused"
