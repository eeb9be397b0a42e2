"""Fusions: declarations that join public data with bought data, and the results kept of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.data.models.products import Product, Purchase


class Fusion(models.Model):
    """A declaration as it was installed."""

    id = models.CharField(max_length=80, primary_key=True)
    # the file it stands in, as pack/path
    path = models.CharField(max_length=300)
    pack_digest = models.CharField(max_length=64)
    definition = models.JSONField()
    # the two resources whatever their order: one pair has one breakdown for good
    pair = models.CharField(max_length=170, db_index=True)

    def __str__(self) -> str:
        return self.id


class FusionRun(models.Model):
    """One version of a fusion product: figures of groups, never a row and never a key."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="fusion_runs")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT)
    number = models.IntegerField()
    pair = models.CharField(max_length=170, db_index=True)
    definition = models.JSONField()
    # of what decides the figures: what is joined, by what, which measures, thresholds
    shape = models.CharField(max_length=64)
    public_version = models.BigIntegerField()
    purchased_version = models.BigIntegerField()
    grant = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=400)
    public_rows = models.BigIntegerField()
    purchased_rows = models.BigIntegerField()
    # rounded as the grand total is
    matched = models.BigIntegerField()
    suppressed = models.IntegerField()
    # [{"keys": […], "kind": …, "hidden": …}]
    cells = models.JSONField()
    columns = models.JSONField()
    preview = models.JSONField()
    files = models.JSONField()
    run_by = models.CharField(max_length=120)
    run_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="one_fusion_run_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.number}"
