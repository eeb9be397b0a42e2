"""States of grants as people read them: word in Chinese, in English, tone, sign."""

from __future__ import annotations

GRANT_WORDS: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "grant": {
        "applied": ("待审查", "To be reviewed", "warn", "clock"),
        "reviewed": ("待答复", "To be answered", "warn", "clock"),
        "active": ("有效", "Active", "good", "circle-check"),
        "refused": ("不予共享", "Refused", "bad", "circle-x"),
        "withdrawn": ("已撤回", "Withdrawn", "", "arrow-back-up"),
        "revoked": ("已撤销", "Revoked", "bad", "lock"),
        "expired": ("已到期", "Expired", "", "history"),
    },
    "escalated": {
        "silence": ("逾期未答复，已提请协调", "Not answered in time; with the coordinator", "warn", "alert-triangle"),
        "refusal": ("被拒后已提请协调", "Refused and appealed; with the coordinator", "warn", "alert-triangle"),
    },
}
