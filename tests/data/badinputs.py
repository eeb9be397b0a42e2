"""What a bad input gets: one row for each kind, each of them a test, printed into docs/reference/bad-inputs.md."""

from __future__ import annotations

from pathlib import Path

from badformats import FORMATS, JSON, QUERIES
from badkinds import Bad, Leaves, Loaded, Refused
from badlines import ENCODING, LINES, STRUCTURE
from badvalues import TIMES, VALUES, WAYS_OUT

SECTIONS: tuple[tuple[str, str, tuple[Bad, ...]], ...] = (
    ("表头与结构", "Header and structure", STRUCTURE),
    ("编码与字符", "Encoding and characters", ENCODING),
    ("行与单元格", "Lines and cells", LINES),
    ("文件格式", "Kinds of file", FORMATS),
    ("JSON", "JSON", JSON),
    ("数据库查询", "Queries", QUERIES),
    ("值", "Values", VALUES),
    ("送出去的文件", "Files that leave", WAYS_OUT),
    ("先后与并发", "Order and concurrency", TIMES),
)
TABLE = tuple(bad for _, _, rows in SECTIONS for bad in rows)
HEAD = """# Bad inputs · 坏输入对照表

<!-- Generated from tests/data/badinputs.py; do not edit. -->

每一行都是一个测试（`tests/data/test_bad_inputs.py`）。整个文件被拒绝时，已有数据不变；行被拒绝时，原样保留并附全部理由，
来源 = 接受 + 拒绝。
Each row is a test. Where a file is refused as a whole, the data stay as they were; where rows are rejected, they are kept whole with
all their reasons, and source = accepted + rejected.
"""


def bad_inputs_page() -> str:
    """The page of the manual, from the table."""
    parts = [HEAD]
    for zh, en, rows in SECTIONS:
        title = zh if zh == en else f"{zh} · {en}"
        lines = [f"## {title}", "", "| kind · 种类 | it gets · 得到 | what next · 怎么办 |", "|---|---|---|"]
        lines += [f"| {bad.zh}<br>{bad.en} | {_got(bad.gets)} | {bad.then_zh}<br>{bad.then_en} |" for bad in rows]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _got(gets: Refused | Loaded | Leaves) -> str:
    if isinstance(gets, Refused) and gets.code == "mapping_needed":
        return "先问哪一列是什么 asks which column is what: `mapping_needed`"
    if isinstance(gets, Refused):
        return f"文件被拒绝 refused: `{gets.code}`"
    if isinstance(gets, Leaves):
        return f"单元格为 the cell reads `{gets.cell}`"
    said = f"{gets.source} = {gets.accepted} 接受 accepted + {gets.source - gets.accepted} 拒绝 rejected"
    said += "".join(f"<br>`{code}` {rows}" for code, rows in gets.reasons.items())
    return said + (f"<br>“{gets.note}”" if gets.note else "")


if __name__ == "__main__":
    page = Path(__file__).resolve().parents[2] / "docs/reference/bad-inputs.md"
    page.write_text(bad_inputs_page(), encoding="utf-8")
