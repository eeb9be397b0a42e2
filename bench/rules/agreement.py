"""Whether contenders gave the same answers: per resident and decision the rules that counted and the amount they came to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.rules.tables import Table
from bench.rules.task import KEY

# an engine that computes in doubles agrees to so much; what is over it counts as another amount
NEARLY = 1e-6


@dataclass(frozen=True)
class Agreement:
    """Answers of one contender against the reference, over the residents it decided.

    `rules` differ in which rules counted, `results` in the result as text (which only ours tells), `amounts` by more than a double's last
    places; `largest` is the largest difference of amounts.
    """

    contender: str
    residents: int
    answers: int
    rules: int
    results: int
    amounts: int
    largest: float
    example: str

    @property
    def equal(self) -> bool:
        return not (self.rules or self.results or self.amounts)


class Reference:
    """The hit list of CASE SQL: `person`, `decision`, `result`, `amount`, `reason`."""

    def __init__(self, hits: Path, tables: tuple[Table, ...]) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("SET enable_progress_bar = false")
        rules = [(table.id, rule.number, rule.reason) for table in tables for rule in table.rules]
        self.connection.execute("CREATE TABLE rules (decision VARCHAR, rule SMALLINT, reason VARCHAR)")
        self.connection.executemany("INSERT INTO rules VALUES (?, ?, ?)", rules)
        self.connection.execute(
            f"CREATE TABLE results AS SELECT decision, rule, any_value(result) AS result FROM {quoted(hits)} "
            "JOIN rules USING (decision, reason) GROUP BY ALL"
        )
        self.connection.execute(
            f"CREATE TABLE reference AS {answers(f'(SELECT * FROM {quoted(hits)} JOIN rules USING (decision, reason))')}"
        )

    def against(self, contender: str, hits: Path, residents: int) -> Agreement:
        """`hits` has `person`, `decision`, `rule`, `amount`, a row per rule, for the first so many residents."""
        # a rule has one result, so peers need not tell it
        known = f"(SELECT f.*, r.result FROM {quoted(hits)} f LEFT JOIN results r USING (decision, rule))"
        return self._compared(contender, answers(known), residents)

    def against_answers(self, contender: str, found: Path, residents: int) -> Agreement:
        """`found` has `person`, `decision`, `rules`, `result`, `amount`, a row per answer."""
        chosen = f"SELECT {KEY}, decision, list_sort(rules) AS rules, result, amount FROM {quoted(found)}"
        return self._compared(contender, chosen, residents)

    def _compared(self, contender: str, chosen: str, residents: int) -> Agreement:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE found AS {chosen}")
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE compared AS
            SELECT {KEY}, decision, r.result AS told, f.result AS tells, r.rules AS wanted, f.rules AS said, r.amount AS due, f.amount AS paid,
                r.rules IS DISTINCT FROM f.rules AS other_rules, r.result IS DISTINCT FROM f.result AS other_result,
                (r.amount IS NULL) <> (f.amount IS NULL) AS one_null, abs(r.amount::DOUBLE - f.amount::DOUBLE) AS apart
            FROM (FROM reference WHERE {KEY} <= {residents}) r FULL JOIN found f USING ({KEY}, decision)
            """)
        rows = self.connection.execute(f"""
            SELECT count(*), count(*) FILTER (WHERE other_rules), count(*) FILTER (WHERE other_result),
                count(*) FILTER (WHERE NOT other_rules AND (one_null OR apart > {NEARLY})), coalesce(max(apart), 0)
            FROM compared
            """).fetchall()
        example = self.connection.execute(
            f"SELECT * FROM compared WHERE other_rules OR other_result OR one_null OR apart > {NEARLY} ORDER BY {KEY} LIMIT 1"
        ).fetchall()
        total, rules, results, amounts, largest = rows[0]
        return Agreement(
            contender, residents, total, rules, results, amounts, float(largest), str(example[0]) if example else ""
        )


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def answers(hits: str) -> str:
    """A row per resident and decision. A null amount among several makes the sum null, as FEEL's sum does."""
    return (
        f"SELECT {KEY}, decision, list_sort(list(rule::SMALLINT)) AS rules, min(result) AS result, "
        f"CASE WHEN count(amount) = count(*) THEN sum(amount) END AS amount FROM {hits} GROUP BY {KEY}, decision"
    )
