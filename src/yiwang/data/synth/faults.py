"""Which rows are spoilt, with which error, and the record of it. At most one error a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from yiwang.data.synth.draws import I64, Bool, Objects, below, unit
from yiwang.data.synth.figures import figure
from yiwang.data.synth.shapes import ListSpec
from yiwang.data.synth.spoilers import SPOILERS, Frame, name_typo, second_number

Columns = dict[str, Objects]
ROW = "*"


@dataclass(frozen=True)
class Fault:
    """One injected error. Rows count from 0 within the block; `twin` is the earlier row a duplicate repeats."""

    row: int
    field: str
    error_class: str
    original: str
    twin: int | None = None


def chosen(seed: int, resource: str, index: I64) -> Bool:
    """Which rows of a list are to be spoilt; known without making the list, so that other lists can stay clear of them."""
    spoilt: Bool = unit(seed, f"{resource}/spoilt", index) < figure("errors.share").number
    return spoilt


@cache
def combinations(spec: ListSpec) -> tuple[tuple[str, str], ...]:
    """Every (class, field) that can go wrong in a list; each is drawn equally often."""
    found: list[tuple[str, str]] = [("duplicate_key", spec.key), ("shifted_row", ROW)]
    for field in spec.fields:
        own: list[str] = []
        if field.kind in ("resident-id", "credit-code", "bank-card"):
            own += ["wrong_check_digit"]
        # A card number one digit short may be a valid shorter one, so cards are left out.
        if field.kind in ("resident-id", "credit-code", "mobile"):
            own += ["wrong_form"]
        if field.kind in ("resident-id", "date"):
            own += ["impossible_date"] + ([] if field.ahead else ["future_date"])
        if field.required:
            own += ["missing_required"]
        if field.low is not None:
            own += ["out_of_range"]
        if field.choices:
            own += ["not_in_list"]
        if field.kind == "division":
            own += ["unknown_division", "retired_division"]
        if field.references:
            own += ["orphan_reference"]
        if field.kind == "name":
            own += ["name_typo"]
        found += [(error_class, field.id) for error_class in own]
    found += [("date_order_broken", later) for later in sorted({pair[1] for pair in spec.before})]
    tied = {part for identity in spec.identities for part in (identity.sex, identity.born) if part}
    found += [("cross_field_contradiction", name) for name in sorted(tied | {pair[0] for pair in spec.at_most})]
    if any(identity.number == spec.key for identity in spec.identities):
        found.append(("same_person_twice", spec.key))
    return tuple(found)


def _earlier(row: int, sound: I64, frame: Frame) -> int | None:
    """A row before this one that is left as it is."""
    before = int(np.searchsorted(sound, row))
    return int(sound[int(frame.rng.integers(before))]) if before else None


def _repeat(spec: ListSpec, columns: Columns, row: int, twin: int, frame: Frame, *, again: bool) -> str:
    """Writes the twin's values over a row; `again`: as a second record of the same person. Returns the old key."""
    original = str(columns[spec.key][row])
    for values in columns.values():
        values[row] = values[twin]
    if again:
        columns[spec.key][row] = second_number(columns[spec.key][row])
        cells = {name: values[row] for name, values in columns.items()}
        field = spec.field("name")
        columns["name"][row] = name_typo(spec, field, cells, frame) or columns["name"][row]
    return original


def faults_inject(
    spec: ListSpec, columns: Columns, index: I64, spoilt: Bool, seed: int, frame: Frame
) -> tuple[list[Fault], I64]:
    """Spoils rows of the columns in place. Returns what was done, and the rows still to be shifted once they are text."""
    options = combinations(spec)
    rows = np.flatnonzero(spoilt)
    sound = np.flatnonzero(~spoilt).astype(np.int64)
    drawn = below(seed, f"{spec.resource}/error", index[rows], len(options))
    faults: list[Fault] = []
    shifted: list[int] = []
    repeated: set[int] = set()
    for row, option in zip(rows.tolist(), drawn.tolist(), strict=True):
        error_class, name = options[option]
        if error_class == "shifted_row":
            shifted.append(row)
        elif error_class in ("duplicate_key", "same_person_twice"):
            twin = _earlier(row, sound, frame)
            if twin is not None and twin not in repeated:
                repeated.add(twin)
                again = error_class == "same_person_twice"
                original = _repeat(spec, columns, row, twin, frame, again=again)
                faults.append(Fault(row, name, error_class, original, twin))
        else:
            cells = {field: values[row] for field, values in columns.items()}
            wrong = SPOILERS[error_class](spec, spec.field(name), cells, frame)
            if wrong is not None and wrong != cells[name]:
                faults.append(Fault(row, name, error_class, cells[name]))
                columns[name][row] = wrong
    return faults, np.asarray(shifted, dtype=np.int64)


def rows_shift(spec: ListSpec, columns: Columns, rows: I64, frame: Frame) -> list[Fault]:
    """Moves the values of each row one column on, from some column; the last value falls off."""
    faults = []
    for row in rows.tolist():
        old = [str(columns[name][row]) for name in spec.ids]
        start = int(frame.rng.integers(1, len(old) - 2))
        new = [*old[:start], "", *old[start:-1]]
        if new == old:
            continue
        for name, value in zip(spec.ids, new, strict=True):
            columns[name][row] = value
        faults.append(Fault(row, ROW, "shifted_row", "\t".join(old)))
    return faults
