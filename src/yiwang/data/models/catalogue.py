"""What is known of each resource. Rows of citizens live in the lake, or in the projection single records are served from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Resource(models.Model):
    """A catalogue entry made from an installed pack file; the definition itself is kept by digest."""

    id = models.CharField(max_length=80, primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    category = models.CharField(max_length=20)
    library = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=64)
    share_type = models.CharField(max_length=20)
    is_open = models.BooleanField(default=False)
    grade = models.IntegerField()
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)
    definition = models.JSONField()
    # Changes whenever fields or rules change: a file is checked again under a new rule set.
    rules_digest = models.CharField(max_length=64)
    is_retired = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.title_zh


class Load(models.Model):
    """One run of a file through the checks of a resource. source = accepted + rejected, by constraint."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        NEEDS_MAPPING = "needs-mapping"
        DONE = "done"
        FAILED = "failed"

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="loads")
    # sha256 over file digest, rules digest, mapping and reading options: the same key gives the same table
    key = models.CharField(max_length=64, db_index=True)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, db_index=True)
    file_size = models.BigIntegerField(default=0)
    rules_digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    operator = models.CharField(max_length=120)
    operator_name = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=40, blank=True)
    stage_done = models.BigIntegerField(default=0)
    stage_total = models.BigIntegerField(default=0)
    source = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    # reason code -> rows that carry it (a row may carry several); flagged rows are accepted with a remark
    reasons = models.JSONField(default=dict)
    flags = models.JSONField(default=dict)
    inserted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    # rows that stood in the table and no longer do, because the file replaced it
    removed = models.BigIntegerField(default=0)
    raw_version = models.BigIntegerField(null=True)
    table_version = models.BigIntegerField(null=True)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections")
    receipt_id = models.CharField(max_length=40, blank=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(source=models.F("accepted") + models.F("rejected")),
                name="source_is_accepted_plus_rejected",
            )
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.file_name}"


class FieldProfile(models.Model):
    """What a field of a table version looks like: counts, spread, top values (masked by grade when shown)."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="profiles")
    field = models.CharField(max_length=80)
    rows = models.BigIntegerField()
    nulls = models.BigIntegerField()
    distinct = models.BigIntegerField()
    minimum = models.CharField(max_length=200, blank=True)
    maximum = models.CharField(max_length=200, blank=True)
    average_length = models.FloatField(default=0)
    top = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.field


class QualityScore(models.Model):
    """One dimension of one load: numerator / denominator, so that the score can be explained."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="scores")
    dimension = models.CharField(max_length=16)
    good = models.BigIntegerField()
    total = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.dimension} {self.good}/{self.total}"


class SensitiveFinding(models.Model):
    """A sign that a field holds personal data; a person confirms or dismisses it."""

    class State(models.TextChoices):
        OPEN = "open"
        CONFIRMED = "confirmed"
        DISMISSED = "dismissed"

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="findings")
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="findings")
    field = models.CharField(max_length=80)
    semantic = models.CharField(max_length=40)
    grade = models.IntegerField()
    declared_grade = models.IntegerField()
    # signs: [{"kind": "check-digit" | "pattern" | "header" | "vocabulary", "hits": n, "of": n, "example": masked}]
    evidence = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "field", "semantic"], name="one_finding_per_field_and_type")
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}.{self.field} {self.semantic}"


class LifecycleRecord(models.Model):
    """One of the seven life-cycle stages a resource went through, by whom and when; destruction carries a certificate."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="lifecycle")
    stage = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)
    operator = models.CharField(max_length=120)
    load = models.ForeignKey(Load, null=True, on_delete=models.SET_NULL)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.resource_id} {self.stage}"


class Demand(models.Model):
    """A request for data that may not exist yet, matched to supply and followed to delivery (供需对接)."""

    class State(models.TextChoices):
        OPEN = "open"
        MATCHED = "matched"
        DELIVERED = "delivered"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    title = models.CharField(max_length=160)
    need = models.TextField()
    fields_wanted = models.JSONField(default=list)
    purpose = models.CharField(max_length=400)
    department = models.CharField(max_length=64)
    wanted_by = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    resource = models.ForeignKey(Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="demands")
    answer = models.TextField(blank=True)
    basis = models.CharField(max_length=300, blank=True)
    filed_by = models.CharField(max_length=120)
    filed_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title
