"""金额: an amount and its currency, from a figure with a unit as registers write it: 5,000(万元人民币), 42(万美元), ￥3.50."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from yiwang.data.core.semantics import cleaning
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived, literal
from yiwang.data.core.semantics.units import CURRENCIES, PREFIXES, UNITS, unit

FIGURE = r"(-?[0-9][0-9,]*(?:\.[0-9]+)?)([^0-9.,]*)"
GROUPED = r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
PREFIX = "[^0-9.,-]+"
WIDE = Context(prec=60)
UNKNOWN = 99  # the number of a prefix that is no currency
LIMIT = 10**18  # of DECIMAL(20,2)


def _number(currency: str | None) -> int:
    """0 for none, else the place of the currency in the list, from 1."""
    return list(CURRENCIES).index(currency) + 1 if currency else 0


@dataclass(frozen=True, kw_only=True)
class Money(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        x, s, u, k, n, v, w, p, f = (derived(c, f"~{name}") for name in ("x", "s", "u", "k", "n", "v", "w", "p", "f"))
        units = list(UNITS)
        known = [unit(options.unit) if text == "" else UNITS[text] for text in units]
        # an inline ENUM is a hash look-up of the unit in the closed list
        place = f"enum_code(TRY_CAST({s}.u AS ENUM({', '.join(map(literal, units))})))::INTEGER + 1"
        entries = ", ".join(str(100 * entry.power + _number(entry.currency)) for entry in known)
        signs, numbers = list(PREFIXES), [_number(code) for code in PREFIXES.values()]
        sign = " ".join(f"WHEN {literal(text)} THEN {number}" for text, number in zip(signs, numbers, strict=True))
        grouped = f"CASE WHEN regexp_full_match({s}.n, '{GROUPED}') THEN replace({s}.n, ',', '') END"
        own = f"({u} % 100)"
        currency = f"CASE WHEN {p} = {UNKNOWN} THEN NULL WHEN {own} = 0 THEN coalesce({p}, 1) WHEN {p} IS NULL OR {p} = {own} THEN {own} END"
        codes = " ".join(f"WHEN {number} THEN '{code}'" for number, code in enumerate(CURRENCIES, 1))
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    x: f"CASE WHEN {c} >= ':' OR {c} < '0' AND NOT starts_with({c}, '-') THEN regexp_extract({c}, '^{PREFIX}') END"
                },
                {
                    s: f"regexp_extract(CASE WHEN {x} IS NULL THEN {c} ELSE substr({c}, length({x}) + 1) END,"
                    f" '^{FIGURE}$', ['n', 'u'])",
                    p: f"CASE WHEN {x} IS NOT NULL THEN CASE {x} {sign} ELSE {UNKNOWN} END END",
                },
                {k: place, n: f"CASE WHEN contains({s}.n, ',') THEN {grouped} ELSE {s}.n END"},
                {u: f"[{entries}][{k}]"},
                {w: self._cents_sql(n, f"({u} // 100)"), v: currency},
                {
                    f: f"CASE WHEN {w} IS NOT NULL AND {v} IS NOT NULL THEN 0 WHEN {c} IS NULL THEN 0"
                    f" WHEN {s}.n = '' THEN 1 WHEN {n} IS NULL THEN 2"
                    f" WHEN {u} IS NULL OR {v} IS NULL THEN 3 ELSE 4 END"
                },
            ),
            outputs={
                # a product of the right scale: to divide a wide decimal takes the engine 2 µs
                "": f"CASE WHEN {f} = 0 THEN ({w} * 0.01::DECIMAL(3,2))::DECIMAL(20,2) END",
                "_currency": f"CASE WHEN {f} = 0 THEN CASE {v} {codes} END END",
            },
            fail=f,
            warn=f"CASE WHEN {f} = 0 AND {self._rounded_sql(n, f'({u} // 100)')} THEN 1 ELSE 0 END",
        )

    def _cents_sql(self, n: str, power: str) -> str:
        """Figure times 10^power in cents, rounded once, as DECIMAL(20,0); NULL for no figure or beyond that."""
        arms = [
            f"WHEN {power} = {p} AND strlen({n}) <= {16 - p} AND NOT contains({n}, '.')"
            f" THEN (TRY_CAST({n} AS BIGINT) * {10 ** (p + 2)})::DECIMAL(20,0)"
            for p in (4, 0, 3, 6, 7, 8)
        ]
        # any other figure has its point moved in the text
        fraction = f"split_part({n}, '.', 2)"
        shifted = (
            f"split_part({n}, '.', 1) || rpad({fraction}[:{power} + 2], {power} + 2, '0') || '.'"
            f" || {fraction}[{power} + 3:] || '0'"
        )
        narrow = f"strlen({n}) <= 14 - {power}"
        return (
            f"CASE {' '.join(arms)} WHEN {power} IS NULL THEN NULL"
            f" WHEN {narrow} THEN TRY_CAST({shifted} AS DECIMAL(18,0))::DECIMAL(20,0)"
            f" ELSE TRY_CAST({shifted} AS DECIMAL(20,0)) END"
        )

    def _rounded_sql(self, n: str, power: str) -> str:
        spare = f"{n}[strpos({n}, '.') + {power} + 3:]"
        longer = f"strlen({n}) - strpos({n}, '.') > {power} + 2"
        return f"CASE WHEN contains({n}, '.') AND {longer} THEN regexp_matches({spare}, '[1-9]') ELSE false END"

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.solid(text, options.missing)
        if value is None:
            return self.missing()
        found = re.match(PREFIX, value)
        prefix = found.group() if found else ""
        figure = re.fullmatch(FIGURE, value[len(prefix) :])
        if figure is None:
            return self.refuse(1)
        written, named = figure.groups()
        if not re.fullmatch(GROUPED, written):
            return self.refuse(2)
        entry = unit(options.unit) if named == "" else UNITS.get(named)
        before = PREFIXES.get(prefix) if prefix else None
        if entry is None or (prefix and before is None):
            return self.refuse(3)
        if entry.currency and before and entry.currency != before:
            return self.refuse(3)
        whole, _, fraction = written.replace(",", "").partition(".")
        if len(whole.lstrip("-0")) > 18:
            return self.refuse(4)
        # the digits that matter: a value of a million decimals is cut before it becomes a number
        kept, spare = fraction[: entry.power + 3], fraction[entry.power + 2 :]
        amount = Decimal(f"{whole}.{kept}").scaleb(entry.power).quantize(Decimal("0.01"), ROUND_HALF_UP, WIDE)
        if abs(amount) >= LIMIT:
            return self.refuse(4)
        warning = self.warnings[0] if spare.strip("0") else None
        return self.accept(amount, entry.currency or before or "CNY", warning=warning)


ROUNDED = Reason(
    "money_rounded",
    "金额精确到分以下，已四舍五入到分；如需原值请改用小数类型。",
    "The amount had more than two decimals and was rounded to the cent; use the decimal type to keep them.",
)
MONEY = Money(
    id="money",
    title_zh="金额",
    title_en="Money",
    grade=2,
    personal=False,
    outputs=(Output("", "DECIMAL(20,2)"), Output("_currency", "VARCHAR")),
    warnings=(ROUNDED,),
    source="GB/T 12406 (ISO 4217)",
    reasons=(
        Reason(
            "money_form",
            "看不出金额；请写成数字加单位，例如 5,000(万元人民币)、23.8万元。",
            "This cannot be read as an amount; write a figure and a unit such as 5,000(万元人民币) or 23.8万元.",
        ),
        Reason(
            "money_separator",
            "千位分隔逗号的位置不对，金额有歧义；请去掉逗号或每三位一个。",
            "The thousands separators are misplaced, so the amount is ambiguous; remove them or put one per three"
            " digits.",
        ),
        Reason(
            "money_unit",
            "金额单位或币种不认识，或前后币种矛盾；请改用 元、万元、万美元 之类的单位。",
            "The unit or currency is not known, or the two currencies given disagree; use a unit such as 元, 万元 or"
            " 万美元.",
        ),
        Reason(
            "money_range",
            "金额过大（超过18位整数）；请核对单位。",
            "The amount is too large (over 18 digits before the point); check the unit.",
        ),
    ),
)
