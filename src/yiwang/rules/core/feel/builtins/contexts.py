"""The context functions of FEEL (DMN 1.5, 10.3.4.10). Each gives a new context; the one handed over stays as it was."""

from __future__ import annotations

from typing import Any

from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.running import ITEMS_A_STEP
from yiwang.rules.core.feel.values import NoValue, Value


def _walk(run: Any, *contexts: dict[str, Any]) -> None:
    run.step(1 + sum(map(len, contexts)) // ITEMS_A_STEP)


@builtin("get value", "m: context, key: string")
def get_value(context: dict[str, Any], key: str) -> Value:
    if key not in context:
        raise NoValue(f"上下文里没有 {key}。", f"The context has no {key}.")
    found: Value = context[key]
    return found


@builtin("get entries", "m: context", run=True)
def get_entries(run: Any, context: dict[str, Any]) -> list[Any]:
    run.step(1 + len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list", run=True)
def context(run: Any, entries: list[Any]) -> dict[str, Any]:
    """Of contexts with a `key` and a `value`; other members are passed over."""
    run.step(1 + len(entries))
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise NoValue("每一项须有文本 key 和 value。", "Each entry needs a key that is a string, and a value.")
        if entry["key"] in made:
            raise NoValue(f"键 {entry['key']} 出现了两次。", f"The key {entry['key']} is given twice.")
        made[entry["key"]] = entry["value"]
    return made


@builtin(
    "context put",
    "context: context, key: string, value: any",
    "context: context, keys: list, value: any",
    run=True,
)
def context_put(run: Any, context: dict[str, Any], keys: str | list[Any], value: Value) -> dict[str, Any]:
    """With a list of keys, the entry deep inside that they lead to; each but the last must lead to a context."""
    path = [keys] if isinstance(keys, str) else keys
    if not path or not all(isinstance(key, str) for key in path):
        raise NoValue("键须是文本，且至少有一个。", "Keys are strings, and at least one is needed.")
    levels = [context]
    for key in path[:-1]:
        inner = levels[-1].get(key)
        if not isinstance(inner, dict):
            raise NoValue(f"{key} 不是上下文。", f"{key} is not a context.")
        levels.append(inner)
    _walk(run, *levels)
    put = value
    for level, key in zip(reversed(levels), reversed(path), strict=True):
        put = {**level, key: put}
    return put  # type: ignore[return-value]


@builtin("context merge", "contexts: list", run=True)
def context_merge(run: Any, contexts: list[Any]) -> dict[str, Any]:
    """Later entries replace earlier ones of the same name."""
    merged: dict[str, Any] = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise NoValue(
                "要合并的列表里有不是上下文的项。",
                "The list of contexts to merge holds an item that is not a context.",
            )
        _walk(run, each)
        merged.update(each)
    return merged
