"""`duties/*.yaml`: which department answers for which topic of the hotline, by which law or rule, from which day.

A list of duties also says what happens when a topic bounces, which service item takes tickets in, and which answers of
its forms the figures read. Unknown keys are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yiwang.kernel.core.pack import Finding, View
from yiwang.kernel.core.text import Text

FOLDER = "duties"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
DivisionCode = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
# A text a person could have said: a bare keyword teaches nothing.
Example = Annotated[str, Field(min_length=4, max_length=2000)]
LISTS = ("singlevaluelist", "multivaluelist")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class DutyBasis(_File):
    """Why a department answers: an article, or a rule of the city in its own words; exactly one of them."""

    law: str = Field(default="", max_length=200)
    article: str = Field(default="", max_length=100)
    rule: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> DutyBasis:
        if bool(self.law.strip()) != bool(self.article.strip()):
            raise ValueError("law 与 article 须同时写 / law and article stand together")
        if bool(self.law.strip()) == (self.rule is not None):
            raise ValueError(
                "须写 law 和 article，或写 rule，二者恰有其一 / give law and article, or a rule: one of them"
            )
        return self

    def say(self) -> Text:
        if self.rule is not None:
            return self.rule
        named = f"{self.law} {self.article}"
        return Text(zh=named, en=named)


class DutyEntry(_File):
    """A department answers for the topic from a day on, in the whole city or in `division` and all below it.

    `until` is the first day it no longer does; `co_departments` help, the first department stays accountable.
    """

    first: date = Field(alias="from")
    until: date | None = None
    department: Name
    co_departments: tuple[Name, ...] = ()
    division: DivisionCode | Literal[""] = ""
    basis: DutyBasis

    @model_validator(mode="after")
    def _sensible(self) -> DutyEntry:
        if self.until is not None and self.until <= self.first:
            raise ValueError("until 须晚于 from / `until` lies after `from`")
        if self.department in self.co_departments:
            raise ValueError("主办部门不能同时是协办部门 / the department cannot help itself")
        return self


class Option(_File):
    key: Name
    title: Text


class Attribute(_File):
    """Something other programs are asked for when they file a ticket of this topic (Open311)."""

    code: Key
    type: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"] = "string"
    required: bool = False
    title: Text
    help: Text | None = None
    values: tuple[Option, ...] = ()

    @model_validator(mode="after")
    def _listed(self) -> Attribute:
        if (self.type in LISTS) != bool(self.values):
            raise ValueError("列表类型须有 values，其余不得有 / a list type has values, no other type has")
        return self


class TopicFile(_File):
    """What tickets are about. A topic without duties of its own has its parent's.

    `examples` are texts a citizen could have said; they teach the router. `urgent` tickets run on the ladder in hours.
    `in_public`: the matter is a thing in public space (a lamp, a road), so its exact place may be shown to everybody.
    """

    id: Name
    title: Text
    parent: Name | Literal[""] = ""
    summary: Text | None = None
    urgent: bool = False
    in_public: bool = False
    keywords: tuple[str, ...] = ()
    duties: tuple[DutyEntry, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> TopicFile:
        starts = [(d.division, d.first) for d in self.duties]
        if len(starts) != len(set(starts)):
            raise ValueError(f"{self.id}：同一地区同一天有两条职责 / two duties of one place begin on one day")
        return self


class GapFile(_File):
    """When a topic bounced `bounces` times within `days`, a case of `item` asks `department` who is responsible."""

    item: Name
    department: Name
    bounces: int = Field(default=2, ge=2, le=20)
    days: int = Field(default=90, ge=1, le=730)


class SuggestFile(_File):
    """From which confidence a suggestion may go on without a person; what counts as the same matter again."""

    sure: float = Field(default=0.8, gt=0, le=1)
    same_days: int = Field(default=14, ge=1, le=365)
    same_metres: int = Field(default=500, ge=10, le=20000)


class FigureFile(_File):
    """Which answers the figures read. `impossible` are the values of `outcome` that say: law or plan does not allow it.

    `basis` is the question for the article that says so, `solved` that of the call back: yes and no, or true and false.
    """

    outcome: Key = "outcome"
    impossible: tuple[str, ...] = ("cannot",)
    basis: Key = "outcome_basis"
    solved: Key = "solved"
    small: int = Field(default=10, ge=2, le=100)


class IntakeFile(_File):
    """The item tickets are filed as, and the questions of its form that hold what was said, where and about what.

    Other programs do not fill in the form: `urgent` are the answers that go with a ticket of an urgent topic, `usual` with
    any other, such as its class.
    """

    item: Name
    text: Key = "content"
    address: Key = "address"
    topic: Key = "topic"
    urgent: dict[Key, str] = {}
    usual: dict[Key, str] = {}


class OpenFile(_File):
    """Open311: the names this city answers under. `jurisdiction` is usually the host name of its web site."""

    jurisdiction: str = Field(min_length=3, max_length=120)
    contact: Text
    keys: Text


class ListSettings(_File):
    """What a list says beside its topics."""

    id: Name
    title: Text
    intake: IntakeFile
    gap: GapFile
    suggest: SuggestFile = SuggestFile()
    figures: FigureFile = FigureFile()
    open311: OpenFile | None = None


class DutyFile(ListSettings):
    """One list of duties: `duties/<id>.yaml`."""

    topics: tuple[TopicFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tree(self) -> DutyFile:
        known = [t.id for t in self.topics]
        twice = sorted({t for t in known if known.count(t) > 1})
        if twice:
            raise ValueError(f"主题写了两次 / a topic stands twice: {', '.join(twice)}")
        seen: set[str] = set()
        for topic in self.topics:
            if topic.parent and topic.parent not in seen:
                raise ValueError(f"{topic.id}：上级 {topic.parent} 须写在前面 / the parent must stand before it")
            seen.add(topic.id)
        return self

    def above(self, topic_id: str) -> Iterator[TopicFile]:
        """The topic and those above it."""
        by_id = {t.id: t for t in self.topics}
        at: TopicFile | None = by_id.get(topic_id)
        while at is not None:
            yield at
            at = by_id.get(at.parent)

    @property
    def leaves(self) -> tuple[TopicFile, ...]:
        parents = {t.parent for t in self.topics}
        return tuple(t for t in self.topics if t.id not in parents)


def duties_check(path: str, file: DutyFile, view: View) -> Iterator[Finding]:
    """Findings of `pack check`: a topic nobody answers for, a department or an item nobody knows, a topic without examples."""
    where = f"{view.pack.manifest.id}/{path}"
    if path != f"{FOLDER}/{file.id}.yaml":
        yield Finding(where, f"文件应名为 {file.id}.yaml", f"the file must be called {file.id}.yaml")
    yield from _taken(file, view, where)
    yield from _departments(file, view, where)
    items = {item.id for item in view.every("items")}
    for item in (file.intake.item, file.gap.item):
        if item not in items:
            yield Finding(where, f"没有事项 {item}", f"there is no service item {item}")
    for topic in file.leaves:
        if not any(above.duties for above in file.above(topic.id)):
            yield Finding(where, f"主题 {topic.id} 没有部门负责", f"nobody answers for the topic {topic.id}")
        if not topic.examples:
            yield Finding(
                where, f"主题 {topic.id} 没有示例诉求，无从学习", f"the topic {topic.id} has no examples to learn from"
            )


def _taken(file: DutyFile, view: View, where: str) -> Iterator[Finding]:
    others = [other for other in view.every(FOLDER) if other is not file]
    topics = {topic.id for other in others for topic in other.topics}
    if any(other.id == file.id for other in others):
        yield Finding(where, f"清单 {file.id} 在别处已有", f"another file has the list {file.id}")
    for topic in file.topics:
        if topic.id in topics:
            yield Finding(where, f"主题 {topic.id} 在别的清单里已有", f"another list has the topic {topic.id}")


def _departments(file: DutyFile, view: View, where: str) -> Iterator[Finding]:
    known = {d.id for listed in view.every("departments") for d in listed.departments}
    named = {file.gap.department}
    for topic in file.topics:
        for duty in topic.duties:
            named |= {duty.department, *duty.co_departments}
    for code in sorted(named - known) if known else ():
        yield Finding(where, f"没有部门 {code}", f"there is no department {code}")
