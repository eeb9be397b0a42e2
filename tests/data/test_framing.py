"""One pass over the bytes tells UTF-8 from everything else, wherever the blocks end."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.data.core import framing


@pytest.mark.parametrize("block", [1, 2, 3, 4, 5, 64])
@pytest.mark.parametrize("text", ["姓名,住址\r\n张三,同江镇\r\n", "a\nb\n", "é😀\n中\n"])
def test_a_character_cut_by_the_end_of_a_block_is_still_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, text: str
) -> None:
    monkeypatch.setattr(framing, "BLOCK", block)
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    seen = framing.look(path)
    assert (seen.encoding, seen.regular) == ("utf-8", True)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xed\xa0\x80\n",
        b"\xc0\x80\n",
        b"\xf4\x90\x80\x80\n",
        b"a,b\n\xe4\xb8",
        b"\x80\n",
        b"ok\n\xf8\x88\x80\x80\x80\n",
    ],
    ids=["surrogate", "overlong", "beyond unicode", "cut off", "no start", "five bytes"],
)
@pytest.mark.parametrize("block", [1, 3, 64])
def test_what_is_no_utf8_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, raw: bytes
) -> None:
    monkeypatch.setattr(framing, "BLOCK", block)
    path = tmp_path / "list.csv"
    path.write_bytes(raw)
    assert framing.look(path).encoding not in {"utf-8", "utf-8-sig"}


@pytest.mark.parametrize(
    ("text", "regular"), [("a\r\nb\r\n", True), ("a\nb\r\n", False), ("a\rb\n", False), ("a\n", True)]
)
def test_a_file_of_two_kinds_of_line_end_is_not_regular(tmp_path: Path, text: str, regular: bool) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    assert framing.look(path).regular is regular
