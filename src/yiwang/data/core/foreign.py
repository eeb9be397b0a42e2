"""Files that are no table at all, told apart by how they begin."""

from __future__ import annotations

from pathlib import Path

from yiwang.data.errors import SourceError

# Beginning -> what it is, in Chinese and English.
BEGINNINGS: dict[bytes, tuple[str, str]] = {
    b"%PDF-": ("PDF 文档", "a PDF document"),
    b"\x89PNG": ("图片（PNG）", "a picture (PNG)"),
    b"\xff\xd8\xff": ("图片（JPEG）", "a picture (JPEG)"),
    b"GIF8": ("图片（GIF）", "a picture (GIF)"),
    b"Rar!": ("RAR 压缩包", "a RAR archive"),
    b"7z\xbc\xaf": ("7z 压缩包", "a 7z archive"),
    b"{\\rtf": ("RTF 文档", "an RTF document"),
    b"SQLite format 3": ("SQLite 数据库", "an SQLite database"),
    b"PAR1": ("Parquet 文件", "a Parquet file"),
    b"\x7fELF": ("程序", "a program"),
    b"MZ\x90": ("程序", "a program"),
}
PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<style", b"<div")


def refuse_other_kinds(path: Path, name: str) -> None:
    """Raises SourceError that says what the file is, where that can be told."""
    with path.open("rb") as file:
        head = file.read(512)
    kind = next((titles for start, titles in BEGINNINGS.items() if head.startswith(start)), None)
    if kind:
        raise SourceError(
            zh=f"这是{kind[0]}，不是表格",
            en=f"this is {kind[1]}, not a table",
            where=name,
            hint_zh="请上传 CSV、TSV、XLSX 或 JSON 文件（可用 gzip 压缩）。",
            hint_en="Send CSV, TSV, XLSX or JSON, plain or gzipped.",
        )
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGES):
        raise SourceError(
            zh="这是网页或 XML，不是表格（有的系统把网页存成 .xls）",
            en="this is a web page or XML, not a table (some systems save pages as .xls)",
            where=name,
            hint_zh="请用表格软件打开，另存为 XLSX 或 CSV 后上传。",
            hint_en="Open it in a spreadsheet program, save it as XLSX or CSV, and send that.",
        )
