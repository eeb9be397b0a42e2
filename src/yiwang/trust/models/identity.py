"""Who signs in and with what: second factors, sessions, other places to sign in at, API clients, whose data one may see."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class TotpDevice(models.Model):
    """An authenticator app. It counts from `confirmed_at` on; `last_step` is the newest time step it was used for."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    sealed_secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.label


class Passkey(models.Model):
    """A WebAuthn credential: what verifies it, nothing that signs."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    # base64url of the id the device gave it
    credential_id = models.CharField(max_length=1400, unique=True)
    # the attested credential data: id, type of device, public key
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.label


class RecoveryCode(models.Model):
    """One code of the printed list, as a keyed digest; it works once."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.pk}"


class SignedSession(models.Model):
    """One browser that is signed in, or was. The session itself is Django's; ending one deletes it there."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=64, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    # how it was proved: password, password+totp, password+passkey, password+recovery, oidc:<provider>
    method = models.CharField(max_length=80)
    began_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "ended_at"], name="session_of")]
        ordering: ClassVar = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.began_at}"


class IdentityProvider(models.Model):
    """Another place people may sign in at (OpenID Connect), and how its word finds an account here."""

    class Mode(models.TextChoices):
        LINK = "link"
        CREATE = "create"

    name = models.CharField(max_length=40, unique=True)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.BinaryField()
    scopes = models.CharField(max_length=200, default="openid profile")
    # link: only accounts that were linked before; create: makes an account without any role
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.LINK)
    # the claim that holds the identifier of a resident or firm, "" when its word binds nobody
    identifier_claim = models.CharField(max_length=80, blank=True)
    subject_kind = models.CharField(max_length=16, default="resident")
    assurance = models.CharField(max_length=16, blank=True)
    enabled = models.BooleanField(default=True)
    made_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ProviderLink(models.Model):
    """Who somebody is at a provider: its `sub` never changes, everything else it says may."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    provider = models.ForeignKey(IdentityProvider, on_delete=models.PROTECT, related_name="links")
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_account_a_provider_subject"),
            models.UniqueConstraint(fields=["provider", "account"], name="one_link_a_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.provider_id}"


class ClientProfile(models.Model):
    """What the OAuth2 application of a program lacks: whose program it is, and whether it may come in."""

    application = models.OneToOneField("oauth2_provider.Application", on_delete=models.CASCADE, related_name="profile")
    department = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=200)
    enabled = models.BooleanField(default=True)
    made_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    secret_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.application_id} of {self.department}"


class SubjectLink(models.Model):
    """That an account is a certain person, or speaks for a certain firm, and how surely that is known."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    subject_hash = models.CharField(max_length=64, db_index=True)
    sealed_identifier = models.BinaryField()
    # how it is called on pages, e.g. 王*江; the whole name is not kept here
    title = models.CharField(max_length=80)
    assurance = models.CharField(max_length=16)
    bound_by = models.CharField(max_length=120)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject_hash"], condition=models.Q(ended_at=None), name="one_subject_link"
            )
        ]
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"


class Delegation(models.Model):
    """代办: the subject of a link lets another account look, or act, for them until a day."""

    link = models.ForeignKey(SubjectLink, on_delete=models.CASCADE, related_name="delegations")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=8)
    reason = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    # the first day it no longer holds
    valid_until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["link", "to"], condition=models.Q(ended_at=None), name="one_delegation")
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.link_id} to {self.to_id}"
