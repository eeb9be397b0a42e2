"""Texts as counts of single characters and of pairs of neighbours, whole batches at a time.

A gram is one number: a character is its code point, a pair is (first + 1) << 21 | second. So grams are exact, sort as
arrays and need no table of strings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 21  # a code point of Unicode fits
GAP = "\0"  # ends a run of characters: no pair reaches across it
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_OTHER = re.compile(r"[\W_]")

Codes = NDArray[np.int64]
Reals = NDArray[np.float64]


def summed(at: Codes, values: Reals, length: int) -> Reals:
    """The values added up by place."""
    sums: Any = np.bincount(at, weights=values, minlength=length)
    # Without a single value NumPy counts in integers.
    return np.asarray(sums, dtype=np.float64)


@dataclass(frozen=True)
class Counts:
    """How often which gram of a vocabulary stands in which text: three arrays, ordered by text and then by gram."""

    texts: int
    width: int
    rows: Codes
    columns: Codes
    times: Codes

    @property
    def damped(self) -> Reals:
        """The tenth time says less than the first."""
        return 1.0 + np.log(self.times)

    def sums(self, values: Reals) -> Reals:
        """The sum of `values` in each text."""
        return summed(self.rows, values, self.texts)


def folded(text: str) -> str:
    """One spelling: full-width forms and case folded, every number a 0, blanks dropped, other signs a gap."""
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", text).lower())
    return _OTHER.sub(GAP, _DIGITS.sub("0", plain))


def points(text: str) -> Codes:
    """The code points of a text that is already folded; lone surrogates cannot be characters and become gaps."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)


def pairs(codes: Codes) -> Codes:
    """The pair that begins at each place but the last; 0 where one of the two is a gap."""
    first, second = codes[:-1], codes[1:]
    return np.where((first > 0) & (second > 0), ((first + 1) << BITS) | second, 0)


@dataclass(frozen=True)
class Stream:
    """Texts laid end to end with a gap after each: every gram as often as it stands there.

    `rows` is the number of the text, `at` the place in the stream of the gram's first character.
    """

    length: int
    rows: Codes
    at: Codes
    grams: Codes


def stream(texts: Sequence[str]) -> Stream:
    """The grams of folded texts."""
    codes = points(GAP.join(texts) + GAP)
    owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    grams = np.concatenate([codes, pairs(codes)])
    there = np.flatnonzero(grams)
    at = np.where(there < len(codes), there, there - len(codes))
    return Stream(len(codes), owner[at], at, grams[there])


def vocabulary(texts: Sequence[str], least: int) -> Codes:
    """The grams that stand in at least so many of the texts, sorted."""
    laid = stream(texts)
    known, columns = np.unique(laid.grams, return_inverse=True)
    one_each = np.unique(laid.rows * max(1, len(known)) + columns) % max(1, len(known))
    return known[np.bincount(one_each, minlength=len(known)) >= least]


def places(known: Codes, grams: Codes) -> tuple[Codes, NDArray[np.bool_]]:
    """Where each gram stands in a sorted vocabulary, and whether it does at all."""
    if not len(known):
        return np.zeros(len(grams), dtype=np.int64), np.zeros(len(grams), dtype=bool)
    at = np.minimum(np.searchsorted(known, grams), len(known) - 1)
    return at, known[at] == grams


def counts(texts: Sequence[str], known: Codes) -> Counts:
    """The grams of folded texts that a vocabulary knows."""
    laid = stream(texts)
    at, there = places(known, laid.grams)
    width = max(1, len(known))
    cells, times = np.unique(laid.rows[there] * width + at[there], return_counts=True)
    return Counts(len(texts), len(known), cells // width, cells % width, times)


@dataclass(frozen=True)
class Traced:
    """Counts that remember where each known gram stood: `cell` is its place in the arrays of `of`."""

    of: Counts
    length: int
    at: Codes
    pair: NDArray[np.bool_]
    cell: Codes

    def spread(self, each: Reals) -> Reals:
        """A number per gram of a text laid on the characters of the stream; a pair lays half on each of its two."""
        added = each[self.cell] / np.where(self.pair, 2.0, 1.0)
        first = summed(self.at, added, self.length)
        return first + summed(self.at[self.pair] + 1, added[self.pair], self.length)


def traced(texts: Sequence[str], known: Codes) -> Traced:
    """The grams of folded texts that a vocabulary knows, with their places."""
    laid = stream(texts)
    at, there = places(known, laid.grams)
    width = max(1, len(known))
    both = laid.rows[there] * width + at[there]
    cells, cell, times = np.unique(both, return_inverse=True, return_counts=True)
    of = Counts(len(texts), len(known), cells // width, cells % width, times)
    return Traced(of, laid.length, laid.at[there], laid.grams[there] >> BITS > 0, cell)


def matrix(of: Counts, values: Reals) -> Any:
    """A sparse matrix of `values`, one row a text."""
    # SciPy takes its time to load, and only training and clustering need it.
    from scipy.sparse import csr_matrix

    return csr_matrix((values, (of.rows, of.columns)), shape=(of.texts, of.width))
