"""Who answers for which topic, what departments refused, and what the router learnt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.flow.models.cases import Case, Work


class DutyList(models.Model):
    """A list of duties as its pack gave it; `body` holds the settings of the file beside its topics."""

    id = models.CharField(max_length=80, primary_key=True)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    body = models.JSONField()
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.title_zh


class Topic(models.Model):
    """What tickets are about. `body` holds what the file says of it beside its duties."""

    id = models.CharField(max_length=80, primary_key=True)
    of = models.ForeignKey(DutyList, on_delete=models.PROTECT, related_name="topics")
    parent = models.ForeignKey("Topic", null=True, on_delete=models.PROTECT, related_name="below")
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    position = models.IntegerField()
    is_urgent = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)
    body = models.JSONField()

    def __str__(self) -> str:
        return self.title_zh


class Duty(models.Model):
    """A department answers for a topic from a day on. `ruling` is the number of the case that ruled it, empty for a pack's."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="duties")
    # Empty for the whole city; else the division and all below it.
    division = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=64, db_index=True)
    co_departments = models.JSONField(default=list)
    basis = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    ruling = models.CharField(max_length=32, blank=True)
    ruled_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "division", "valid_from", "ruling"], name="one_duty_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} → {self.department}"


class DutyGap(models.Model):
    """Departments refuse a topic again and again: `case` asks who is responsible. Open while `ruled_at` is null."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="gaps")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="duty_gap")
    opened_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True)
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic"], condition=models.Q(ruled_at=None), name="one_open_gap_a_topic")
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.case_id}"


class Refusal(models.Model):
    """退单: a department refused a ticket, by which basis, and whom it thinks responsible."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="refusals")
    work = models.OneToOneField(Work, on_delete=models.PROTECT, related_name="refusal")
    topic = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=64, db_index=True)
    proposed = models.CharField(max_length=64)
    basis = models.JSONField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    gap = models.ForeignKey(DutyGap, null=True, on_delete=models.PROTECT, related_name="refusals")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["topic", "at"], name="refusal_topic")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.department} → {self.proposed}"


class CaseLink(models.Model):
    """Two cases that belong together; nothing is deleted. `other` is the one that goes on for both when `kind` is duplicate."""

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate"
        RELATED = "related"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="linked")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "other"], name="one_link_a_pair")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.other_id} {self.kind}"


class RouterModel(models.Model):
    """One training of the router; the newest is asked. `digest` is the stored file, `scores` its cross-validation."""

    of = models.ForeignKey(DutyList, on_delete=models.PROTECT, related_name="routers")
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=40)
    examples = models.IntegerField()
    from_history = models.IntegerField(default=0)
    scores = models.JSONField(default=dict)
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.of_id} {self.digest[:12]}"


class ClientKey(models.Model):
    """A program that may file tickets for citizens (Open311). Only the digest of its key is kept."""

    digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=160)
    department = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title
