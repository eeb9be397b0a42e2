"""The closed list of things that definitions (a process, a rule, a pack) may ask the program to do.

A definition names an action and gives arguments; nothing in it is code. A run is known by its key: asked twice, it is
done once and gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import BaseModel, ValidationError

from yiwang.kernel.access import ACTS, demand, demand_identity
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest, plain
from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError
from yiwang.kernel.models import ActionRun

# Takes the actor and the validated arguments; what it returns must be sayable in canonical JSON.
ActionHandler = Callable[[Actor, Any], object]
LONGEST_KEY = 200


@dataclass(frozen=True)
class ActionKind:
    """One action. `act` is the right it takes; when empty the services its handler calls decide alone."""

    name: str
    schema: type[BaseModel]
    handler: ActionHandler
    text: Text
    act: str = ""


KINDS: dict[str, ActionKind] = {}


def action_declare(
    name: str, schema: type[BaseModel], handler: ActionHandler, text: Text, *, act: str = ""
) -> ActionKind:
    """Add an action to the closed list. Raises ValueError for a name that is taken or an unknown right."""
    known = KINDS.get(name)
    if known is not None and (known.schema, known.handler) != (schema, handler):
        raise ValueError(f"action {name} is already declared")
    if act and act not in ACTS:
        raise ValueError(f"action {name}: there is no right {act}")
    KINDS[name] = ActionKind(name, schema, handler, text, act)
    return KINDS[name]


def action_kinds() -> tuple[ActionKind, ...]:
    """The closed list, by name."""
    return tuple(KINDS[name] for name in sorted(KINDS))


def action_get(name: str) -> ActionKind:
    """Raises InputError with the nearest names when there is none of that name."""
    if name not in KINDS:
        hint_zh, hint_en = closest_hint(name, KINDS)
        raise InputError(
            zh=f"没有名为 {name} 的动作", en=f"there is no action {name}", where=name, hint_zh=hint_zh, hint_en=hint_en
        )
    return KINDS[name]


def action_check(name: str, arguments: Mapping[str, object]) -> BaseModel:
    """The arguments as the action's own type: what a pack check asks. Raises InputError."""
    try:
        return action_get(name).schema.model_validate(arguments)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            zh=f"动作 {name} 的参数 {field} 不合要求：{first['msg']}",
            en=f"action {name}, argument {field}: {first['msg']}",
            where=f"{name}.{field}",
            hint_zh=f"可用的参数：{'、'.join(KINDS[name].schema.model_fields)}",
            hint_en=f"Its arguments are: {', '.join(KINDS[name].schema.model_fields)}",
        ) from error


def action_run(*, name: str, arguments: Mapping[str, object], actor: Actor, key: str) -> object:
    """Run an action once per `key` and return its result; a failed run leaves nothing behind and may be tried again.

    Raises InputError for an unknown name, wrong arguments or a bad key, Refused, and Conflict when the key already
    stands for another request.
    """
    kind = action_get(name)
    demand_identity(actor)
    rule = demand(actor, kind.act).rule if kind.act else "handler"
    said = action_check(name, arguments)
    if not 0 < len(key) <= LONGEST_KEY:
        raise InputError(zh="动作的键须有 1 至 200 个字符", en="an action key has 1 to 200 characters", where="key")
    digest = canonical_digest(said)
    with transaction.atomic():
        run = _begin(name, key, digest, actor)
        if run is None:
            return _earlier(name, key, digest)
        run.result = plain(kind.handler(actor, said))
        run.save(update_fields=["result"])
        audit(actor=actor, act="action.run", object_kind="action", object_id=key, rule=rule, details={"name": name})
    return run.result


def _begin(name: str, key: str, digest: str, actor: Actor) -> ActionRun | None:
    """Take the key, or None when it is taken. The unique index makes a second runner wait for the first."""
    try:
        with transaction.atomic():
            return ActionRun.objects.create(key=key, name=name, arguments_digest=digest, actor_id=actor.id)
    except IntegrityError:
        return None


def _earlier(name: str, key: str, digest: str) -> object:
    run = ActionRun.objects.get(key=key)
    if (run.name, run.arguments_digest) != (name, digest):
        raise Conflict(
            zh=f"键 {key} 已经用于另一次 {run.name} 动作",
            en=f"key {key} already stands for another run of {run.name}",
            where="key",
            hint_zh="每个请求使用自己的键。",
            hint_en="Give each request a key of its own.",
        )
    return run.result
