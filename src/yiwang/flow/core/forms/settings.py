"""What can be said of one component of a form, one by one: the table that the page without scripts asks and writes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.flow.core.forms.asking import QUESTIONS
from yiwang.flow.core.forms.vocabulary import AUTOCOMPLETE, COMPONENTS, OPTION_LISTS, PROPERTIES
from yiwang.kernel.core.text import Text

_CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
_TEXTS = frozenset({"textfield", "textarea"})
_LABELLED = frozenset(QUESTIONS - {"datetime"}) | {"group", "dynamiclist"}
SHAPES = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Setting:
    """`path` is where it stands in the component; `way` is how it is asked: line, words, tick, sign, number, choice, options.

    A `sign` is a tick that form-js keeps as the text true.
    """

    id: str
    title: Text
    path: tuple[str, ...]
    types: frozenset[str]
    way: str = "line"
    values: tuple[str, ...] = ()


def _at(id: str, zh: str, en: str, path: str, types: frozenset[str], way: str = "line", *values: str) -> Setting:
    return Setting(id, Text(zh=zh, en=en), tuple(path.split("/")), types, way, values)


def _property(id: str, name: str, types: frozenset[str], way: str = "line", *values: str) -> Setting:
    return Setting(id, PROPERTIES[name], ("properties", name), types, way, values)


_ALL = frozenset(COMPONENTS)
_Q = QUESTIONS
_NUMBERED = frozenset({"number"})
_DATED = frozenset({"datetime"})
_FILED = frozenset({"filepicker"})
_LINE = frozenset({"textfield"})
SETTINGS = (
    _at("label", "问法（中文）", "Question (Chinese)", "label", _LABELLED),
    _at("date-label", "日期的问法（中文）", "Question for the date (Chinese)", "dateLabel", _DATED),
    _at("time-label", "时间的问法（中文）", "Question for the time (Chinese)", "timeLabel", _DATED),
    _at("text", "文字（中文）", "Words (Chinese)", "text", frozenset({"text"}), "words"),
    _at("en", "英文", "In English", "properties/yw:en", _LABELLED | _DATED),
    _at("text-en", "文字（英文）", "Words (English)", "properties/yw:en", frozenset({"text"}), "words"),
    _at("key", "答案的名称", "Name of the answer", "key", _Q),
    _at("path", "答案放在哪个名称下", "Name the answers stand under", "path", frozenset({"group", "dynamiclist"})),
    _at("help", "说明（中文）", "Help (Chinese)", "description", _Q),
    _property("help-en", "yw:en.description", _Q),
    _at("required", "必答", "Must be answered", "validate/required", _Q, "tick"),
    _at("options", "选项", "Options", "values", _CHOICES, "options"),
    _property("options-from", "yw:options", _CHOICES, "choice", *OPTION_LISTS),
    _at("least-length", "最少字数", "Least length", "validate/minLength", _TEXTS, "number"),
    _at("most-length", "最多字数", "Greatest length", "validate/maxLength", _TEXTS, "number"),
    _at("shape", "格式", "Shape", "validate/validationType", _LINE, "choice", *SHAPES),
    _at("pattern", "格式（正则）", "Pattern (regular expression)", "validate/pattern", _LINE),
    _property("pattern-words", "yw:pattern", _LINE),
    _property("pattern-en", "yw:en.pattern", _LINE),
    _property("place", "yw:place", _LINE, "sign"),
    _at("least", "最小值", "Least value", "validate/min", _NUMBERED, "number"),
    _at("most", "最大值", "Greatest value", "validate/max", _NUMBERED, "number"),
    _at("decimals", "小数位数", "Decimals", "decimalDigits", _NUMBERED, "number"),
    _at("suffix", "单位（中文）", "Unit (Chinese)", "appearance/suffixAdorner", _NUMBERED | _LINE),
    _property("suffix-en", "yw:en.suffix", _NUMBERED | _LINE),
    _at("subtype", "问日期还是时间", "Date or time", "subtype", _DATED, "choice", "date", "time", "datetime"),
    _at("not-past", "不能早于今天", "Not before today", "disallowPassedDates", _DATED, "tick"),
    _property("accept", "yw:accept", _FILED),
    _property("max", "yw:max", _FILED),
    _at("multiple", "可以不止一个", "More than one", "multiple", _FILED, "tick"),
    _property("count", "yw:count", _FILED),
    _at("hide", "何时不问（FEEL）", "Not asked when (FEEL)", "conditional/hide", _ALL),
    _property("show", "yw:show", _ALL),
    _property("field", "yw:field", _Q),
    _property("prefill", "yw:prefill", _Q, "sign"),
    _property("reason", "yw:reason", _Q),
    _property("reason-en", "yw:en.reason", _Q),
    _property("autocomplete", "yw:autocomplete", _Q, "choice", *sorted(AUTOCOMPLETE)),
)


def settings_of(component_type: str) -> tuple[Setting, ...]:
    return tuple(one for one in SETTINGS if component_type in one.types)


def setting_read(component: Mapping[str, Any], setting: Setting) -> str:
    """As a page shows it: `on` for what is ticked, one option a line with its value and both labels."""
    value: Any = component
    for part in setting.path:
        value = value.get(part) if isinstance(value, Mapping) else None
    if setting.way == "options":
        return _options_shown(component)
    if setting.way in ("tick", "sign"):
        return "on" if value in (True, "true") else ""
    return "" if value is None else str(value)


def setting_put(component: dict[str, Any], setting: Setting, given: str) -> None:
    """Write what a page sent; nothing sent leaves nothing behind."""
    if setting.way == "options":
        _options_put(component, given)
        return
    home = component
    for part in setting.path[:-1]:
        inner = home.get(part)
        home[part] = home = dict(inner) if isinstance(inner, Mapping) else {}
    name, value = setting.path[-1], _value(setting, given.replace("\r\n", "\n").strip())
    if value is None:
        home.pop(name, None)
    else:
        home[name] = value
    if not home and len(setting.path) > 1:
        component.pop(setting.path[0])


def _value(setting: Setting, given: str) -> object:
    if not given:
        return None
    if setting.way == "tick":
        return True
    if setting.way == "sign":
        return "true"
    # What is no number is kept as it was written: the checks say what is wrong with it.
    return int(given) if setting.way == "number" and given.removeprefix("-").isdecimal() else given


def _options_shown(component: Mapping[str, Any]) -> str:
    values, properties = component.get("values"), component.get("properties")
    english = properties if isinstance(properties, Mapping) else {}
    rows = [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
    return "\n".join(
        " | ".join(str(part) for part in (value, one.get("label", ""), english.get(f"yw:en.value.{value}", "")))
        for one in rows
        for value in (one.get("value", ""),)
    )


def _options_put(component: dict[str, Any], given: str) -> None:
    properties = {
        key: value for key, value in component.get("properties", {}).items() if not key.startswith("yw:en.value.")
    }
    values = []
    for line in given.splitlines():
        if not line.strip():
            continue
        value, label, english = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
        values.append({"value": value, "label": label})
        if english:
            properties[f"yw:en.value.{value}"] = english
    component["properties"] = properties
    component.pop("values", None)
    if values:
        component["values"] = values
