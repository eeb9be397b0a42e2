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
    province_sql,
)

# 83 heads the residence permits of people from Taiwan, whose numbers follow GB 11643 (81 and 82: Hong Kong, Macao)
TAIWAN_PERMIT = 83
FORM = "[0-9]{15}|[0-9]{17}[0-9Xx]"


@dataclass(frozen=True, kw_only=True)
class ResidentId(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        p, k, h, lo, r, f = (derived(c, name) for name in ("~p", "~k", "~h", "~l", "~r", "~f"))
        h2, lo2, h3, lo3 = (derived(c, name) for name in ("~h2", "~l2", "~h3", "~l3"))
        # 17 digits; other text that a cast accepts (sign, "_", ".") gives a number below 10^16
        body = (
            f"CASE WHEN {c} >= '1' AND {no_exponent_sql(c)} THEN TRY_CAST(CASE strlen({c})"
            f" WHEN 18 THEN substr({c}, 1, 17) WHEN 15 THEN substr({c}, 1, 6) || '19' || substr({c}, 7) END"
            " AS BIGINT) END"
        )
        last = f"CASE WHEN strlen({c}) = 18 THEN unicode(substr({c}, 18, 1)) END"
        # places 0…16 weigh 2^(place + 1) mod 11: 2 * 2^0…7, then 2^9 = 6 times 2^0…7, and 2^17 = 7
        remainder = f"(7 * ({p} // {10**16}) + 6 * {lanes.weighted(h3, 4)} + 2 * {lanes.weighted(lo3, 4)}) % 11"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {p: body, k: last},
                {h: lanes.quads(p, 8), lo: lanes.quads(p, 0)},
                {h2: lanes.pairs(h), lo2: lanes.pairs(lo)},
                {h3: lanes.doubled(h2), lo3: lanes.doubled(lo2)},
                {r: remainder},
                {f: self._fail_sql(c, p, k, r, options)},
            ),
            outputs={
                "": f"CASE WHEN {f} = 0 THEN CASE WHEN {k} IS NULL"
                f" THEN {p}::VARCHAR || substr('{RESIDENT_ID_CHECKS}', ({r} + 1)::BIGINT, 1)"
                f" WHEN {k} = 120 THEN upper({c}) ELSE {c} END END"
            },
            fail=f,
        )

    def _fail_sql(self, c: str, p: str, k: str, r: str, options: Options) -> str:
        year, month, day = f"({p} // 10000000 % 10000)", f"({p} // 100000 % 100)", f"({p} // 1000 % 100)"
        first, last = options.min_year * 10000, f"{options.as_of:%Y%m%d}"
        province = province_sql(f"({p} // {10**15})", TAIWAN_PERMIT)
        check = f"CASE {r} WHEN 2 THEN 88 ELSE 48 + (12 - {r}) % 11 END"
        return (
            f"CASE WHEN {c} IS NULL THEN 0"
            f" WHEN {p} >= {10**16} AND ({k} IS NULL OR {k} BETWEEN 48 AND 57 OR {k} = 88 OR {k} = 120) THEN CASE"
            f" WHEN NOT {province} THEN 4"
            f" WHEN {p} // 1000 % 100000000 NOT BETWEEN {first} AND {last} THEN 5"
            f" WHEN NOT {real_day_sql(year, month, day)} THEN 5"
            f" WHEN {k} <> {check} AND NOT ({r} = 2 AND {k} = 120) THEN 6 ELSE 0 END"
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
