"""The four cuts stand on a service item's page: before and after for everybody, what it really took for staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from webcity import ROOT, SYSTEM, english

from yiwang.flow.models import ItemVersion
from yiwang.kernel.core.actor import Role
from yiwang.kernel.packing import pack_install

BEFORE = {"steps": 9, "materials": 4, "days": "20wd", "fee": "30", "source": {"zh": "旧指南", "en": "the old guide"}}
ITEM = "/services/hotline-ticket/"


@pytest.fixture
def hotline(city: object) -> None:
    for folder in ("foundation/departments", "foundation/calendar", "service/hotline-12345"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs" / folder)


def reformed(**changes: Any) -> None:
    row = ItemVersion.objects.get(item_id="hotline-ticket")
    row.body = row.body | {"before": BEFORE | changes}
    row.save()


def cells(text: str) -> dict[str, list[str]]:
    table = re.search(r'id="cut-table".*?</table>', text, re.S)
    assert table
    rows = re.findall(r'<th scope="row">(\S+).*?</tr>', table[0], re.S)
    found = re.findall(r"<tr>(.*?)</tr>", table[0], re.S)[1:]
    return {
        name: [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        for name, row in zip(rows, found, strict=True)
    }


def test_everybody_reads_what_was_cut_and_where_the_earlier_figures_come_from(hotline: None) -> None:
    reformed()
    text = Client().get(ITEM).content.decode()
    table = cells(text)
    assert table["环节"][0] == "9" and table["材料"] == ["4", "0", "4"] and table["费用"] == ["30", "0", "30"]
    assert table["时限"][:2] == ["20", "5"] and "旧指南" in text and "实际" not in text
    assert "Four cuts" in english().get(ITEM).content.decode()


def test_what_now_takes_more_is_not_called_less(hotline: None) -> None:
    reformed(days="1wd")
    assert cells(Client().get(ITEM).content.decode())["时限"] == ["1", "5", "-4"]


def test_an_applicant_is_shown_no_empty_comparison(hotline: None) -> None:
    text = Client().get(ITEM).content.decode()
    assert "cut-table" not in text


def test_staff_see_that_nothing_is_known_of_before(hotline: None, signed_in: Callable[..., Client]) -> None:
    text = signed_in(Role.STAFF).get(ITEM).content.decode()
    assert "没有改革前的数据" in text and "0 件已办结" in text and cells(text)["费用"] == ["—", "0", "—", "—"]
