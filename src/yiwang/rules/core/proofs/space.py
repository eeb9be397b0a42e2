"""A table as boxes in a space of regions: what the rules hold in, and what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.feel.wording import Words, expression_words
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.proofs.conditions import (
    MARK,
    Against,
    Asked,
    Formula,
    Inside,
    Joined,
    Opposite,
    Reader,
    atoms,
    column_of,
    constants,
    mark,
)
from yiwang.rules.core.proofs.cover import Box, Work, bits
from yiwang.rules.core.proofs.dimensions import Column, Dimension, asks_order, dimension, domain_for, label
from yiwang.rules.core.proofs.domains import Domain
from yiwang.rules.core.proofs.evaluation import Judge, open_names
from yiwang.rules.core.proofs.findings import Assumption, Unprovable
from yiwang.rules.core.proofs.regions import NULL, Region, relations
from yiwang.rules.core.proofs.totality import total

# More combinations of single values than this are not tried one by one.
MAX_COMBINED = 4096
MAX_BOXES = 2000

Partial = Mapping[int, int]  # a box by dimension; one that is not named is whole
Truth = tuple[list[Partial], list[Partial]]  # where a formula is true, where it is false


@dataclass(slots=True)
class Space:
    """Dimensions, inputs first; `columns` gives each column of the table its dimension."""

    judge: Judge
    work: Work
    dimensions: list[Dimension]
    columns: list[int]
    notes: list[Assumption]
    domains: Mapping[str, Domain]
    impossible: list[Partial] = field(default_factory=list)
    cells: list[list[Truth]] = field(default_factory=list)
    _named: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[int, n.UnaryTests], Truth] = field(default_factory=dict)

    # What boxes are ----------------------------------------------------------------------------------------------------

    def whole(self) -> Box:
        return tuple(each.all for each in self.dimensions)

    def box(self, partial: Partial) -> Box:
        return tuple(partial.get(place, each.all) for place, each in enumerate(self.dimensions))

    def rule(self, number: int) -> list[Box]:
        """Where a rule holds; no box when it never does."""
        found: list[Partial] = [{}]
        for true, _ in self.cells[number]:
            found = self._both(found, true)
        return [self.box(partial) for partial in found]

    def cannot(self) -> list[Box]:
        return [self.box(partial) for partial in self.impossible]

    def _both(self, one: Sequence[Partial], other: Sequence[Partial]) -> list[Partial]:
        found: list[Partial] = []
        for a, b in product(one, other):
            shared = dict(a)
            for place, mask in b.items():
                shared[place] = shared.get(place, self.dimensions[place].all) & mask
            if all(shared.values()):
                found.append(shared)
        if len(found) > MAX_BOXES:
            raise Unprovable("一条规则的条件组合过多", "the conditions of one rule have too many combinations")
        return found

    # Formulas ----------------------------------------------------------------------------------------------------------

    def truth(self, formula: Formula) -> Truth:
        if isinstance(formula, Opposite):
            true, false = self.truth(formula.part)
            return false, true
        if isinstance(formula, Joined):
            parts = [self.truth(part) for part in formula.parts]
            if formula.word == "or":
                parts = [(false, true) for true, false in parts]
            every: list[Partial] = [{}]
            some: list[Partial] = []
            for true, false in parts:
                every = self._both(every, true)
                some.extend(false)
            return (some, every) if formula.word == "or" else (every, some)
        if isinstance(formula, Inside):
            return self._inside(formula)
        if isinstance(formula, Against):
            return self._against(formula)
        return self._asked(formula)

    def _inside(self, atom: Inside) -> Truth:
        place = self.columns[atom.column]
        found = self._known.get((place, atom.tests))
        if found is None:
            decide = self.judge.deciding(atom.tests)
            found = self._known[place, atom.tests] = self._tabled((place,), lambda values: decide(values[0]))
        return found

    def _tabled(self, places: tuple[int, ...], decide: Callable[[tuple[Value, ...]], bool | None]) -> Truth:
        """Each combination of regions decided by the values that stand for them; the last dimension's regions in one mask."""
        true: list[Partial] = []
        false: list[Partial] = []
        *first, last = places
        for chosen in product(*(range(len(self.dimensions[place].regions)) for place in first)):
            masks = {True: 0, False: 0}
            held = tuple(
                self.dimensions[place].regions[region].value for place, region in zip(first, chosen, strict=True)
            )
            for region, each in enumerate(self.dimensions[last].regions):
                self.work.spend()
                answer = decide((*held, each.value))
                if answer is not None:
                    masks[answer] |= 1 << region
            for answer, found in ((True, true), (False, false)):
                if masks[answer]:
                    found.append(
                        {
                            **{place: 1 << region for place, region in zip(first, chosen, strict=True)},
                            last: masks[answer],
                        }
                    )
        return true, false

    def _against(self, atom: Against) -> Truth:
        left = self.columns[atom.column]
        other = column_of(atom.right)
        asked = _as_asked(atom, self.judge)
        beside = [self.dimensions[self.columns[column]] for column in asked.columns]
        if not asked.loose and all(each.finite for each in beside):
            return self._asked(asked)
        right = self.columns[other] if other is not None else self._term(atom, left)
        one, two = self.dimensions[left], self.dimensions[right]
        if left == right or (other is not None and (one.scale is None or type(one.scale) is not type(two.scale))):
            return self._asked(asked)
        pair, mirrored = self._relation(left, right)
        sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(atom.sign, atom.sign) if mirrored else atom.sign
        held = sum(1 << place for place, relation in enumerate("<=>") if _HOLDS[sign](relation))
        known = {left: one.all & ~one.null, right: two.all & ~two.null}
        true: list[Partial] = [{**known, pair: held}]
        false: list[Partial] = [{**known, pair: 7 & ~held}]
        if sign in ("=", "!="):
            # Null equals null and nothing else.
            same: list[Partial] = [{left: one.null, right: two.null}]
            apart: list[Partial] = [{left: one.null, right: known[right]}, {left: known[left], right: two.null}]
            true, false = (true + same, false + apart) if sign == "=" else (true + apart, false + same)
        return [box for box in true if all(box.values())], [box for box in false if all(box.values())]

    def _term(self, atom: Against, left: int) -> int:
        """The dimension of something a cell compares with that is no input."""
        text = write(atom.right)
        key = f"term {text}"
        if key not in self._named:
            domain = self.domains.get(text, Domain())
            beside = self.dimensions[left]
            empty = domain.nullable or any(
                self.dimensions[self.columns[int(name[1:])]].null
                for name in open_names(atom.right)
                if name.startswith(MARK)
            )
            regions = (Region("between", None), *([NULL] if empty else []))
            self._named[key] = self._add(
                Dimension(
                    self._shown(text), "term", regions, beside.scale, domain, self._words(atom.right), node=atom.right
                )
            )
        return self._named[key]

    def _relation(self, left: int, right: int) -> tuple[int, bool]:
        """The dimension of `<`, `=`, `>` between two dimensions, and whether it is read from the right."""
        low, high = min(left, right), max(left, right)
        key = f"relation {low} {high}"
        one, two = self.dimensions[low], self.dimensions[high]
        if key not in self._named:
            outcomes = tuple(Region("outcome", sign) for sign in "<=>")
            self._named[key] = self._add(Dimension(f"{one.name} ? {two.name}", "relation", outcomes, pair=(low, high)))
            self._forbid(low, high, self._named[key])
        return self._named[key], left > right

    def _forbid(self, low: int, high: int, pair: int) -> None:
        """Relations that no two values of two regions can have."""
        one, two = self.dimensions[low], self.dimensions[high]
        if "term" in (one.kind, two.kind):
            return
        for place, region in enumerate(one.regions):
            if region.kind == "null":
                continue
            for outcome, sign in enumerate("<=>"):
                mask = sum(
                    1 << at
                    for at, beside in enumerate(two.regions)
                    if beside.kind != "null" and sign not in relations(region, beside, (one.scale, two.scale))
                )
                if mask:
                    self.impossible.append({low: 1 << place, high: mask, pair: 1 << outcome})

    def _asked(self, atom: Asked) -> Truth:
        places = tuple(dict.fromkeys(self.columns[column] for column in atom.columns))
        regions = [self.dimensions[place] for place in places]

        def decide(values: tuple[Value, ...]) -> bool | None:
            by_place = dict(zip(places, values, strict=True))
            names = {mark(column): by_place[self.columns[column]] for column in atom.columns}
            if isinstance(atom.condition, n.UnaryTests):
                return self.judge.passes(atom.condition, names[mark(atom.column)], names)
            found = self.judge.value(atom.condition, names)
            return found if isinstance(found, bool) else None

        size = 1
        for each in regions:
            size *= len(each.regions)
        if not atom.loose and places and all(each.finite for each in regions) and size <= MAX_COMBINED:
            return self._tabled(places, decide)
        return self._free(atom, places, decide)

    def _free(self, atom: Asked, places: tuple[int, ...], decide: Callable[[tuple[Value, ...]], bool | None]) -> Truth:
        """A condition whose outcome is anything, but where one input alone is asked and has a single value."""
        alone = len(places) == 1 and not atom.loose
        exact = 0
        if alone:
            exact = sum(1 << at for at, region in enumerate(self.dimensions[places[0]].regions) if region.single)
        sure = (
            not atom.loose
            and total(atom.condition)
            and (alone or not any(self.dimensions[place].null for place in places))
        )
        free = self._condition(atom, sure)
        if not alone:
            return [{free: 1}], [{free: 2}]
        place = places[0]
        rest = self.dimensions[place].all & ~exact
        true: list[Partial] = [{place: rest, free: 1}] if rest else []
        false: list[Partial] = [{place: rest, free: 2}] if rest else []
        for at in bits(exact):
            answer = decide((self.dimensions[place].regions[at].value,))
            if answer is not None:
                (true if answer else false).append({place: 1 << at})
        return true, false

    def _condition(self, atom: Asked, sure: bool) -> int:
        key = f"condition {atom.key}"
        if key not in self._named:
            shown = self._shown(write(atom.condition))
            outcomes = [Region("outcome", True), Region("outcome", False), *([] if sure else [NULL])]
            self._named[key] = self._add(
                Dimension(shown, "condition", tuple(outcomes), words=self._words(atom.condition), node=atom.condition)
            )
            self.notes.append(
                Assumption(
                    zh=f"条件“{shown}”按与其他输入无关处理",
                    en=f'the condition "{shown}" is treated as independent of the other inputs',
                )
            )
        return self._named[key]

    def _add(self, made: Dimension) -> int:
        self.dimensions.append(made)
        return len(self.dimensions) - 1

    def _shown(self, text: str) -> str:
        for column, place in reversed(list(enumerate(self.columns))):
            text = text.replace(mark(column), self.dimensions[place].words.zh)
        return text

    def _words(self, node: n.Node) -> Words:
        if isinstance(node, n.UnaryTests):
            shown = self._shown(write(node))
            return Words(shown, shown)
        said = expression_words(node)
        return Words(self._shown(said.zh), self._shown(said.en))


def _as_asked(atom: Against, judge: Judge) -> Asked:
    tests = n.UnaryTests(0, (n.CompareTest(0, atom.sign, atom.right),))
    names = open_names(atom.right) - set(judge.parameters)
    columns = {int(name[1:]) for name in names if name.startswith(MARK)}
    loose = any(not name.startswith(MARK) for name in names)
    return Asked(tuple(sorted(columns | {atom.column})), atom.column, tests, loose)


_HOLDS: dict[str, Callable[[str], bool]] = {
    "<": lambda relation: relation == "<",
    "<=": lambda relation: relation != ">",
    "=": lambda relation: relation == "=",
    "!=": lambda relation: relation != "=",
    ">=": lambda relation: relation != "<",
    ">": lambda relation: relation == ">",
}


def reader_of(table: DecisionTable, judge: Judge) -> Reader:
    """Reads the table's cells with each input under the mark of the first column that has it."""
    places: dict[str, str] = {}
    for at, each in enumerate(table.inputs):
        places.setdefault(write(each.expression.node), mark(at))
    return Reader(judge, places)


def space_of(tables: Sequence[DecisionTable], domains: Mapping[str, Domain], judge: Judge, work: Work) -> Space:
    """One space for tables over the same inputs; their rules follow one another. Raises Unprovable, OutOfWork."""
    columns, places = _columns(tables[0], domains)
    formulas = [
        [reader_of(table, judge).cell(at, cell.tests) for at, cell in enumerate(rule.inputs)]
        for table in tables
        for rule in table.rules
    ]
    for row in formulas:
        for formula in row:
            for atom in atoms(formula):
                _learn(atom, columns, places, judge)
    notes: list[Assumption] = []
    for column in columns:
        for tests in (column.values, column.domain.allowed):
            if tests is not None:
                own = Inside(0, tests)
                column.constants += constants(own, judge)
                column.ordered = column.ordered or (asks_order(own) and _texts_only(own, judge))
    space = Space(judge, work, [dimension(column, judge, notes) for column in columns], places, notes, domains)
    space.cells = [[space.truth(formula) for formula in row] for row in formulas]
    return space


def _columns(table: DecisionTable, domains: Mapping[str, Domain]) -> tuple[list[Column], list[int]]:
    """The different inputs of a table, and which of them each column asks."""
    texts: dict[str, int] = {}
    columns: list[Column] = []
    for each in table.inputs:
        text = write(each.expression.node)
        if text not in texts:
            texts[text] = len(columns)
            columns.append(
                Column(label(each), text, each.expression.type or "", domain_for(each, domains), each.values)
            )
    return columns, [texts[write(each.expression.node)] for each in table.inputs]


def _learn(atom: Inside | Against | Asked, columns: list[Column], places: list[int], judge: Judge) -> None:
    """Tell each input an atom reads what it is asked there."""
    asked = _as_asked(atom, judge) if isinstance(atom, Against) else atom
    read = asked.columns if isinstance(asked, Asked) else (asked.column,)
    for at in read:
        column = columns[places[at]]
        if not isinstance(atom, Against):
            column.constants += constants(atom, judge)
        column.ordered = column.ordered or (asks_order(atom) and _texts_only(atom, judge))
        # Two inputs beside one another are told apart by which is larger; only what is worked out needs their single values.
        column.wide = (
            column.wide or isinstance(atom, Asked) or (isinstance(atom, Against) and column_of(atom.right) is None)
        )


def _texts_only(atom: Inside | Against | Asked, judge: Judge) -> bool:
    # A call that gives a date is no order of texts; only where texts stand does it matter.
    found = constants(atom, judge)
    return isinstance(atom, Against) or any(kind(value) == "string" for value in found)
