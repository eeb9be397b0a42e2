"""Pack tests: `tests/*.yaml`, given / when / then, written by whoever knows the law and run by pytest and at install.

cases:
  - name: {zh: …, en: …}
    given: {…}            # what the verb starts from
    when: {check: …}      # exactly one verb, with its argument
    then: {…}             # what the answer must hold; keys not named are free
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yiwang.kernel.core.pack import FileKind, View
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import PackError

Verb = Callable[[dict[str, Any], Any, View], dict[str, Any]]


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Text
    given: dict[str, Any] = {}
    when: dict[str, Any] = Field(min_length=1, max_length=1)
    then: dict[str, Any] = Field(min_length=1)


class CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    cases: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Failure:
    case: Case
    where: str
    zh: str
    en: str


_verbs: dict[str, Verb] = {}
CASES = FileKind(id="tests", pattern="tests/*.yaml", model=CaseFile)


def verb_register(name: str, verb: Verb) -> None:
    """Declare what `when: {name: …}` does. It must change nothing outside the pack's own small world."""
    _verbs[name] = verb


def cases_run(view: View) -> tuple[int, list[Failure]]:
    """Run every case of a pack. Returns how many there are and those that fail."""
    count, failures = 0, []
    for path, file in view.own.get(CASES.id, {}).items():
        for number, case in enumerate(file.cases, 1):
            count += 1
            where = f"{view.pack.manifest.id}/{path} case {number}"
            failure = case_run(case, where, view)
            if failure is not None:
                failures.append(failure)
    return count, failures


def case_run(case: Case, where: str, view: View) -> Failure | None:
    name, argument = next(iter(case.when.items()))
    verb = _verbs.get(name)
    if verb is None:
        known = ", ".join(sorted(_verbs))
        raise PackError(zh=f"没有动词 {name}；可用：{known}", en=f"no verb {name}; there are: {known}", where=where)
    answer = verb(case.given, argument, view)
    wrong = difference(case.then, answer, "then")
    return Failure(case, where, wrong[0], wrong[1]) if wrong else None


def difference(wanted: Any, found: Any, path: str) -> tuple[str, str] | None:
    """The first place where `found` does not hold what is wanted; None when it does."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            if key not in found:
                return f"{path}.{key} 没有出现", f"{path}.{key} is not there"
            wrong = difference(value, found[key], f"{path}.{key}")
            if wrong:
                return wrong
        return None
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            wrong = difference(one, other, f"{path}[{number}]")
            if wrong:
                return wrong
        return None
    if wanted == found or str(wanted) == str(found) or _same_number(wanted, found):
        return None
    return f"{path} 应为 {wanted!r}，实为 {found!r}", f"{path} should be {wanted!r}, is {found!r}"


def _same_number(wanted: Any, found: Any) -> bool:
    """1.5 and 1.50 are the same amount, however they are written."""
    try:
        return Decimal(str(wanted)) == Decimal(str(found))
    except InvalidOperation:
        return False
