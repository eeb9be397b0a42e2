"""Free text: 文本, 姓名, 地址. Trimmed at both ends, nothing inside is touched."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived

DAMAGED = "\ufffd"


@dataclass(frozen=True, kw_only=True)
class FreeText(SemanticType):
    """Refuses what no store keeps or no reader can read; `limit` is the longest value in characters."""

    limit: int

    def steps(self, column: str, options: Options) -> Steps:
        limit, fail = options.max_length or self.limit, derived(column, "~fail")
        test = (
            f"CASE WHEN {column} IS NULL THEN 0 WHEN contains({column}, chr(0)) THEN 1"
            f" WHEN contains({column}, chr({ord(DAMAGED)})) THEN 2"
            # the byte count bounds the character count and costs nothing
            f" WHEN strlen({column}) > {limit} AND length({column}) > {limit} THEN 3 ELSE 0 END"
        )
        return Steps(
            clean=cleaning.text_sql(column, options.missing),
            parse=({fail: test},),
            outputs={"": f"CASE WHEN {fail} = 0 THEN {column} END"},
            fail=fail,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.text(text, options.missing)
        if value is None:
            return self.missing()
        if "\x00" in value:
            return self.refuse(1)
        if DAMAGED in value:
            return self.refuse(2)
        if len(value) > (options.max_length or self.limit):
            return self.refuse(3)
        return self.accept(value)


def _reasons(stem: str, zh: str, en: str) -> tuple[Reason, ...]:
    return (
        Reason(
            f"{stem}_control_character",
            f"{zh}中有空字符（U+0000），无法保存；请在源头删去后重报。",
            f"The {en} holds a NUL character, which cannot be stored; remove it at the source and send again.",
        ),
        Reason(
            f"{stem}_damaged",
            f"{zh}中有乱码（U+FFFD），原文字在以前的编码转换中已丢失；请从源系统重新导出。",
            f"The {en} holds U+FFFD: characters were lost in an earlier conversion; export again from the source.",
        ),
        Reason(
            f"{stem}_too_long",
            f"{zh}超过规定长度；请核对是否串列，或在目录中放宽长度。",
            f"The {en} is longer than allowed; check for shifted columns or widen the field in the catalogue.",
        ),
    )


MAIN = (Output("", "VARCHAR"),)
TEXT = FreeText(
    id="text", title_zh="文本", title_en="Text", grade=1, personal=False, outputs=MAIN,
    reasons=_reasons("text", "文本", "text"), limit=100_000,
)  # fmt: skip
PERSON_NAME = FreeText(
    id="person-name", title_zh="姓名", title_en="Person's name", grade=3, personal=True, outputs=MAIN,
    reasons=_reasons("person_name", "姓名", "name"), limit=100,
)  # fmt: skip
ADDRESS = FreeText(
    id="address", title_zh="地址", title_en="Address", grade=3, personal=True, outputs=MAIN,
    reasons=_reasons("address", "地址", "address"), limit=500,
)  # fmt: skip
