"""What the exchange keeps: records to serve one at a time, and every promise it made to a client or a parent platform."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Projection(models.Model):
    """How far the records of a resource are: a copy of its table's version, made of the shape its definition had."""

    resource = models.CharField(max_length=80, primary_key=True)
    # version of the table that all records have reached; null while the first filling runs
    version = models.BigIntegerField(null=True)
    # changes when fields, grades or the key change: all records are written again
    shape = models.CharField(max_length=64, blank=True)
    # counts fillings; a record carries the one that last changed it, so that changes have an order
    turn = models.BigIntegerField(default=0)
    records = models.BigIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.resource


class Record(models.Model):
    """One row of a resource under the keyed hash of its key. Of one that went away only that is kept."""

    id = models.CharField(max_length=32, primary_key=True)
    resource = models.CharField(max_length=80)
    # version of the table in which the row became what it is
    version = models.BigIntegerField()
    turn = models.BigIntegerField()
    is_gone = models.BooleanField(default=False)
    # keyed hash of content and shape: an unchanged row is not written again
    mark = models.CharField(max_length=32)
    # JSON of the fields of grade 1 and 2
    plain = models.TextField()
    # JSON of the fields above, in an envelope; empty where there are none
    sealed = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["resource", "turn", "id"], name="record_changes")]

    def __str__(self) -> str:
        return f"{self.resource} {self.id}"


class ExchangeAnswer(models.Model):
    """The answer given under an idempotency key, sealed: the same call again gets the same answer."""

    client = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    # of method, address and body
    call = models.CharField(max_length=64)
    # null while the first call is at work
    status = models.IntegerField(null=True)
    answer = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "key"], name="one_answer_per_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="exchange_answer_age")]

    def __str__(self) -> str:
        return f"{self.client} {self.key}"


class ExchangeBatch(models.Model):
    """A batch a client asked for: made beside the requests, kept for some days as a masked file with a signed manifest."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.CharField(max_length=32, primary_key=True)
    client = models.CharField(max_length=120)
    department = models.CharField(max_length=64)
    resource = models.CharField(max_length=80)
    grant = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=60)
    fields = models.JSONField(default=list)
    format = models.CharField(max_length=12)
    acting_for = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    version = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    manifest = models.JSONField(default=dict)
    use = models.CharField(max_length=40, blank=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Subscription(models.Model):
    """Changes of a resource that a client wants: it pulls them, or they are brought to its address."""

    class State(models.TextChoices):
        ACTIVE = "active"
        STOPPED = "stopped"

    id = models.CharField(max_length=32, primary_key=True)
    client = models.CharField(max_length=120, db_index=True)
    department = models.CharField(max_length=64)
    resource = models.CharField(max_length=80, db_index=True)
    grant = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=60)
    fields = models.JSONField(default=list)
    # "" for one that is pulled
    url = models.CharField(max_length=500, blank=True)
    # where it goes; abroad under the number of an approval
    country = models.CharField(max_length=2, default="CN")
    crossing = models.CharField(max_length=20, blank=True)
    # what deliveries are signed with, in an envelope
    secret = models.BinaryField(default=b"")
    acting_for = models.CharField(max_length=80, blank=True)
    # what changed up to this turn stood there when it began: of what was gone by then nothing is told
    base = models.BigIntegerField(default=0)
    # up to where changes were cut into deliveries: turn and record
    turn = models.BigIntegerField(default=0)
    record = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class Delivery(models.Model):
    """One parcel of changes on its way to a subscriber. Its id is stable: whoever gets it twice can tell."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead"

    id = models.CharField(max_length=32, primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    number = models.BigIntegerField()
    from_turn = models.BigIntegerField()
    from_record = models.CharField(max_length=32, blank=True)
    to_turn = models.BigIntegerField()
    to_record = models.CharField(max_length=32)
    rows = models.IntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    last_error = models.CharField(max_length=400, blank=True)
    use = models.CharField(max_length=40, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="deliveries_are_numbered")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="deliveries_due")]

    def __str__(self) -> str:
        return self.id


class ParentRun(models.Model):
    """One push to or pull from the parent platform. source = accepted + rejected, by constraint."""

    parent = models.CharField(max_length=60)
    direction = models.CharField(max_length=8)
    # catalogue entries are pushed under "catalogue"
    resource = models.CharField(max_length=80)
    version = models.BigIntegerField(null=True)
    source = models.BigIntegerField()
    accepted = models.BigIntegerField()
    rejected = models.BigIntegerField()
    # reason → rows
    reasons = models.JSONField(default=dict)
    receipt_id = models.CharField(max_length=40)
    load = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(source=models.F("accepted") + models.F("rejected")),
                name="parent_source_is_accepted_plus_rejected",
            )
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.direction} {self.resource}"
