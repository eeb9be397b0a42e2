"""How the odder of the bad inputs are made."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

from openpyxl import Workbook

HEADER = "编号,姓名,性别\n"
GOOD = "1,张三,男\n2,李四,女\n"
LIST = HEADER + GOOD
GIGABYTE = 1 << 30


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: tuple[object, ...]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


ROWS = (("编号", "姓名", "性别"), (1, "张三", "男"), (2, "李四", "女"))


def titled_workbook() -> bytes:
    """An empty sheet, a merged title, the table, and another sheet that is not read."""
    book = Workbook()
    sheet = book.create_sheet("名单")
    sheet.merge_cells("A1:C1")
    sheet["A1"] = "同江市名单"
    for row in ROWS:
        sheet.append(row)
    book.create_sheet("说明")["A1"] = "填表说明"
    return saved(book)


def far_cell() -> bytes:
    book = workbook(*ROWS)
    book.active["XFD1048576"] = "x"
    return saved(book)


def changed_part(content: bytes, part: str, body: bytes) -> bytes:
    """A workbook one of whose parts has other content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, body if item.filename == part else old.read(item))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def zip_bomb() -> bytes:
    return changed_part(saved(workbook(*ROWS)), SHEET, bytes(400 << 20))


def lying_zip_bomb() -> bytes:
    """A sheet of endless rows that says of itself that it is a few bytes long."""
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    body = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + row * 9_000_000
    bomb = bytearray(changed_part(saved(workbook(*ROWS)), SHEET, body))
    true = struct.pack("<I", len(body))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at, offset = 0, 22 if start == b"PK\x03\x04" else 24
        while (at := bomb.find(start, at)) >= 0:
            if bomb[at + offset : at + offset + 4] == true:
                bomb[at + offset : at + offset + 4] = struct.pack("<I", 1_000)
            at += 4
    return bytes(bomb)


def zipped_csv() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", LIST)
    return out.getvalue()


def locked_workbook() -> bytes:
    """What a workbook with a password begins with: an old compound file, then noise."""
    noise = zlib.compress(LIST.encode() * 50)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + noise * 20


def cut_gzip() -> bytes:
    whole = gzip.compress(LIST.encode() * 500)
    return whole[: len(whole) // 2]


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(100 << 20))


def endless(path: Path) -> Path:
    """Good rows around one line of a gigabyte; the file is sparse and takes no room."""
    with path.open("wb") as file:
        file.write(LIST.encode())
        file.seek(GIGABYTE, io.SEEK_CUR)
        file.write(b"\n3,\xe7\x8e\x8b\xe4\xba\x94,\xe7\x94\xb7\n")
    return path


def json_lines(*more: str) -> str:
    return (
        "\n".join(['{"编号": 1, "姓名": "张三", "性别": "男"}', *more, '{"编号": 2, "姓名": "李四", "性别": "女"}'])
        + "\n"
    )


def json_array() -> str:
    return json.dumps([dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]], ensure_ascii=False, indent=1)


BOY = "110101199003070011"
CLAIM = "编号,身份证号,日期,金额,人数\n1,{person},{day},{money},{count}\n"


def claim(person: str = BOY, day: str = "2020-01-02", money: str = "5", count: str = "1") -> str:
    return CLAIM.format(person=person, day=day, money=money, count=count)
