"""The weekly report carries its own style sheet: the policy lets in that one, and no other."""

from __future__ import annotations

import base64
import hashlib

from yiwang.web.middleware import CONTENT_POLICY
from yiwang.web.weekreport import week_policy


def digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def test_the_report_s_own_style_is_let_in_by_its_digest() -> None:
    policy = week_policy("<style>\n b { color: red } </style><p>…</p>")
    assert f"style-src 'self' 'sha256-{digest(chr(10) + ' b { color: red } ')}';" in policy
    assert digest("b { color: blue }") not in policy
    assert "script-src 'self';" in policy


def test_nothing_else_of_the_policy_changes() -> None:
    changed = [
        (was, now)
        for was, now in zip(CONTENT_POLICY.split("; "), week_policy("").split("; "), strict=True)
        if was != now
    ]
    assert [was for was, _ in changed] == ["style-src 'self'"]
