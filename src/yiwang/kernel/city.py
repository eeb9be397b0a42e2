"""What holds for the city as a whole, and the demo accounts of a city whose people are all synthetic."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from yiwang.kernel.access import demand
from yiwang.kernel.accounts import account_create, role_grant
from yiwang.kernel.auditing import audit
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict
from yiwang.kernel.models import Account, CityFact, RoleAssignment

SYNTHETIC = "synthetic"
ROOT = "city-government"
# Shown on the sign-in page of a synthetic city; a real city never has these accounts.
DEMO_PASSWORD = "yiwang-demo-2026"


@dataclass(frozen=True)
class DemoAccount:
    """An account anybody may use in a demo. `role` holds at `scope`; a resident or a firm has neither."""

    username: str
    name: Text
    role: Role | None
    department: str
    scope: str
    password: str = DEMO_PASSWORD


DEMO_ACCOUNTS = (
    DemoAccount("lead", Text(zh="演示·数据主管", en="Demo data lead"), Role.DATA_LEAD, "data-bureau", ROOT),
    DemoAccount(
        "steward-civil",
        Text(zh="演示·民政数据专员", en="Demo steward, civil affairs"),
        Role.STEWARD,
        "civil-affairs",
        "civil-affairs",
    ),
    DemoAccount(
        "steward-market",
        Text(zh="演示·市场监管数据专员", en="Demo steward, market supervision"),
        Role.STEWARD,
        "market-supervision",
        "market-supervision",
    ),
    DemoAccount(
        "steward-labour",
        Text(zh="演示·人社数据专员", en="Demo steward, human resources"),
        Role.STEWARD,
        "human-resources",
        "human-resources",
    ),
    DemoAccount("leader", Text(zh="演示·市领导", en="Demo city leader"), Role.LEADER, "government-office", ROOT),
    DemoAccount("auditor", Text(zh="演示·审计员", en="Demo auditor"), Role.AUDITOR, "audit", ROOT),
    DemoAccount("admin", Text(zh="演示·系统管理员", en="Demo administrator"), Role.ADMIN, "data-bureau", ROOT),
    DemoAccount(
        "staff",
        Text(zh="演示·民政工作人员", en="Demo staff, civil affairs"),
        Role.STAFF,
        "civil-affairs",
        "civil-affairs",
    ),
    DemoAccount(
        "operator",
        Text(zh="演示·12345话务员", en="Demo operator, 12345"),
        Role.STAFF,
        "hotline-12345",
        "hotline-12345",
    ),
    DemoAccount(
        "staff-housing",
        Text(zh="演示·住建工作人员", en="Demo staff, housing and construction"),
        Role.STAFF,
        "housing-construction",
        "housing-construction",
    ),
    DemoAccount(
        "staff-power",
        Text(zh="演示·供电工作人员", en="Demo staff, power supply"),
        Role.STAFF,
        "power-supply",
        "power-supply",
    ),
    DemoAccount("resident", Text(zh="演示·居民甲", en="Demo resident"), None, "", ""),
    DemoAccount("resident-two", Text(zh="演示·居民乙", en="Demo resident, another"), None, "", ""),
    DemoAccount("firm", Text(zh="演示·企业", en="Demo firm"), None, "", ""),
)


def city_is_synthetic() -> bool:
    """True when every person and firm in this city is made up; pages then say so."""
    return CityFact.objects.filter(pk=SYNTHETIC, value=True).exists()


def city_mark_synthetic(*, actor: Actor) -> None:
    """Say that this city holds made-up people only. Marking twice changes nothing; there is no way back.

    Raises Conflict in a city where people already have roles: a real city never becomes a demo.
    """
    rule = demand(actor, "city.edit").rule
    with transaction.atomic():
        if city_is_synthetic():
            return
        if RoleAssignment.objects.exists():
            raise Conflict(
                zh="本市已有在用的账号和角色，不能改为合成数据城市",
                en="This city has accounts with roles in use; it cannot become a synthetic one",
                where="city",
                hint_zh="请另建一个空的 YIWANG_HOME。",
                hint_en="Make an empty YIWANG_HOME for the demo.",
            )
        CityFact.objects.update_or_create(pk=SYNTHETIC, defaults={"value": True})
        audit(actor=actor, act="city.mark-synthetic", object_kind="city", object_id=SYNTHETIC, rule=rule)


def demo_accounts() -> tuple[DemoAccount, ...]:
    """The demo accounts that exist, with their shared password; none unless the city is synthetic."""
    if not city_is_synthetic():
        return ()
    there = set(Account.objects.filter(is_active=True).values_list("username", flat=True))
    return tuple(demo for demo in DEMO_ACCOUNTS if demo.username in there)


def demo_accounts_create(*, actor: Actor) -> tuple[DemoAccount, ...]:
    """Make the demo accounts that are missing. Takes the departments of packs/foundation/departments.

    Raises Conflict in a city that is not synthetic: its password is public.
    """
    rule = demand(actor, "city.edit").rule
    if not city_is_synthetic():
        raise Conflict(
            zh="只有合成数据城市可以有演示账号",
            en="Only a synthetic city may have demo accounts",
            where="city",
            hint_zh="请用 yiwang demo 建一个演示城市。",
            hint_en="Make a demo city with yiwang demo.",
        )
    with transaction.atomic():
        there = set(Account.objects.values_list("username", flat=True))
        missing = [demo for demo in DEMO_ACCOUNTS if demo.username not in there]
        for demo in missing:
            account = account_create(
                actor=actor,
                username=demo.username,
                display_name=demo.name.zh,
                password=demo.password,
                department=demo.department or None,
            )
            if demo.role is not None:
                role_grant(actor=actor, account=account.pk, role=demo.role, department=demo.scope)
        audit(
            actor=actor,
            act="city.demo-accounts",
            object_kind="city",
            object_id=SYNTHETIC,
            rule=rule,
            details={"created": [demo.username for demo in missing]},
        )
    return demo_accounts()
