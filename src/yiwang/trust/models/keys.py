"""The key ledger: every key there was, wrapped; no key stands here in the clear."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Key(models.Model):
    """One version of the key for a purpose, wrapped under the master key, which is a file outside the database."""

    purpose = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    # The cipher it is wrapped with, and that it seals with.
    algorithm = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    # The digest of something derived from the key: names it without telling it.
    fingerprint = models.CharField(max_length=16)
    made_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    # From then on it opens what it closed before, and closes nothing new.
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["purpose", "version"], name="one_key_a_version")]
        ordering: ClassVar = ["purpose", "-version"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
