"""A market office that gives a stall card: the small world of the tests of credentials."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.text import Text
from yiwang.kernel.service import account_create, department_save
from yiwang.trust.models import SubjectLink
from yiwang.trust.schema import CredentialFile
from yiwang.trust.service import credential_issue, credential_kind_install
from yiwang.trust.subjects import subject_hash

SHELL = system_actor("tests")
OFFICE = "market"
LEADER = Actor(id="account:900", name="l", department=OFFICE, scopes={Role.LEADER: frozenset({OFFICE})})
CLERK = Actor(id="account:901", name="c", department=OFFICE, scopes={Role.STAFF: frozenset({OFFICE})})
STRANGER = Actor(id="account:902", name="s", department="other", scopes={Role.STAFF: frozenset({"other"})})
APPLICANT = {"name": "林某（模拟）", "id_number": "23088119900101123X", "phone": "12345678"}
CLAIMS = {"goods": "煎饼", "place": "中央街早市 12 号"}


def declaration(**changes: object) -> CredentialFile:
    """A card of 36 months: the name and the goods may be left out, the place may not."""
    said: dict[str, object] = {
        "id": "stall-card",
        "title": {"zh": "摊贩登记卡", "en": "Stall card"},
        "department": OFFICE,
        "legal_basis": [{"law": "食品安全法", "article": "第三十六条"}],
        "prefix": "SC",
        "holder": {"kind": "resident", "identifier": "id_number", "name": "name"},
        "fields": [
            {"id": "name", "title": {"zh": "经营者", "en": "Holder"}, "source": "applicant"},
            {"id": "goods", "title": {"zh": "经营项目", "en": "Goods"}},
            {"id": "place", "title": {"zh": "地点", "en": "Place"}, "disclose": "always"},
        ],
        "validity": {"months": 36},
        "page": {"heading": {"zh": "摊贩登记卡", "en": "Stall card"}, "lines": ["name", "goods", "place"]},
    }
    return CredentialFile.model_validate({**said, **changes})


def pack() -> Pack:
    manifest = Manifest(
        id="stalls",
        version="1.0.0",
        title=Text(zh="摊贩", en="Stalls"),
        summary=Text(zh="试", en="A trial"),
        department=OFFICE,
    )
    return Pack(manifest, Path("."), {})


def office_opened(**changes: object) -> None:
    name = Text(zh="市场监管局", en="Market office")
    department_save(actor=SHELL, code=OFFICE, name=name, parent=None, on=date(2020, 1, 1))
    credential_kind_install(actor=SHELL, file=declaration(**changes), pack=pack())


def given(case: str = "C-1", **claims: str) -> str:
    """The number of a card given by a case."""
    return credential_issue(
        actor=SHELL,
        kind="stall-card",
        case=case,
        applicant=APPLICANT,
        claims={**CLAIMS, **claims},
        key=f"{case}/stall-card",
    )


def holder() -> Actor:
    """The account of the person the cards are given to."""
    account = account_create(
        actor=SHELL, username="lin", display_name="林", password="a-long-and-rare-one", department=OFFICE
    )
    SubjectLink.objects.create(
        account_id=account.pk,
        kind="resident",
        subject_hash=subject_hash("resident", APPLICANT["id_number"]),
        sealed_identifier=b"",
        title="林*",
        assurance="counter",
        bound_by=SHELL.id,
    )
    return Actor(id=f"account:{account.pk}", name="林")
