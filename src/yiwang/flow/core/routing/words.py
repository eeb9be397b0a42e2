"""The words a person would name in a text, by what their characters weigh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import heapify, heappop

import numpy as np
import rjieba

from yiwang.flow.core.routing.grams import Reals

SLIGHT = 0.02
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# Words that name no matter: they hold a sentence together or address the reader.
_IDLE = (
    "我们 你们 他们 它们 大家 自己 本人 这个 那个 这些 那些 这样 那样 这里 那里 什么 怎么 为什么 如何 是否 没有 不是 不能 可以 可能 应该 已经 "
    "现在 目前 一直 一个 一些 因为 所以 但是 而且 如果 或者 以及 还是 就是 只是 并且 并没有 以来 之后 之前 时候 进行 由于 对于 关于 根据 希望 请问 "
    "您好 你好 谢谢 感谢 尊敬 领导 书记 市长 县长 区长 局长 厅长 反映 问题 情况 解决 处理 有关 相关 部门 政府 要求 请求 盼望 恳请 回复 答复 知道 "
    "需要 这种 每天 今年 去年 至今 到底 多次 不知 他们的 非常 十分 特别 然后 还有 不要 都是 这是 一下 不会 起来 出来 这么 那么"
)
IDLE = frozenset(_IDLE.split())


def words(folded: str, weights: Reals) -> Iterator[tuple[str, float]]:
    """The words of a folded text that weigh something, heaviest first; `weights` is a number per character.

    A word that stands there twice weighs what both places do; a place of under a SLIGHT part of the heaviest says nothing.
    """
    pieces = rjieba.cut(folded)
    if not pieces:
        return
    lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
    weighed = np.add.reduceat(weights, np.cumsum(lengths) - lengths)
    weighed[lengths == 1] = 0.0
    places = np.flatnonzero(weighed > max(0.0, float(weighed.max()) * SLIGHT))
    found: dict[str, float] = {}
    for at, weight in zip(places.tolist(), weighed[places].tolist(), strict=True):
        piece = pieces[at]
        found[piece] = found.get(piece, 0.0) + weight
    # Few are asked for: a heap gives them without putting the rest in order.
    heap = [(-weight, piece) for piece, weight in found.items()]
    heapify(heap)
    while heap:
        weight, piece = heappop(heap)
        yield piece, -weight


def telling(word: str) -> bool:
    """Whether a word can be shown as a reason: Chinese, at least two characters, and about a matter."""
    return word not in IDLE and len(word) > 1 and _HAN.search(word) is not None


def pieces(folded: str) -> list[tuple[str, bool]]:
    """The pieces of a folded text in order, gaps among them, each with whether it can be told to others.

    Names of people cannot.
    """
    return [(piece, telling(piece) and not kind.startswith("nr")) for piece, kind in rjieba.tag(folded)]
