"""Words for who somebody is and how they sign in; as in web/words.py: text, tone, sign."""

from __future__ import annotations

# (zh, en, tone, icon)
IDENTITY_WORDS: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "subject": {
        "resident": ("个人", "Person", "", ""),
        "firm": ("企业", "Firm", "", ""),
    },
    "delegation": {
        "look": ("查看", "Look", "", ""),
        "act": ("查看和办理", "Look and act", "", ""),
    },
    "delegation-state": {
        "holds": ("有效", "Holds", "good", "circle-check"),
        "over": ("已到期", "Over", "", "clock"),
        "ended": ("已结束", "Ended", "", "x"),
    },
    "client": {
        "on": ("启用", "Let in", "good", "circle-check"),
        "off": ("停用", "Shut out", "bad", "lock"),
    },
    "provider-mode": {
        "link": ("须先关联", "Linked before", "", ""),
        "create": ("自动建立", "Made when new", "", ""),
    },
    "factor": {
        "totp": ("验证器应用", "Authenticator app", "", ""),
        "passkey": ("通行密钥", "Passkey", "", ""),
    },
}
