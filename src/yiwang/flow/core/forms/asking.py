"""The questions of a form, read from its components."""

from __future__ import annotations

import re
from typing import Any

from yiwang.flow.core.forms.elements import EACH, Kind, Limits, Option, Question
from yiwang.flow.core.forms.filetypes import FILE_TYPES
from yiwang.flow.core.forms.said import Said
from yiwang.flow.core.forms.vocabulary import AUTOCOMPLETE, OPTION_LISTS
from yiwang.kernel.core.text import Text
from yiwang.rules.core.feel.patterns import matches
from yiwang.rules.core.feel.values import NoValue

MOST_LINE, MOST_TEXT = 500, 5_000
MOST_BYTES, MAX_BYTES = 10 << 20, 100 << 20
MOST_FILES, MAX_FILES = 9, 20
MAX_OPTIONS = 300
_FIELD = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*")
_SIZE = re.compile(r"([1-9][0-9]{0,8})\s*(KB|MB)?")
_KINDS = {
    "textfield": Kind.TEXT,
    "textarea": Kind.LONG,
    "number": Kind.NUMBER,
    "checkbox": Kind.CHECK,
    "radio": Kind.ONE,
    "select": Kind.PICK,
    "checklist": Kind.MANY,
    "taglist": Kind.TAGS,
    "filepicker": Kind.FILES,
}
_DATES = {"date": Kind.DATE, "time": Kind.TIME, "datetime": Kind.MOMENT}
QUESTIONS = frozenset({*_KINDS, "datetime"})


def question_read(said: Said, **place: Any) -> Question:
    """`place` is what the tree knows of it: id, parent, conditions, key and address."""
    kind = _kind(said)
    label = said.said(_label(said), "yw:en")
    if label is None:
        said.fault("缺少标签", "it has no label")
        label = Text(zh=said.name, en=said.name)
    appearance = said.raw.get("appearance", {})
    if not isinstance(appearance, dict) or set(appearance) - {"prefixAdorner", "suffixAdorner"}:
        said.fault(
            "appearance 只能有 prefixAdorner 和 suffixAdorner", "appearance holds prefixAdorner and suffixAdorner"
        )
        appearance = {}
    question = Question(
        **place,
        kind=kind,
        label=label,
        help=said.said(said.text("description"), "yw:en.description"),
        limits=_limits(said, kind),
        options=_options(said) if kind.has_options and "yw:options" not in said.properties else (),
        options_from=_options_from(said, kind),
        as_text=said.flag("serializeToString"),
        readonly=said.flag("readonly"),
        prefix=said.said(said.text("prefixAdorner", appearance), "yw:en.prefix"),
        suffix=said.said(said.text("suffixAdorner", appearance), "yw:en.suffix"),
        field=said.text("yw:field", said.properties),
        prefill=said.sign("yw:prefill"),
        reason=said.said(said.text("yw:reason", said.properties), "yw:en.reason"),
        autocomplete=said.text("yw:autocomplete", said.properties),
    )
    _whole(said, question)
    return question


def _kind(said: Said) -> Kind:
    if said.type == "datetime":
        subtype = said.raw.get("subtype", "date")
        if subtype not in _DATES:
            said.fault("subtype 须是 date、time 或 datetime", "subtype must be date, time or datetime")
        if subtype != "date" and said.raw.get("timeSerializingFormat") != "no_timezone":
            said.fault(
                "timeSerializingFormat 须是 no_timezone：全市一个时区",
                "timeSerializingFormat must be no_timezone: the city has one zone",
            )
        return _DATES.get(str(subtype), Kind.DATE)
    if said.sign("yw:place"):
        if said.type != "textfield":
            said.fault("yw:place 只用于 textfield", "yw:place is for a textfield")
        return Kind.PLACE
    return _KINDS[said.type]


def _label(said: Said) -> str:
    if said.type != "datetime":
        return said.text("label")
    return said.text("timeLabel" if said.raw.get("subtype") == "time" else "dateLabel")


def _whole(said: Said, question: Question) -> None:
    """What one part of a question demands of another."""
    if question.field and not _FIELD.fullmatch(question.field):
        said.fault("yw:field 须写成 resource.field", "yw:field is written resource.field")
    if question.prefill and not question.field:
        said.fault("yw:prefill 须有 yw:field", "yw:prefill needs yw:field")
    if question.readonly and not question.prefill:
        said.fault(
            "readonly 的问题没有人能回答，除非预填", "nobody can answer a readonly question unless it is prefilled"
        )
    if EACH in question.address and (question.prefill or question.kind is Kind.FILES):
        said.fault("列表里不能预填，也不能上传文件", "in a list nothing is prefilled and no file is given")
    if question.autocomplete and question.autocomplete not in AUTOCOMPLETE:
        known = ", ".join(sorted(AUTOCOMPLETE))
        said.fault(f"yw:autocomplete 须是 {known}", f"yw:autocomplete must be one of {known}")
    if question.kind is not Kind.FILES and {"yw:accept", "yw:max", "yw:count"} & set(said.properties):
        said.fault("yw:accept、yw:max、yw:count 只用于文件", "yw:accept, yw:max and yw:count are for files")
    limits = question.limits
    for low, high, what in (
        (limits.least, limits.most, "min/max"),
        (limits.min_length, limits.max_length, "minLength/maxLength"),
    ):
        if low is not None and high is not None and low > high:
            said.fault(f"{what}：下限大于上限", f"{what}: the least is above the most")


def _limits(said: Said, kind: Kind) -> Limits:
    checks = said.checks
    most = MOST_LINE if kind is Kind.TEXT else MOST_TEXT
    is_text = kind in (Kind.TEXT, Kind.LONG)
    pattern, words = _pattern(said)
    accept, max_bytes, max_files = _files(said) if kind is Kind.FILES else ((), 0, 1)
    return Limits(
        required=said.flag("required", checks),
        min_length=said.whole("minLength", 0, 20_000, checks),
        max_length=(said.whole("maxLength", 1, 20_000, checks) or most) if is_text else None,
        pattern=pattern,
        pattern_words=words,
        shape=_shape(said),
        least=said.number("min", checks),
        most=said.number("max", checks),
        decimals=said.whole("decimalDigits", 0, 12),
        step=said.number("increment"),
        not_past=said.flag("disallowPassedDates"),
        accept=accept,
        max_bytes=max_bytes,
        max_files=max_files,
    )


def _pattern(said: Said) -> tuple[str, Text | None]:
    pattern = said.checks.get("pattern") or ""
    words = said.said(said.text("yw:pattern", said.properties), "yw:en.pattern")
    if not pattern:
        return "", words
    if not isinstance(pattern, str):
        said.fault("validate.pattern 须是文字", "validate.pattern must be text")
        return "", words
    try:
        matches("", pattern)
    except NoValue as error:
        said.fault(f"validate.pattern 不能用：{error.zh}", f"validate.pattern cannot be used: {error.en}")
    if words is None:
        said.fault(
            "有 validate.pattern 就要用 yw:pattern 说明要求", "with a validate.pattern, say in yw:pattern what it wants"
        )
    return pattern, words


def _shape(said: Said) -> str:
    shape = said.checks.get("validationType", "")
    if shape not in ("", "custom", "email", "phone"):
        said.fault("validationType 须是 email 或 phone", "validationType must be email or phone")
    return "" if shape == "custom" else str(shape)


def _files(said: Said) -> tuple[tuple[str, ...], int, int]:
    """Types, the most bytes of a file, and how many."""
    own = said.text("yw:accept", said.properties).replace(",", " ").split()
    theirs = [part.strip().removeprefix(".") for part in said.text("accept").split(",") if part.strip()]
    if bool(own) == bool(theirs):
        said.fault(
            "文件类型写在 yw:accept 或 accept，恰有其一", "say the types of file in yw:accept or in accept, not both"
        )
    accept = tuple(dict.fromkeys("jpg" if t == "jpeg" else t for t in (own or theirs)))
    for wrong in sorted(set(accept) - set(FILE_TYPES)):
        known = " ".join(FILE_TYPES)
        said.fault(
            f"文件类型 {wrong} 不能识别；可以有 {known}", f"the type {wrong} cannot be told; there may be {known}"
        )
    size = _SIZE.fullmatch(said.text("yw:max", said.properties) or "10MB")
    max_bytes = MOST_BYTES
    if size is not None:
        max_bytes = int(size[1]) << {"KB": 10, "MB": 20}.get(size[2] or "", 0)
    if size is None or max_bytes > MAX_BYTES:
        said.fault("yw:max 写成 10MB 或 500KB，最多 100MB", "write yw:max as 10MB or 500KB, at most 100MB")
    count = said.whole("yw:count", 1, MAX_FILES, said.properties)
    return accept, max_bytes, (count or MOST_FILES) if said.flag("multiple") else 1


def _options_from(said: Said, kind: Kind) -> str:
    """The list of the city the options come from; empty for options of the form's own."""
    if "yw:options" not in said.properties:
        return ""
    name, known = said.properties["yw:options"], ", ".join(OPTION_LISTS)
    if not kind.has_options:
        said.fault("yw:options 只用于选择题", "yw:options belongs to a choice")
    if name not in OPTION_LISTS:
        said.fault(f"yw:options 须是 {known} 之一", f"yw:options must be one of {known}")
    if "values" in said.raw or any(key.startswith("yw:en.value.") for key in said.properties):
        said.fault(
            "选项要么写在表单里，要么取自名单，不能两样都有", "options stand in the form or come from a list, not both"
        )
    return str(name)


def _options(said: Said) -> tuple[Option, ...]:
    values = said.raw.get("values", [])
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_OPTIONS:
        said.fault(f"须有 1 至 {MAX_OPTIONS} 个选项", f"there must be 1 to {MAX_OPTIONS} options")
        return ()
    found: list[Option] = []
    for one in values:
        value = one.get("value") if isinstance(one, dict) else None
        if not isinstance(value, str) or not value or set(one) - {"value", "label"}:
            said.fault(f"选项须有 value 和 label：{one}", f"an option has value and label: {one}")
            continue
        label = said.said(said.text("label", one), f"yw:en.value.{value}")
        if label is None or any(value == other.value for other in found):
            said.fault(f"选项 {value} 没有标签或重复", f"the option {value} has no label or stands twice")
            continue
        found.append(Option(value, label))
    named = {key.removeprefix("yw:en.value.") for key in said.properties if key.startswith("yw:en.value.")}
    for wrong in sorted(named - {option.value for option in found}):
        said.fault(f"没有选项 {wrong}", f"there is no option {wrong}")
    return tuple(found)
