"""A trained router as bytes and back: numbers and names only, so that reading one never runs anything.

Three lines of text and then bare arrays, little end first:

    yiwang-router 1
    <SHA-256 of all that follows, in hex>
    <canonical JSON: labels, examples, coverage, calibration, and the shape of each array>
    <the arrays, one behind the other>

Equal routers give equal bytes; the digest is the router's name on a receipt.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yiwang.flow.core.routing.errors import RouterDamaged
from yiwang.flow.core.routing.learning import Calibration, Weights
from yiwang.flow.core.routing.router import Router
from yiwang.kernel.core.canonical import canonical_json

MAGIC = b"yiwang-router 1"
KINDS = {"known": "<i8", "scale": "<f4", "pull": "<f4", "bias": "<f4", "confidences": "<f4"}


class Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    labels: list[str] = Field(min_length=2)
    examples: list[int]
    coverage: float = Field(gt=0, le=1)
    steep: float = Field(ge=0, allow_inf_nan=False)
    start: float = Field(allow_inf_nan=False)
    grams: int = Field(ge=0)
    confidences: int = Field(ge=1)

    def shape(self, name: str) -> tuple[int, ...]:
        both = (self.grams, len(self.labels))
        shapes = {"known": both[:1], "bias": both[1:], "confidences": (self.confidences,)}
        return shapes.get(name, both)


def router_bytes(router: Router) -> bytes:
    head = Head(
        labels=list(router.labels),
        examples=list(router.examples),
        coverage=router.coverage,
        steep=router.calibration.steep,
        start=router.calibration.start,
        grams=len(router.weights.known),
        confidences=len(router.confidences),
    )
    arrays = _arrays(router)
    body = canonical_json(head.model_dump()) + b"\n"
    body += b"".join(arrays[name].astype(kind).tobytes() for name, kind in KINDS.items())
    return MAGIC + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def router_digest(router: Router) -> str:
    """The digest that stands in the router's bytes."""
    return router_bytes(router).split(b"\n", 2)[1].decode()


def router_from(data: bytes, where: str = "") -> Router:
    """The router that was saved, exactly. Raises RouterDamaged: another format, or not the bytes that were saved."""
    magic, _, rest = data.partition(b"\n")
    if magic != MAGIC:
        raise _damaged(where, "不是本版本的派单模型文件", "not a router file of this version")
    digest, _, body = rest.partition(b"\n")
    if digest != hashlib.sha256(body).hexdigest().encode():
        raise _damaged(where, "文件与其摘要不符，可能已损坏或被改动", "the file is not what its digest says")
    line, _, tail = body.partition(b"\n")
    head = _head(line, where)
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind in KINDS.items():
        size = int(np.prod(head.shape(name))) * np.dtype(kind).itemsize
        if len(tail) < size:
            raise _damaged(where, f"数组 {name} 不完整", f"the array {name} is cut short")
        arrays[name] = np.frombuffer(tail[:size], dtype=kind).reshape(head.shape(name))
        tail = tail[size:]
    if tail or not _sound(arrays):
        raise _damaged(where, "数组内容不合规", "the arrays do not hold what they should")
    weights = Weights(*(arrays[name] for name in ("known", "scale", "pull", "bias")))
    curve = Calibration(head.steep, head.start)
    return Router(tuple(head.labels), tuple(head.examples), head.coverage, curve, weights, arrays["confidences"])


def _arrays(router: Router) -> dict[str, NDArray[Any]]:
    weights = router.weights
    return {
        "known": weights.known,
        "scale": weights.scale,
        "pull": weights.pull,
        "bias": weights.bias,
        "confidences": router.confidences,
    }


def _head(line: bytes, where: str) -> Head:
    try:
        head = Head.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        raise _damaged(where, "文件头读不懂", "the head of the file cannot be read") from error
    if len(head.labels) != len(head.examples) or any(a >= b for a, b in pairwise(head.labels)):
        raise _damaged(
            where, "类别重复、无序或与样例数不符", "labels are repeated, out of order or not as many as counts"
        )
    return head


def _sound(arrays: dict[str, NDArray[Any]]) -> bool:
    """Whether the arrays are what a search and a sum rely on."""
    known = arrays["known"]
    return bool((np.diff(known) > 0).all()) and all(np.isfinite(array).all() for array in arrays.values())


def _damaged(where: str, zh: str, en: str) -> RouterDamaged:
    return RouterDamaged(
        zh=zh,
        en=en,
        where=where,
        hint_zh="请用样例重新训练并保存。",
        hint_en="Train it again from its examples and save it.",
    )
