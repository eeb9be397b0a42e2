"""Whatever bytes come, a load ends in a whole version or in an error a person can read, and no record is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from datacity import HEADER, Core
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.errors import YiwangError

PIECES = [
    b'"', b",", b"\n", b"\r\n", b"\r", b"\t", b";", b"\x00", b"\xff", b"\xef\xbb\xbf", b" ", b"'", b"=", b"{", b"[", b"]", b"}",
    b":", b"\\ud800", b"\\", b"1", b"22", "张".encode(), "男".encode(), "三".encode("gb18030"), "é".encode(), b"\xc2\x85",
    b"\xe2\x80\xa8", b"\x0c", b"\x1a", b"\xed\xa0\x80", "😀".encode(), b"NULL", b"\xf4\x90\x80\x80",
]  # fmt: skip
BEGINNINGS = [
    b"",
    f"{HEADER}\n".encode(),
    f"{HEADER}\r\n".encode("gb18030"),
    b'{"\xe7\xbc\x96\xe5\x8f\xb7": 1}\n',
    b"\xff\xfe",
    f"{HEADER}\n".encode("utf-16"),
    b"\x1f\x8b",
    b"PK\x03\x04",
]
NAMES = ["list.csv", "list.jsonl", "list.json", "list.txt", "list.csv.gz"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(NAMES))
def test_a_load_of_any_bytes_ends_well(beginning: bytes, pieces: list[bytes], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        core = Core(Path(folder))
        try:
            prepared, published = core.load(beginning + b"".join(pieces), name, key="k")
        except YiwangError as error:
            assert error.zh and error.en and core.rows() == []
            return
        assert prepared.source == prepared.accepted + prepared.rejected
        assert len(core.rows()) == prepared.accepted and len(core.rejected("k")) == prepared.rejected
        assert not published.resumed
