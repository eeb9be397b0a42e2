"""For whom a case was filed, by keyed digest, and by whose hand."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.trust.models.identity import Delegation


class FiledCase(models.Model):
    """One case of one subject. `delegation` is what whoever filed it rested on; null when the subject filed it itself."""

    case = models.CharField(max_length=64, unique=True)
    subject_kind = models.CharField(max_length=16)
    subject_hash = models.CharField(max_length=64, db_index=True)
    by = models.CharField(max_length=120)
    delegation = models.ForeignKey(Delegation, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.case
