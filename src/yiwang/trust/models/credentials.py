"""Credentials (电子证照): what kinds there are, which were given, and which were withdrawn since."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CredentialKind(models.Model):
    """One content of a declaration; the newest of a name is what new credentials follow."""

    name = models.CharField(max_length=80, db_index=True)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    department = models.CharField(max_length=64)
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "digest"], name="one_credential_kind")]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """One credential. What it says of its holder is sealed; its id is its place in the list of withdrawn ones."""

    number = models.CharField(max_length=64, unique=True)
    kind = models.ForeignKey(CredentialKind, on_delete=models.PROTECT, related_name="given")
    department = models.CharField(max_length=64, db_index=True)
    # The case that gave it, and the key it was asked under: asked twice it is given once.
    case = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=200, unique=True)
    subject_kind = models.CharField(max_length=16)
    subject_hash = models.CharField(max_length=64, db_index=True)
    sealed_claims = models.BinaryField()
    sealed_vc = models.BinaryField()
    sealed_sd_jwt = models.BinaryField()
    # The first digits of the digest of the signed text: whoever has the page may ask for its state.
    mark = models.CharField(max_length=16)
    # The digest of the sealed PDF among the stored files; empty where the kind has no page.
    pdf = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    revoked_from = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, blank=True)
    revoked_case = models.CharField(max_length=64, blank=True)
    revoked_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-issued_at", "-id"]

    def __str__(self) -> str:
        return self.number
