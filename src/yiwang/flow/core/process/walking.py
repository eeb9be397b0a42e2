"""One step on its way: the state being made, what the world must do, and what is still to be looked at.

Whatever moves puts its next errand at the end of `errands`; `reducing.py` carries them out until none is left. So a long way costs
no stack, and an endless one is stopped.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from enum import StrEnum

from yiwang.flow.core.process.effects import Effect, Mark, Noted, Passed
from yiwang.flow.core.process.nodes import Node
from yiwang.flow.core.process.plans import Plan
from yiwang.flow.core.process.state import Run, State, Token
from yiwang.flow.errors import StepForbidden
from yiwang.rules.core.feel.values import DateTime

# Nodes one event may enter. A case of ten thousand instances is wrong, and a loop without a wait never ends.
LONGEST = 10_000


class Errand(StrEnum):
    """What is to be done with a token; the value is what a stuck token keeps to be tried again."""

    ENTER = "enter"  # it came to a node: listen at its boundaries, begin its loop
    ACT = "act"  # once: do what the node does
    DONE = "done"  # that was done once
    FINISH = "finish"  # the whole activity is done
    LEAVE = "leave"  # go on by the flows
    CLOSE = "close"  # a run: end it if nothing stands in it any more


class Halt(Exception):
    """Raised inside a step where a token cannot go on: it stays there, stuck, and the case is told so."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


class Walk:
    __slots__ = ("definition", "effects", "errands", "left", "mixed", "moment", "now", "plan", "state")

    def __init__(self, plan: Plan, state: State, now: datetime) -> None:
        self.plan, self.definition, self.state, self.now = plan, plan.definition, state, now
        self.effects: list[Effect] = []
        self.errands: deque[tuple[Errand, Token | Run]] = deque()
        self.left = LONGEST
        self.moment: DateTime | None = None  # as FEEL has it, made when first asked for
        # Something happened that cannot be taken back: tokens merged, a run ended.
        self.mixed = False

    def number(self) -> int:
        given = self.state.seq
        self.state.seq = given + 1
        return given

    def tell(self, effect: Effect) -> None:
        self.effects.append(effect)

    def note(self, token: int, node: str, zh: str, en: str) -> None:
        self.effects.append(Noted(token, node, zh, en))

    def count(self, kind: str) -> None:
        counts = self.state.counts
        counts[kind] = counts.get(kind, 0) + 1

    def node(self, token: Token) -> Node:
        return self.definition.nodes[token.node]

    def later(self, errand: Errand, what: Token | Run) -> None:
        self.errands.append((errand, what))

    def put(self, node: str, run: int, errand: Errand = Errand.ENTER) -> Token:
        """A new token at a node. Raises StepForbidden when this one event has led through too many."""
        self.left -= 1
        if self.left < 0:
            raise endless(node)
        token = Token(self.number(), node, run)
        self.state.tokens[token.id] = token
        self.effects.append(Passed(Mark.ENTERED, node, token.id))
        self.errands.append((errand, token))
        return token

    def holds(self, what: Token | Run) -> bool:
        """Whether it is still there; errands for what was dropped meanwhile are void."""
        if isinstance(what, Token):
            return self.state.tokens.get(what.id) is what
        return self.state.runs.get(what.id) is what

    def tokens_of(self, run: int) -> list[Token]:
        return [token for token in self.state.tokens.values() if token.run == run]

    def runs_in(self, run: int) -> list[Run]:
        return [each for each in self.state.runs.values() if each.parent == run]

    def runs_of(self, token: int) -> list[Run]:
        """The runs a token's activity has opened."""
        return [each for each in self.state.runs.values() if each.host == token]


def endless(node: str) -> StepForbidden:
    return StepForbidden(
        zh=f"这一步经过了 {LONGEST} 个以上的节点而没有停下，已停止。",
        en=f"This one step went through more than {LONGEST} nodes without coming to rest and was stopped.",
        where=node,
        hint_zh="流程图中有不经过人工或等待的循环，或多实例数量过大；请修改流程。",
        hint_en="The diagram has a loop in which nobody works or waits, or too many instances: change the process.",
    )
