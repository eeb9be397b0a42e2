"""Grants: who may use which fields of which rows, why, on which basis and until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Grant(models.Model):
    """One application and what became of it. Resource, fields and case are words to this room."""

    class State(models.TextChoices):
        APPLIED = "applied"
        REVIEWED = "reviewed"
        ACTIVE = "active"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        REVOKED = "revoked"
        EXPIRED = "expired"

    number = models.CharField(max_length=20, unique=True)
    resource = models.CharField(max_length=80, db_index=True)
    # the department that asks, and the one that answers for the resource
    department = models.CharField(max_length=64, db_index=True)
    provider = models.CharField(max_length=64, db_index=True)
    # one API client of the department, or "" for all it has
    client = models.CharField(max_length=100, blank=True)
    methods = models.JSONField()
    fields = models.JSONField()
    row_filter = models.CharField(max_length=2000, blank=True)
    # the types of the columns the filter was compiled over: field -> SQL type
    row_types = models.JSONField(default=dict)
    masks = models.JSONField()
    purpose_code = models.CharField(max_length=60)
    purpose = models.CharField(max_length=400)
    basis = models.CharField(max_length=300)
    quota_per_day = models.PositiveIntegerField(null=True)
    valid_from = models.DateField()
    # the first day it no longer holds
    valid_until = models.DateField()
    review_on = models.DateField(null=True)
    # when both sides were last told that the review comes, or is late
    reminded_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    # why the coordinator has it, "" while nobody called for it: silence, refusal
    escalated = models.CharField(max_length=12, blank=True)
    case_number = models.CharField(max_length=40, blank=True, db_index=True)
    applied_by = models.CharField(max_length=120)
    applied_at = models.DateTimeField(auto_now_add=True)
    # the last word said about it: by whom, when, why, on which basis
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    reason_basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="grant_ends_later"),
            models.CheckConstraint(condition=~models.Q(purpose=""), name="grant_has_purpose"),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason_basis=""), name="refusal_has_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class GrantDay(models.Model):
    """What a grant gave on a day, in rows. Processes reserve blocks; `reserved` never passes the quota, `used` never passes it."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    reserved = models.PositiveBigIntegerField(default=0)
    used = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grant", "day"], name="one_count_a_day"),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("reserved")), name="used_was_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.day}"
