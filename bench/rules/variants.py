"""More decisions than the pack has: the same tables with every threshold moved a little, as a pack of 100 would have them.

    python -m bench.rules.variants FOLDER COPIES

writes COPIES × 20 files; copy 0 is the pack itself. All ranges over one input move together, so that disjoint rules stay so.
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from bench.rules.tables import DMN
from bench.rules.task import DECISIONS

# how far one copy moves the thresholds over an input
STEPS = {
    "age": Decimal(1),
    "monthly income": Decimal("17.5"),
    "insured months": Decimal(1),
    "housing area": Decimal("1.5"),
    "monthly income * household size": Decimal(35),
}
BOUND = re.compile(r"(?<=[<>=(\[.])(\s*)(\d+(?:\.\d+)?)(?=\.\.|\s*[\])]|\s*,|\s*$)")


def moved(cell: str, by: Decimal) -> str:
    """The bounds of the ranges of a cell moved; constants, lists of values and what begins at 0 stay."""
    if not re.search(r"[<>]|\.\.", cell):
        return cell
    tests = (
        test if re.fullmatch(r"\s*\d+\s*", test) else BOUND.sub(lambda m: _bound(m, by), test)
        for test in cell.split(",")
    )
    return ",".join(tests)


def _bound(found: re.Match[str], by: Decimal) -> str:
    number = Decimal(found[2])
    return f"{found[1]}{number + by if number else number}"


def variant(path: Path, copy: int) -> bytes:
    """A file whose one decision is called `…-vCOPY` and has its thresholds moved `copy` steps."""
    ElementTree.register_namespace("", DMN.strip("{}"))
    tree = ElementTree.parse(path)
    root = tree.getroot()
    decision = root.find(f"{DMN}decision")
    variable = None if decision is None else decision.find(f"{DMN}variable")
    table = None if decision is None else decision.find(f"{DMN}decisionTable")
    if decision is None or variable is None or table is None:
        raise ValueError(f"{path}: not one decision with one table")
    for element in (root, variable, decision):
        element.set("name", f"{element.get('name')} {copy}")
    for element in (root, decision):
        element.set("id", f"{element.get('id')}-v{copy}")
    root.set("namespace", f"{root.get('namespace')}:{copy}")
    steps = [
        STEPS.get((found.findtext(f"{DMN}inputExpression/{DMN}text") or "").strip())
        for found in table.findall(f"{DMN}input")
    ]
    for rule in table.findall(f"{DMN}rule"):
        for step, text in zip(steps, rule.findall(f"{DMN}inputEntry/{DMN}text"), strict=True):
            if step is not None and text.text:
                text.text = moved(text.text, step * copy)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def write(folder: Path, copies: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(DECISIONS.glob("*.dmn")):
        for copy in range(copies):
            target = folder / (f"{path.stem}-v{copy}.dmn" if copy else path.name)
            target.write_bytes(variant(path, copy) if copy else path.read_bytes())


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
