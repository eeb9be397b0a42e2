"""Tables of the kernel. What a pack says is kept as files by digest; these rows say what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class AccountManager(BaseUserManager["Account"]):
    """Only what Django's own authentication asks for; accounts are made by kernel.service.account_create."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Somebody who can sign in. Rights come from RoleAssignment rows, never from a flag here."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64)
    department = models.ForeignKey(
        "Department", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def __str__(self) -> str:
        return self.display_name


class SignInAttempt(models.Model):
    """One try to sign in, kept so that guessing can be seen and stopped."""

    username = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=64, blank=True)
    succeeded = models.BooleanField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.username


class CityFact(models.Model):
    """Something true of this city as a whole, e.g. that all its people are synthetic."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.key


class Department(models.Model):
    """An organ of the city. Dated: an organ that is dissolved keeps its row and its past duties.

    Name and parent are those of its newest span; ask kernel.selectors for those of another day.
    Here and below `valid_until` is the first day on which the thing no longer holds.
    """

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # Who speaks for the department on data matters when no liaison is named: the holders of this role.
    liaison_role = models.CharField(max_length=32, default="steward")
    # Where it stands among its siblings, as the city's own lists have it.
    position = models.IntegerField(default=0)
    # Who took over the duties of a dissolved department.
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name_zh


class DepartmentSpan(models.Model):
    """A stretch of a department's life under one name and one parent."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="spans")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    parent = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "valid_from"], name="one_department_span")
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.valid_from}"


class Liaison(models.Model):
    """The named person (or the deputy) through whom a department is reached on data matters (归口管理联络人)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="liaisons")
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL)
    is_deputy = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role held by an account within a department and all below it, from a day until a day."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=32)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "role", "department", "valid_from"], name="one_role_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.role}"


class Division(models.Model):
    """One span of life of a 12-digit division code (GB/T 2260 to county, 2+2+2+3+3 to village)."""

    code = models.CharField(max_length=12)
    parent_code = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    # Why the span began: created, renamed, split, merged, moved; and from which codes.
    change = models.CharField(max_length=12, default="created")
    came_from = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "valid_from"], name="one_division_span")]
        indexes: ClassVar = [models.Index(fields=["parent_code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class StoredFile(models.Model):
    """A file kept under the SHA-256 of its bytes; `name` is the one it first came under, empty when it came sealed."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=255)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class AppendOnlyError(RuntimeError):
    """Code tried to change or delete what may only be added to: a programming error, never a user's."""


class AppendOnlyQuerySet(models.QuerySet["AuditLine"]):
    """A query set through which nothing can be changed or deleted."""

    def update(self, **changes: Any) -> NoReturn:
        raise AppendOnlyError("audit lines cannot be changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("audit lines cannot be deleted")

    def bulk_create(self, objs: Iterable[AuditLine], *args: Any, **kwargs: Any) -> list[AuditLine]:
        if kwargs.get("update_conflicts"):
            raise AppendOnlyError("audit lines cannot be changed")
        return super().bulk_create(objs, *args, **kwargs)


class AuditLine(models.Model):
    """Who did what to what, when, and for which purpose. Appended by kernel.service.audit only."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=120)
    act = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=200)
    rule = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=400, blank=True)
    details = models.JSONField(default=dict)

    objects: ClassVar = AppendOnlyQuerySet.as_manager()

    class Meta:
        # One index to a column, as a line is written with every write there is; acts are also looked for by their beginning.
        indexes: ClassVar = [
            models.Index(fields=["actor_id"], name="audit_actor"),
            models.Index(fields=["act"], name="audit_act", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("audit lines cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit lines cannot be deleted")


class Event(models.Model):
    """Transactional outbox: written with the change it tells of, delivered at least once afterwards."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, db_index=True)
    # Keys of the subscribers that have taken it: a retry goes only to the others.
    done_by = models.JSONField(default=list)
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=40, blank=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(delivered_at__isnull=True), name="event_waiting")
        ]

    def __str__(self) -> str:
        return self.name


class ActionRun(models.Model):
    """One action that ran to its end, by its key: asking again gives the same result and does nothing."""

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=80)
    # SHA-256 of the canonical JSON of the arguments, so that one key cannot stand for two requests.
    arguments_digest = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    actor_id = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class Message(models.Model):
    """An in-app message; both languages are kept, the reader's is shown."""

    recipient = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="inbox")
    sender = models.CharField(max_length=120, blank=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title_zh


class Receipt(models.Model):
    """What went into a result and the hash of what came out, so that it can be run again and compared."""

    id = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class InstalledPack(models.Model):
    """One installed version of a pack. Old versions stay readable: running cases keep theirs."""

    pack_id = models.CharField(max_length=80, db_index=True)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    manifest = models.JSONField()
    # path in the pack -> digest of the stored file
    files = models.JSONField()
    is_current = models.BooleanField(default=True)
    installed_at = models.DateTimeField(auto_now_add=True)
    installed_by = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack_id", "digest"], name="one_install_per_content"),
            models.UniqueConstraint(
                fields=["pack_id"], condition=models.Q(is_current=True), name="one_current_version_per_pack"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.version}"
