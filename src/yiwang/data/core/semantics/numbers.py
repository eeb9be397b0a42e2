"""整数, 小数, 是否: plain figures, never through floating point, and yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext

from yiwang.data.core.semantics import cleaning
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived, literal

INTEGER_FORM = r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0*)?"
DECIMAL_FORM = r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+)"
SEPARATED = r"[+-]?[0-9][0-9,]*,[0-9,]*(?:\.[0-9]*)?"
SCIENTIFIC = r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+"
BIGINT = (-(2**63), 2**63 - 1)
WIDTH = 38


def _fault(text: str) -> int:
    """Which of the first three reasons of a number applies to text that is not one."""
    return 1 if re.fullmatch(SCIENTIFIC, text) else 2 if re.fullmatch(SEPARATED, text) else 3


def _fault_sql(column: str) -> str:
    return (
        f"CASE WHEN regexp_full_match({column}, {literal(SCIENTIFIC)}) THEN 1"
        f" WHEN regexp_full_match({column}, {literal(SEPARATED)}) THEN 2 ELSE 3 END"
    )


@dataclass(frozen=True, kw_only=True)
class Integer(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c, n, g, v, f = column, *(derived(column, name) for name in ("~n", "~g", "~v", "~f"))
        # written back as it was: no cast of a sign, blank, exponent, underscore or fraction survives that
        plain = f"coalesce({n}::VARCHAR = {c}, false)"
        form = f"'^{INTEGER_FORM}$'"
        digits = f"replace(regexp_replace({c}, {form}, {literal(chr(92) + '1' + chr(92) + '2')}), ',', '')"
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=(
                {n: f"CASE WHEN strlen({c}) <= 20 AND {c} < ':' THEN TRY_CAST({c} AS BIGINT) END"},
                {g: f"CASE WHEN {plain} THEN NULL WHEN regexp_matches({c}, {form}) THEN {digits} END"},
                {v: f"CASE WHEN {g} IS NOT NULL THEN TRY_CAST({g} AS BIGINT) WHEN {plain} THEN {n} END"},
                {
                    f: f"CASE WHEN {c} IS NULL OR {v} IS NOT NULL THEN 0 WHEN {g} IS NOT NULL THEN 5"
                    f" WHEN regexp_full_match({c}, {literal(DECIMAL_FORM)}) THEN 4 ELSE {_fault_sql(c)} END"
                },
            ),
            outputs={"": v},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        found = re.fullmatch(INTEGER_FORM, value)
        if found is None:
            return self.refuse(4 if re.fullmatch(DECIMAL_FORM, value) else _fault(value))
        digits = found.group(2).replace(",", "").lstrip("0")
        if len(digits) > 19:
            return self.refuse(5)
        number = int(found.group(1) + (digits or "0"))
        return self.accept(number) if BIGINT[0] <= number <= BIGINT[1] else self.refuse(5)


@dataclass(frozen=True, kw_only=True)
class Decimals(SemanticType):
    """DECIMAL(38, scale); more decimals than `scale` are refused, since rounding is the owner's to decide."""

    def columns(self, options: Options) -> tuple[Output, ...]:
        return (Output("", f"DECIMAL({WIDTH},{options.scale})"),)

    def steps(self, column: str, options: Options) -> Steps:
        c, n, g, v, f = column, *(derived(column, name) for name in ("~n", "~g", "~v", "~f"))
        x = derived(column, "~x")
        scale, wide = options.scale, f"DECIMAL({WIDTH},{options.scale})"
        figure = c
        if options.percent:
            figure = f"CASE WHEN ends_with({c}, '%') THEN rtrim({c}[:-2]) ELSE {c} END"
        # decimals of over 18 digits are cast in 4 µs, others in 20 ns
        short = f"strlen({x}) <= 17 AND {x} < ':' AND NOT contains({x}, 'e') AND NOT contains({x}, 'E')"
        places = f"CASE WHEN contains({x}, '.') THEN strlen({x}) - strpos({x}, '.') ELSE 0 END"
        fast = f"{short} AND NOT contains({x}, '_') AND {places} <= {scale}"
        narrow = f"TRY_CAST({x} AS DECIMAL(18,{scale}))::{wide}" if scale <= 9 else f"NULL::{wide}"
        over = f"regexp_matches({g}[strpos({g}, '.') + {scale + 1}:], '[1-9]')"
        exact = f"CASE WHEN contains({g}, '.') THEN {g}[:strpos({g}, '.') + {scale}] ELSE {g} END"
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=(
                {x: figure},
                {n: f"CASE WHEN {fast} THEN {narrow} END"},
                {
                    g: f"CASE WHEN {n} IS NULL AND regexp_full_match({x}, {literal(DECIMAL_FORM)})"
                    f" THEN replace({x}, ',', '') END"
                },
                {v: f"CASE WHEN {n} IS NOT NULL THEN {n} WHEN {g} IS NOT NULL THEN TRY_CAST({exact} AS {wide}) END"},
                {
                    f: f"CASE WHEN {c} IS NULL OR {n} IS NOT NULL THEN 0"
                    f" WHEN {g} IS NULL THEN {_fault_sql(x)}"
                    f" WHEN contains({g}, '.') AND {over} THEN 4 WHEN {v} IS NULL THEN 5 ELSE 0 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {v} END"},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        if options.percent and value.endswith("%"):
            value = value[:-1].rstrip(" ")
        if not re.fullmatch(DECIMAL_FORM, value):
            return self.refuse(_fault(value))
        digits = value.replace(",", "")
        with localcontext(prec=len(digits) + WIDTH + options.scale):
            number = Decimal(digits)
            cut = number.quantize(Decimal(1).scaleb(-options.scale), "ROUND_DOWN")
        if cut != number:
            return self.refuse(4)
        return self.refuse(5) if cut.copy_abs() >= Decimal(10) ** (WIDTH - options.scale) else self.accept(cut)


@dataclass(frozen=True, kw_only=True)
class YesNo(SemanticType):
    """有 and 无 are answers here, so 无 does not count as missing."""

    yes: tuple[str, ...]
    no: tuple[str, ...]

    def steps(self, column: str, options: Options) -> Steps:
        c, v = column, derived(column, "~v")
        arms = [f"WHEN {literal(text)} THEN {truth}" for truth, texts in self._answers() for text in texts]
        return Steps(
            clean=cleaning.solid_sql(c, self._missing(options)),
            parse=({v: f"CASE WHEN strlen({c}) <= 8 THEN CASE {c} {' '.join(arms)} END END"},),
            outputs={"": v},
            fail=f"CASE WHEN {c} IS NULL OR {v} IS NOT NULL THEN 0 ELSE 1 END",
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.solid(text, self._missing(options))
        if value is None:
            return self.missing()
        found = [truth for truth, texts in self._answers() if value in texts]
        return self.accept(found[0]) if found else self.refuse(1)

    def _answers(self) -> tuple[tuple[bool, tuple[str, ...]], ...]:
        return ((True, self.yes), (False, self.no))

    def _missing(self, options: Options) -> tuple[str, ...]:
        return tuple(token for token in options.missing if token not in self.no)


def _reasons(stem: str, fourth: Reason, range_zh: str, range_en: str) -> tuple[Reason, ...]:
    return (
        Reason(
            f"{stem}_scientific",
            "数字是科学计数法，表格软件可能已丢失末位；请在源表改为常规数字后重新导出。",
            "The number is in scientific notation and a spreadsheet may have dropped digits; show it in full in the"
            " source and export again.",
        ),
        Reason(
            f"{stem}_separator",
            "千位分隔逗号的位置不对，数字有歧义；请去掉逗号或每三位一个。",
            "The thousands separators are misplaced, so the number is ambiguous; remove them or put one per three"
            " digits.",
        ),
        Reason(
            f"{stem}_form",
            "这不是数字，或带有单位和文字；请只填数字，单位写在目录里。",
            "This is not a number, or carries a unit or text; give the figure only and state the unit in the"
            " catalogue.",
        ),
        fourth,
        Reason(f"{stem}_range", range_zh, range_en),
    )


INTEGER = Integer(
    id="integer",
    title_zh="整数",
    title_en="Integer",
    grade=1,
    personal=False,
    outputs=(Output("", "BIGINT"),),
    reasons=_reasons(
        "integer",
        Reason(
            "integer_fraction",
            "这里应为整数，但带有小数；请核对，或在目录中改为小数类型。",
            "An integer is expected but there is a fraction; check it, or declare the field decimal.",
        ),
        "整数过大（超出64位）；如果是编码请改用文本类型。",
        "The integer is too large (over 64 bits); if it is a code, declare the field as text.",
    ),
)
DECIMAL = Decimals(
    id="decimal",
    title_zh="小数",
    title_en="Decimal",
    grade=1,
    personal=False,
    outputs=(Output("", f"DECIMAL({WIDTH},6)"),),
    reasons=_reasons(
        "decimal",
        Reason(
            "decimal_scale",
            "小数位数超过目录规定；请按规定位数四舍五入，或在目录中增加位数。",
            "There are more decimals than the catalogue allows; round at the source or raise the scale.",
        ),
        "数字过大，放不进38位；请核对。",
        "The number does not fit 38 digits; check it.",
    ),
)
BOOLEAN = YesNo(
    id="boolean",
    title_zh="是否",
    title_en="Yes or no",
    grade=1,
    personal=False,
    outputs=(Output("", "BOOLEAN"),),
    yes=("是", "有", "对", "真", "已", "√", "✓", "1", "Y", "y", "YES", "Yes", "yes", "T", "t", "TRUE", "True", "true"),
    no=("否", "无", "没有", "错", "假", "未", "×", "✗", "0", "N", "n", "NO", "No", "no", "F", "f", "FALSE", "False")
    + ("false",),
    reasons=(
        Reason(
            "boolean_form",
            "看不出是或否；请填 是/否、有/无、1/0 或 true/false。",
            "This cannot be read as yes or no; give 是/否, 有/无, 1/0 or true/false.",
        ),
    ),
)
