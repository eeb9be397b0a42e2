"""The trust engine's door for writing. Every service takes the actor and leaves an audit line."""

from __future__ import annotations

from yiwang.trust.asking import GrantAsk
from yiwang.trust.clients import client_enable, client_new, client_rotate, token_given
from yiwang.trust.granting import (
    grant_apply,
    grant_confirm,
    grant_escalate,
    grant_issue,
    grant_refuse,
    grant_review_note,
    grant_revoke,
    grant_withdraw,
    grants_expire,
)
from yiwang.trust.keys import key_rotate, keys_prepare

__all__ = [
    "client_enable",
    "client_new",
    "client_rotate",
    "token_given",
    "key_rotate",
    "keys_prepare",
    "GrantAsk",
    "grant_apply",
    "grant_confirm",
    "grant_escalate",
    "grant_issue",
    "grant_refuse",
    "grant_review_note",
    "grant_revoke",
    "grant_withdraw",
    "grants_expire",
]
