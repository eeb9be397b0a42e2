"""The closed list of semantic types, in the order the catalogue offers them."""

from __future__ import annotations

from yiwang.data.core.semantics.amounts import MONEY
from yiwang.data.core.semantics.base import SemanticType
from yiwang.data.core.semantics.contacts import BANK_CARD, EMAIL_ADDRESS, MOBILE, POSTCODE
from yiwang.data.core.semantics.dates import DATE
from yiwang.data.core.semantics.datetimes import DATETIME
from yiwang.data.core.semantics.errors import UnknownSemanticType
from yiwang.data.core.semantics.firms import CREDIT_CODE, LICENCE_NUMBER, ORGANISATION_CODE
from yiwang.data.core.semantics.months import MONTH_TYPE
from yiwang.data.core.semantics.numbers import BOOLEAN, DECIMAL, INTEGER
from yiwang.data.core.semantics.places import DIVISION_CODE
from yiwang.data.core.semantics.plain import ADDRESS, PERSON_NAME, TEXT
from yiwang.data.core.semantics.residents import RESIDENT_ID

_LISTED: tuple[SemanticType, ...] = (
    TEXT,
    PERSON_NAME,
    ADDRESS,
    RESIDENT_ID,
    MOBILE,
    EMAIL_ADDRESS,
    BANK_CARD,
    POSTCODE,
    CREDIT_CODE,
    ORGANISATION_CODE,
    LICENCE_NUMBER,
    DIVISION_CODE,
    DATE,
    MONTH_TYPE,
    DATETIME,
    MONEY,
    INTEGER,
    DECIMAL,
    BOOLEAN,
)
_TYPES = {known.id: known for known in _LISTED}


def semantic_types() -> tuple[SemanticType, ...]:
    return _LISTED


def semantic_type(name: str) -> SemanticType:
    """Raises UnknownSemanticType, which lists the known ones."""
    if name not in _TYPES:
        raise UnknownSemanticType(name, tuple(_TYPES))
    return _TYPES[name]
