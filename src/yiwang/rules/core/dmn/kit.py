"""The conformance kit of DMN: runs a tree of test files (`*-test-*.xml` beside their models) and says what passed.

One case is one `testCase`; it passes when each of its result nodes does. Values are compared exactly, numbers at 34 digits; where
that fails a number passes within 1e-8 of its size, for the kit writes the results of powers, roots and logarithms as doubles. A case that
needs an external function is neither passed nor missed: it is refused by name. The kit's JSON files are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiwang.kernel.errors import InputError
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.folders import read_all
from yiwang.rules.core.dmn.kitvalues import Case, Result, TestFile, matches, read_tests, shown
from yiwang.rules.core.dmn.model import Decision, Knowledge, Model, Service
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.values import DateTime, Value
from yiwang.rules.errors import BudgetExceeded

# What the product will not run, whoever asks: said by name, not counted as a miss.
REFUSED_BY_NAME = frozenset({"external_function"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: passed when `misses` is empty and it was not `refused`."""

    folder: str
    file: str
    case: str
    results: int
    misses: tuple[str, ...] = ()
    refused: str = ""

    @property
    def passed(self) -> bool:
        return not self.misses and not self.refused


@dataclass(frozen=True, slots=True)
class Report:
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> int:
        return sum(one.passed for one in self.outcomes)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.refused)

    @property
    def missed(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.misses)

    @property
    def share(self) -> float:
        """Passed cases out of those not refused by name; 1 when there are none."""
        counted = len(self.outcomes) - len(self.refused)
        return self.passed / counted if counted else 1.0

    def folders(self) -> dict[str, tuple[int, int]]:
        """Passed and all cases of each folder."""
        found: dict[str, tuple[int, int]] = {}
        for one in self.outcomes:
            passed, total = found.get(one.folder, (0, 0))
            found[one.folder] = (passed + one.passed, total + 1)
        return found


def run_kit(root: Path, now: DateTime) -> Report:
    """Runs everything below a folder. Raises InputError when there is nothing to run."""
    files = sorted(path for path in root.rglob("*-test-*.xml") if path.is_file())
    if not files:
        raise InputError(
            zh=f"{root} 下没有测试文件（*-test-*.xml）。",
            en=f"There are no test files (*-test-*.xml) below {root}.",
            where=str(root),
        )
    outcomes: list[Outcome] = []
    for folder in sorted({path.parent for path in files}):
        runner = _Folder(folder, str(folder.relative_to(root)) if folder != root else folder.name, now)
        for path in (one for one in files if one.parent == folder):
            outcomes.extend(runner.run(path))
    return Report(tuple(outcomes))


class _Folder:
    """The models of one folder, and the cases asked of them."""

    def __init__(self, folder: Path, name: str, now: DateTime) -> None:
        self.name = name
        self.now = now
        self.models, self.refused = read_all(
            {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}, tolerant=True
        )
        self._prepared: dict[str, PreparedModel] = {}

    def run(self, path: Path) -> Iterator[Outcome]:
        try:
            tests = read_tests(path.read_bytes(), path.name)
        except InputError as why:
            yield Outcome(self.name, path.name, "", 0, (why.en,))
            return
        for case in tests.cases:
            yield self._case(tests, case)

    def _case(self, tests: TestFile, case: Case) -> Outcome:
        name = self._file(tests)
        if name in self.refused:
            return Outcome(self.name, tests.file, case.id, len(case.results), (str(self.refused[name]),))
        if name not in self.models:
            return Outcome(self.name, tests.file, case.id, len(case.results), (f"there is no model {name}",))
        misses: list[str] = []
        for result in case.results:
            try:
                miss = self._result(self.models[name], case, result)
            except DmnRefused as why:
                first = why.refusals[0]
                if first.code in REFUSED_BY_NAME:
                    return Outcome(self.name, tests.file, case.id, len(case.results), (), str(first))
                # What is refused when it is read gives no value; a case that asks for none has what it asks for.
                miss = "" if result.expected is None else str(first)
            except InputError as why:
                miss = why.en
            if miss:
                misses.append(f"{result.name}: {miss}")
        return Outcome(self.name, tests.file, case.id, len(case.results), tuple(misses))

    def _file(self, tests: TestFile) -> str:
        """The model's file as the test names it, else the one the test file is named after."""
        if tests.model in self.models or tests.model in self.refused:
            return tests.model
        stem = tests.file.partition("-test-")[0]
        return f"{stem}.dmn" if f"{stem}.dmn" in self.models else tests.model

    def _prepare(self, model: Model, namespace: str) -> PreparedModel:
        for one in self.models.values():
            if namespace and one.namespace == namespace:
                model = one
        if model.file not in self._prepared:
            self._prepared[model.file] = PreparedModel(model)
        return self._prepared[model.file]

    def _result(self, model: Model, case: Case, result: Result) -> str:
        """Why a result is not as expected; empty when it is."""
        prepared = self._prepare(model, result.namespace)
        run = Run(self.now)
        try:
            actual = self._asked(prepared, case, result, run)
        except BudgetExceeded as why:
            return "" if result.error and result.expected is None else why.en
        if matches(result.expected, actual):
            return ""
        notes = "; ".join(note.en for note in run.notes[-2:])
        return f"expected {shown(result.expected)}, got {shown(actual)}" + (f" ({notes})" if notes else "")

    def _asked(self, prepared: PreparedModel, case: Case, result: Result, run: Run) -> Value:
        model = prepared.model
        inputs = {
            f"{one.namespace}#{one.name}" if one.namespace not in ("", model.namespace) else one.name: one.value
            for one in case.inputs
        }
        asked: Any = model.named(case.invocable or result.name)
        if case.kind == "decisionService" or isinstance(asked, Service):
            return self._service(prepared, asked, inputs, result, run)
        if case.kind == "bkm" or isinstance(asked, Knowledge):
            return self._knowledge(prepared, asked, inputs, run)
        if not isinstance(model.named(result.name), Decision):
            raise InputError(zh=f"没有决策 {result.name}", en=f"there is no decision {result.name}")
        return prepared.decide(result.name, inputs, run)

    def _service(self, prepared: PreparedModel, asked: Any, inputs: dict[str, Any], result: Result, run: Run) -> Value:
        if not isinstance(asked, Service):
            raise InputError(zh=f"没有决策服务 {result.name}", en=f"there is no decision service for {result.name}")
        value = prepared.decide_service(asked.name, inputs, run)
        if len(asked.outputs) > 1 and isinstance(value, dict) and result.name != asked.name:
            return value.get(result.name)
        return value

    def _knowledge(self, prepared: PreparedModel, asked: Any, inputs: dict[str, Any], run: Run) -> Value:
        if not isinstance(asked, Knowledge):
            raise InputError(zh="没有这个业务知识模型", en="there is no such business knowledge model")
        parameters = () if asked.function is None else asked.function.parameters
        return prepared.call(asked.name, [inputs.get(name) for name, _ in parameters], run)
