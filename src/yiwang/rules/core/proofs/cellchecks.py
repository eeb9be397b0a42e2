"""What can be seen of each rule by itself: cells that compare with another type than their input's, rules without a law."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yiwang.rules.core.dmn.boxed import DecisionTable, Rule
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.wording import glued, spaced, value_words
from yiwang.rules.core.proofs.conditions import Inside, Reader, atoms, constants
from yiwang.rules.core.proofs.dimensions import BASIC, label
from yiwang.rules.core.proofs.findings import Finding
from yiwang.rules.core.proofs.outcomes import KINDS
from yiwang.rules.core.proofs.space import Space

_REFERENCE = re.compile("依据|法|条|文件|reference|legal|basis|law|article", re.IGNORECASE)


def reference_of(table: DecisionTable, rule: Rule) -> str:
    """The law a rule names: the annotation whose column says so, else any; empty when there is none."""
    named = [text for name, text in zip(table.annotations, rule.annotations, strict=False) if _REFERENCE.search(name)]
    if not any(_REFERENCE.search(name) for name in table.annotations):
        named = list(rule.annotations)
    return next((text.strip() for text in named if text.strip()), "")


def references(table: DecisionTable) -> Iterator[Finding]:
    for number, rule in enumerate(table.rules, 1):
        if not reference_of(table, rule):
            zh, en = f"规则 {number} 没有写明法律依据", f"Rule {number} names no law it rests on"
            yield Finding("reference", "error", (number,), (), zh, en)


def wrong_types(table: DecisionTable, space: Space, reader: Reader) -> Iterator[Finding]:
    for number, rule in enumerate(table.rules, 1):
        for at, cell in enumerate(rule.inputs):
            for atom in atoms(reader.cell(at, cell.tests)):
                if isinstance(atom, Inside):
                    yield from _wrong(space, number, atom, label(table.inputs[atom.column]))


def _wrong(space: Space, number: int, atom: Inside, name: str) -> Iterator[Finding]:
    wanted = space.dimensions[space.columns[atom.column]].type
    if wanted not in BASIC:
        return
    for value in constants(atom, space.judge):
        found = kind(value)
        # A condition over the input is a truth; it is compared with no value of the input.
        if value is not None and found != wanted and not (found == "boolean" and wanted != "boolean" and _asks(atom)):
            shown = value_words(value)
            zh = f"规则 {number} 的“{name}”一格用{KINDS[found]}{glued(spaced(shown.zh), '与')}{KINDS[wanted]}相比，永远不会相符"
            en = f'Rule {number} compares "{name}", a {wanted}, with the {found} {shown.en}; they never match'
            yield Finding("cell", "error", (number,), (), zh, en)
            return


def _asks(atom: Inside) -> bool:
    return any(type(test).__name__ == "ExpressionTest" for test in atom.tests.tests)
