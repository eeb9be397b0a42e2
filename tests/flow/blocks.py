"""Random diagrams of nested blocks: every split has its join, so nothing they run may lose a token or hang."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from diagrams import Drawing
from hypothesis import strategies as st

from yiwang.flow.core.process import nodes as n

Block = tuple[Any, ...]
SIMPLE = ("user", "manual", "script", "service", "rule", "timer", "message", "send", "choose")
HELD = ("exclusive", "parallel", "inclusive")
WHOLE = ("loop", "sub", "each", "instances", "beside", "instead", "eventsub", "sign")
VARIABLES = 4


def blocks(kinds: tuple[str, ...] = SIMPLE, nested: tuple[str, ...] = HELD + WHOLE) -> st.SearchStrategy[Block]:
    simple = st.tuples(st.sampled_from(kinds))

    def around(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        series = st.lists(inner, min_size=1, max_size=3).map(lambda parts: ("series", *parts))
        split = st.tuples(
            st.sampled_from([kind for kind in nested if kind in HELD]),
            st.lists(st.tuples(st.integers(0, VARIABLES - 1), inner), min_size=2, max_size=3).map(tuple),
        )
        whole = [kind for kind in nested if kind in WHOLE]
        held = st.tuples(st.sampled_from(whole), st.integers(0, VARIABLES - 1), inner) if whole else series
        return st.one_of(series, split, held)

    return st.recursive(simple, around, max_leaves=7)


@dataclass
class Drawn:
    """Draws blocks into a drawing; names count up."""

    drawing: Drawing = field(default_factory=Drawing)
    last: int = 0

    def id(self, kind: str) -> str:
        self.last += 1
        return f"{kind}{self.last}"

    def block(self, block: Block, scope: str = "p") -> tuple[str, str]:
        """The first and the last node of what was drawn."""
        kind = block[0]
        if kind == "series":
            ends = [self.block(each, scope) for each in block[1:]]
            for (_, left), (right, _) in zip(ends, ends[1:], strict=False):
                self.drawing.flow(left, right)
            return ends[0][0], ends[-1][1]
        if kind in HELD:
            return self._split(block, scope)
        if kind in WHOLE:
            return self._whole(kind, block[1], block[2], scope)
        if kind == "choose":
            return self._choose(scope)
        name = self.id(kind)
        self._simple(kind, name, scope)
        return name, name

    def _simple(self, kind: str, name: str, scope: str) -> None:
        add = self.drawing.add
        if kind == "user":
            add(n.UserTask, name, scope)
        elif kind == "manual":
            add(n.ManualTask, name, scope)
        elif kind == "script":
            add(n.ScriptTask, name, scope, script="v0", result="out")
        elif kind == "service":
            add(n.ServiceTask, name, scope, action="note", result="told")
        elif kind == "rule":
            add(n.RuleTask, name, scope, decision="d", result="decided")
        elif kind == "timer":
            add(n.Catch, name, scope, trigger=n.Timer(n.TimerKind.DURATION, "P1D"))
        elif kind == "message":
            add(n.ReceiveTask, name, scope, message=n.Message(f"m.{name}"))
        else:
            add(n.SendTask, name, scope, message=n.Message("sent"))

    def _choose(self, scope: str) -> tuple[str, str]:
        """A timer or a message, whichever comes first."""
        first, last = self.id("choose"), self.id("merge")
        self.drawing.gateway(first, n.Branching.EVENT, scope).gateway(last, n.Branching.EXCLUSIVE, scope)
        for trigger in (n.Timer(n.TimerKind.DURATION, "P1D"), n.Message(f"m.{first}")):
            caught = self.id("catch")
            self.drawing.add(n.Catch, caught, scope, trigger=trigger).line(f"{first} {caught} {last}")
        return first, last

    def _split(self, block: Block, scope: str) -> tuple[str, str]:
        kind, ways = block
        branching = n.Branching(kind)
        first, last = self.id("split"), self.id("join")
        conditional = branching is not n.Branching.PARALLEL
        flows = [f"{first}.{place}" for place in range(len(ways))]
        self.drawing.gateway(first, branching, scope, default=flows[-1] if conditional else None)
        self.drawing.gateway(last, branching, scope)
        for place, (variable, inner) in enumerate(ways):
            begin, end = self.block(inner, scope)
            condition = f"v{variable}" if conditional and place < len(ways) - 1 else None
            self.drawing.flow(first, begin, condition, id=flows[place])
            self.drawing.flow(end, last)
        return first, last

    def _whole(self, kind: str, variable: int, inner: Block, scope: str) -> tuple[str, str]:
        if kind == "loop":
            return self._loop(variable, inner, scope)
        name = self.id(kind)
        if kind == "sign":
            signing = n.Signing(n.SignMode.SHARE, '["x", "y", "z"]', "agree", "0.5")
            self.drawing.add(n.UserTask, name, scope, signing=signing)
            return name, name
        loop: n.Each | None = None
        if kind == "each":
            loop = n.Each(sequential=True, count="2")
        elif kind == "instances":
            loop = n.Each(sequential=False, over="[1, 2]", item="i", collect="i", collected="all")
        self._sub(name, inner, scope, loop)
        if kind == "eventsub":
            self.drawing.event_sub(f"{name}.ev", n.Message(f"m.{name}"), f"{name}.eu", variable % 2 == 0, f"{name}.in")
        elif kind in ("beside", "instead"):
            return self._bounded(kind, name, scope)
        return name, name

    def _sub(self, name: str, inner: Block, scope: str, loop: n.Each | None) -> None:
        within = f"{name}.in"
        self.drawing.scope(within, parent=scope).add(n.SubProcess, name, scope, inner=within, loop=loop)
        self.drawing.add(n.Start, f"{name}.s", within).add(n.End, f"{name}.e", within)
        begin, end = self.block(inner, within)
        self.drawing.flow(f"{name}.s", begin).flow(end, f"{name}.e")

    def _loop(self, variable: int, inner: Block, scope: str) -> tuple[str, str]:
        """Again while a variable says so; the variables are turned off by the works done on the way."""
        first, last = self.id("merge"), self.id("again")
        self.drawing.gateway(first, n.Branching.EXCLUSIVE, scope)
        pause = self.id("user")
        self.drawing.add(n.UserTask, pause, scope).gateway(last, n.Branching.EXCLUSIVE, scope, default=f"{last}.on")
        begin, end = self.block(inner, scope)
        self.drawing.line(f"{first} {begin}").line(f"{end} {pause} {last}")
        self.drawing.flow(last, first, f"v{variable}", id=f"{last}.back")
        on = self.id("manual")
        self.drawing.add(n.ManualTask, on, scope).flow(last, on, id=f"{last}.on")
        return first, on

    def _bounded(self, kind: str, name: str, scope: str) -> tuple[str, str]:
        trigger = n.Timer(n.TimerKind.CYCLE, "R2/P1D") if kind == "beside" else n.Message(f"m.{name}")
        self.drawing.boundary(f"{name}.b", name, trigger, kind == "instead")
        side = self.id("user")
        self.drawing.add(n.UserTask, side, scope).flow(f"{name}.b", side)
        if kind == "beside":
            self.drawing.add(n.End, f"{side}.e", scope).flow(side, f"{side}.e")
            return name, name
        merge = self.id("merge")
        self.drawing.gateway(merge, n.Branching.EXCLUSIVE, scope).flow(side, merge).flow(name, merge)
        return name, merge


def drawn(block: Block) -> Drawing:
    """A whole process around a block."""
    pen = Drawn()
    pen.drawing.add(n.Start, "s").add(n.End, "e")
    begin, end = pen.block(block)
    pen.drawing.flow("s", begin).flow(end, "e")
    return pen.drawing
