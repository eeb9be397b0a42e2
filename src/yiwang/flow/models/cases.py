"""What happened to somebody: cases, the works on them, their clocks and their history. A run names the digest it follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar

from django.db import models

from yiwang.flow.models.definitions import ItemVersion, ProcessVersion
from yiwang.flow.sealing import column_sealed, sealed_json, sealed_text


class Case(models.Model):
    """A run of a process (办件): who must do what by when. `state` is the reducer's, a few hundred bytes.

    What people said (applicant, answers, state) lies sealed and is opened when it is asked for.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        SUSPENDED = "suspended"
        COMPLETED = "completed"
        TERMINATED = "terminated"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    # The public tracking number; `secret` is the digest of the code that whoever filed it was given.
    number = models.CharField(max_length=32, unique=True)
    secret = models.CharField(max_length=64, blank=True)
    item = models.ForeignKey(ItemVersion, null=True, on_delete=models.PROTECT)
    process = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT)
    # The version of the item's form whoever filed it was asked by; null when nobody was asked one.
    form_number = models.IntegerField(null=True)
    # The called case's caller and the token it stands at there.
    parent = models.ForeignKey("Case", null=True, on_delete=models.PROTECT, related_name="calls")
    parent_token = models.IntegerField(null=True)
    title = models.CharField(max_length=200)
    # The department accountable for it; who works on it now stands on its open works.
    department = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    topic = models.CharField(max_length=80, blank=True)
    division = models.CharField(max_length=12, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    sealed_applicant = column_sealed()
    sealed_answers = column_sealed()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    sealed_state = column_sealed()
    events = models.IntegerField(default=0)
    opened_by = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Whoever opens it may name its request: asked again with the same key it is not opened twice.
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="one_case_a_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "status"], name="case_department"),
            models.Index(fields=["opened_at"], name="case_opened"),
            models.Index(fields=["topic", "opened_at"], name="case_topic"),
        ]

    applicant = sealed_json("sealed_applicant")
    answers = sealed_json("sealed_answers")
    state = sealed_text("sealed_state")
    OPENED: ClassVar[Mapping[str, str]] = {
        "sealed_applicant": "applicant",
        "sealed_answers": "answers",
        "sealed_state": "state",
    }

    def __str__(self) -> str:
        return self.number

    def about(self) -> str:
        return f"case {self.number}"


class Work(models.Model):
    """A piece of work of one person or department. Open while `closed_at` is null."""

    # The unique key begins with it.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="works", db_index=False)
    number = models.IntegerField()
    token = models.IntegerField()
    node = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    department = models.CharField(max_length=64)
    role = models.CharField(max_length=20, blank=True)
    assignee = models.CharField(max_length=120, blank=True)
    form_id = models.CharField(max_length=80, blank=True)
    of = models.IntegerField(null=True)
    round = models.IntegerField(default=1)
    is_waiting = models.BooleanField(default=False)
    begun_by = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_how = models.CharField(max_length=12, blank=True)
    closed_by = models.CharField(max_length=120, blank=True)
    # For sorting only: where the due moment fell when its clock last changed. What is shown is always derived.
    sort_due = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="one_work_a_number")]
        indexes: ClassVar = [
            # A list leaves out what the applicant owes; with the assignee in it the index alone tells how long the list is.
            models.Index(
                fields=["department", "sort_due", "assignee"], condition=models.Q(closed_at=None), name="work_owed"
            ),
            models.Index(fields=["assignee", "sort_due"], condition=models.Q(closed_at=None), name="work_owed_by"),
            models.Index(fields=["sort_due"], condition=models.Q(closed_at=None), name="work_owed_city"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class CaseClock(models.Model):
    """A budget that began; `work` is null for the clock of the whole case. The due moment is derived, never stored."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    work = models.OneToOneField(Work, null=True, on_delete=models.PROTECT, related_name="clock")
    budget = models.CharField(max_length=24)
    basis = models.CharField(max_length=300, blank=True)
    rungs = models.JSONField(default=list)
    extended = models.JSONField(default=list)  # [budget added, reason, basis, by, at]
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.budget}"


class Pause(models.Model):
    """挂起: the case's clocks stand still in [begin, end)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    begin = models.DateTimeField()
    end = models.DateTimeField(null=True)
    reason = models.CharField(max_length=16)
    text = models.CharField(max_length=400, blank=True)
    by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.case_id} {self.begin:%F}"


class Due(models.Model):
    """What the tick looks for: a diagram's timer or a clock's rung whose moment may have come. Deleted when it fired."""

    class Kind(models.TextChoices):
        TIMER = "timer"
        RUNG = "rung"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dues", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=120)
    clock = models.ForeignKey(CaseClock, null=True, on_delete=models.CASCADE)
    spec = models.JSONField(default=dict)
    # Null while the case is suspended.
    look_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "kind", "key"], name="one_due_a_key")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"


class Wait(models.Model):
    """A message or signal that a case waits for, so that whoever sends one finds whom it is for."""

    class Kind(models.TextChoices):
        MESSAGE = "message"
        SIGNAL = "signal"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waits")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120)
    # The canonical JSON of a message's key; empty for a signal.
    key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "name", "key"], name="wait_heard")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class CaseStep(models.Model):
    """One event of a case, in order: what came, who brought it, what it did. Replayed, the events give the state.

    Of an event the words and answers lie sealed, its outline (who, which work, from where) does not: lists count by it.
    """

    SAID: ClassVar[frozenset[str]] = frozenset({"values", "result", "key", "reason", "text"})
    OPENED: ClassVar[Mapping[str, str]] = {"outline": "event", "sealed_said": "event"}

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    number = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    node = models.CharField(max_length=80, blank=True)
    actor_id = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=120)
    outline = models.JSONField(default=dict)
    sealed_said = column_sealed()
    passed = models.JSONField(default=list)  # [mark, element, token] in order
    process = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="one_step_a_number")]

    said = sealed_json("sealed_said")

    def __str__(self) -> str:
        return f"{self.case_id}.{self.number} {self.kind}"

    @property
    def event(self) -> dict[str, Any]:
        return {**self.outline, **self.said}

    @event.setter
    def event(self, body: Mapping[str, Any]) -> None:
        self.outline = {name: value for name, value in body.items() if name not in self.SAID}
        self.said = {name: value for name, value in body.items() if name in self.SAID}

    def about(self) -> str:
        return f"case {self.case_id}/step {self.number}"


class CaseNote(models.Model):
    """What the applicant (`is_public`) or the staff reads about a case: messages at every state, supervision, calls back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    sealed_zh = column_sealed()
    sealed_en = column_sealed()
    is_public = models.BooleanField(default=False)
    by = models.CharField(max_length=120)

    text_zh = sealed_text("sealed_zh")
    text_en = sealed_text("sealed_en")
    OPENED: ClassVar[Mapping[str, str]] = {"sealed_zh": "text_zh", "sealed_en": "text_en"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    def about(self) -> str:
        """Written many at a time, before it has a number: the moment tells it from others."""
        return f"case {self.case_id}/note {self.at.astimezone(UTC).isoformat()} {self.kind}"


def note_words(*, zh: str, en: str) -> dict[str, Any]:
    """The words of a new note: sealed as they are set, they are no columns that a type checker knows."""
    return {"text_zh": zh, "text_en": en}


class CaseFile(models.Model):
    """A file given with a case; its bytes are a stored file."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    question = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    sealed_name = column_sealed()
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)

    name = sealed_text("sealed_name")

    def __str__(self) -> str:
        return self.digest

    def about(self) -> str:
        return f"case {self.case_id}/file {self.question} {self.digest}"


class Draft(models.Model):
    """Answers not yet submitted; hidden answers stay here. `token` is the digest of the key a signed-out person holds."""

    form_id = models.CharField(max_length=80)
    form_number = models.IntegerField()
    item_id = models.CharField(max_length=80, blank=True)
    work = models.ForeignKey(Work, null=True, on_delete=models.PROTECT)
    owner = models.CharField(max_length=120, blank=True)
    token = models.CharField(max_length=64, blank=True, db_index=True)
    sealed_answers = column_sealed()
    # Address of a prefilled question → where its value came from.
    sources = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    answers = sealed_json("sealed_answers")

    def __str__(self) -> str:
        return f"{self.form_id} {self.pk}"

    def about(self) -> str:
        if self.pk is None:
            raise ValueError("a draft has answers only once it has a number")
        return f"draft {self.pk}"


class Rating(models.Model):
    """好差评: one to a case; the last two of five grades open a follow-up case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    grade = models.IntegerField()  # 5 very satisfied … 1 very dissatisfied
    sealed_words = column_sealed()
    solved = models.BooleanField(null=True)
    channel = models.CharField(max_length=16)
    at = models.DateTimeField()
    follow_up = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    text = sealed_text("sealed_words")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.grade}"

    def about(self) -> str:
        return f"case {self.case_id}/rating"


class Migration(models.Model):
    """One running case moved to another version of its process; `before` allows an exact return: the state, sealed as it was."""

    batch = models.CharField(max_length=40, db_index=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="migrations")
    from_version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    after_events = models.IntegerField()
    moved_at = models.DateTimeField()
    moved_by = models.CharField(max_length=120)
    reverted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_version_id}"


class Leave(models.Model):
    """Somebody is away: what they owe is shown to, and may be done by, `deputy` from the first day until the last."""

    account = models.CharField(max_length=120, db_index=True)
    deputy = models.CharField(max_length=120, db_index=True)
    first = models.DateField()
    last = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.account} → {self.deputy}"
