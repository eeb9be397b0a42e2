"""The flow engine's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.flow.duties import duties_install
from yiwang.flow.forms import form_install
from yiwang.flow.items import item_install
from yiwang.flow.processes import (
    process_approve,
    process_draft_save,
    process_install,
    process_propose,
    process_reject,
    process_roll_back,
    process_withdraw,
)

__all__ = [
    "duties_install",
    "form_install",
    "item_install",
    "process_approve",
    "process_draft_save",
    "process_install",
    "process_propose",
    "process_reject",
    "process_roll_back",
    "process_withdraw",
]
