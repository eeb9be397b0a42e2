"""A small city: 市政府 over 民政局 (over 救助站) and 数据局, and the system as the one who acts."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.kernel.core.actor import Actor, Role, system_actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.models import Account
from yiwang.kernel.selectors import actor_of
from yiwang.kernel.service import account_create, department_save, role_grant

FOUNDED = date(2020, 1, 1)
PASSWORD = "a-long-and-rare-one"


@pytest.fixture
def system() -> Actor:
    return system_actor("tests")


@pytest.fixture
def tree(db: None, system: Actor) -> None:
    for code, zh, parent in (
        ("city", "市政府", None),
        ("civil", "民政局", "city"),
        ("shelter", "救助站", "civil"),
        ("data", "数据局", "city"),
    ):
        department_save(actor=system, code=code, name=Text(zh=zh, en=code.title()), parent=parent, on=FOUNDED)


class People:
    """Makes accounts with a role and gives back who they are."""

    def __init__(self, system: Actor) -> None:
        self.system = system

    def account(self, username: str, department: str | None = None) -> Account:
        return account_create(
            actor=self.system, username=username, display_name=username, password=PASSWORD, department=department
        )

    def with_role(self, username: str, role: Role, department: str) -> Actor:
        account = self.account(username, department)
        role_grant(actor=self.system, account=account.pk, role=role, department=department, on=FOUNDED)
        return actor_of(account)


@pytest.fixture
def people(tree: None, system: Actor) -> People:
    return People(system)
