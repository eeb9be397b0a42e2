"""A firm registers a right in data: examined, announced, certified when the notice is over, withdrawn by a case of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from casecity import CITIZEN, ROOT, SYSTEM, finish, open_works
from django.utils import timezone

from yiwang.config.place import Place
from yiwang.flow.errors import AnswersWrong
from yiwang.flow.models import Case, Due
from yiwang.flow.service import case_open, dues_tick
from yiwang.kernel.service import pack_install
from yiwang.trust.models import Credential
from yiwang.trust.subjects import subject_hash

APPLICANT = {"name": "同江某渔业公司（模拟）", "uscc": "91230881MA18XXXX3T"}
ANSWERS = {
    "subject": "渔业养殖监测数据",
    "right": "hold",
    "origin": "own",
    "evidence": "自有设备采集",
    "personal": "no",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(home: Place) -> None:
    for folder in ("departments", "calendar", "data-rights"):
        pack_install(actor=SYSTEM, folder=ROOT / "packs/foundation" / folder)


def filed(item: str = "data-right", **answers: object) -> Case:
    opened = case_open(
        actor=CITIZEN, item_id=item, title="登记", answers=answers or ANSWERS, applicant=APPLICANT, channel="web"
    )
    return Case.objects.get(number=opened.number)


def announced(case: Case) -> Case:
    """As if the ten working days of the notice had gone by."""
    finish(case, "examine", sound="yes")
    finish(case, "announce", notice="同数公示〔2026〕1号")
    assert open_works(case) == []
    notice = Due.objects.get(case=case, kind="timer")
    assert notice.look_at is not None and notice.look_at > timezone.now() + timedelta(days=10)
    dues_tick(now=notice.look_at)
    case.refresh_from_db()
    return case


def test_a_right_is_certified_when_its_notice_is_over_and_can_be_withdrawn() -> None:
    case = announced(filed())
    finish(case, "decide", objected="no", granted="yes")
    certificate = Credential.objects.get()
    assert (certificate.case, case.status) == (case.number, Case.Status.COMPLETED)
    assert certificate.subject_hash == subject_hash("firm", APPLICANT["uscc"])
    withdrawal = filed_by_staff(number=certificate.number, grounds="登记不实")
    finish(withdrawal, "decide", withdrawn="yes")
    certificate.refresh_from_db()
    assert certificate.revoked_case == withdrawal.number


def test_an_objection_that_holds_leaves_no_certificate() -> None:
    case = announced(filed())
    finish(case, "decide", objected="yes", objections="转让合同已解除", granted="no", grounds="异议成立")
    assert case.status == Case.Status.COMPLETED and not Credential.objects.exists()
    assert case.notes.get(kind="message").text_zh == "不予登记：异议成立"


def test_an_intermediary_gets_a_certificate_of_its_own_kind() -> None:
    case = filed("data-intermediary", service="assess", scope="数据质量评估，三名专职人员")
    finish(case, "examine", granted="yes")
    assert Credential.objects.get().number.startswith("DIC-")


def test_personal_information_takes_a_basis() -> None:
    with pytest.raises(AnswersWrong, match="处理个人信息的依据|consent"):
        filed(**{**ANSWERS, "personal": "yes"})


def filed_by_staff(**answers: str) -> Case:
    number = case_open(actor=SYSTEM, item_id="data-register-withdraw", title="撤销", answers=answers).number
    return Case.objects.get(number=number)
