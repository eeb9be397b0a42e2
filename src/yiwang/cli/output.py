"""What commands print, and how they say what went wrong."""

from __future__ import annotations

import getpass
import json
import os
import sys
from typing import Any

from rich.console import Console

from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.errors import YiwangError

told = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)


def language() -> str:
    """Chinese unless the shell's locale is English (YIWANG_LANGUAGE decides when it is set)."""
    asked = os.environ.get("YIWANG_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if asked.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")


def fail(error: YiwangError) -> int:
    """Tell an error and return its exit code; with --json it is also an object on stdout."""
    told.print(f"✗ {error.say(language())}", markup=False, emoji=False, style="red")
    if "--json" in sys.argv:
        print_json({"error": error.as_dict()})
    return error.exit_code


def shell_actor() -> Actor:
    """Whoever sits at the machine's own shell: the system, under the user's name."""
    return system_actor(f"cli:{getpass.getuser()}")
