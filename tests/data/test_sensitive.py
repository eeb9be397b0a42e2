"""Personal data is found where nobody declared it: by a check digit, or by two signs, never by one."""

from __future__ import annotations

import random
from datetime import date

import pytest
from datacity import AS_OF, Core, one_field, resource

from yiwang.data.adapters.engine import engine
from yiwang.data.core.checks import Checks
from yiwang.data.core.sensitive import Finding, find_sensitive, mask_text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NAMES = ["王小江", "李冬雪", "张永利", "刘大川", "陈平", "欧阳江", "赵海·燕", "孙丽"]


def resident_id(draw: random.Random) -> str:
    """A number whose check digit is right, drawn blindly."""
    born = date(1950, 1, 1).toordinal() + draw.randrange(20_000)
    body = f"110101{date.fromordinal(born):%Y%m%d}{draw.randrange(1000):03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def luhn(draw: random.Random) -> str:
    body = "62" + "".join(draw.choices("0123456789", k=16))
    total = sum(sum(divmod(int(c) * 2, 10)) if i % 2 else int(c) for i, c in enumerate(body))
    return body + str(-total % 10)


def found(core: Core, header: str, values: list[str], *, field: str = "remark", **more: object) -> list[Finding]:
    """What is found when these values stand under this header, in a column declared as plain text."""
    core.resource = resource(fields=[one_field("code"), one_field(field, **more)], rules=[])
    text = f"code,{header}\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values))
    prepared, _ = core.prepared(text)
    with engine(core.folder / "look") as connection:
        return list(find_sensitive(connection, Checks(core.resource, AS_OF), prepared.raw))


@pytest.fixture
def draw() -> random.Random:
    return random.Random(7)


def test_identity_numbers_in_a_text_column_are_found_with_masked_evidence(core: Core, draw: random.Random) -> None:
    numbers = [resident_id(draw) for _ in range(50)]
    (one,) = found(core, "remark", numbers)
    assert (one.field, one.semantic, one.grade, one.declared_grade) == ("remark", "resident-id", 4, 1)
    (sign,) = one.signs
    assert (sign["kind"], sign["hits"], sign["of"]) == ("check-digit", 50, 50)
    assert "*" in str(sign["example"]) and not any(str(sign["example"]) == number for number in numbers)


def test_identity_numbers_inside_longer_text_are_found(core: Core, draw: random.Random) -> None:
    values = [f"本人身份证{resident_id(draw)}已核" if n % 10 == 0 else "无异常" for n in range(100)]
    assert [(f.field, f.semantic) for f in found(core, "remark", values)] == [("remark", "resident-id")]


def test_identity_numbers_in_a_column_nobody_took_are_found(core: Core, draw: random.Random) -> None:
    values = [resident_id(draw) for _ in range(20)]
    (one,) = found(core, "编外", values)
    assert (one.field, one.semantic) == ("+ 编外", "resident-id")


def test_a_column_declared_as_sensitive_as_that_raises_nothing(core: Core, draw: random.Random) -> None:
    assert found(core, "remark", [resident_id(draw) for _ in range(20)], grade=4) == []


def test_two_or_three_stray_hits_in_a_long_column_are_no_finding(core: Core, draw: random.Random) -> None:
    values = [resident_id(draw) for _ in range(3)] + [f"编号{n}" for n in range(500)]
    assert found(core, "remark", values) == []


def test_bank_cards_are_found_by_their_check_digit(core: Core, draw: random.Random) -> None:
    assert [f.semantic for f in found(core, "remark", [luhn(draw) for _ in range(30)])] == ["bank-card"]


def test_names_need_their_form_and_a_header_that_says_so(core: Core) -> None:
    assert found(core, "remark", NAMES) == []
    (one,) = found(core, "户主", NAMES)
    assert one.semantic == "person-name" and {s["kind"] for s in one.signs} == {"form", "header"}


def test_a_header_alone_is_no_finding(core: Core) -> None:
    assert found(core, "联系人", [f"第{n}组" for n in range(20)]) == []


def test_mobile_numbers_and_addresses_need_two_signs_as_well(core: Core) -> None:
    mobiles = [f"138{n:08d}" for n in range(20)]
    assert found(core, "remark", mobiles) == []
    assert [f.semantic for f in found(core, "联系电话", mobiles)] == ["mobile"]
    addresses = [f"同江市幸福路{n}号" for n in range(20)]
    assert found(core, "remark", addresses) == []
    assert [f.semantic for f in found(core, "家庭住址", addresses)] == ["address"]


@pytest.mark.parametrize(
    "values",
    [
        [f"{n * 1234.56:.2f}" for n in range(200)],
        [f"2020-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(200)],
        [f"2020{n % 12 + 1:02d}{n % 28 + 1:02d}{n:06d}" for n in range(200)],
        [str(10**15 + n * 7_919) for n in range(200)],
        [f"{n:018d}" for n in range(200)],
        ["同江镇", "乐业镇", "三村镇", "街津口"] * 50,
        ["王府井大街商场", "李宁体育用品店"] * 50,
        [],
    ],
    ids=["amounts", "days", "serials", "numbers", "padded", "places", "shops", "none"],
)
def test_amounts_days_serial_numbers_and_places_raise_no_alarm(core: Core, values: list[str]) -> None:
    assert found(core, "remark", values) == []


def test_masks_show_enough_to_recognise_and_not_to_use() -> None:
    assert mask_text("110101199003070011") == "11**************11"
