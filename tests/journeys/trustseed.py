"""What the ways of trust begin with: a list of people, a program that may ask about them, and who answers for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from yiwang.kernel.core.actor import Actor, Role

ROOT = Path(__file__).resolve().parents[2]
LIST = "allowance-list"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _number(seventeen: str) -> str:
    rest = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True)) % 11
    return seventeen + "10X98765432"[rest]


# Number, name, village, birth date, allowance a month.
ELDERS = (
    (_number("23088119400307001"), "金秀兰", "街津口村", "1940-03-07", "100.50"),
    (_number("23088119410519002"), "尤占山", "八岔村", "1941-05-19", "200"),
    (_number("23088119360101003"), "葛玉梅", "八岔村", "1936-01-01", "300"),
)
# Of the second a use is noted before the city is served.
ELDER, SEEN = "elder", "elder-seen"
OFFICERS = {
    "clerk-labour": ("演示·人社工作人员", Role.STAFF, "human-resources"),
    "leader-civil": ("演示·民政局领导", Role.LEADER, "civil-affairs"),
}


def trust_seed(system: Actor) -> None:
    # What follows needs Django's settings.
    from django.conf import settings

    from yiwang.data.service import load_run
    from yiwang.kernel.packing import pack_install
    from yiwang.kernel.selectors import demo_accounts
    from yiwang.kernel.service import account_create, role_grant
    from yiwang.trust.service import subject_bind

    password = demo_accounts()[0].password
    for folder in (
        ROOT / "packs/foundation/data-sharing",
        ROOT / "packs/service/data-question",
        ROOT / "packs/service/reconsideration",
    ):
        pack_install(actor=system, folder=folder)
    pack_install(actor=system, folder=ROOT / "tests/journeys/trust-tests")
    table = Path(settings.PLACE.home) / "allowance.csv"
    lines = [",".join(one) for one in ELDERS]
    table.write_text("\n".join(["公民身份号码,姓名,所在村,出生日期,月津贴", *lines, ""]), encoding="utf-8")
    load_run(actor=system, resource_id=LIST, path=table, file_name=table.name)

    for username, one in ((ELDER, ELDERS[0]), (SEEN, ELDERS[2])):
        elder = account_create(actor=system, username=username, display_name="演示·老人", password=password)
        bound = {"kind": "resident", "identifier": one[0], "assurance": "counter", "title": f"{one[1][0]}**"}
        subject_bind(actor=system, account=elder.pk, **bound)
    for username, (name, role, department) in OFFICERS.items():
        made = account_create(
            actor=system, username=username, display_name=name, password=password, department=department
        )
        role_grant(actor=system, account=made.pk, role=role, department=department)
    use_seed(system)
    open_seed(system)


def use_seed(system: Actor) -> None:
    """A program may ask for names and villages, and asked for one person's."""
    # What follows needs Django's settings.
    from django.utils import timezone

    from yiwang.trust.selectors import subject_hash
    from yiwang.trust.service import GrantAsk, demo_client_make, grant_apply, grant_issue, grant_review_note, use_note

    demo_client_make(actor=system)
    today = timezone.localdate()
    ask = GrantAsk(
        resource=LIST,
        fields=["name", "village"],
        methods=["query"],
        purpose_code="benefit",
        purpose="核对养老待遇资格",
        basis="社会保险法 第七十四条",
        valid_from=today,
        valid_until=today + timedelta(days=100),
    )
    number = grant_apply(actor=system, ask=ask, department="human-resources")
    grant_review_note(actor=system, number=number)
    grant_issue(actor=system, number=number)
    use_note(
        actor=Actor("client:demo-client", "演示", "client", "human-resources"),
        resource=LIST,
        version="1",
        fields=["name", "village"],
        about=[subject_hash("resident", ELDERS[2][0])],
        purpose="benefit",
        grant=number,
        via="api",
    )


def open_seed(system: Actor) -> None:
    """The bus stops, opened to everybody in three stages by three people."""
    # What follows needs Django's settings.
    from django.conf import settings

    from yiwang.data.service import SetWords, load_run, release_offer, release_publish, release_review
    from yiwang.kernel.core.text import Text

    table = Path(settings.PLACE.home) / "stops.csv"
    table.write_text("站名,线路\n街津口,1\n八岔,1\n勤得利,2\n", encoding="utf-8")
    load_run(actor=system, resource_id="bus-stops", path=table, file_name=table.name)
    offices = frozenset({"government-office", "data-bureau"})
    steward, lead, leader = (
        Actor(f"account:{role}", str(role), department="data-bureau", scopes={role: offices})
        for role in (Role.STEWARD, Role.DATA_LEAD, Role.LEADER)
    )
    title, summary = Text(zh="公交站点", en="Bus stops"), Text(zh="城区公交站点", en="Bus stops of the town")
    words = SetWords(id="bus-stops", title=title, summary=summary, theme="transport", licence="CC-BY-4.0")
    row = release_offer(actor=steward, resource_id="bus-stops", words=words, fields=["name", "line"])
    release_review(actor=lead, release_id=row.pk, agree=True, reason="")
    release_publish(actor=leader, release_id=row.pk, agree=True, reason="同意")
