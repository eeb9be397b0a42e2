"""Codes of organisations: 统一社会信用代码 GB 32100-2015, 组织机构代码 GB 11714-1997, 15-digit 营业执照注册号."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning, lanes
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.checkdigits import CREDIT_CODE_ALPHABET, credit_code_check, organisation_code_check
from yiwang.data.core.semantics.composition import derived
from yiwang.data.core.semantics.predicates import (
    EXCEL_NUMBER,
    PROVINCES,
    excel_number_sql,
    no_exponent_sql,
    province_sql,
)

SPANS = ("09", "AH", "JN", "PR", "TU", "WY")
SKIPS = "IOSV"  # letters the alphabet leaves out (Z is after its end)
ORGANISATION_FORM = "[0-9A-Z]{8}-?[0-9X]"
ORGANISATION_ZERO = "00000000"  # a placeholder that satisfies its check
NATIONAL = 10  # numbers of the national registry begin with 100000
MAIN = (Output("", "VARCHAR"),)

INNER = Reason(
    "credit_code_organisation_check",
    "第9至17位的组织机构代码校验码不符；请向登记机关核对该代码。",
    "Characters 9 to 17 are no valid organisation code; ask the registry about this code.",
)


@dataclass(frozen=True, kw_only=True)
class CreditCode(SemanticType):
    """Lower-case letters are outside the alphabet and are not folded: a code so written was typed, not copied."""

    def steps(self, column: str, options: Options) -> Steps:
        c = column
        a, b, e, ok, f, g = (derived(c, name) for name in ("~a", "~b", "~e", "~ok", "~f", "~g"))
        a1, b1, o1, e1 = (derived(c, name) for name in ("~a1", "~b1", "~o1", "~e1"))
        a2, b2, o2, a3, b3, o3 = (derived(c, name) for name in ("~a2", "~b2", "~o2", "~a3", "~b3", "~o3"))
        # no department is numbered 0, and all zeros satisfy both checks
        plain = f"CASE WHEN strlen({c}) = 18 AND length({c}) = 18 AND {c} >= '1' THEN"
        valid = f"{lanes.within(a, SPANS)} AND {lanes.within(b, SPANS)} AND {lanes.within(e, SPANS, count=2)}"
        outer, inner = _remainders_sql(a3, b3, o3, e, e1)
        lengths = f"CASE WHEN {c} IS NULL THEN 0 WHEN length({c}) <> 18 THEN 1 ELSE 2 END"
        warned = options.inner_check == "warn"
        # f: 4 stands for the inner check alone, whether it refuses or only warns
        fail = f"CASE WHEN NOT coalesce({ok}, false) THEN {lengths} WHEN {outer} <> 0 THEN 3 WHEN {inner} <> 0 THEN 4 ELSE 0 END"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    a: f"{plain} {lanes.characters(c, 1, 8)} END",
                    b: f"{plain} {lanes.characters(c, 9, 8)} END",
                    e: f"{plain} {lanes.characters(c, 17, 2)} END",
                },
                {ok: valid, a1: lanes.values(a, SKIPS), b1: lanes.values(b, SKIPS), o1: lanes.values(b)}
                | {e1: lanes.values(e, SKIPS)},
                {a2: lanes.folded_bytes(a1, 1, 3), b2: lanes.folded_bytes(b1, 1, 3), o2: lanes.folded_bytes(o1, 2, 1)},
                {a3: lanes.folded_pairs(a2, 1, 9), b3: lanes.folded_pairs(b2, 1, 9), o3: lanes.folded_pairs(o2, 4, 1)},
                {f: fail},
            ),
            outputs={"": f"CASE WHEN {f} = 0 {f'OR {f} = 4' if warned else ''} THEN {c} END"},
            fail=f"CASE WHEN {f} = 4 THEN 0 ELSE {f} END" if warned else f,
            warn=f"CASE WHEN {f} = 4 THEN 1 ELSE 0 END" if warned else "0",
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        code = cleaning.solid(text, options.missing)
        if code is None:
            return self.missing()
        if len(code) != 18:
            return self.refuse(1)
        if code[0] == "0" or any(character not in CREDIT_CODE_ALPHABET for character in code):
            return self.refuse(2)
        if credit_code_check(code[:17]) != code[17]:
            return self.refuse(3)
        if organisation_code_check(code[8:16]) == code[16]:
            return self.accept(code)
        return self.accept(code, warning=self.warnings[0]) if options.inner_check == "warn" else self.refuse(4)


def _remainders_sql(a3: str, b3: str, o3: str, e: str, e1: str) -> tuple[str, str]:
    """Two expressions that are 0 when the outer and the inner check hold; the lanes carry OFFSET in every place."""
    n17, n18 = f"(({e1} >> 8) & 255)", f"({e1} & 255)"
    # weights 3^i mod 31: places 0…7, 3^8 = 20 times the same, 3^16 = 28, and the check character itself
    spare = lanes.OFFSET * (sum(3**i for i in range(8)) * 21 + 28 + 1)
    outer = (
        f"({lanes.folded_quads(a3, 1, 81)} + 20 * {lanes.folded_quads(b3, 1, 81)} + 28 * {n17} + {n18}"
        f" + {-spare % 31}) % 31"
    )
    # weights 2^(8 - i) mod 11, then the check: a digit, or X for 10; any other letter leaves no remainder of 0
    spare = lanes.OFFSET * 2 * sum(2**i for i in range(8))
    check = f"CASE ({e} >> 8) & 255 WHEN 88 THEN 10 ELSE {n17} - {lanes.OFFSET} END"
    inner = (
        f"CASE WHEN {n17} - {lanes.OFFSET} > 9 AND (({e} >> 8) & 255) <> 88 THEN 1"
        f" ELSE (2 * {lanes.folded_quads(o3, 16, 1)} + ({check}) + {-spare % 11}) % 11 END"
    )
    return outer, inner


@dataclass(frozen=True, kw_only=True)
class OrganisationCode(SemanticType):
    """Written with or without the hyphen before the check; given back without it."""

    def steps(self, column: str, options: Options) -> Steps:
        c = column
        w, o, k, o2, o3, f = (derived(c, name) for name in ("~w", "~o", "~k", "~o2", "~o3", "~f"))
        form = f"regexp_full_match({c}, '{ORGANISATION_FORM}') AND NOT starts_with({c}, '{ORGANISATION_ZERO}')"
        outer = lanes.OFFSET * 2 * sum(2**i for i in range(8))
        check = f"CASE {k} WHEN 88 THEN 10 ELSE {k} - 48 END"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    w: f"CASE WHEN {form} THEN {lanes.characters(c, 1, 8)} END",
                    k: f"CASE WHEN {form} THEN unicode({c}[-1]) END",
                },
                {o: lanes.values(w)},
                {o2: lanes.folded_bytes(o, 2, 1)},
                {o3: lanes.folded_pairs(o2, 4, 1)},
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {w} IS NULL"
                    f" THEN CASE WHEN length(replace({c}, '-', '')) <> 9 THEN 1 ELSE 2 END"
                    f" WHEN (2 * {lanes.folded_quads(o3, 16, 1)} + {check} + {-outer % 11}) % 11 <> 0 THEN 3 ELSE 0 END"
                },
            ),
            outputs={
                "": f"CASE WHEN {f} = 0 THEN CASE WHEN strlen({c}) = 10 THEN replace({c}, '-', '') ELSE {c} END END"
            },
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        code = cleaning.solid(text, options.missing)
        if code is None:
            return self.missing()
        bare = code.replace("-", "")
        if not re.fullmatch(ORGANISATION_FORM, code) or code.startswith(ORGANISATION_ZERO):
            return self.refuse(1 if len(bare) != 9 else 2)
        return self.accept(bare) if organisation_code_check(bare[:8]) == bare[8] else self.refuse(3)


@dataclass(frozen=True, kw_only=True)
class LicenceNumber(SemanticType):
    """15 digits, headed by the division of the registry (100000 for the national one)."""

    def steps(self, column: str, options: Options) -> Steps:
        c, n, f = column, derived(column, "~n"), derived(column, "~f")
        head = f"({n} // 10000000000000)"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    n: f"CASE WHEN strlen({c}) = 15 AND {c} >= '1' AND {no_exponent_sql(c)}"
                    f" THEN TRY_CAST({c} AS BIGINT) END"
                },
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {n} >= {10**14}"
                    f" THEN CASE WHEN {province_sql(head, NATIONAL)} THEN 0 ELSE 4 END"
                    f" WHEN {excel_number_sql(c)} THEN 1 WHEN length({c}) <> 15 THEN 2"
                    f" WHEN regexp_full_match({c}, '[0-9]+') THEN 4 ELSE 3 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {c} END"},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        code = cleaning.solid(text, options.missing)
        if code is None:
            return self.missing()
        if re.fullmatch(EXCEL_NUMBER, code):
            return self.refuse(1)
        if len(code) != 15:
            return self.refuse(2)
        if not re.fullmatch("[0-9]+", code):
            return self.refuse(3)
        return self.accept(code) if int(code[:2]) in (*PROVINCES, NATIONAL) else self.refuse(4)


CREDIT_CODE = CreditCode(
    id="credit-code",
    title_zh="统一社会信用代码",
    title_en="Unified social credit code",
    grade=1,
    personal=False,
    outputs=MAIN,
    evidence=True,
    source="GB 32100-2015",
    reasons=(
        Reason(
            "credit_code_length",
            "统一社会信用代码应为18位；请核对位数或是否串列。",
            "A unified social credit code has 18 characters; check the length and for shifted columns.",
        ),
        Reason(
            "credit_code_characters",
            "统一社会信用代码只能用数字和大写字母（不含I、O、S、V、Z），首位不为0；请对照执照改正，小写字母不自动转换。",
            "A credit code is digits and capital letters without I, O, S, V and Z, the first not 0; correct it against the licence,"
            " small letters are not converted.",
        ),
        Reason(
            "credit_code_check_digit",
            "统一社会信用代码第18位校验码不符；请对照执照核对每一位。",
            "The 18th character, the check, does not match; compare every character with the licence.",
        ),
        INNER,
    ),
    warnings=(INNER,),
)
ORGANISATION_CODE = OrganisationCode(
    id="organisation-code",
    title_zh="组织机构代码",
    title_en="Organisation code",
    grade=1,
    personal=False,
    outputs=MAIN,
    evidence=True,
    source="GB 11714-1997",
    reasons=(
        Reason(
            "organisation_code_length",
            "组织机构代码应为9位（校验码前可有连字符）；请核对位数。",
            "An organisation code has 9 characters (a hyphen may stand before the check); check the length.",
        ),
        Reason(
            "organisation_code_characters",
            "组织机构代码前8位为数字或大写字母（不全为0），末位为数字或X；请核对录入。",
            "The first 8 characters are digits or capital letters and not all 0, the last a digit or X; check what was typed.",
        ),
        Reason(
            "organisation_code_check_digit",
            "组织机构代码校验码不符；请对照证书核对每一位。",
            "The check character does not match; compare every character with the certificate.",
        ),
    ),
)
LICENCE_NUMBER = LicenceNumber(
    id="licence-number",
    title_zh="营业执照注册号",
    title_en="Business licence number",
    grade=1,
    personal=False,
    outputs=MAIN,
    source="GS 15-2006",
    reasons=(
        Reason(
            "licence_number_excel_number",
            "注册号已被表格软件改成数字，末几位可能丢失；请在源表设为文本格式后重新导出。",
            "A spreadsheet turned the licence number into a number and digits may be lost; format the column as text"
            " in the source and export again.",
        ),
        Reason(
            "licence_number_length",
            "营业执照注册号应为15位；18位的请按统一社会信用代码填报。",
            "A licence number has 15 digits; report 18 characters as a unified social credit code.",
        ),
        Reason(
            "licence_number_characters",
            "营业执照注册号只能是数字；请核对录入。",
            "A licence number is digits only; check what was typed.",
        ),
        Reason(
            "licence_number_division",
            "注册号前两位不是省级代码；请对照执照核对。",
            "The first two digits are no province; check against the licence.",
        ),
    ),
)
