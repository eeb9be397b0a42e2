"""The functions that conditions of quality rules have beyond FEEL: whether a number of state is valid, and what it says.

They are known to quality rules only; null in, null out. Each stands here once for the interpreter and, where a column can be
asked without looking at each value, as SQL over the typed column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yiwang.data.core.semantics import Options, cleaning, semantic_type
from yiwang.data.core.semantics.days import real_day
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.values import Date, Function, Value

TEXT = Type("string")


@dataclass(frozen=True)
class QualityFunction:
    """`answer(text, as_of)` gives the value; `result` is its FEEL kind.

    `check` is the semantic type a validity is asked of; `sql` the SQL of any other answer, `{0}` being the column.
    """

    name: str
    result: str
    answer: Callable[[str, date], Value]
    zh: str
    en: str
    check: str = ""
    sql: str = ""


def _valid(check: str) -> Callable[[str, date], bool]:
    kind = semantic_type(check)

    def answer(text: str, as_of: date) -> bool:
        # as it stands: what clean-up would still have to mend is not valid
        if cleaning.solid(text, ()) != text:
            return False
        return kind.parse(text, Options(as_of=as_of, missing=())).reason is None

    return answer


def _sex(text: str, as_of: date) -> str | None:
    sign = text[16:17]
    if not ("0" <= sign <= "9"):
        return None
    return "男" if int(sign) % 2 else "女"


def _born(text: str, as_of: date) -> Date | None:
    digits = text[6:14]
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()) or digits[:4] == "0000":
        return None
    found = real_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    return None if found is None else Date(found.year, found.month, found.day)


def _division(text: str, as_of: date) -> str:
    return text[:6]


_BORN_SQL = (
    "CASE WHEN regexp_full_match(substr({0}, 7, 8), '[0-9]{{8}}') AND substr({0}, 7, 4) <> '0000' THEN "
    "TRY_CAST(substr({0}, 7, 4) || '-' || substr({0}, 11, 2) || '-' || substr({0}, 13, 2) AS DATE) END"
)
_LISTED = (
    QualityFunction(
        "valid resident id", "boolean", _valid("resident-id"),
        "是有效的公民身份号码（GB 11643-1999）", "a valid resident identity number (GB 11643-1999)", check="resident-id",
    ),
    QualityFunction(
        "valid credit code", "boolean", _valid("credit-code"),
        "是有效的统一社会信用代码（GB 32100-2015）", "a valid unified social credit code (GB 32100-2015)", check="credit-code",
    ),
    QualityFunction(
        "valid organisation code", "boolean", _valid("organisation-code"),
        "是有效的组织机构代码（GB 11714-1997）", "a valid organisation code (GB 11714-1997)", check="organisation-code",
    ),
    QualityFunction(
        "valid bank card", "boolean", _valid("bank-card"),
        "是有效的银行卡号（ISO/IEC 7812-1）", "a valid bank card number (ISO/IEC 7812-1)", check="bank-card",
    ),
    QualityFunction(
        "sex of id", "string", _sex,
        "公民身份号码第17位所示性别：男或女", "the sex that digit 17 of an identity number says: 男 or 女",
        sql="CASE WHEN substr({0}, 17, 1) BETWEEN '0' AND '9' THEN "
        "CASE WHEN CAST(substr({0}, 17, 1) AS INTEGER) % 2 = 1 THEN '男' ELSE '女' END END",
    ),
    QualityFunction(
        "birth date of id", "date", _born,
        "公民身份号码第7至14位所示出生日期", "the date that digits 7 to 14 of an identity number say", sql=_BORN_SQL,
    ),
    QualityFunction(
        "division of id", "string", _division,
        "公民身份号码前6位：首次登记地区划代码", "the first six digits of an identity number: where it was first registered",
        sql="left({0}, 6)",
    ),
)  # fmt: skip
QUALITY_FUNCTIONS: dict[str, QualityFunction] = {each.name: each for each in _LISTED}


def function_values(as_of: date) -> dict[str, Function]:
    """The functions as FEEL values for a scope."""
    return {each.name: _value(each, as_of) for each in _LISTED}


def _value(function: QualityFunction, as_of: date) -> Function:
    def call(run: object, arguments: list[Value]) -> Value:
        (text,) = arguments
        return function.answer(text, as_of) if isinstance(text, str) else None

    return Function(function.name, (("number", TEXT),), call, Type(function.result))
