"""The ledger's rows: entries in their order, whom they are about, and the heads that were signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """A use of data with its place in the tree. `leaf` are the very bytes that were hashed; the other columns only find it."""

    index = models.BigIntegerField(primary_key=True)
    use = models.CharField(max_length=32, unique=True)
    leaf = models.BinaryField()
    at = models.DateTimeField()
    who = models.CharField(max_length=120)
    department = models.CharField(max_length=64)
    resource = models.CharField(max_length=120)
    purpose = models.CharField(max_length=400)
    grant = models.CharField(max_length=40, blank=True)
    via = models.CharField(max_length=20, blank=True)
    rows = models.BigIntegerField(null=True)
    hidden_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["department", "index"], name="entry_department"),
            models.Index(fields=["resource", "index"], name="entry_resource"),
            models.Index(fields=["grant", "index"], name="entry_grant"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.use}"


class EntrySubject(models.Model):
    """Somebody an entry is about, by keyed hash, in the order of the hashes."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, db_column="entry", related_name="subjects", db_index=False
    )
    subject = models.CharField(max_length=64)
    place = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "place"], name="one_subject_a_place")]
        indexes: ClassVar = [models.Index(fields=["subject", "entry"], name="entry_subject")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.subject[:8]}"


class LedgerState(models.Model):
    """One row: how far the tree, its tiles and the reading of the journal have come. Whoever appends locks it."""

    size = models.BigIntegerField(default=0)
    # the whole subtrees of the tree, the largest first, 32 bytes each
    peaks = models.BinaryField(default=b"")
    tiled = models.BigIntegerField(default=0)
    # journal segment → bytes of it that stand as entries
    marks = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.size)


class SignedHead(models.Model):
    """A checkpoint that was signed and given out: it can never be taken back."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.size)


class Witness(models.Model):
    """Another office that signs checkpoints after seeing that the log only grew. `key` is its verifier key (C2SP vkey)."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=300, unique=True)
    since = models.DateTimeField(auto_now_add=True)
    # From then on nothing more of it is taken; what it signed holds.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(ended_at=None), name="one_witness_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Cosignature(models.Model):
    """A witness's line under a head: `line` as C2SP writes it, `at` when it says it signed."""

    head = models.ForeignKey(SignedHead, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT)
    line = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["head", "witness"], name="one_cosignature_a_witness")]

    def __str__(self) -> str:
        return f"{self.head_id} {self.witness_id}"
