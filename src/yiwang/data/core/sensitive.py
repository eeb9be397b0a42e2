"""Finding personal and other sensitive data in columns nobody declared as such.

A check digit is proof enough; anything else needs two independent signs (the header's wording, the form of the values, the
words they are made of). A finding is shown with its evidence and decided by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from yiwang.data.core import sql
from yiwang.data.core.checks import Checks
from yiwang.data.core.headers import fold
from yiwang.data.core.semantics import Options, semantic_type
from yiwang.data.core.staging import Raw

SAMPLE = 20_000
LEAST_HITS = 3
# Share of filled cells that must pass. A random 16-digit number passes the bank card check in one of ten cases.
DIGIT_SHARE = {"resident-id": 0.02, "credit-code": 0.02, "bank-card": 0.6}
SIGN_SHARE = 0.6
HEADER_WORDS: dict[str, tuple[str, ...]] = {
    "resident-id": ("身份证", "公民身份号码", "证件号", "idcard", "idnumber"),
    "credit-code": ("统一社会信用代码", "信用代码", "creditcode"),
    "bank-card": ("银行卡", "银行账号", "卡号", "bankcard", "bankaccount"),
    "mobile": ("手机", "联系电话", "移动电话", "mobile", "phone"),
    "person-name": ("姓名", "联系人", "户主", "法定代表人", "负责人", "personname"),
    "address": ("住址", "地址", "户籍地", "家庭住址", "address"),
}
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    ""
)
FORMS: dict[str, str] = {
    "mobile": "regexp_full_match(v, '(\\+?86)?1[3-9][0-9]{9}')",
    "person-name": f"regexp_full_match(v, '[{_SURNAMES}][一-鿿·]{{1,5}}') AND length(v) <= 6",
    "address": "length(v) BETWEEN 6 AND 120 AND regexp_matches(v, '[省市县区乡镇].*(街|路|道|号|村|组|屯|栋|单元|室)')",
}


@dataclass(frozen=True)
class Finding:
    """`field` is a field id, or "+ header" for a column that was not taken. Signs: kind, hits, of, and a masked example."""

    field: str
    semantic: str
    grade: int
    declared_grade: int
    signs: tuple[dict[str, object], ...]


def find_sensitive(connection: duckdb.DuckDBPyConnection, checks: Checks, raw: Raw) -> tuple[Finding, ...]:
    """Look at up to 20,000 raw rows. Columns declared at least as sensitive as what is found raise nothing."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE looked AS SELECT * FROM {raw.scan} LIMIT {SAMPLE}")
    header_of = {field: raw.headers[index] for index, field in raw.mapping.items()}
    findings: list[Finding] = []
    for field in checks.resource.fields:
        wording = " ".join((field.title.zh, field.title.en, header_of.get(field.id, "")))
        findings += _of_column(connection, sql.name(field.id), field.id, wording, field.effective_grade, checks.as_of)
    rest = [i for i in range(len(raw.headers)) if i not in raw.mapping]
    for place, index in enumerate(rest, 1):
        header = raw.headers[index]
        findings += _of_column(connection, f"_more[{place}]", f"+ {header}"[:80], header, 1, checks.as_of)
    return tuple(findings)


def _of_column(
    connection: duckdb.DuckDBPyConnection, column: str, field: str, wording: str, declared: int, as_of: date
) -> list[Finding]:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT trim({column}) AS v FROM looked WHERE trim({column}) <> ''"
    )
    filled = _count(connection, "SELECT count(*) FROM cells")
    found: list[Finding] = []
    for semantic in HEADER_WORDS:
        kind = semantic_type(semantic)
        if declared >= kind.grade or not filled:
            continue
        signs = _signs(connection, semantic, wording, filled, as_of)
        proved = any(s["kind"] == "check-digit" for s in signs)
        if proved or len(signs) >= 2:
            found.append(Finding(field, semantic, kind.grade, declared, tuple(signs)))
            if proved:
                break  # types overlap: 4 % of resident ids also pass as bank cards, so the first proof in order wins
    return found


def _signs(
    connection: duckdb.DuckDBPyConnection, semantic: str, wording: str, filled: int, as_of: date
) -> list[dict[str, object]]:
    signs: list[dict[str, object]] = []
    if semantic in DIGIT_SHARE:
        hits, example = digit_hits(connection, semantic, as_of)
        if hits >= LEAST_HITS and hits >= DIGIT_SHARE[semantic] * filled:
            signs.append({"kind": "check-digit", "hits": hits, "of": filled, "example": mask_text(example)})
    elif form := FORMS.get(semantic):
        hits = _count(connection, f"SELECT count(*) FROM cells WHERE {form}")
        if hits >= max(LEAST_HITS, SIGN_SHARE * filled):
            signs.append({"kind": "form", "hits": hits, "of": filled, "example": ""})
    if any(fold(word) in fold(wording) for word in HEADER_WORDS[semantic]):
        signs.append({"kind": "header", "hits": 1, "of": 1, "example": wording.strip()[:80]})
    return signs


def digit_hits(connection: duckdb.DuckDBPyConnection, semantic: str, as_of: date) -> tuple[int, str]:
    """How many rows of the table `cells` (one column v) hold a number that passes; inside longer text, every long run of letters and digits is
    tried. Old 15-digit identity numbers have no check digit and prove nothing."""
    steps = semantic_type(semantic).steps('"v"', Options(as_of=as_of))
    tokens = "SELECT unnest(regexp_extract_all(v, '[0-9A-Za-z]{16,19}')) AS v FROM cells"
    query = f'SELECT {steps.clean} AS "v" FROM ({tokens})'
    for stage in steps.parse:
        query = f"SELECT *{''.join(f', {e} AS {n}' for n, e in stage.items())} FROM ({query})"
    row = connection.execute(
        f"SELECT count(*), any_value(v) FROM ({query}) WHERE v IS NOT NULL AND ({steps.fail}) = 0"
    ).fetchone()
    assert row is not None  # an aggregate always returns a row
    return int(row[0]), str(row[1] or "")


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def mask_text(value: str) -> str:
    """First and last two characters; enough to recognise a finding, not to use it."""
    return value if len(value) < 5 else f"{value[:2]}{'*' * (len(value) - 4)}{value[-2:]}"
