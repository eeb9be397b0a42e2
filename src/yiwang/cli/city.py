"""yiwang init: an empty city with the built-in packs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command

from yiwang.cli.output import say, shell_actor, told
from yiwang.kernel.core.actor import Role
from yiwang.kernel.selectors import department_list
from yiwang.kernel.service import account_create, packs_install_built_in, role_grant
from yiwang.trust.service import keys_prepare


def init(
    admin: Annotated[str, typer.Option("--admin", help="同时建立系统管理员账号 / also make an administrator")] = "",
) -> None:
    """Make an empty city in YIWANG_HOME and install the built-in packs; safe to run again. 建一个空的城市。"""
    prepare()
    if admin:
        _make_admin(admin)
    told.print(say(f"城市已就绪：{settings.PLACE.home}", f"The city is ready: {settings.PLACE.home}"))


def prepare() -> None:
    """Folders, secret key, tables, packs: each made where it is missing, nothing overwritten."""
    home = Path(settings.PLACE.home)
    home.mkdir(parents=True, exist_ok=True)
    _make_secret(settings.PLACE.secret_file)
    told.print(say("建立数据库……", "Making the tables…"))
    call_command("migrate", verbosity=0, interactive=False)
    keys_prepare()
    for row, changed in packs_install_built_in(actor=shell_actor()):
        if changed:
            told.print(say(f"安装应用包 {row.pack_id} {row.version}", f"Installed pack {row.pack_id} {row.version}"))


def _make_admin(username: str) -> None:
    """The first account of a city; its password comes from YIWANG_ADMIN_PASSWORD or is asked for."""
    password = os.environ.get("YIWANG_ADMIN_PASSWORD") or typer.prompt(
        say("口令", "Password"), hide_input=True, confirmation_prompt=True
    )
    root = department_list()[0].code
    account = account_create(
        actor=shell_actor(), username=username, display_name=username, password=password, department=root
    )
    role_grant(actor=shell_actor(), account=account.pk, role=Role.ADMIN, department=root)
    told.print(say(f"已建立管理员账号 {username}", f"Made the administrator account {username}"))


def _make_secret(path: Path) -> None:
    if path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    settings.SECRET_KEY = path.read_text(encoding="ascii")
