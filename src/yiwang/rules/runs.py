"""What a run over everyone takes and gives, whichever executor does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from yiwang.rules.answers import MatchCount, RuleCount
from yiwang.rules.core.feel.values import ARITHMETIC
from yiwang.rules.prepared import Prepared

# Amounts in a hit list: money and areas need no more places, and every engine has the type.
AMOUNT_PLACES = 6
HITS = pa.schema(
    [
        ("decision", pa.string()),
        ("subject", pa.string()),
        ("amount", pa.decimal128(38, AMOUNT_PLACES)),
        ("rule", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Asked:
    """A decision to run: the version it is in, and the column of facts each of its inputs is read from."""

    found: Prepared
    version: int
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.found.file.id


class Tally:
    """Counts of one decision. Rule 0 stands for subjects no rule decided."""

    def __init__(self) -> None:
        self.subjects = self.granted = 0
        self.rules: Counter[int] = Counter()
        self.amount: Decimal | None = None

    def add(self, rules: Sequence[int], granted: bool, amount: Decimal | None) -> None:
        self.subjects += 1
        self.granted += granted
        self.rules.update(rules or (0,))
        if granted and amount is not None:
            self.amount = ARITHMETIC.add(self.amount or Decimal(0), amount)

    def told(self, asked: Asked) -> MatchCount:
        bases = {rule.number: rule.basis for rule in asked.found.explainer.own_rules()}
        return MatchCount(
            decision=asked.id,
            version=asked.version,
            digest=asked.found.content.digest,
            subjects=self.subjects,
            granted=self.granted,
            amount=None if self.amount is None else trimmed(self.amount),
            rules=tuple(
                RuleCount(number, bases.get(number, ""), count) for number, count in sorted(self.rules.items()) if count
            ),
        )


def stored_amount(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal(1).scaleb(-AMOUNT_PLACES), context=ARITHMETIC)


def trimmed(amount: Decimal) -> Decimal:
    """With two decimal places, or as many as it needs: an amount reads the same from every engine."""
    cents = amount.quantize(Decimal("0.01"), context=ARITHMETIC)
    return cents if cents == amount else amount.normalize(ARITHMETIC)
