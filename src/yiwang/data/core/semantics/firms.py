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

ABSENT = "IOSVZ"  # from the alphabet of credit codes
RANKS = {character: rank for rank, character in enumerate(CREDIT_CODE_ALPHABET)}
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
        a, b, e, ok, v, w, o, f = (derived(c, f"~{name}") for name in ("a", "b", "e", "ok", "v", "w", "o", "f"))
        pa, pb, k17, k18, inner = (derived(c, f"~{name}") for name in ("p", "q", "k", "l", "i"))
        # no department is numbered 0, and all zeros satisfy both checks
        plain = f"CASE WHEN strlen({c}) = 18 AND length({c}) = 18 AND {c} >= '1' THEN"
        sums, (place17, place18) = _outer_lanes(v, w)
        seventeenth = {character: 28 * rank % 31 << place17 for character, rank in RANKS.items()}
        eighteenth = {character: rank << place18 for character, rank in RANKS.items()}
        outer = f"(({sums[0]} | {k17} | {k18}) % 31 + 3 * ({sums[1]} % 31) + 9 * ({sums[2]} % 31)) % 31"
        valid = f"{lanes.alphanumeric(pa, without=ABSENT)} AND {lanes.alphanumeric(pb, without=ABSENT)}"
        inner_sum, inner_table = _organisation_sum(o, inner)
        length = f"CASE WHEN {c} IS NULL THEN 0 WHEN length({c}) <> 18 THEN 1 ELSE 2 END"
        warned = options.inner_check == "warn"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    a: f"{plain} {lanes.characters(c, 1, 8)} END",
                    b: f"{plain} {lanes.characters(c, 9, 8)} END",
                    e: f"{plain} {lanes.characters(c, 17, 2)} END",
                },
                lanes.planes(a, pa)
                | lanes.planes(b, pb)
                | {
                    k17: lanes.characters_table(f"{e} >> 8", seventeenth),
                    k18: lanes.characters_table(f"{e} & 255", eighteenth),
                    inner: inner_table.format(f"{e} >> 8"),
                },
                {
                    ok: f"coalesce({valid} AND {k17} + {k18} IS NOT NULL, false)",
                    v: f"xor({lanes.ranks(a, pa)} - {lanes.skipped_iosv(pa)}, {_negated(0)})",
                    o: lanes.ranks(b, pb),
                },
                {w: f"xor({o} - {lanes.skipped_iosv(pb)}, {_negated(8)})"},
                # 4 stands for the inner check alone, whether it refuses or only warns
                {
                    f: f"CASE WHEN {ok} THEN CASE WHEN {outer} <> 0 THEN 3"
                    f" WHEN {inner_sum} = 0 THEN 0 ELSE 4 END ELSE {length} END"
                },
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


def _negated(first: int) -> int:
    """The bits that turn a rank into minus itself mod 31 where the weight 3^i = (-4)^(i // 3) 3^(i % 3) is negative."""
    return sum(31 << (56 - 8 * t) for t in range(8) if (first + t) // 3 % 2)


def _outer_lanes(v: str, w: str) -> tuple[list[str], list[int]]:
    """Characters 1 to 16 by i mod 3, laid so that % 31 weighs them by 4^(i // 3); the first leaves places for the
    last two, in the same integer.
    """
    sums, spare = [], []
    for turn in range(3):
        powers = {((v, w)[i // 8], 56 - 8 * (i % 8)): 2 * (i // 3) for i in range(turn, 16, 3)}
        laid, places = lanes.laid(powers, 5, 5, spare=() if turn else (0, 0))
        sums.append(laid)
        spare += places
    return sums, spare


def _organisation_sum(ranks: str, check: str) -> tuple[str, str]:
    """An expression that is 0 when an organisation code holds, and one for its helper `check` before the code of the
    check character is put into it: weights 2^(8 - t) mod 11, the check itself counts once (X is 10).
    """
    laid, (place,) = lanes.laid({(ranks, 56 - 8 * t): 8 - t for t in range(8)}, 6, 10, spare=(0,))
    checks = {character: rank << place for rank, character in enumerate("0123456789X")}
    return f"(({laid} | {check}) % 11)", lanes.characters_table("{}", checks)


@dataclass(frozen=True, kw_only=True)
class OrganisationCode(SemanticType):
    """Written with or without the hyphen before the check; given back without it."""

    def steps(self, column: str, options: Options) -> Steps:
        c = column
        w, o, k, p, check, f = (derived(c, f"~{name}") for name in ("w", "o", "k", "p", "c", "f"))
        total, check_table = _organisation_sum(o, check)
        form = f"regexp_full_match({c}, '{ORGANISATION_FORM}') AND NOT starts_with({c}, '{ORGANISATION_ZERO}')"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {
                    w: f"CASE WHEN {form} THEN {lanes.characters(c, 1, 8)} END",
                    k: f"CASE WHEN {form} THEN unicode({c}[-1]) END",
                },
                lanes.planes(w, p) | {check: check_table.format(k)},
                {o: lanes.ranks(w, p)},
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {w} IS NULL"
                    f" THEN CASE WHEN length(replace({c}, '-', '')) <> 9 THEN 1 ELSE 2 END"
                    f" WHEN {total} <> 0 THEN 3 ELSE 0 END"
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
