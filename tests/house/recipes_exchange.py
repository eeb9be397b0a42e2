"""The services of the exchange: their trail is the ledger of uses, where it is not the audit trail."""

from __future__ import annotations

from smallcity import Recipe

EXEMPT: dict[str, str] = {
    "answer_begin": "looks for what a call was answered before; the call itself leaves the line",
    "answer_drop": "lets an idempotency key go; nothing was used",
    "answer_keep": "keeps the sealed answer of a call that left its line",
    "exchange_query": "leaves a line in the ledger of uses, which is stronger than the audit trail",
    "exchange_verify": "leaves a line in the ledger of uses, which is stronger than the audit trail",
}
RECIPES: dict[str, Recipe] = {}
