"""What differs between two versions of a form, in words that whoever approves can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from yiwang.flow.core.forms.elements import Element, Form, Group, Limits, Passage, Question
from yiwang.flow.core.forms.vocabulary import COMPONENTS
from yiwang.kernel.core.text import Text


class Turn(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FormDifference:
    """`element` is where a question's answer stands, or the id of what is not asked."""

    element: str
    turn: Turn
    text: Text


_PARTS = {
    "label": Text(zh="问法", en="wording"),
    "help": Text(zh="说明", en="help"),
    "kind": Text(zh="答法", en="kind of answer"),
    "options": Text(zh="选项", en="options"),
    "options_from": Text(zh="选项的来源", en="where the options come from"),
    "as_text": Text(zh="数字的存法", en="how the number is kept"),
    "readonly": Text(zh="能否修改", en="whether it can be changed"),
    "prefix": Text(zh="前缀", en="prefix"),
    "suffix": Text(zh="后缀", en="suffix"),
    "field": Text(zh="目录信息项", en="catalogue field"),
    "prefill": Text(zh="预填", en="prefilling"),
    "reason": Text(zh="仍要问的理由", en="reason for asking again"),
    "autocomplete": Text(zh="浏览器自动填写", en="browser completion"),
    "hide": Text(zh="何时不问", en="when it is not asked"),
    "show": Text(zh="何时才问", en="when it is asked"),
    "name": Text(zh="路径", en="path"),
    "first": Text(zh="起始条数", en="entries to begin with"),
    "can_add": Text(zh="能否增减", en="whether entries can be added"),
    "zh": Text(zh="中文文字", en="Chinese words"),
    "en": Text(zh="英文文字", en="English words"),
    "is_blank": Text(zh="样式", en="style"),
}
_LIMITS = {
    "required": Text(zh="是否必答", en="whether it must be answered"),
    "min_length": Text(zh="最少字数", en="least length"),
    "max_length": Text(zh="最多字数", en="greatest length"),
    "pattern": Text(zh="格式", en="pattern"),
    "pattern_words": Text(zh="格式的说明", en="words for the pattern"),
    "shape": Text(zh="格式", en="shape"),
    "least": Text(zh="最小值", en="least value"),
    "most": Text(zh="最大值", en="greatest value"),
    "decimals": Text(zh="小数位数", en="decimals"),
    "step": Text(zh="步长", en="step"),
    "not_past": Text(zh="能否早于今天", en="whether it may be past"),
    "accept": Text(zh="文件类型", en="types of file"),
    "max_bytes": Text(zh="文件大小", en="size of a file"),
    "max_files": Text(zh="文件个数", en="number of files"),
}
# Where an element stands and what it is called in the file says nothing to whoever reads; its order is told apart.
_NOT_TOLD = {"id", "parent", "key", "address", "members", "limits"}


def form_differences(old: Form, new: Form) -> tuple[FormDifference, ...]:
    """Added, removed and changed elements in the order of the new form; then those that moved among the ones that stayed."""
    before = {_place(one): one for one in old.elements()}
    after = {_place(one): one for one in new.elements()}
    found = [_said(one, Turn.ADDED, _TURNS[Turn.ADDED]) for place, one in after.items() if place not in before]
    for place, one in after.items():
        if place in before:
            parts = tuple(_changed(before[place], one))
            if parts:
                found.append(_changes(before[place], one, parts))
    found += [_said(one, Turn.REMOVED, _TURNS[Turn.REMOVED]) for place, one in before.items() if place not in after]
    stayed_old, stayed_new = ([p for p in places if p in before and p in after] for places in (before, after))
    if stayed_old != stayed_new:
        moved = [new for old, new in zip(stayed_old, stayed_new, strict=True) if old != new]
        found += [_said(after[place], Turn.MOVED, _TURNS[Turn.MOVED]) for place in moved]
    return tuple(found)


_TURNS = {
    Turn.ADDED: Text(zh="新增{what}", en="{what} is added"),
    Turn.REMOVED: Text(zh="去掉{what}", en="{what} is removed"),
    Turn.MOVED: Text(zh="{what}换了位置", en="{what} stands elsewhere"),
    Turn.CHANGED: Text(zh="{what}改了{parts}", en="{what}: {parts} changed"),
}


def _place(element: Element) -> str:
    """What makes an element the same in two versions: where its answer stands, else its id."""
    return ".".join(element.address) if isinstance(element, Question) else f"#{element.id}"


def _changed(old: Element, new: Element) -> Iterator[Text]:
    if type(old) is not type(new):
        yield _PARTS["kind"]
        return
    for one in fields(new):
        if one.name in _NOT_TOLD:
            continue
        if _plain(getattr(old, one.name)) != _plain(getattr(new, one.name)):
            yield _PARTS[one.name]
    if isinstance(old, Question) and isinstance(new, Question):
        for limit in fields(Limits):
            if getattr(old.limits, limit.name) != getattr(new.limits, limit.name):
                yield _LIMITS[limit.name]


def _plain(value: object) -> object:
    """A condition by its text: read twice, it is two objects."""
    return getattr(value, "text", value)


def _changes(old: Element, new: Element, parts: tuple[Text, ...]) -> FormDifference:
    told = _TURNS[Turn.CHANGED]
    zh, en = "、".join(one.zh for one in parts), ", ".join(one.en for one in parts)
    label, was = getattr(new, "label", None), getattr(old, "label", None)
    zh, en = told.zh.replace("{parts}", zh), told.en.replace("{parts}", en)
    said = _said(old, Turn.CHANGED, Text(zh=zh, en=en))
    if label is None or was is None or label == was:
        return said
    more = Text(zh=f"{said.text.zh}：现为“{label.zh}”", en=f"{said.text.en}: now “{label.en}”")
    return replace(said, text=more)


def _said(element: Element, turn: Turn, words: Text) -> FormDifference:
    what = _name(element)
    zh, en = words.zh.replace("{what}", what.zh), words.en.replace("{what}", what.en)
    return FormDifference(_place(element).removeprefix("#"), turn, Text(zh=zh, en=en))


def _name(element: Element) -> Text:
    if isinstance(element, Question):
        return Text(zh=f"问题“{element.label.zh}”", en=f"the question “{element.label.en}”")
    if isinstance(element, Group):
        label = element.label or Text(zh=element.id, en=element.id)
        return Text(zh=f"分组“{label.zh}”", en=f"the group “{label.en}”")
    kind = COMPONENTS["text" if isinstance(element, Passage) else "separator"].title
    return Text(zh=f"{kind.zh}（{element.id}）", en=f"{kind.en} ({element.id})")
