"""手机号, 银行卡号, 邮政编码, 电子邮箱."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning, lanes
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.checkdigits import luhn_check
from yiwang.data.core.semantics.composition import derived, literal
from yiwang.data.core.semantics.predicates import EXCEL_NUMBER, excel_number_sql, no_exponent_sql

COUNTRY_PREFIX = r"^(?:\+|00)?86([0-9]{11})$"
CARD = "[1-9][0-9]{11,18}"
EMAIL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
MAIN = (Output("", "VARCHAR"),)


@dataclass(frozen=True, kw_only=True)
class Mobile(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c, t, n, f = column, *(derived(column, name) for name in ("~t", "~n", "~f"))
        bare = f"regexp_replace(replace({c}, '-', ''), '{COUNTRY_PREFIX}', '{chr(92)}1')"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {t: f"CASE WHEN strlen({c}) = 11 AND NOT contains({c}, '-') THEN {c} ELSE {bare} END"},
                {n: f"CASE WHEN strlen({t}) = 11 AND {t} >= '1' AND {t} < '2' THEN TRY_CAST({t} AS BIGINT) END"},
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {n} BETWEEN 13000000000 AND 19999999999"
                    f" AND {no_exponent_sql(t)} THEN 0 WHEN {excel_number_sql(t)} THEN 1"
                    f" WHEN NOT regexp_full_match({t}, '[0-9]*') THEN 2"
                    f" WHEN strlen({t}) <> 11 THEN 3 ELSE 4 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {t} END"},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.solid(text, options.missing)
        if value is None:
            return self.missing()
        number = re.sub(COUNTRY_PREFIX.replace("$", r"\Z"), r"\1", value.replace("-", ""))
        if re.fullmatch(EXCEL_NUMBER, number):
            return self.refuse(1)
        if not re.fullmatch("[0-9]*", number):
            return self.refuse(2)
        if len(number) != 11:
            return self.refuse(3)
        return self.accept(number) if re.fullmatch("1[3-9][0-9]{9}", number) else self.refuse(4)


@dataclass(frozen=True, kw_only=True)
class BankCard(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        t, n, a, b, e, z, f = (derived(c, name) for name in ("~t", "~n", "~a", "~b", "~e", "~z", "~f"))
        a2, b2, a3, b3 = (derived(c, name) for name in ("~a2", "~b2", "~a3", "~b3"))
        marks = f"contains({t}, '.') OR contains({t}, '_') OR NOT ({no_exponent_sql(t)})"
        likely = f"strlen({t}) BETWEEN 12 AND 19 AND {t} >= '1' AND NOT ({marks})"
        number = f"CASE WHEN {likely} THEN TRY_CAST({t} AS UBIGINT) END"
        return Steps(
            clean=cleaning.solid_sql(c, options.missing),
            parse=(
                {t: f"CASE WHEN contains({c}, '-') THEN replace({c}, '-', '') ELSE {c} END"},
                {n: number},
                {z: f"({n} // 10)::BIGINT"},
                {a: f"{z} % 100000000", b: f"{z} // 100000000 % 100000000", e: f"{z} // {10**16}"},
                {a2: lanes.quads(a), b2: lanes.quads(b)},
                {a3: lanes.pairs(a2), b3: lanes.pairs(b2)},
                {f: self._fail_sql(c, t, n, a3, b3, e)},
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {t} END"},
            fail=f,
        )

    def _fail_sql(self, c: str, t: str, n: str, a: str, b: str, e: str) -> str:
        """`a`, `b` and `e` hold the digits before the check one, of which the last and each second before it double."""
        digits = f"({lanes.luhn(a)} + {lanes.luhn(b)})"
        # up to 2 digits are left in e: the units double, the tens do not
        rest = f"CASE WHEN {e} % 10 > 4 THEN {e} % 10 * 2 - 9 ELSE {e} % 10 * 2 END + {e} // 10"
        total = f"({digits} % 65535 + {rest} + ({n} % 10)::BIGINT)"
        return (
            f"CASE WHEN {c} IS NULL THEN 0 WHEN {n} IS NOT NULL THEN CASE WHEN {total} % 10 <> 0 THEN 4 ELSE 0 END"
            f" WHEN {excel_number_sql(t)} THEN 1"
            f" WHEN NOT regexp_full_match({t}, '[0-9]*') THEN 2"
            f" WHEN strlen({t}) NOT BETWEEN 12 AND 19 THEN 3 ELSE 2 END"
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.solid(text, options.missing)
        if value is None:
            return self.missing()
        number = value.replace("-", "")
        if re.fullmatch(EXCEL_NUMBER, number):
            return self.refuse(1)
        if not re.fullmatch("[0-9]*", number):
            return self.refuse(2)
        if not 12 <= len(number) <= 19:
            return self.refuse(3)
        if number[0] == "0":
            return self.refuse(2)
        return self.accept(number) if luhn_check(number[:-1]) == number[-1] else self.refuse(4)


@dataclass(frozen=True, kw_only=True)
class Pattern(SemanticType):
    """One form and nothing behind it."""

    form: str
    longest: int

    def steps(self, column: str, options: Options) -> Steps:
        c, ok = column, derived(column, "~ok")
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=({ok: f"strlen({c}) <= {self.longest} AND regexp_full_match({c}, {literal(self.form)})"},),
            outputs={"": f"CASE WHEN {ok} THEN {c} END"},
            fail=f"CASE WHEN {c} IS NULL OR {ok} THEN 0 ELSE 1 END",
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        fits = len(value) <= self.longest and re.fullmatch(self.form, value)
        return self.accept(value) if fits else self.refuse(1)


def _excel(stem: str, zh: str, en: str) -> Reason:
    return Reason(
        f"{stem}_excel_number",
        f"{zh}已被表格软件改成数字（科学计数或小数），末位可能丢失；请在源表设为文本格式后重新导出。",
        f"A spreadsheet turned the {en} into a number and digits may be lost; format the column as text in the source"
        " and export again.",
    )


MOBILE = Mobile(
    id="mobile",
    title_zh="手机号",
    title_en="Mobile number",
    grade=3,
    personal=True,
    outputs=MAIN,
    source="1[3-9] + 9 digits",
    reasons=(
        _excel("mobile", "手机号", "mobile number"),
        Reason(
            "mobile_characters",
            "手机号含有数字以外的字符；请只填一个11位手机号，不填多个号码或座机。",
            "The mobile number holds something other than digits; give one 11-digit number, no list and no landline.",
        ),
        Reason(
            "mobile_length",
            "手机号应为11位（国家码86可有可无）；请核对位数。",
            "A mobile number has 11 digits (with or without the country code 86); check the length.",
        ),
        Reason(
            "mobile_segment",
            "手机号应以13至19开头；请核对录入，座机请填在电话栏。",
            "A mobile number begins with 13 to 19; check what was typed, a landline belongs in the telephone field.",
        ),
    ),
)
BANK_CARD = BankCard(
    id="bank-card",
    title_zh="银行卡号",
    title_en="Bank card number",
    grade=4,
    personal=True,
    outputs=MAIN,
    evidence=True,
    source="ISO/IEC 7812-1, JR/T 0008",
    reasons=(
        _excel("bank_card", "银行卡号", "card number"),
        Reason(
            "bank_card_characters",
            "银行卡号只能是数字且不以0开头；请核对录入。",
            "A card number is digits only and does not begin with 0; check what was typed.",
        ),
        Reason(
            "bank_card_length",
            "银行卡号应为12至19位；请核对位数。",
            "A card number has 12 to 19 digits; check the length.",
        ),
        Reason(
            "bank_card_check_digit",
            "银行卡号校验位不符；请对照卡面核对每一位。",
            "The check digit does not match; compare every digit with the card.",
        ),
    ),
)
POSTCODE = Pattern(
    id="postcode",
    title_zh="邮政编码",
    title_en="Postcode",
    grade=1,
    personal=False,
    outputs=MAIN,
    form="[0-9]{6}",
    longest=6,
    reasons=(
        Reason(
            "postcode_form",
            "邮政编码应为6位数字；少一位多半是表格软件去掉了开头的0，请补上。",
            "A postcode has 6 digits; one short usually means that a spreadsheet dropped a leading 0, put it back.",
        ),
    ),
)
EMAIL_ADDRESS = Pattern(
    id="email",
    title_zh="电子邮箱",
    title_en="E-mail address",
    grade=3,
    personal=True,
    outputs=MAIN,
    source="RFC 5321 (dot-string@domain)",
    form=EMAIL,
    longest=254,
    reasons=(
        Reason(
            "email_form",
            "电子邮箱格式不对；请写成 name@example.cn，只填一个。",
            "This is no e-mail address; write one address such as name@example.cn.",
        ),
    ),
)
