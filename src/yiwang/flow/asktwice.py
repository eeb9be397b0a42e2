"""One field, one source: which question asks for what the city already holds.

A question that is bound (`yw:field`) asks twice when the field's source stands in another pack; one that is not bound, when
its label, or what a browser would fill in, is that of a field of the base libraries. Prefilling it or a reason makes it right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yiwang.data.schema import FieldFile, ResourceFile
from yiwang.flow.core.forms.elements import Form, Question
from yiwang.kernel.core.pack import Finding, View, packs_find
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import PackError
from yiwang.kernel.selectors import pack_roots

LEAST_OF_FIRMS = 4
# Whoever a label speaks of: without them it says what is asked.
_OF_WHOM = re.compile(
    r"^(您的|你的|本人的?|我的|(申请人|诉求人|来电人|来访人|信访人|投诉人|反映人|求助人|当事人|联系人|经办人|代理人|受援人|居民|业主)的?)"
)
_ASIDE = re.compile(r"[（(].*?[）)]|[\s:：*？?]")
_OF_WHOM_EN = re.compile(r"^(your|the applicant's|the caller's|applicant's|applicant|caller's|caller|contact)\s+")
# What browsers fill in, and telephones as form-js knows them: the semantic type it is.
_FILLED = {"name": "person-name", "tel": "mobile", "street-address": "address"}


@dataclass(frozen=True, slots=True)
class Held:
    """A field that the city holds, with its resource."""

    resource: ResourceFile
    field: FieldFile

    @property
    def name(self) -> str:
        return f"{self.resource.id}.{self.field.id}"


def twice_check(
    where: str, form: Form, resources: Mapping[str, ResourceFile], own: Collection[str]
) -> Iterator[Finding]:
    """A finding for each question that asks for what another source already holds, and for each binding that leads nowhere.

    `own` are the ids of the resources of the form's own pack: a question may fill one of those.
    """
    for question in form.questions:
        place = f"{where} {question.kind.value} {question.key}".strip()
        held = source_of(question, resources)
        if question.field and held is None:
            yield Finding(
                place,
                f"目录里没有信息项 {question.field}",
                f"the catalogue has no field {question.field}",
            )
        elif held is not None and not (question.field and held.resource.id in own) and not _excused(question):
            yield _asks_twice(place, question, held)


def _excused(question: Question) -> bool:
    return question.prefill or question.reason is not None


def _asks_twice(place: str, question: Question, held: Held) -> Finding:
    title, field = held.resource.title, held.field.title
    return Finding(
        place,
        f"“{question.label.zh}”市里已有：{title.zh}（{held.resource.id}）的“{field.zh}”，由 {held.resource.provider} 提供；"
        f"请绑定 yw:field {held.name} 并预填（yw:prefill），或用 yw:reason 写明仍要询问的理由",
        f"“{question.label.en}” is held already: {field.en} of {title.en} ({held.resource.id}), provided by "
        f"{held.resource.provider}; bind it with yw:field {held.name} and prefill it (yw:prefill), or say in yw:reason why it is asked",
    )


def source_of(question: Question, resources: Mapping[str, ResourceFile]) -> Held | None:
    """The field that holds the answer to a question; None when nothing that is known does."""
    if question.field:
        return _authoritative(question.field, resources)
    filled = _FILLED.get(question.autocomplete, "mobile" if question.limits.shape == "phone" else "")
    for resource in _base(resources.values()):
        for field in resource.fields:
            if _same(question, resource, field) or (filled and field.semantic == filled):
                return _authoritative(f"{resource.id}.{field.id}", resources)
    return None


def _same(question: Question, resource: ResourceFile, field: FieldFile) -> bool:
    """Whether the labels say the same. Of firms only names that can mean nothing else count: 状态 may be that of anything."""
    names = {_plain(name) for name in (field.title.zh, *field.aliases)}
    if resource.library != "population":
        return _plain(question.label.zh) in {name for name in names if len(name) >= LEAST_OF_FIRMS}
    return _plain(question.label.zh) in names or _plain_english(question.label.en) == field.title.en.casefold()


def _base(resources: Iterable[ResourceFile]) -> list[ResourceFile]:
    """People first, then legal persons: what their libraries hold, the city does not ask again."""
    order = {"population": 0, "legal-person": 1}
    found = [r for r in resources if r.category == "base" and r.library in order]
    return sorted(found, key=lambda r: order[r.library])


def _authoritative(name: str, resources: Mapping[str, ResourceFile]) -> Held | None:
    """The field that is the source of a field; itself when it names no other."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        resource_id, _, field_id = name.partition(".")
        resource = resources.get(resource_id)
        field = next((f for f in resource.fields if f.id == field_id), None) if resource else None
        if resource is None or field is None:
            return None
        held = Held(resource, field)
        name = field.authoritative or name
    return held


def _plain(label: str) -> str:
    return _OF_WHOM.sub("", _ASIDE.sub("", label))


def _plain_english(label: str) -> str:
    return _OF_WHOM_EN.sub("", re.sub(r"\s*\(.*?\)|[:?*]", "", label.casefold()).strip())


def catalogue(view: View) -> dict[str, ResourceFile]:
    """Every resource of every pack of this city, those the pack needs first: what is held does not hang on who asks."""
    near = {r.id: r for r in view.every("resources")}
    found = [_resource(path, path.stat().st_mtime_ns) for path in _resource_files(pack_roots())]
    return near | {r.id: r for r in found if r is not None and r.id not in near}


def _resource_files(roots: list[Path]) -> list[Path]:
    return [
        p
        for folder in packs_find(roots).values()
        if folder.name != "template"
        for p in sorted(folder.glob("resources/*.yaml"))
    ]


_read: dict[tuple[Path, int], ResourceFile | None] = {}


def _resource(path: Path, changed: int) -> ResourceFile | None:
    """A resource file; None for one that cannot be read, which is for its own pack's check to say."""
    if (path, changed) not in _read:
        try:
            _read[path, changed] = model_read(ResourceFile, path.read_text(encoding="utf-8"), str(path))
        except PackError:
            _read[path, changed] = None
    return _read[path, changed]
