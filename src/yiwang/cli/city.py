"""yiwang init: an empty city with the built-in packs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from yiwang.cli.output import say, shell_actor, told
from yiwang.kernel.service import packs_install_built_in


def init() -> None:
    """Make an empty city in YIWANG_HOME and install the built-in packs; safe to run again. 建一个空的城市。"""
    prepare()
    told.print(say(f"城市已就绪：{settings.PLACE.home}", f"The city is ready: {settings.PLACE.home}"))


def prepare() -> None:
    """Folders, secret key, tables, packs: each made where it is missing, nothing overwritten."""
    home = Path(settings.PLACE.home)
    home.mkdir(parents=True, exist_ok=True)
    _make_secret(settings.PLACE.secret_file)
    told.print(say("建立数据库……", "Making the tables…"))
    call_command("migrate", verbosity=0, interactive=False)
    for row, changed in packs_install_built_in(actor=shell_actor()):
        if changed:
            told.print(say(f"安装应用包 {row.pack_id} {row.version}", f"Installed pack {row.pack_id} {row.version}"))


def _make_secret(path: Path) -> None:
    if path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    settings.SECRET_KEY = path.read_text(encoding="ascii")
