"""Which components of form-js a form may hold, with which keys; and why each other one is refused.

The reference page prints these tables; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.text import Text

ROOT_KEYS = frozenset(
    {
        "id",
        "type",
        "components",
        "schemaVersion",
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
    }
)
# On every component. `layout` is taken and not followed: pages are read in one column, from top to bottom.
EVERY = frozenset({"id", "type", "conditional", "properties", "layout"})
_ASKED = frozenset({"key", "label", "description", "validate", "readonly"})
_CHOICE = _ASKED | {"values"}
_GROUP = frozenset({"label", "path", "components", "showOutline", "verticalAlignment"})


@dataclass(frozen=True, slots=True)
class Component:
    """`keys` besides those of every component; `checks` are the keys of `validate`."""

    title: Text
    keys: frozenset[str]
    checks: frozenset[str] = frozenset()


def _of(zh: str, en: str, keys: frozenset[str], *checks: str) -> Component:
    return Component(Text(zh=zh, en=en), keys, frozenset(checks))


COMPONENTS: dict[str, Component] = {
    "textfield": _of(
        "单行文本",
        "one line of text",
        _ASKED | {"appearance"},
        "required",
        "minLength",
        "maxLength",
        "pattern",
        "validationType",
    ),
    "textarea": _of("多行文本", "text of several lines", _ASKED, "required", "minLength", "maxLength"),
    "number": _of(
        "数字",
        "number",
        _ASKED | {"appearance", "decimalDigits", "increment", "serializeToString"},
        "required",
        "min",
        "max",
    ),
    "datetime": _of(
        "日期、时间",
        "date, time or both",
        (_ASKED - {"label"})
        | {
            "subtype",
            "dateLabel",
            "timeLabel",
            "timeInterval",
            "timeSerializingFormat",
            "use24h",
            "disallowPassedDates",
        },
        "required",
    ),
    "checkbox": _of("勾选", "one box to tick", _ASKED, "required"),
    "radio": _of("单选", "one of several, all shown", _CHOICE, "required"),
    "select": _of("下拉单选", "one of several, from a list", _CHOICE | {"searchable"}, "required"),
    "checklist": _of("多选", "any of several, all shown", _CHOICE, "required"),
    "taglist": _of("下拉多选", "any of several, from a list", _CHOICE, "required"),
    "filepicker": _of("文件", "files", _ASKED | {"accept", "multiple"}, "required"),
    "group": _of("分组", "questions that belong together", _GROUP),
    "dynamiclist": _of(
        "可增减的一组",
        "a group filled in as often as needed",
        _GROUP | {"isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems"},
    ),
    "text": _of("说明文字", "words to read", frozenset({"text"})),
    "separator": _of("分隔线", "a line across", frozenset()),
    "spacer": _of("空白", "room", frozenset({"height"})),
    "button": _of("提交按钮", "the button that submits", frozenset({"label", "action"})),
}
REFUSED: dict[str, Text] = {
    "html": Text(zh="不接受标记；说明文字用 text", en="markup is not taken; use text for words to read"),
    "image": Text(zh="图片须能用文字读出；请用 text 说明", en="a picture must be readable as words; use text"),
    "iframe": Text(zh="表单不嵌入别处的页面", en="a form holds no page from elsewhere"),
    "documentPreview": Text(zh="文件在办件页查看", en="files are looked at on the page of the case"),
    "table": Text(zh="数据在办件页查看，不在表单里", en="data are looked at on the page of the case, not in a form"),
    "multipage": Text(zh="一页写完；长的表单用 group 分组", en="a form is one page; use groups in a long one"),
    "page": Text(zh="一页写完；长的表单用 group 分组", en="a form is one page; use groups in a long one"),
    "expression": Text(zh="算出来的值由流程或决定给出", en="what is computed comes from the process or a decision"),
}
# Keys that stand in form-js schemas and are refused with a reason of their own.
REFUSED_KEYS: dict[str, Text] = {
    "defaultValue": Text(zh="默认值会替申请人作答", en="a default answers for the applicant"),
    "valuesKey": Text(zh="选项写在表单里，或用 yw:options", en="write the options in the form, or use yw:options"),
    "valuesExpression": Text(
        zh="选项写在表单里，或用 yw:options", en="write the options in the form, or use yw:options"
    ),
    "disabled": Text(
        zh="不能回答的问题不要问；不再改的用 readonly", en="ask no question nobody can answer; use readonly"
    ),
}
# `yw:en.value.<option>` stands beside these.
PROPERTIES: dict[str, Text] = {
    "yw:en": Text(zh="英文标签（必写）", en="the label in English (required)"),
    "yw:en.description": Text(zh="英文说明", en="the description in English"),
    "yw:en.prefix": Text(zh="前缀的英文", en="the prefix in English"),
    "yw:en.suffix": Text(zh="后缀的英文", en="the suffix in English"),
    "yw:en.reason": Text(zh="理由的英文", en="the reason in English"),
    "yw:en.pattern": Text(zh="格式要求的英文", en="what the pattern wants, in English"),
    "yw:pattern": Text(zh="格式要求的文字说明", en="what the pattern wants, in words"),
    "yw:field": Text(zh="填入目录的哪个信息项：resource.field", en="the catalogue field it fills: resource.field"),
    "yw:reason": Text(
        zh="市里已有仍要问的理由，印在目录里", en="why it is asked although held; printed in the catalogue"
    ),
    "yw:prefill": Text(zh="true：从该信息项预填", en="true: filled in from that field"),
    "yw:show": Text(zh="FEEL，为真才问", en="FEEL; asked only when true"),
    "yw:place": Text(zh="true：地图上的一点", en="true: a point on the map"),
    "yw:options": Text(
        zh="选项取自市里的名单：departments 或 divisions", en="options from a list of the city: departments, divisions"
    ),
    "yw:accept": Text(zh="文件类型，如 jpg png pdf", en="types of file, such as jpg png pdf"),
    "yw:max": Text(zh="单个文件上限，如 10MB", en="the most a file may have, such as 10MB"),
    "yw:count": Text(zh="multiple 时最多几个文件", en="how many files at most, when multiple"),
    "yw:autocomplete": Text(zh="浏览器自动填写的种类", en="what a browser may fill in"),
}
# Lists of the city that options may come from; each option is a code of the list with its name.
OPTION_LISTS = ("departments", "divisions")
# Tokens of HTML that a question about the applicant may name.
AUTOCOMPLETE = frozenset(
    {"name", "tel", "email", "street-address", "postal-code", "organization", "bday", "sex", "off"}
)
