"""What is asked for in an application, judged against the catalogue before anybody reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yiwang.kernel.core.closest import closest_hint
from yiwang.kernel.errors import InputError
from yiwang.trust.core.purposes import MASKS, METHODS, PURPOSES, mask_for
from yiwang.trust.core.rowfilter import FilterWrong, RowFilter, row_filter
from yiwang.trust.describing import ResourceFacts, resource_facts

LONGEST_GRANT = timedelta(days=3 * 366)
REVIEW_EVERY = timedelta(days=365)
LONGEST_PURPOSE = 400
LONGEST_BASIS = 300


@dataclass(frozen=True)
class GrantAsk:
    """What a department asks for. `masks`: field → mask, what is left out is masked by grade; `valid_until` is the first day
    it no longer holds."""

    resource: str
    fields: Sequence[str]
    methods: Sequence[str]
    purpose_code: str
    purpose: str
    basis: str
    valid_from: date
    valid_until: date
    row_filter: str = ""
    masks: Mapping[str, str] = field(default_factory=dict)
    quota_per_day: int | None = None
    client: str = ""


@dataclass(frozen=True)
class Judged:
    """An application in order: with the facts it was judged by."""

    ask: GrantAsk
    facts: ResourceFacts
    masks: Mapping[str, str]
    rows: RowFilter | None


def ask_judge(ask: GrantAsk, on: date) -> Judged:
    """Raises NotFound for no such resource, InputError for the first thing that cannot be granted as asked."""
    facts = resource_facts(ask.resource)
    _shareable(facts)
    _known("fields", ask.fields, [each.id for each in facts.fields], "信息项", "field")
    _known("methods", ask.methods, methods_of(facts), "共享方式", "method")
    _known("purpose_code", (ask.purpose_code,), tuple(PURPOSES), "用途类别", "purpose")
    _said("purpose", ask.purpose, LONGEST_PURPOSE, "用途说明", "what the data is for")
    _said("basis", ask.basis, LONGEST_BASIS, "法律、法规或者职责依据", "the law or duty it rests on")
    _time(ask, on)
    if ask.quota_per_day is not None and ask.quota_per_day < 1:
        raise _wrong("quota_per_day", "每日限量至少为 1", "a daily limit is at least 1")
    return Judged(ask, facts, masks_whole(ask, facts), _rows(ask.row_filter, facts))


def methods_of(facts: ResourceFacts) -> tuple[str, ...]:
    """How it can be asked for: as the catalogue offers it; a file of it where it may leave in bulk."""
    offered = facts.methods or tuple(METHODS)
    return tuple(dict.fromkeys((*offered, "export"))) if "batch" in offered else offered


def masks_whole(ask: GrantAsk, facts: ResourceFacts) -> dict[str, str]:
    """A mask for every field asked for. Raises InputError."""
    strange = sorted(ask.masks.keys() - set(ask.fields))
    if strange:
        raise _wrong("masks", f"没有申请信息项 {strange[0]}", f"the field {strange[0]} is not asked for")
    found = {}
    for each in facts.fields:
        if each.id not in ask.fields:
            continue
        mask = ask.masks.get(each.id) or mask_for(each.grade)
        _known("masks", (mask,), tuple(MASKS), "遮盖方式", "mask")
        if mask == "year" and each.sql_type not in ("DATE", "TIMESTAMP"):
            raise _wrong("masks", f"{each.title.zh}不是日期，不能只留年份", f"{each.id} is no date: it has no year")
        found[each.id] = mask
    return found


def _shareable(facts: ResourceFacts) -> None:
    if facts.share == "refused":
        raise InputError(
            zh=f"“{facts.title.zh}”不予共享：{facts.share_basis}",
            en=f"“{facts.title.en}” is not shared: {facts.share_basis}",
            where="resource",
            hint_zh="可以提出数据需求，说明需要核验的内容。",
            hint_en="File a demand and say what you need to have verified.",
        )
    if facts.share == "unconditional":
        raise InputError(
            zh=f"“{facts.title.zh}”无条件共享，不需要申请",
            en=f"“{facts.title.en}” is shared without conditions: no application is needed",
            where="resource",
            hint_zh="使用时说明用途即可；每次使用仍会留痕。",
            hint_en="State a purpose when you use it; every use still leaves a line.",
        )


def _known(where: str, said: Sequence[str], known: Sequence[str], zh: str, en: str) -> None:
    if not said or not all(said):
        raise _wrong(where, f"请选择{zh}", f"choose a {en}")
    if twice := [one for one in said if said.count(one) > 1]:
        raise _wrong(where, f"{zh} {twice[0]} 写了两次", f"the {en} {twice[0]} stands twice")
    for one in said:
        if one not in known:
            hint_zh, hint_en = closest_hint(one, known)
            raise InputError(
                zh=f"没有{zh} {one}", en=f"there is no {en} {one}", where=where, hint_zh=hint_zh, hint_en=hint_en
            )


def _said(where: str, text: str, longest: int, zh: str, en: str) -> None:
    if not text.strip():
        raise _wrong(where, f"请填写{zh}", f"say {en}")
    if len(text.strip()) > longest:
        raise _wrong(where, f"{zh}超过 {longest} 字", f"more than {longest} characters")


def _time(ask: GrantAsk, on: date) -> None:
    if ask.valid_until <= ask.valid_from or ask.valid_until <= on:
        raise _wrong("valid_until", "截止日须晚于开始日和今天", "it must end after it begins, and after today")
    if ask.valid_until - ask.valid_from > LONGEST_GRANT:
        raise _wrong(
            "valid_until", "一次授权最长三年，到期可以再申请", "a grant lasts three years at most; apply again then"
        )


def _rows(text: str, facts: ResourceFacts) -> RowFilter | None:
    if not text.strip():
        return None
    try:
        return row_filter(text, {each.id: each.sql_type for each in facts.fields})
    except FilterWrong as wrong:
        raise InputError(
            zh=f"筛选条件不能用：{wrong.zh}",
            en=f"the row filter cannot be used: {wrong.en}",
            where="row_filter",
            hint_zh='例如：starts with(division, "230881")。',
            hint_en='For example: starts with(division, "230881").',
        ) from wrong


def _wrong(where: str, zh: str, en: str) -> InputError:
    return InputError(zh=zh, en=en, where=where)
