"""YAML as packs may write it: plain data, no duplicate keys, no aliases, and every error with its line.

Aliases are refused because a small file can unfold to gigabytes through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from yiwang.kernel.errors import PackError

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]


# The C parser reads a pack ten times faster; the Python one reads the same language where it is missing.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _note(node: yaml.Node, path: Path, lines: dict[Path, int], seen: set[int], where: str) -> None:
    """Remember the line of every value. A node met twice is an alias; a key met twice has no meaning."""
    if id(node) in seen:
        raise _refusal(where, node, "不允许使用 YAML 别名", "YAML aliases are not allowed")
    seen.add(id(node))
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if key.value in keys:
                raise _refusal(where, key, f"键 {key.value} 重复", f"key {key.value} stands twice")
            keys.add(key.value)
            lines[(*path, key.value)] = key.start_mark.line + 1
            _note(value, (*path, key.value), lines, seen, where)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note(value, (*path, number), lines, seen, where)


def _refusal(where: str, node: yaml.Node, zh: str, en: str) -> PackError:
    return PackError(zh=zh, en=en, where=f"{where}:{node.start_mark.line + 1}")


def yaml_read(text: str, where: str) -> tuple[Any, dict[Path, int]]:
    """Return the data of one YAML document and the line of every value in it.

    Raises PackError with file and line for anything that is not plain, unambiguous YAML.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise PackError(zh="文件是空的", en="the file is empty", where=where)
        lines: dict[Path, int] = {}
        _note(node, (), lines, set(), where)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(
            zh=f"YAML 写法有误：{error.problem}", en=f"not valid YAML: {error.problem}", where=f"{where}:{line}"
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackError(zh=f"YAML 写法有误：{error}", en=f"not valid YAML: {error}", where=where) from error
    finally:
        loader.dispose()


def model_read(model: type[Model], text: str, where: str) -> Model:
    """Read one pack file as `model`. Raises PackError naming the line and the key of the first fault."""
    data, lines = yaml_read(text, where)
    return model_from(model, data, lines, where)


def model_from(model: type[Model], data: object, lines: dict[Path, int], where: str) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = _line_of(first["loc"], lines)
        key = ".".join(str(part) for part in first["loc"])
        more = error.error_count() - 1
        raise PackError(
            zh=f"{key}：{first['msg']}" + (f"（另有 {more} 处）" if more else ""),
            en=f"{key}: {first['msg']}" + (f" (and {more} more)" if more else ""),
            where=f"{where}:{place}" if place else where,
            hint_zh="未知的键一律拒绝；可用的键见 docs/reference/pack-files.md。",
            hint_en="Unknown keys are refused; docs/reference/pack-files.md lists those that exist.",
        ) from error


def _line_of(location: Iterable[str | int], lines: dict[Path, int]) -> int:
    """The line of the deepest part of `location` that is in the file."""
    path = tuple(location)
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0
