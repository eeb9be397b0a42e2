"""How a clause of a contract is kept: the program enforces it, its records show it, or somebody promised it.

A clause may be called enforced only where the control that enforces it is there: "the system makes sure" is a claim that
is looked at, not believed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yiwang.data.products.crossings import HOME
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError
from yiwang.trust.answers import GrantDetail

KINDS = ("enforced", "evidenced", "promised")
# Records that show afterwards what happened.
RECORDS: dict[str, Text] = {
    "ledger": Text(zh="使用账本", en="ledger of uses"),
    "audit": Text(zh="审计记录", en="audit trail"),
    "settlement": Text(zh="结算单", en="settlements"),
}
# Figures of groups leave and nothing else: what a fusion does, whoever runs it.
AGGREGATES = "aggregates"
CONTROLS: dict[str, Text] = {
    "grant": Text(zh="授权", en="grant"),
    "fields": Text(zh="信息项范围", en="fields granted"),
    "quota": Text(zh="每日限额", en="daily quota"),
    "expiry": Text(zh="到期即停", en="expiry"),
    "mask": Text(zh="遮盖", en="masks"),
    "rows": Text(zh="行过滤", en="row filter"),
    "crossing": Text(zh="出境批准", en="approval to leave the country"),
    AGGREGATES: Text(zh="融合只出汇总数", en="joined for aggregates only"),
}


@dataclass(frozen=True)
class ClauseText:
    text: str
    kind: str
    control: str = ""


def _there(control: str, grant: GrantDetail | None, valid_until: date, crossing: str, country: str) -> bool:
    """Whether the control is in place now: read from what enforces it, not from the contract."""
    if control == "crossing":
        return country == HOME or bool(crossing)
    if grant is None or grant.row.state != "active":
        return False
    looks: dict[str, Callable[[GrantDetail], bool]] = {
        "grant": lambda g: True,
        "fields": lambda g: bool(g.row.fields),
        "quota": lambda g: g.quota_per_day is not None,
        "expiry": lambda g: g.row.valid_until <= valid_until,
        "mask": lambda g: any(mask != "plain" for mask in g.masks.values()),
        "rows": lambda g: bool(g.row_filter.strip()),
    }
    return looks[control](grant)


def clauses_check(
    clauses: tuple[ClauseText, ...],
    grant: GrantDetail | None,
    *,
    valid_until: date,
    crossing: str,
    country: str,
    aggregates: bool = False,
) -> None:
    """Raises InputError naming the first clause that claims what is not so. `aggregates`: only fusions hand it out."""
    if not clauses:
        raise InputError(zh="合同须有条款", en="a contract has clauses", where="clauses")
    for number, clause in enumerate(clauses, 1):
        where = f"clause {number}"
        if not clause.text.strip():
            raise InputError(zh=f"第 {number} 条没有内容", en=f"clause {number} says nothing", where=where)
        if clause.kind not in KINDS:
            raise InputError(zh=f"第 {number} 条没有标明如何落实", en=f"clause {number}: how is it kept?", where=where)
        known = {"enforced": CONTROLS, "evidenced": RECORDS, "promised": {}}[clause.kind]
        if (clause.control not in known) if known else bool(clause.control):
            raise InputError(
                zh=f"第 {number} 条须写明由什么落实：{'、'.join(known) or '（承诺不写控制）'}",
                en=f"clause {number}: name what keeps it: {', '.join(known) or '(nothing keeps a promise)'}",
                where=where,
            )
        there = aggregates if clause.control == AGGREGATES else None
        if clause.kind == "enforced" and there is None:
            there = _there(clause.control, grant, valid_until, crossing, country)
        if clause.kind == "enforced" and not there:
            title = CONTROLS[clause.control]
            raise InputError(
                zh=f"第 {number} 条称由系统执行，但“{title.zh}”并没有设置",
                en=f"clause {number} claims to be enforced, but there is no {title.en}",
                where=where,
                hint_zh="先设置这项控制，或如实标为留痕可查或书面承诺。",
                hint_en="Set the control first, or call the clause evidenced or promised, as it is.",
            )
