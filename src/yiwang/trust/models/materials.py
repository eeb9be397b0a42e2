"""Materials (电子材料): documents given once, kept for their holder, and where they were used again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Material(models.Model):
    """A document of somebody. The bytes are a stored file; `ended_at` is when its holder ended its reuse."""

    subject_kind = models.CharField(max_length=16)
    subject_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100, blank=True)
    given_for = models.CharField(max_length=64, blank=True)
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField(auto_now_add=True)
    valid_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_hash", "kind"], name="material_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_hash", "kind", "digest"], condition=models.Q(ended_at=None), name="one_kept_material"
            )
        ]
        ordering: ClassVar = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MaterialUse(models.Model):
    """One reuse: for which case and purpose, and the words the holder agreed to."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="uses")
    case = models.CharField(max_length=64)
    purpose = models.CharField(max_length=400)
    consent = models.CharField(max_length=600)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["material", "case"], name="one_material_use_a_case")]
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.material_id} for {self.case}"
