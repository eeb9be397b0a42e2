"""Tables of the rules engine: which version of a decision holds, who wrote it and who let it hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Parameter(models.Model):
    """A dated parameter as the installed pack states it; `text` is its file."""

    id = models.CharField(max_length=80, primary_key=True)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)
    text = models.TextField()
    is_retired = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.title_zh


class Decision(models.Model):
    """A decision by its id, with the version that holds."""

    id = models.CharField(max_length=80, primary_key=True)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    summary_zh = models.TextField()
    summary_en = models.TextField()
    department = models.CharField(max_length=64, db_index=True)
    # The resource whose rows are its subjects; empty when it cannot run over a population.
    resource = models.CharField(max_length=80, blank=True)
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)
    # The pack's own cases for this decision, run on every draft.
    cases = models.JSONField(default=list)
    published = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.title_zh


class Version(models.Model):
    """One state of a decision's table, companion and parameters. Content is final as soon as it is proposed."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        PUBLISHED = "published"
        REPLACED = "replaced"
        REJECTED = "rejected"
        ROLLED_BACK = "rolled-back"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    # SHA-256 over the table's bytes, the companion and the parameters.
    digest = models.CharField(max_length=64, db_index=True)
    dmn_digest = models.CharField(max_length=64)
    companion = models.TextField()
    # parameter id -> its file as it stood when the version was made
    parameters = models.JSONField(default=dict)
    based_on = models.IntegerField(null=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=120)
    author_name = models.CharField(max_length=120)
    note = models.CharField(max_length=400, blank=True)
    approver = models.CharField(max_length=120, blank=True)
    approver_name = models.CharField(max_length=120, blank=True)
    receipt_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["decision"], condition=models.Q(state="published"), name="one_published_version"
            ),
        ]
        ordering: ClassVar = ["decision", "-number"]

    def __str__(self) -> str:
        return f"{self.decision_id} v{self.number}"


class VersionStep(models.Model):
    """What happened to a version: saved, proposed, approved, rejected, rolled back, each by somebody with a reason."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16)
    actor = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=120)
    note = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.act}"
