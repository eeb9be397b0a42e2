"""公民身份号码, GB 11643-1999: 18 characters, or the 15 digits of before 1999, which are upgraded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning, lanes
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.checkdigits import RESIDENT_ID_CHECKS, resident_id_check
from yiwang.data.core.semantics.composition import derived
from yiwang.data.core.semantics.days import real_day, real_day_sql
from yiwang.data.core.semantics.predicates import (
    EXCEL_NUMBER,
    PROVINCES,
    excel_number_sql,
    no_exponent_sql,
)

# 83 heads the residence permits of people from Taiwan, whose numbers follow GB 11643 (81 and 82: Hong Kong, Macao)
TAIWAN_PERMIT = 83
FORM = "[0-9]{15}|[0-9]{17}[0-9Xx]"


@dataclass(frozen=True, kw_only=True)
class ResidentId(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        p, k, check, head, f = (derived(c, f"~{name}") for name in ("p", "k", "c", "a", "f"))
        stages, (upper, lower) = self._lane_stages(c)
        # place 0 (the check) to 17 weigh 2^place mod 11, and a right number leaves 1; the province, at 2^16 = 2^6, and
        # the check, at 2^8 and so times 4 (4 * 2^8 leaves 1), come from tables
        weights = {(lower, 16 * j): 2 * j for j in range(4)} | {(upper, 16 * j): 8 + 2 * j for j in range(4)}
        laid, (head_place, check_place) = lanes.laid(weights, 5, 10, spare=(6, 8))
        heads = {code: (2 * (code // 10) + code % 10) % 11 << head_place for code in (*PROVINCES, TAIWAN_PERMIT)}
        checks = {digit: 4 * rank % 11 << check_place for rank, digit in enumerate("0123456789X")}
        stages[1][head] = lanes.table(f"{p} // {10**15}", heads, size=100)
        stages[1][check] = lanes.characters_table(k, checks | {"x": checks["X"]})
        stages.append({f: self._fail_sql(c, f"({laid} | {head} | {check}) % 11", options)})
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=tuple(stages),
            outputs={
                "": f"CASE WHEN {f} = 0 THEN CASE WHEN {k} IS NULL"
                f" THEN {p}::VARCHAR || substr('{RESIDENT_ID_CHECKS}', (({laid} | {head}) % 11 + 1)::BIGINT, 1)"
                f" WHEN {k} = 120 THEN upper({c}) ELSE {c} END END"
            },
            fail=f,
        )

    def _lane_stages(self, c: str) -> tuple[list[dict[str, str]], tuple[str, str]]:
        """Stages from the text to lanes of 2a + b for each pair of digits ab, and the names of the two of them.

        With a 0 in the place of the check the number falls into pairs: province | 2 of division, 2 of year | month,
        day, serial and check.
        """
        p, k = derived(c, "~p"), derived(c, "~k")
        h, lo, h2, lo2, h3, lo3, h4, lo4 = (derived(c, f"~{n}") for n in ("h", "l", "h2", "l2", "h3", "l3", "h4", "l4"))
        # 17 digits; other text that a cast accepts (sign, "_", ".") gives a number below 10^16
        body = (
            f"CASE WHEN {c} >= '1' THEN TRY_CAST(CASE strlen({c}) WHEN 18 THEN substr({c}, 1, 17)"
            f" WHEN 15 THEN substr({c}, 1, 6) || '19' || substr({c}, 7) END AS BIGINT) END"
        )
        last = f"CASE WHEN strlen({c}) = 18 THEN unicode(substr({c}, 18, 1)) END"
        stages = [
            {p: body, k: last},
            {h: f"{p} // 10000000 % 100000000", lo: f"{p} % 10000000 * 10"},
            {h2: lanes.quads(h), lo2: lanes.quads(lo)},
            {h3: lanes.pairs(h2), lo3: lanes.pairs(lo2)},
            {h4: lanes.doubled(h3), lo4: lanes.doubled(lo3)},
        ]
        return stages, (h4, lo4)

    def _fail_sql(self, c: str, remainder: str, options: Options) -> str:
        p, k, check, head = (derived(c, f"~{name}") for name in ("p", "k", "c", "a"))
        year, month_day = f"({derived(c, '~h2')} & 65535)", f"({derived(c, '~l2')} >> 32)"
        month, day = f"({derived(c, '~l3')} >> 48)", f"(({derived(c, '~l3')} >> 32) & 65535)"
        last = options.as_of
        past = f"{year} < {last.year} OR {year} = {last.year} AND {month_day} <= {last:%m%d}"
        # a number written with an exponent ends in zeros, so in 9 of 10 values there is nothing to look for
        plain = f"({derived(c, '~l3')} & 65535 <> 0 OR {no_exponent_sql(c)})"
        return (
            f"CASE WHEN {p} >= {10**16} AND ({check} IS NOT NULL OR {k} IS NULL) AND {plain} THEN CASE"
            f" WHEN {head} IS NULL THEN 4"
            f" WHEN {year} < {options.min_year} OR NOT ({past}) THEN 5"
            f" WHEN NOT {real_day_sql(year, month, day)} THEN 5 WHEN {remainder} <> 1 THEN 6 ELSE 0 END"
            f" WHEN {c} IS NULL THEN 0"
            f" WHEN {excel_number_sql(c)} THEN 1 WHEN length({c}) <> 15 AND length({c}) <> 18 THEN 2"
            # a leading zero is no division
            f" WHEN regexp_full_match({c}, '{FORM}') THEN 4 ELSE 3 END"
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        code = cleaning.solid(text, options.missing)
        if code is None:
            return self.missing()
        if re.fullmatch(EXCEL_NUMBER, code):
            return self.refuse(1)
        if len(code) not in (15, 18):
            return self.refuse(2)
        if not re.fullmatch(FORM, code):
            return self.refuse(3)
        if int(code[:2]) not in (*PROVINCES, TAIWAN_PERMIT):
            return self.refuse(4)
        body = code[:17] if len(code) == 18 else code[:6] + "19" + code[6:]
        born = real_day(int(body[6:10]), int(body[10:12]), int(body[12:14]))
        if born is None or born.year < options.min_year or born > options.as_of:
            return self.refuse(5)
        whole = body + resident_id_check(body)
        return self.refuse(6) if len(code) == 18 and code.upper() != whole else self.accept(whole)


RESIDENT_ID = ResidentId(
    id="resident-id",
    title_zh="公民身份号码",
    title_en="Resident identity number",
    grade=4,
    personal=True,
    outputs=(Output("", "VARCHAR"),),
    evidence=True,
    source="GB 11643-1999",
    reasons=(
        Reason(
            "resident_id_excel_number",
            "身份号码已被表格软件改成数字，末几位已丢失；请在源表设为文本格式后重新导出。",
            "A spreadsheet turned the identity number into a number and its last digits are lost; format the column"
            " as text in the source and export again.",
        ),
        Reason(
            "resident_id_length",
            "身份号码应为18位（旧号15位）；请核对位数。",
            "An identity number has 18 characters (old ones 15); check the length.",
        ),
        Reason(
            "resident_id_characters",
            "身份号码只能是数字，末位可为X；请核对录入。",
            "An identity number is digits with X allowed at the end; check what was typed.",
        ),
        Reason(
            "resident_id_division",
            "身份号码前两位不是省级代码；请对照证件核对。",
            "The first two digits are no province; check against the card.",
        ),
        Reason(
            "resident_id_birth_date",
            "身份号码中的出生日期不存在或在将来；请对照证件核对。",
            "The birth date in the number does not exist or lies in the future; check against the card.",
        ),
        Reason(
            "resident_id_check_digit",
            "身份号码校验位不符；请对照证件核对每一位。",
            "The check character does not match; compare every digit with the card.",
        ),
    ),
)
