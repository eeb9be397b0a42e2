"""What packs and designers say: processes, forms, service items. Kept once for each content, by digest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Process(models.Model):
    """A process by its id, with the version that new cases follow."""

    id = models.CharField(max_length=80, primary_key=True)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    department = models.CharField(max_length=64, db_index=True)
    pack_id = models.CharField(max_length=80)
    published = models.ForeignKey("ProcessVersion", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.title_zh


class Version(models.Model):
    """One state of what a designer writes; final as soon as it is proposed. `of` is the id of what it is a version of."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        PUBLISHED = "published"
        REPLACED = "replaced"
        REJECTED = "rejected"

    number = models.IntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    digest = models.CharField(max_length=64, db_index=True)
    based_on = models.IntegerField(null=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=120)
    author_name = models.CharField(max_length=120)
    note = models.CharField(max_length=400, blank=True)
    approver = models.CharField(max_length=120, blank=True)
    approver_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def of(self) -> str:
        raise NotImplementedError


class ProcessVersion(Version):
    """One state of a diagram. Its bytes are a stored file."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "number"], name="one_process_version_a_number"),
            models.UniqueConstraint(
                fields=["process"], condition=models.Q(state="published"), name="one_published_process"
            ),
        ]
        ordering: ClassVar = ["process", "-number"]

    def __str__(self) -> str:
        return f"{self.process_id} v{self.number}"

    @property
    def of(self) -> str:
        return str(self.process_id)


class AskedForm(models.Model):
    """A form by its id, with the version that is asked from now on."""

    id = models.CharField(max_length=80, primary_key=True)
    department = models.CharField(max_length=64, db_index=True)
    pack_id = models.CharField(max_length=80, blank=True)
    published = models.ForeignKey("FormVersion", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.id


class FormVersion(Version):
    """One state of a form (form-js schema)."""

    form = models.ForeignKey(AskedForm, on_delete=models.PROTECT, related_name="versions")
    body = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="one_form_version_a_number"),
            models.UniqueConstraint(fields=["form"], condition=models.Q(state="published"), name="one_published_form"),
        ]
        ordering: ClassVar = ["form", "-number"]

    def __str__(self) -> str:
        return f"{self.form_id} v{self.number}"

    @property
    def of(self) -> str:
        return str(self.form_id)


class ItemVersion(models.Model):
    """One content of a service item (事项), in force from `valid_from` until `valid_until`, which is not included."""

    item_id = models.CharField(max_length=80, db_index=True)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    department = models.CharField(max_length=64, db_index=True)
    pack_id = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item_id", "number"], name="one_item_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"


class ItemBefore(models.Model):
    """What an item took on a day before its reform, as an officer entered it with its source. The newest counts."""

    item_id = models.CharField(max_length=80, db_index=True)
    figures = models.JSONField()
    on = models.DateField()
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.item_id} {self.on}"
