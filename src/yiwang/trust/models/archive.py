"""The archive (电子档案): closed matters as packages, what was checked, where they went and how they ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ArchiveBox(models.Model):
    """One package of one closed matter. It is kept until `keep_until`, or for good where that is empty."""

    class State(models.TextChoices):
        PACKED = "packed"
        TRANSFERRED = "transferred"
        PROPOSED = "proposed"
        DESTROYED = "destroyed"

    number = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    department = models.CharField(max_length=64, db_index=True)
    result = models.CharField(max_length=80)
    closed_on = models.DateField()
    # The tar of the bag among the stored files, and the digest of its manifest of manifests.
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    tagmanifest = models.CharField(max_length=64)
    retention = models.CharField(max_length=16)
    retention_basis = models.CharField(max_length=300)
    keep_until = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PACKED)
    packed_by = models.CharField(max_length=120)
    packed_at = models.DateTimeField()
    destroy_by = models.CharField(max_length=120, blank=True)
    destroy_reason = models.CharField(max_length=400, blank=True)
    destroy_approver = models.CharField(max_length=120, blank=True)
    destroyed_at = models.DateTimeField(null=True)
    certificate = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-packed_at", "-id"]

    def __str__(self) -> str:
        return self.number


class ArchiveCheck(models.Model):
    """One run of the four checks; `results` names for each whether it held and what was looked at."""

    box = models.ForeignKey(ArchiveBox, on_delete=models.PROTECT, related_name="checks")
    holds = models.BooleanField()
    results = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.box_id} {self.at}"


class ArchiveTransfer(models.Model):
    """One handing over to an archive office; `receipt` is what the office answered, empty until then."""

    box = models.ForeignKey(ArchiveBox, on_delete=models.PROTECT, related_name="transfers")
    office = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    receipt = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.box_id} to {self.office}"
