"""Small tables and the plan that decides them: what the tests of plans share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.rules.adapters import duck
from yiwang.rules.core.dmn.model import Model
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel import nodes
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.plan.asked import asked
from yiwang.rules.core.plan.columns import Facts
from yiwang.rules.core.plan.compiling import LIMIT, compile_population
from yiwang.rules.core.plan.plan import Plan

AS_OF = Date(2026, 11, 1)


def table(
    inputs: Sequence[str],
    rules: Sequence[str],
    policy: str = "UNIQUE",
    *,
    aggregation: str = "",
    values: str = "",
    default: str = "",
    kind: str = "",
) -> str:
    """A decision table as XML; a rule is its cells and its output with ` | ` between them."""
    heads = "".join(f"<input><inputExpression><text>{escape(text)}</text></inputExpression></input>" for text in inputs)
    listed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    other = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    typed = f' typeRef="{kind}"' if kind else ""
    rows = ""
    for rule in rules:
        *cells, output = [escape(part.strip()) for part in rule.split(" | ")]
        entries = "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in cells)
        rows += f"<rule>{entries}<outputEntry><text>{output}</text></outputEntry></rule>"
    how = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable hitPolicy="{policy}"{how}>{heads}<output{typed}>{listed}{other}</output>{rows}</decisionTable>'
    )


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def model(inputs: Sequence[str], **decisions: str) -> Model:
    """A file of decisions in order; each may read every input and every decision before it."""
    written, before = "", list[str]()
    for name, logic in decisions.items():
        needs = "".join(
            f'<informationRequirement><requiredInput href="#{one}"/></informationRequirement>' for one in inputs
        )
        needs += "".join(
            f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
            for one in before
            if one in logic
        )
        written += f'<decision id="{name}" name="{name}"><variable name="{name}"/>{needs}{logic}</decision>'
        before.append(name)
    data = "".join(f'<inputData id="{one}" name="{one}"><variable name="{one}"/></inputData>' for one in inputs)
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="urn:m">'
        f"{data}{written}</definitions>"
    )
    return read(text.encode(), "test.dmn")


@dataclass(frozen=True)
class Residents:
    """A table `residents` on a connection; the key is `person`, counted from 0."""

    relation: duck.Relation
    folder: Path

    def plan(
        self,
        decisions: Model,
        *,
        derived: Mapping[str, nodes.Node] | None = None,
        parameters: Mapping[str, Value] | None = None,
        limit: int = LIMIT,
    ) -> Plan:
        columns = duck.columns(self.relation)
        del columns["person"]
        facts = Facts("person", columns, derived or {})
        return compile_population(asked(decisions), facts, as_of=AS_OF, parameters=parameters, limit=limit)

    def results(self, plan: Plan, decision: str) -> list[Any]:
        """The result of one decision for each resident."""
        out = self.folder / "wide.parquet"
        duck.wide(plan, self.relation, out, [decision])
        return pq.read_table(out).sort_by("subject").column(decision).to_pylist()

    def hits(self, plan: Plan) -> list[dict[str, Any]]:
        out = self.folder / "hits.parquet"
        duck.hits(plan, self.relation, out)
        return pq.read_table(out).sort_by([("subject", "ascending"), ("rule", "ascending")]).to_pylist()


def residents(folder: Path, **columns: pa.Array) -> Residents:
    connection: duckdb.DuckDBPyConnection = duck.connect()
    rows = len(next(iter(columns.values())))
    held = pa.table({"person": pa.array(range(rows), pa.int64()), **columns})
    connection.register("held", held)
    connection.execute("CREATE TABLE residents AS SELECT * FROM held")
    connection.unregister("held")
    return Residents(duck.Relation(connection, "residents"), folder)
