"""行政区划代码, GB/T 2260 to county level and the statistical codes (2+2+2+3+3 digits) down to the village."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived
from yiwang.data.core.semantics.predicates import (
    EXCEL_NUMBER,
    PROVINCES,
    excel_number_sql,
    no_exponent_sql,
    one_of_sql,
    province_sql,
)

COUNTRY = "100000000000"
LENGTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, kw_only=True)
class DivisionCode(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c, n, f = column, derived(column, "~n"), derived(column, "~f")
        length, province = one_of_sql(f"strlen({c})", LENGTHS), province_sql(f"({n} // 10000000000)")
        # padded to 12 digits a code is a number from 10^11 on; any other text a cast accepts is shorter
        padded = (
            f"CASE WHEN {length} AND {c} >= '1' AND {no_exponent_sql(c)}"
            f" THEN TRY_CAST({c} AS BIGINT) * CASE strlen({c})"
            " WHEN 12 THEN 1 WHEN 9 THEN 1000 WHEN 6 THEN 1000000 WHEN 4 THEN 100000000 ELSE 10000000000 END END"
        )
        fail = (
            f"CASE WHEN {c} IS NULL THEN 0 WHEN {n} >= 100000000000 THEN CASE"
            f" WHEN {province} OR ({n} = {COUNTRY} AND strlen({c}) >= 6) THEN 0 ELSE 4 END"
            f" WHEN {excel_number_sql(c)} THEN 1 WHEN NOT regexp_full_match({c}, '[0-9]+') THEN 2"
            f" WHEN NOT {length} THEN 3 ELSE 4 END"
        )
        level = (
            f"CASE WHEN {f} = 0 AND {n} IS NOT NULL THEN CASE WHEN {n} % 1000 <> 0 THEN 5 WHEN {n} % 1000000 <> 0 THEN 4"
            f" WHEN {n} % 100000000 <> 0 THEN 3 WHEN {n} % 10000000000 <> 0 THEN 2 WHEN {n} = {COUNTRY} THEN 0"
            " ELSE 1 END END::TINYINT"
        )
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=({n: padded}, {f: fail}),
            outputs={"": f"CASE WHEN {f} = 0 AND {c} IS NOT NULL THEN {n}::VARCHAR END", "_level": level},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        code = cleaning.solid(text, options.missing)
        if code is None:
            return self.missing()
        if re.fullmatch(EXCEL_NUMBER, code):
            return self.refuse(1)
        if not re.fullmatch("[0-9]+", code):
            return self.refuse(2)
        if len(code) not in LENGTHS:
            return self.refuse(3)
        padded = code.ljust(12, "0")
        if padded == COUNTRY and len(code) >= 6:
            return self.accept(padded, 0)
        if int(code[:2]) not in PROVINCES:
            return self.refuse(4)
        zeros = len(padded) - len(padded.rstrip("0"))
        level = next(level for level, least in ((1, 10), (2, 8), (3, 6), (4, 3), (5, 0)) if zeros >= least)
        return self.accept(padded, level)


DIVISION_CODE = DivisionCode(
    id="division-code",
    title_zh="行政区划代码",
    title_en="Division code",
    grade=1,
    personal=False,
    outputs=(Output("", "VARCHAR"), Output("_level", "TINYINT")),
    source="GB/T 2260, GB/T 10114",
    reasons=(
        Reason(
            "division_code_excel_number",
            "区划代码已被表格软件改成数字（科学计数或小数），末位可能丢失；请在源表设为文本格式后重新导出。",
            "A spreadsheet turned the division code into a number and digits may be lost; format the column as text"
            " in the source and export again.",
        ),
        Reason(
            "division_code_characters",
            "区划代码含有数字以外的字符；请只填数字。",
            "The division code holds something other than digits; give digits only.",
        ),
        Reason(
            "division_code_length",
            "区划代码应为2、4、6、9或12位；请核对位数。",
            "A division code has 2, 4, 6, 9 or 12 digits; check the length.",
        ),
        Reason(
            "division_code_province",
            "区划代码前两位不是省级代码；请对照国家标准核对。",
            "The first two digits are no province; check against the national standard.",
        ),
    ),
)
