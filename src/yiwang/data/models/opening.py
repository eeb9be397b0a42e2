"""Open data: sets, their releases through three stages, and how often they were fetched, by day and never by person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.data.models.catalogue import Resource


class OpenSet(models.Model):
    """What the public sees as one data set. What it holds is said by its releases, each approved on its own."""

    id = models.CharField(max_length=80, primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="open_sets")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    summary_zh = models.TextField()
    summary_en = models.TextField()
    theme = models.CharField(max_length=40)
    keywords = models.JSONField(default=list)
    licence = models.CharField(max_length=40)
    # a new version of the resource is released without a person, under the same checks and the same plan
    is_automatic = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title_zh


class Release(models.Model):
    """One version of a resource on its way out: offered, reviewed and published by three different people."""

    class State(models.TextChoices):
        OFFERED = "offered"
        REVIEWED = "reviewed"
        PUBLISHED = "published"
        REFUSED = "refused"
        # an automatic renewal that the checks stopped
        BLOCKED = "blocked"
        WITHDRAWN = "withdrawn"
        SUPERSEDED = "superseded"

    set = models.ForeignKey(OpenSet, on_delete=models.PROTECT, related_name="releases")
    number = models.IntegerField()
    table_version = models.BigIntegerField()
    # see opening.plans.Plan: fields that leave, or the counts made of them
    plan = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OFFERED)
    offered_by = models.CharField(max_length=120)
    offered_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=400, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True)
    # why it was refused, blocked or withdrawn; the opinions of those who agreed
    reasons = models.JSONField(default=list)
    # an automatic renewal names the release whose approval it rests on
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    columns = models.JSONField(default=list)
    preview = models.JSONField(default=list)
    rows = models.BigIntegerField(default=0)
    suppressed = models.BigIntegerField(default=0)
    # [{"format", "digest", "size"}], content-addressed, written once
    files = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["set", "number"], name="one_release_per_number"),
            models.CheckConstraint(
                condition=models.Q(reviewed_by="") | ~models.Q(reviewed_by=models.F("offered_by")),
                name="review_is_not_by_who_offers",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by="")
                | models.Q(follows__isnull=False)
                | (
                    ~models.Q(reviewed_by="")
                    & ~models.Q(published_by=models.F("offered_by"))
                    & ~models.Q(published_by=models.F("reviewed_by"))
                ),
                name="publication_is_by_a_third_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.set_id} {self.number}"


class OpenCount(models.Model):
    """How often a set was fetched on a day, by the way it went. Nothing about who."""

    set = models.ForeignKey(OpenSet, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    # csv, json, parquet, or api
    way = models.CharField(max_length=12)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["set", "day", "way"], name="one_count_a_day_and_way")]

    def __str__(self) -> str:
        return f"{self.set_id} {self.day} {self.way}"
