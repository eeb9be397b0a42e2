"""A form-js schema read whole: either a form that can be asked, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yiwang.flow.core.forms.asking import QUESTIONS, question_read
from yiwang.flow.core.forms.conditions import Condition, ConditionWrong, condition_read
from yiwang.flow.core.forms.dependence import dependence
from yiwang.flow.core.forms.elements import EACH, Address, Element, Entries, Form, Group, Passage, Rule
from yiwang.flow.core.forms.passages import passage_read
from yiwang.flow.core.forms.said import Fault, Said
from yiwang.flow.core.forms.vocabulary import COMPONENTS, REFUSED, ROOT_KEYS

MAX_ELEMENTS, MAX_DEEP = 400, 6
FORM_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAME = re.compile(r"[^\W\d]\w{0,59}")
# Words of FEEL that no key may be, or a condition could not name it.
_TAKEN = frozenset(
    {"true", "false", "null", "if", "then", "else", "for", "in", "return", "some", "every", "and", "or", "not"}
)


@dataclass(frozen=True, slots=True)
class FormRead:
    """`form` is None when there are faults."""

    form: Form | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component stands: under which address, in which group, and which names its conditions may use."""

    address: Address = ()
    parent: str = ""
    names: frozenset[str] = frozenset()
    in_entries: bool = False
    deep: int = 0


def form_read(body: Mapping[str, Any]) -> FormRead:
    reader = _Reader()
    for key in sorted(set(body) - ROOT_KEYS):
        reader.faults.append(Fault("", f"{key}：不支持", f"{key} is not supported"))
    if body.get("type", "default") != "default":
        reader.faults.append(Fault("", "type 须是 default", "type must be default"))
    form_id = body.get("id")
    if not isinstance(form_id, str) or not FORM_ID.fullmatch(form_id) or len(form_id) > 80:
        reader.faults.append(
            Fault("", "id 只能用小写字母、数字和连字符", "the id has lower-case letters, digits and hyphens only")
        )
    components = reader.listed(body.get("components"))
    members = reader.members(components, Place(names=_names(components)))
    form = Form(str(form_id), members, {})
    if not reader.faults:
        needs, cycles = dependence(form)
        reader.faults += [
            Fault(name, "是否询问取决于它自己的答案", "whether it is asked depends on its own answer")
            for name in cycles
        ]
        form = replace(form, needs=needs)
    if not reader.faults and not form.questions:
        reader.faults.append(Fault("", "没有一个问题", "there is not one question"))
    return FormRead(None if reader.faults else form, tuple(reader.faults))


def _names(components: list[Any]) -> frozenset[str]:
    """The keys and paths that stand at one level; a group without a path is no level of its own."""
    found: set[str] = set()
    for one in components:
        if not isinstance(one, dict):
            continue
        inside = one.get("components")
        if one.get("path"):
            found.add(str(one["path"]))
        elif isinstance(inside, list):
            found |= _names(inside)
        if one.get("key"):
            found.add(str(one["key"]))
    return frozenset(found)


@dataclass
class _Reader:
    faults: list[Fault] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    addresses: set[Address] = field(default_factory=set)

    def listed(self, components: Any, where: str = "") -> list[Any]:
        if not isinstance(components, list):
            self.faults.append(Fault(where, "components 须是列表", "components must be a list"))
            return []
        return components

    def members(self, components: list[Any], place: Place) -> tuple[Element, ...]:
        found: list[Element] = []
        for raw in components:
            if not isinstance(raw, dict):
                self.faults.append(Fault(place.parent, "组件须是对象", "a component is an object"))
                continue
            element = self.element(Said(raw, self.faults), place)
            if element is not None:
                found.append(element)
        return tuple(found)

    def element(self, said: Said, place: Place) -> Element | None:
        if said.type not in COMPONENTS:
            why = REFUSED.get(said.type)
            said.fault(
                f"不支持这种组件{'：' + why.zh if why else ''}",
                f"this component is not supported{': ' + why.en if why else ''}",
            )
            return None
        said.check_keys()
        name = str(said.raw.get("id") or f"e{len(self.ids) + 1}")
        if name in self.ids or len(self.ids) >= MAX_ELEMENTS:
            said.fault(
                f"id {name} 重复，或组件超过 {MAX_ELEMENTS} 个",
                f"the id {name} stands twice, or over {MAX_ELEMENTS} components",
            )
        self.ids.add(name)
        own: dict[str, Any] = {"id": name, "parent": place.parent, **self.conditions(said, place)}
        if said.type in QUESTIONS:
            key = self.key(said, "key")
            return question_read(said, key=key, address=self.address(said, (*place.address, key)), **own)
        if said.type in ("group", "dynamiclist"):
            return self.group(said, place, own)
        if said.type == "text":
            zh = said.said(said.text("text"), "yw:en")
            if zh is None:
                said.fault("没有文字", "it has no text")
                return None
            return Passage(**own, zh=passage_read(zh.zh), en=passage_read(zh.en))
        if said.type == "button":
            if said.raw.get("action", "submit") != "submit":
                said.fault("按钮只能提交", "a button can only submit")
            return None
        return Rule(**own, is_blank=said.type == "spacer")

    def conditions(self, said: Said, place: Place) -> dict[str, Condition | None]:
        conditional = said.raw.get("conditional") or {}
        if not isinstance(conditional, dict) or set(conditional) - {"hide"}:
            said.fault("conditional 只能有 hide", "conditional holds hide only")
            conditional = {}
        texts = {"hide": conditional.get("hide") or "", "show": said.text("yw:show", said.properties)}
        if all(texts.values()):
            said.fault("hide 和 yw:show 只能有一个", "there is hide or yw:show, not both")
        found: dict[str, Condition | None] = {"hide": None, "show": None}
        for way, text in texts.items():
            if not text:
                continue
            try:
                found[way] = condition_read(str(text), place.names)
            except ConditionWrong as error:
                said.fault(error.zh, error.en)
        return found

    def key(self, said: Said, what: str) -> str:
        key = said.raw.get(what, "")
        if not isinstance(key, str) or not _NAME.fullmatch(key) or key in _TAKEN:
            said.fault(
                f"{what} 须是一个名字（字母、数字、下划线，不以数字开头，不含点）",
                f"{what} must be one name: letters, digits and underscores, no digit first, no dot",
            )
            return f"_{len(self.ids)}"
        return key

    def address(self, said: Said, address: Address) -> Address:
        if address in self.addresses:
            said.fault(f"{'.'.join(address)} 重复", f"{'.'.join(address)} stands twice")
        self.addresses.add(address)
        return address

    def group(self, said: Said, place: Place, own: dict[str, Any]) -> Group | None:
        components = self.listed(said.raw.get("components"), said.name)
        label = said.said(said.text("label"), "yw:en")
        is_entries = said.type == "dynamiclist"
        if place.deep >= MAX_DEEP or (is_entries and place.in_entries):
            said.fault("分组嵌套太深，或列表里又有列表", "groups stand too deep, or a list in a list")
            return None
        name = self.key(said, "path") if is_entries or said.raw.get("path") else ""
        address = self.address(said, (*place.address, name)) if name else place.address
        if is_entries:
            address = (*address, EACH)
        inner = replace(
            place,
            address=address,
            parent=own["id"],
            names=place.names | _names(components),
            in_entries=place.in_entries or is_entries,
            deep=place.deep + 1,
        )
        shared = {**own, "name": name, "address": address, "label": label, "members": self.members(components, inner)}
        if not is_entries:
            return Group(**shared)
        if label is None:
            said.fault("可增减的一组须有标签", "a group that repeats has a label")
        if said.raw.get("isRepeating") is False:
            said.fault("isRepeating 须是 true；不重复的用 group", "isRepeating must be true; use a group otherwise")
        first = said.whole("defaultRepetitions", 0, 20)
        return Entries(
            **shared, first=1 if first is None else first, can_add=said.raw.get("allowAddRemove") is not False
        )
