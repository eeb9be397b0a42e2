"""A row that shows a fault. Where conditions were taken as free, the row is tried with the interpreter before it is called proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.conditions import MARK
from yiwang.rules.core.proofs.cover import Box, bits
from yiwang.rules.core.proofs.dimensions import Dimension
from yiwang.rules.core.proofs.evaluation import open_names, placeless
from yiwang.rules.core.proofs.scales import Key
from yiwang.rules.core.proofs.space import Space

Claim = Callable[[Sequence[bool]], bool]
_TRIES = 3000
_EACH = 8
_LOOSE = tuple(Decimal(number) for number in (0, 1, 100, 1000, 1_000_000))


@dataclass(frozen=True, slots=True)
class Shown:
    """Values by dimension; `proved` when the interpreter says of this row what the proof says of its box."""

    row: dict[int, Value]
    proved: bool


@dataclass(frozen=True, slots=True)
class Finder:
    table: DecisionTable
    space: Space

    def find(self, box: Box, claim: Claim) -> Shown:
        """A row of the box for which `claim` holds of the rules that are met."""
        dimensions = self.space.dimensions
        plain = {
            place: self._plain(place, box[place]) for place in range(len(dimensions)) if not dimensions[place].free
        }
        narrowed = [place for place, each in enumerate(dimensions) if box[place] != each.all]
        if not any(dimensions[place].kind != "input" for place in narrowed):
            return Shown(plain, not self._entangled(narrowed))
        if self._computed():
            return Shown(plain, False)
        places, tries = self._candidates(box)
        for values in tries:
            row = dict(zip(places, values, strict=True))
            if claim(self.met(row)):
                return Shown({place: value for place, value in row.items() if isinstance(place, int)}, True)
        return Shown(plain, False)

    def met(self, row: dict[int | str, Value]) -> list[bool]:
        """Which rules hold for a row, by the interpreter."""
        names = self._names(row)
        judge = self.space.judge
        return [
            all(
                judge.passes(placeless(cell.tests), row[self.space.columns[at]], names) is True
                for at, cell in enumerate(rule.inputs)
            )
            for rule in self.table.rules
        ]

    def _plain(self, place: int, mask: int) -> Value:
        """The plainest value: one that stands alone, else one of a stretch; null only where nothing else is left."""
        regions = [self.space.dimensions[place].regions[at] for at in bits(mask)]
        return min(
            regions, key=lambda region: ("point", "between", "other", "outcome", "null").index(region.kind)
        ).value

    def _names(self, row: dict[int | str, Value]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for at, column in enumerate(self.table.inputs):
            _put(found, column.expression.node, row[self.space.columns[at]])
        for place, value in row.items():
            if isinstance(place, str):
                found[place] = value
            else:
                dimension = self.space.dimensions[place]
                if dimension.kind == "term" and isinstance(dimension.node, (n.Name, n.Path)):
                    _put(found, dimension.node, value)
        return found

    def _computed(self) -> bool:
        """Whether an input is worked out from others, so that a row of columns is no row of names."""
        return any(not isinstance(column.expression.node, (n.Name, n.Path)) for column in self.table.inputs)

    def _entangled(self, narrowed: Iterable[int]) -> bool:
        """Whether two of the inputs read the same name: their values then hang together."""
        seen: set[str] = set()
        nodes = {self.space.columns[at]: column.expression.node for at, column in enumerate(self.table.inputs)}
        for place in narrowed:
            node = nodes.get(place)
            if node is None or isinstance(node, n.Path):
                continue
            names = open_names(node)
            if names & seen:
                return True
            seen |= names
        return False

    def _candidates(self, box: Box) -> tuple[list[int | str], Iterable[tuple[Value, ...]]]:
        dimensions = self.space.dimensions
        places: list[int | str] = []
        values: list[list[Value]] = []
        for place, each in enumerate(dimensions):
            if each.free or (each.kind == "term" and not isinstance(each.node, (n.Name, n.Path))):
                continue
            places.append(place)
            asked = each.kind == "term" or box[place] != each.all or self._tied(place)
            values.append(self._values(place, box) if asked else [self._plain(place, box[place])])
        for name in sorted(self._loose()):
            places.append(name)
            values.append(list(_LOOSE))
        return places, islice(product(*values), _TRIES)

    def _values(self, place: int, box: Box) -> list[Value]:
        """Plain values of the box's regions, and such as lie next to those of inputs it is compared with."""
        dimension = self.space.dimensions[place]
        keys: list[Key] = []
        for each in self.space.dimensions:
            if each.kind == "relation" and place in each.pair:
                other = each.pair[0] if each.pair[1] == place else each.pair[1]
                keys += self._near(other, box) + self._near(place, box)
        regions = [dimension.regions[at] for at in bits(box[place])]
        regions.sort(key=lambda region: region.kind == "null")
        found = [region.value for region in regions if dimension.kind == "input" or region.kind == "null"]
        if dimension.scale is not None:
            found += [dimension.scale.value(key) for key in dict.fromkeys(keys) if _inside(dimension, box[place], key)]
        unique: list[Value] = []
        for value in found:
            if not any(value is kept or (type(value) is type(kept) and value == kept) for kept in unique):
                unique.append(value)
        return unique[: _EACH * 2] or [None]

    def _tied(self, place: int) -> bool:
        """Whether a relation or a condition reads the dimension."""
        marks = {f"{MARK}{column}" for column, at in enumerate(self.space.columns) if at == place}
        return any(
            place in each.pair or (each.node is not None and marks & open_names(each.node))
            for each in self.space.dimensions
        )

    def _near(self, place: int, box: Box) -> list[Key]:
        dimension = self.space.dimensions[place]
        if dimension.scale is None or dimension.kind != "input":
            return []
        found: list[Key] = []
        for at in list(bits(box[place]))[:_EACH]:
            key = dimension.scale.key(dimension.regions[at].value)
            if isinstance(key, Fraction):
                step = dimension.scale.step or Fraction(1)
                found += [key, key + step, key - step, 2 * key, key + 2 * step]
            elif key is not None:
                found += [key, key + "a"]
        return found

    def _loose(self) -> set[str]:
        """Names that terms and conditions read and no input gives."""
        given: set[str] = set()
        for column in self.table.inputs:
            given |= open_names(column.expression.node)
        read: set[str] = set()
        for each in self.space.dimensions:
            if each.node is not None and not (each.kind == "term" and isinstance(each.node, (n.Name, n.Path))):
                read |= {name for name in open_names(each.node) if not name.startswith(MARK)}
        return read - given - set(self.space.judge.parameters) - {"now", "today"}


def _inside(dimension: Dimension, mask: int, key: Key) -> bool:
    if dimension.scale is None or not dimension.scale.holds(key):
        return False
    if dimension.kind == "term":
        return True
    for at in bits(mask):
        region = dimension.regions[at]
        if region.kind == "point" and region.low == key:
            return True
        above = region.low is None or region.low < key  # type: ignore[operator]
        if region.kind == "between" and above and (region.high is None or key < region.high):  # type: ignore[operator]
            return True
    return False


def _put(names: dict[str, Value], node: n.Node, value: Value) -> None:
    """Give a name, or a member of a context, its value."""
    if isinstance(node, n.Name):
        names[node.name] = value
        return
    steps: list[str] = []
    while isinstance(node, n.Path):
        steps.append(node.name)
        node = node.target
    root = write(node)
    held = names.setdefault(root, {})
    for step in reversed(steps[1:]):
        held = held.setdefault(step, {}) if isinstance(held, dict) else {}
    if isinstance(held, dict):
        held[steps[0]] = value
