"""The sentence a subject is told: the companion's words with the values put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from yiwang.rules.core.feel.values import ARITHMETIC, Value
from yiwang.rules.core.feel.wording import Words, plain_number, value_words
from yiwang.rules.schema import DecisionFile

_PLACE = re.compile(r"\{([^{}]*)\}")


def sentence(
    file: DecisionFile, granted: bool, inputs: Mapping[str, Value], value: Value, amount: Decimal | None
) -> Words:
    """`{amount}` and the amount's own name are rounded to the companion's decimals; other values stand as they are."""
    text = file.sentences.granted if granted else file.sentences.refused
    names: dict[str, Words] = {name: _bare(each) for name, each in inputs.items()}
    if isinstance(value, dict):
        names |= {name: _bare(each) for name, each in value.items()}
    if amount is not None:
        shown = plain_number(rounded(amount, file.output.decimals))
        names["amount"] = Words(shown, shown)
        if file.output.amount:
            names[file.output.amount] = names["amount"]
    return Words(
        _PLACE.sub(lambda found: names[found[1]].zh if found[1] in names else found[0], text.zh),
        _PLACE.sub(lambda found: names[found[1]].en if found[1] in names else found[0], text.en),
    )


def rounded(amount: Decimal, decimals: int) -> Decimal:
    """To the cent or whatever the companion says, half to even."""
    return amount.quantize(Decimal(1).scaleb(-decimals), context=ARITHMETIC)


def _bare(value: Value) -> Words:
    """A text without the quotation marks it has as a value."""
    return Words(value, value) if isinstance(value, str) else value_words(value)
