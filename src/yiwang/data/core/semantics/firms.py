"""Codes of organisations: 统一社会信用代码 GB 32100-2015, 组织机构代码 GB 11714-1997, 15-digit 营业执照注册号."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning, lanes
from yiwang.data.core.semantics.base import Options, Output, Parsed, SemanticType, Steps
from yiwang.data.core.semantics.checkdigits import CREDIT_CODE_ALPHABET, credit_code_check, organisation_code_check
from yiwang.data.core.semantics.composition import derived

SPANS = ("09", "AH", "JN", "PR", "TU", "WY")
SKIPS = "IOSV"  # letters the alphabet leaves out (Z is after its end)
MAIN = (Output("", "VARCHAR"),)


@dataclass(frozen=True, kw_only=True)
class CreditCode(SemanticType):
    """Lower-case letters are outside the alphabet and are not folded: a code so written was typed, not copied."""

    def steps(self, column: str, options: Options) -> Steps:
        c = column
        a, b, e, ok, f, g = (derived(c, name) for name in ("~a", "~b", "~e", "~ok", "~f", "~g"))
        a1, b1, o1, e1 = (derived(c, name) for name in ("~a1", "~b1", "~o1", "~e1"))
        a2, b2, o2, a3, b3, o3 = (derived(c, name) for name in ("~a2", "~b2", "~o2", "~a3", "~b3", "~o3"))
        plain = f"CASE WHEN strlen({c}) = 18 AND length({c}) = 18 THEN"
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
        if any(character not in CREDIT_CODE_ALPHABET for character in code):
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
