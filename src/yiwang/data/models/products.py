"""Data products: the shelf, contracts with their clauses, settlements, shared purchases, operation, crossings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Operation(models.Model):
    """授权运营: who may run products of which resources, on what basis, until when, and what the city gets of it."""

    operator = models.CharField(max_length=160)
    scope = models.TextField()
    resources = models.JSONField()
    basis = models.CharField(max_length=300)
    # per cent of what is settled
    city_share = models.DecimalField(max_digits=5, decimal_places=2)
    department = models.CharField(max_length=64)
    valid_from = models.DateField()
    # the first day it no longer holds
    valid_until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)
    registered_by = models.CharField(max_length=120)
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.operator


class Product(models.Model):
    """One thing on the shelf, made of resources, open sets and interfaces."""

    class State(models.TextChoices):
        LISTED = "listed"
        OFF = "off"

    id = models.CharField(max_length=80, primary_key=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    summary_zh = models.TextField()
    summary_en = models.TextField()
    department = models.CharField(max_length=64)
    operation = models.ForeignKey(Operation, null=True, on_delete=models.PROTECT)
    # [{"kind": "resource" | "open-set" | "interface", "id": …}]
    parts = models.JSONField()
    pricing = models.CharField(max_length=12)
    price = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    terms = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.LISTED)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title_zh


class Contract(models.Model):
    """A buyer's contract over a product, under one grant of the exchange."""

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        ENDED = "ended"

    number = models.CharField(max_length=20, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="contracts")
    buyer = models.CharField(max_length=160)
    # ISO 3166 code of where the buyer takes the data
    country = models.CharField(max_length=2, default="CN")
    crossing = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=400)
    grant = models.CharField(max_length=20, blank=True)
    pricing = models.CharField(max_length=12)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    drafted_by = models.CharField(max_length=120)
    drafted_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return self.number


class Clause(models.Model):
    """One clause: enforced by a control of the program, evidenced by its records, or promised and no more."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="clauses")
    order = models.IntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=12)
    # which control enforces it (grant, fields, quota, expiry, mask, crossing) or which record shows it
    control = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.text[:60]


class Settlement(models.Model):
    """What a contract's uses of one month come to; never changed once both sides agreed."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="settlements")
    # first day of the month
    month = models.DateField()
    calls = models.BigIntegerField()
    rows = models.BigIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    city_amount = models.DecimalField(max_digits=16, decimal_places=2)
    # digest over the use lines counted, so that anybody can count them again
    lines_digest = models.CharField(max_length=64)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "month"], name="one_settlement_per_month"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.month}"


class Purchase(models.Model):
    """统采共用: data bought once, for every department that may use it."""

    title = models.CharField(max_length=160)
    supplier = models.CharField(max_length=160)
    subject = models.CharField(max_length=300)
    department = models.CharField(max_length=64)
    cost = models.DecimalField(max_digits=16, decimal_places=2)
    sharing = models.CharField(max_length=12)
    resource = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    # why it was bought although something like it was there
    reason = models.CharField(max_length=400, blank=True)
    # [{"text": …, "kind": …, "control": …}], as the clauses of contracts
    clauses = models.JSONField(default=list)
    registered_by = models.CharField(max_length=120)
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Reuse(models.Model):
    """A department that uses what another bought."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="reuses")
    department = models.CharField(max_length=64)
    purpose = models.CharField(max_length=400)
    since = models.DateField()
    registered_by = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purchase", "department"], name="one_reuse_per_department"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} {self.department}"


class Crossing(models.Model):
    """出境: what may leave the country, to whom, until when; made only by the decision of a case."""

    number = models.CharField(max_length=20, unique=True)
    resource = models.CharField(max_length=80)
    fields = models.JSONField()
    recipient = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    purpose = models.CharField(max_length=400)
    route = models.CharField(max_length=20)
    assessment = models.TextField()
    case = models.CharField(max_length=40)
    valid_until = models.DateField()
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number
