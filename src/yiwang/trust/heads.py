"""Signed heads as outsiders read them: the city's signatures, and under them those of its witnesses.

The newest head changes every second under use; the newest one that a witness signed is older and proves the same of what it covers.
"""

from __future__ import annotations

from yiwang.trust.models import Cosignature, SignedHead, Witness


def head_text(head: SignedHead) -> str:
    """The note of a head with the lines of all who cosigned it."""
    lines = Cosignature.objects.filter(head=head).order_by("at", "pk").values_list("line", flat=True)
    return str(head.note) + "".join(lines)


def head_cosigned(above: int = 0) -> SignedHead | None:
    """The newest head of more than `above` entries that a witness signed too."""
    return SignedHead.objects.filter(size__gt=above, cosignatures__isnull=False).order_by("-size").first()


def witness_keys() -> tuple[str, ...]:
    """The verifier keys of every witness there was: what one signed holds after it ended."""
    return tuple(Witness.objects.order_by("pk").values_list("key", flat=True))
