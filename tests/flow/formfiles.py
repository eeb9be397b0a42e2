"""Forms for tests: components as form-js writes them, with as little as can be said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yiwang.flow.core.forms.asked import Asked
from yiwang.flow.core.forms.elements import Form
from yiwang.flow.core.forms.reading import form_read

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def component(
    type: str, key: str = "", label: str = "", *, en: str = "", properties: Any = None, **more: Any
) -> dict[str, Any]:
    """A component with a label in both languages; `properties` stand beside the English label."""
    said: dict[str, Any] = {"type": type, "id": f"id_{key}" if key else f"id_{type}", **more}
    if key:
        said["key"] = key
    if label or key:
        said["label"] = label or f"问题 {key}"
    said["properties"] = {"yw:en": en or f"Question {key or type}", **(properties or {})}
    return said


def choice(type: str, key: str, *values: str, properties: Any = None, **more: Any) -> dict[str, Any]:
    english = {f"yw:en.value.{value}": value.title() for value in values}
    options = [{"value": value, "label": f"选项 {value}"} for value in values]
    return component(type, key, properties={**english, **(properties or {})}, values=options, **more)


def hidden_when(text: str) -> dict[str, Any]:
    return {"conditional": {"hide": text}}


def shown_when(text: str) -> dict[str, str]:
    return {"yw:show": text}


def group(key: str, *components: dict[str, Any], path: str = "", **more: Any) -> dict[str, Any]:
    said = component("group", components=list(components), label=f"组 {key}", **more)
    said["id"] = f"id_{key}"
    return {**said, "path": path} if path else said


def entries(path: str, *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = component(
        "dynamiclist", components=list(components), label=f"列表 {path}", isRepeating=True, path=path, **more
    )
    return {**said, "id": f"id_{path}"}


def body(*components: dict[str, Any], id: str = "a-form", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "default", "schemaVersion": 19, "components": list(components), **more}


def form(*components: dict[str, Any], **more: Any) -> Form:
    read = form_read(body(*components, **more))
    assert read.form is not None, read.faults
    return read.form


def faults(*components: dict[str, Any], **more: Any) -> list[str]:
    """What a form of these components is refused for: `component: reason` in English."""
    return [f"{fault.component}: {fault.en}" for fault in form_read(body(*components, **more)).faults]


def asked(form: Form, **answers: Any) -> Asked:
    return Asked(form, answers, NOW)


def keys_asked(form: Form, **answers: Any) -> list[str]:
    return [".".join(here) for _, here in asked(form, **answers).questions()]
