"""The command line. Exit codes: 0 fine, 1 a check failed, 2 bad usage or input. With --json one object goes to stdout."""

from __future__ import annotations

import os
import sys

import django

# What a city keeps is about people: nobody else on the machine reads it. Servers and workers inherit this.
try:
    os.umask(int(os.environ.get("YIWANG_UMASK", "077"), 8))
except ValueError:
    sys.exit("YIWANG_UMASK 应为八进制数，例如 077 / YIWANG_UMASK is an octal number, such as 077")
# Commands import models, so Django is set up before any command module is read.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.config.demo")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import OperationalError, ProgrammingError  # noqa: E402

from yiwang.cli.app import app  # noqa: E402
from yiwang.cli.output import fail  # noqa: E402
from yiwang.kernel.errors import Unavailable, YiwangError  # noqa: E402

__all__ = ["app", "main"]


def main() -> None:
    """Run a command; an error a person can act on is told in their language, without a traceback."""
    try:
        app(standalone_mode=True)
    except YiwangError as error:
        sys.exit(fail(error))
    except (OperationalError, ProgrammingError) as error:
        sys.exit(fail(_no_city(error)))


def _no_city(error: Exception) -> Unavailable:
    return Unavailable(
        zh=f"数据库不可用，或这里还没有城市：{error}",
        en=f"the database does not answer, or there is no city here yet: {error}",
        where=str(settings.PLACE.home),
        hint_zh="新城市请先运行 yiwang init；已有城市请检查 YIWANG_HOME 与 YIWANG_DATABASE_URL。",
        hint_en="For a new city run yiwang init; otherwise check YIWANG_HOME and YIWANG_DATABASE_URL.",
    )
