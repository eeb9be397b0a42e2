"""Random draws that depend on (seed, name of the draw, index) only, so how the work is cut into pieces never matters."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]


def _stream_number(stream: str) -> int:
    return int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")


def unit(seed: int, stream: str, index: I64) -> F64:
    """A number in [0, 1) for each index (splitmix64 over seed, stream and index)."""
    start = np.uint64((_stream_number(stream) ^ (seed * 0x9E3779B97F4A7C15)) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        x = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    mantissa: F64 = (x >> np.uint64(11)).astype(np.float64)
    return mantissa * 2.0**-53


def below(seed: int, stream: str, index: I64, bound: int) -> I64:
    """An integer in [0, bound) for each index."""
    drawn: I64 = (unit(seed, stream, index) * bound).astype(np.int64)
    return drawn


def weighted(position: F64, weights: list[float]) -> I64:
    """Which of the weighted choices each position in [0, 1) falls on."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    chosen: I64 = np.minimum(np.searchsorted(edges / edges[-1], position, side="right"), len(weights) - 1).astype(
        np.int64
    )
    return chosen


def generator(seed: int, stream: str, block: int) -> np.random.Generator:
    """A generator for one block of one stream; blocks are of fixed size and never share one."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, _stream_number(stream), block])))


def spans(rng: np.random.Generator, count: int, table: list[list[float]]) -> F64:
    """Numbers drawn from rows [from, to, weight], even within a row."""
    which = weighted(rng.random(count), [row[2] for row in table])
    low = np.asarray([row[0] for row in table])[which]
    high = np.asarray([row[1] for row in table])[which]
    drawn: F64 = low + rng.random(count) * (high - low)
    return drawn
