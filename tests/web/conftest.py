"""A small city with people in it, and a browser without a screen to ask it for pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from webcity import HERE, PASSWORD, ROOT, SYSTEM
from yaml import safe_load

from yiwang.config.place import Place
from yiwang.data.schema import ResourceFile
from yiwang.data.service import resource_install
from yiwang.kernel.core.actor import Role
from yiwang.kernel.core.pack import pack_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.packing import pack_install
from yiwang.kernel.service import account_create, city_mark_synthetic, demo_accounts_create, department_save, role_grant

SignIn = Callable[[Role], Client]


@pytest.fixture
def city(db: None, home: Place) -> Place:
    """Departments, one pack with two resources, nobody in it yet."""
    for code in ("civil-affairs", "data-bureau", "government-office"):
        department_save(actor=SYSTEM, code=code, name=Text(zh=f"{code} 局", en=code.title()), parent=None)
    # Not the whole installation, which also runs the examples of each rule: this city is built for every test.
    pack = pack_read(HERE / "web-tests", [])
    for path in sorted(pack.files):
        if path.startswith("resources/"):
            file = ResourceFile.model_validate(safe_load(pack.files[path]))
            resource_install(actor=SYSTEM, file=file, pack=pack)
    return home


@pytest.fixture
def demo(city: Place) -> None:
    """The same city, marked as synthetic, with the demo accounts."""
    pack_install(actor=SYSTEM, folder=ROOT / "packs" / "foundation" / "departments")
    city_mark_synthetic(actor=SYSTEM)
    demo_accounts_create(actor=SYSTEM)


@pytest.fixture
def signed_in(city: Place) -> SignIn:
    """A client that somebody with this role signed in with."""

    def make(role: Role, department: str = "civil-affairs") -> Client:
        account = account_create(
            actor=SYSTEM, username=f"{role}-1", display_name=f"{role} 甲", password=PASSWORD, department=department
        )
        role_grant(actor=SYSTEM, account=account.pk, role=role, department=department)
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
