"""What a demo city has lived through already: a few looks at its made-up people, and data that three people opened."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.data.selectors import city_inhabitants, record_trace
from yiwang.data.service import SetWords, release_offer, release_publish, release_review
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.kernel.selectors import account_named, actor_again

LOOKS = {
    "resident": ("resident-register", "resident_id"),
    "firm": ("legal-person-registration", "credit_code"),
}


@dataclass(frozen=True)
class _Opened:
    resource: str
    steward: str
    words: SetWords
    fields: tuple[str, ...]


def _words(id: str, zh: str, en: str, theme: str) -> SetWords:
    summary = Text(zh=f"{zh}，演示数据。", en=f"{en}, made up for the demo.")
    return SetWords(id, Text(zh=zh, en=en), summary, theme, "CC-BY-4.0", ("演示",))


OPENED = (
    _Opened(
        "legal-person-registration",
        "steward-market",
        _words("firms", "企业登记名录", "Registered firms", "industry"),
        ("name", "credit_code", "registered_on", "firm_type", "status"),
    ),
    _Opened(
        "administrative-division",
        "steward-civil",
        _words("divisions", "行政区划", "Divisions", "geography"),
        ("code", "name", "level", "parent"),
    ),
)


def looks_make() -> None:
    """The data lead looked two residents and a firm up: each finds it under "Who used my data"."""
    for who in city_inhabitants():
        resource, key = LOOKS[who.kind]
        record_trace(_demo("lead"), resource, key={key: who.identifier}, purpose="核对登记信息的来源")


def sets_open() -> None:
    """Each set offered by its steward, reviewed by the data lead, released by a leader."""
    for one in OPENED:
        steward = _demo(one.steward)
        row = release_offer(actor=steward, resource_id=one.resource, words=one.words, fields=one.fields)
        release_review(actor=_demo("lead"), release_id=row.pk, agree=True, reason="核对无误")
        release_publish(actor=_demo("leader"), release_id=row.pk, agree=True, reason="同意发布")


def _demo(username: str) -> Actor:
    return actor_again(f"account:{account_named(username)}", username)
