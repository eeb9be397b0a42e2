"""A small city with one decision of its own: an allowance by age, with a rate of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from yiwang.kernel.core.actor import system_actor
from yiwang.kernel.core.pack import Manifest, Pack
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.core.text import Text
from yiwang.rules.content import Content
from yiwang.rules.models import Decision
from yiwang.rules.schema import ParameterFile
from yiwang.rules.selectors import Population, PopulationNeeds, population_needs
from yiwang.rules.service import decision_install, parameter_install

AUTHOR = system_actor("author")
APPROVER = system_actor("approver")
SYSTEM = system_actor("tests")
DAY = date(2026, 11, 1)
DECISION = "allowance"
Row = tuple[Sequence[str], Sequence[str], str]

RATE = """
id: rate
title: {zh: 标准, en: Rate}
unit: {zh: 元/月, en: yuan a month}
until: 2028-01-01
values:
  - {from: 2025-01-01, value: 80, assumption: {zh: 假定, en: assumed}}
  - {from: 2026-01-01, value: 100, reference: {law: 某办法, article: 第三条}}
"""
COMPANION = """
id: allowance
title: {zh: 津贴, en: Allowance}
summary: {zh: 按年龄发给。, en: By age.}
department: civil
legal_basis: [{law: 某办法, article: 第三条}]
subject: {resource: people, key: number, title: {zh: 居民, en: resident}}
inputs:
  - {name: 年龄, title: {zh: 年龄, en: age}, from: people.born, as: age, unit: {zh: 周岁, en: years}, domain: {integer: true, min: 0, max: 130}}
  - {name: 户籍, title: {zh: 户籍, en: registration}, from: people.kind, domain: {values: [城镇, 农村]}}
parameters: [{name: 标准, parameter: rate}]
output: {granted: 结论, grants: [符合], amount: 金额, unit: {zh: 元/月, en: yuan a month}}
sentences:
  granted: {zh: "{年龄} 周岁，每月 {金额} 元。", en: "Aged {年龄}: {金额} yuan a month."}
  refused: {zh: "{年龄} 周岁，不能领。", en: "Aged {年龄}: nothing."}
"""
ROWS: tuple[Row, ...] = (
    (("< 80", "-"), ('"不符合"', "0"), "某办法 第三条"),
    ((">= 80", '"城镇"'), ('"符合"', "标准"), "某办法 第三条第一项"),
    ((">= 80", '"农村"'), ('"符合"', "标准 * 1.5"), "某办法 第三条第二项"),
)


def table(rows: Sequence[Row] = ROWS, policy: str = "UNIQUE") -> bytes:
    """The decision table of the allowance, or of other rows over the same inputs."""
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results)
        + f"<annotationEntry><text>{basis}</text></annotationEntry></rule>"
        for cells, results, basis in rows
    )
    inputs = (("age", "年龄", "number"), ("kind", "户籍", "string"), ("rate", "标准", "number"))
    data = "".join(
        f'<inputData id="{i}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>' for i, n, t in inputs
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{i}"/></informationRequirement>' for i, _, _ in inputs
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="津贴" namespace="urn:test:allowance">
  {data}
  <decision id="allowance" name="津贴">
    <variable name="津贴"/>{needs}
    <decisionTable id="t" hitPolicy="{policy}">
      <input label="年龄"><inputExpression typeRef="number"><text>年龄</text></inputExpression></input>
      <input label="户籍"><inputExpression typeRef="string"><text>户籍</text></inputExpression></input>
      <output name="结论" typeRef="string"/><output name="金额" typeRef="number"/><annotation name="依据"/>
      {rules}
    </decisionTable>
  </decision>
</definitions>""".encode()


def content(dmn: bytes | None = None, companion: str = COMPANION, rate: str = RATE) -> Content:
    return Content(table() if dmn is None else dmn, companion, {"rate": rate}, "decisions/allowance")


def pack(version: str = "1.0.0", **files: bytes | str) -> Pack:
    """The city's pack; `files` replace table, companion and rate."""
    text = Text(zh="试验", en="Trial")
    manifest = Manifest(id="trial", version=version, title=text, summary=text, department="civil")
    given = {"table": table(), "companion": COMPANION, "rate": RATE, **files}
    encoded = {name: text if isinstance(text, bytes) else text.encode() for name, text in given.items()}
    return Pack(
        manifest,
        Path(),
        {
            "pack.yaml": version.encode(),
            "decisions/allowance.dmn": encoded["table"],
            "decisions/allowance.yaml": encoded["companion"],
            "parameters/rate.yaml": encoded["rate"],
        },
    )


def install(found: Pack | None = None) -> Decision:
    whole = found or pack()
    text = whole.files["parameters/rate.yaml"].decode()
    parameter_install(actor=SYSTEM, file=model_read(ParameterFile, text, "rate"), text=text, pack=whole)
    made = decision_install(actor=SYSTEM, path="decisions/allowance.dmn", pack=whole)
    assert made is not None
    return made


def earlier_table(age: int = 79) -> bytes:
    """The allowance from another age on."""
    return table([(tuple(cell.replace("80", str(age)) for cell in cells), out, basis) for cells, out, basis in ROWS])


@dataclass(frozen=True)
class People:
    """Residents by (number, born, kind), written as a population."""

    folder: Path
    rows: Sequence[tuple[str, str, str | None]] = field(
        default=(
            ("1001", "1940-05-01", "城镇"),
            ("1002", "1946-11-01", "农村"),
            ("1003", "1946-11-02", "城镇"),
            ("1004", "1990-01-01", "农村"),
        )
    )

    def population(self, needs: PopulationNeeds | None = None, versions: Mapping[str, int] | None = None) -> Population:
        path = self.folder / "people.parquet"
        with duckdb.connect() as db:
            db.execute('CREATE TABLE p ("_key" VARCHAR, "people.born" DATE, "people.kind" VARCHAR)')
            for row in self.rows:
                db.execute("INSERT INTO p VALUES (?, ?, ?)", list(row))
            db.execute(f"COPY p TO '{path}' (FORMAT parquet)")
        found = needs or population_needs(SYSTEM, [DECISION])
        return Population(found, (str(path),), dict(versions or {"people": 3}), len(self.rows))
