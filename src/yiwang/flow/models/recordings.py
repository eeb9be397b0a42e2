"""执法音视频: what a camera or a recorder took, bound to a case for good, and the chain of hands and eyes it went through.

Source: 国务院办公厅关于全面推行行政执法公示制度执法全过程记录制度重大执法决定法制审核制度的指导意见（国办发〔2018〕118号）三。
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.db import models

from yiwang.flow.models.cases import Case


class RecordKept(RuntimeError):
    """Code tried to change or delete evidence: a programming error, never a user's."""


class KeptQuerySet(models.QuerySet[Any]):
    """Through it nothing can be changed or deleted."""

    def update(self, **changes: Any) -> NoReturn:
        raise RecordKept("a recording and its custody cannot be changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordKept("a recording and its custody cannot be changed")

    def delete(self) -> NoReturn:
        raise RecordKept("a recording and its custody cannot be deleted")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts"):
            raise RecordKept("a recording and its custody cannot be changed")
        return super().bulk_create(objs, *args, **kwargs)


class Kept(models.Model):
    """A row that is written once."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordKept("a recording and its custody cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordKept("a recording and its custody cannot be deleted")


class CaseRecording(Kept):
    """One recording of a case. A better one is another row that says which it `supersedes`; the first stays as it is.

    `digest` is the sealed file's and stands once in the city: what is evidence of one matter is not evidence of another.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recordings", db_index=False)
    number = models.IntegerField()
    # The task of the diagram it was taken at; empty when it belongs to the case as a whole.
    step = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=20)
    size = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    device = models.CharField(max_length=80)
    officers = models.JSONField(default=list)  # accounts present
    place = models.CharField(max_length=200)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    basis = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=120)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="one_recording_a_number")]

    def __str__(self) -> str:
        return f"{self.case_id} recording {self.number}"


class RecordingCustody(Kept):
    """One hand or eye a recording went through. `link` digests the row with the link before it, so that a row changed past
    this program is seen.
    """

    class Act(models.TextChoices):
        RECEIVED = "received"
        HANDED = "handed"
        READ = "read"
        SUPERSEDED = "superseded"

    recording = models.ForeignKey(CaseRecording, on_delete=models.PROTECT, related_name="custody", db_index=False)
    number = models.IntegerField()
    act = models.CharField(max_length=12, choices=Act.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    department = models.CharField(max_length=64, blank=True)
    # Whom it was handed to, or the number of the recording that takes its place.
    to = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400)
    # The line in the ledger of uses that a reading left.
    use = models.CharField(max_length=32, blank=True)
    link = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recording", "number"], name="one_custody_a_number")]

    def __str__(self) -> str:
        return f"{self.recording_id}.{self.number} {self.act}"
