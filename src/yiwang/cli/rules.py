"""yiwang decide, match, rerun and rules: decisions for one subject, for everyone, again, and their proofs."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from yiwang.cli.output import language, out, print_json, say, shell_actor, told
from yiwang.data.selectors import population_of
from yiwang.kernel.errors import InputError
from yiwang.rules.selectors import (
    DecisionRow,
    MatchResult,
    RulesCheck,
    TableProof,
    decision_list,
    population_needs,
    rules_check,
    rules_plan,
    rules_prove,
)
from yiwang.rules.service import Outcome, decision_retake, decision_take, population_match

app = typer.Typer(help="规则：检查、证明、执行方式 / rules: check, prove, explain-plan", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]
On = Annotated[str, typer.Option("--on", help="决定日 / the day of the decision, 2026-11-01")]
Where = Annotated[str, typer.Argument(help="应用包编号、文件夹或 .dmn 文件 / pack id, folder or .dmn file")]


def decide(
    decision: Annotated[str, typer.Argument(help="决定编号 / decision id")],
    facts: Annotated[Path, typer.Option("--facts", help="JSON 文件，- 为标准输入 / JSON file, - for stdin")],
    on: On,
    explain: Annotated[bool, typer.Option("--explain", help="说明理由 / say why")] = False,
    as_json: Json = False,
) -> None:
    """Take a decision for one subject as of a day. 对一个对象作一次决定。"""
    outcome = decision_take(
        actor=shell_actor(), decision_id=decision, facts=_facts(facts), on=the_day(on), explain=explain
    )
    if as_json:
        print_json(outcome_answer(outcome, explain))
    else:
        _tell(outcome, explain)


def rerun(
    receipt: Annotated[str, typer.Argument(help="回执编号 / receipt number, r-…")],
    as_json: Json = False,
) -> None:
    """Take a decision again from its receipt; exit 1 when the bytes differ. 凭回执重做一次。"""
    outcome, same = decision_retake(actor=shell_actor(), receipt_id=receipt)
    if as_json:
        print_json({"receipt": receipt, "same": same, "outcome": json.loads(outcome.data)})
    else:
        out.print(outcome.data.decode("utf-8"), markup=False, emoji=False)
        told.print(say("与当时逐字节相同", "the same bytes as then") if same else say("与当时不同", "not what it was"))
    raise typer.Exit(0 if same else 1)


def match(
    decisions: Annotated[list[str], typer.Argument(help="决定编号，可多个 / decision ids")],
    on: On,
    engine: Annotated[str, typer.Option("--engine", help="duckdb://、sc://主机:端口、interpreter://")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="用途，记入审计 / what for, kept in the audit trail")] = "",
    as_json: Json = False,
) -> None:
    """Run decisions over everyone as of a day and keep the hit list. 对全体比对。"""
    actor, day = shell_actor(), the_day(on)
    population = population_of(actor, population_needs(actor, decisions))
    result = population_match(
        actor=actor,
        decision_ids=decisions,
        population=population,
        on=day,
        purpose=purpose or say("命令行比对", "match on the command line"),
        engine=engine,
    )
    if as_json:
        print_json(match_answer(result))
    else:
        _tell_match(result)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the decisions of the city. 列出全部决定。"""
    rows = decision_list(shell_actor())
    if as_json:
        print_json([_row(row) for row in rows])
        return
    for row in rows:
        version = f"v{row.published.number} {row.published.digest[:12]}" if row.published else "–"
        out.print(f"{row.id:<28} {version:<18} {row.resource:<24} {row.title.say(language())}")


@app.command("check")
def check(place: Where, as_json: Json = False) -> None:
    """Check decision tables: reading, companion, articles, proofs; exit 1 when something is wrong. 检查。"""
    found = rules_check(place)
    if as_json:
        print_json({"sound": all(one.sound for one in found), "files": [_check_answer(one) for one in found]})
    else:
        for one in found:
            for finding in one.findings:
                told.print(f"{finding.level}: {finding.where}: {say(finding.zh, finding.en)}", markup=False)
            out.print(f"{one.file}: {say('没有问题', 'sound') if one.sound else say('有问题', 'not sound')}")
    raise typer.Exit(0 if all(one.sound for one in found) else 1)


@app.command("prove")
def prove(place: Where, as_json: Json = False) -> None:
    """Prove decision tables complete and disjoint, or show a row that is not; exit 1 for a fault. 证明。"""
    found = rules_prove(place)
    if as_json:
        print_json({"sound": all(one.proof.sound for one in found), "tables": [_proof_answer(one) for one in found]})
    else:
        for one in found:
            _tell_proof(one)
    raise typer.Exit(0 if all(one.proof.sound for one in found) else 1)


@app.command("explain-plan")
def explain_plan(place: Where, as_json: Json = False) -> None:
    """Say of each expression how it runs over everyone, or why it cannot; exit 1 when one cannot. 说明对全体怎么执行。"""
    found = rules_plan(place)
    if as_json:
        print_json({"expressions": [vars(one) for one in found]})
    else:
        for one in found:
            why = say(one.zh, one.en)
            out.print(f"{one.how:<20} {one.decision}  {one.text}{'  ' + why if why else ''}", markup=False)
    raise typer.Exit(1 if any(one.how == "refused" for one in found) else 0)


def the_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            zh=f"--on 应写成 2026-11-01，收到 {text}",
            en=f"--on takes a day such as 2026-11-01, not {text}",
            where="--on",
        ) from error


def _facts(file: Path) -> dict[str, Any]:
    """The object a JSON file holds. Raises InputError."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
        found = json.loads(text)
    except OSError as error:
        raise InputError(zh=f"读不到 {file}", en=f"cannot read {file}", where="--facts") from error
    except ValueError as error:
        raise InputError(zh=f"{file} 不是 JSON：{error}", en=f"{file} is not JSON: {error}", where="--facts") from error
    if not isinstance(found, dict):
        raise InputError(zh="事实应是一个 JSON 对象", en="facts are one JSON object", where="--facts")
    return found


def outcome_answer(outcome: Outcome, explain: bool) -> dict[str, Any]:
    """What `--json` prints of a decision."""
    answer = {
        **json.loads(outcome.data),
        "version": outcome.version,
        "sentence": {"zh": outcome.sentence.zh, "en": outcome.sentence.en},
        "receipt": outcome.receipt,
    }
    if explain:
        answer["explanation"] = outcome.explanation.as_dict()
        answer["sentences"] = [{"zh": one.zh, "en": one.en} for one in outcome.explanation.sentences()]
        answer["change"] = outcome.change.as_dict() if outcome.change else None
    return answer


def _tell(outcome: Outcome, explain: bool) -> None:
    out.print(say(outcome.sentence.zh, outcome.sentence.en), markup=False, emoji=False)
    if explain:
        for number, one in enumerate(outcome.explanation.sentences(), 1):
            out.print(f"  {number}. {say(one.zh, one.en)}", markup=False, emoji=False)
        if outcome.change is not None:
            out.print(f"  → {say(outcome.change.words.zh, outcome.change.words.en)}", markup=False, emoji=False)
    told.print(
        say(
            f"{outcome.decision} 第 {outcome.version} 版，决定日 {outcome.on}，回执 {outcome.receipt}",
            f"{outcome.decision} version {outcome.version}, as of {outcome.on}, receipt {outcome.receipt}",
        )
    )


def match_answer(result: MatchResult) -> dict[str, Any]:
    """What `--json` prints of a match; amounts are texts, so that nothing is rounded."""
    return {
        "on": result.on.isoformat(),
        "resource": result.resource,
        "tables": result.versions,
        "engine": result.engine,
        "decisions": [
            {
                "decision": one.decision,
                "version": one.version,
                "digest": one.digest,
                "subjects": one.subjects,
                "granted": one.granted,
                "amount": None if one.amount is None else f"{one.amount:f}",
                "rules": [{"rule": r.number, "basis": r.basis, "subjects": r.subjects} for r in one.rules],
            }
            for one in result.counts
        ],
        "hits": result.hits,
        "receipt": result.receipt,
    }


def _tell_match(result: MatchResult) -> None:
    for one in result.counts:
        amount = "" if one.amount is None else say(f"，合计 {one.amount:,.2f}", f", {one.amount:,.2f} in all")
        out.print(
            say(
                f"{one.decision} 第 {one.version} 版：{one.subjects} 中符合 {one.granted}{amount}",
                f"{one.decision} version {one.version}: {one.granted} of {one.subjects}{amount}",
            )
        )
        for rule in one.rules:
            name = say(f"第 {rule.number} 条", f"rule {rule.number}") if rule.number else say("无", "none")
            out.print(f"  {rule.subjects:>10}  {name}  {rule.basis}", markup=False)
    told.print(
        say(
            f"数据 {result.resource}，决定日 {result.on}，名单 {result.hits[:12]}，回执 {result.receipt}",
            f"data {result.resource}, as of {result.on}, hit list {result.hits[:12]}, receipt {result.receipt}",
        )
    )


def _row(row: DecisionRow) -> dict[str, Any]:
    return {
        "decision": row.id,
        "title": row.title.model_dump(),
        "department": row.department,
        "resource": row.resource,
        "version": row.published.number if row.published else None,
        "digest": row.published.digest if row.published else None,
    }


def _check_answer(one: RulesCheck) -> dict[str, Any]:
    return {"file": one.file, "sound": one.sound, "findings": [vars(finding) for finding in one.findings]}


def _proof_answer(one: TableProof) -> dict[str, Any]:
    proof = one.proof
    return {
        "file": one.file,
        "decision": one.decision,
        "place": one.place,
        "complete": proof.complete,
        "disjoint": proof.disjoint,
        "regions": proof.regions,
        "findings": [
            {
                "kind": finding.kind,
                "level": finding.level,
                "rules": list(finding.rules),
                "witness": {name: str(value) for name, value in finding.witness},
                "zh": finding.zh,
                "en": finding.en,
            }
            for finding in proof.findings
        ],
        "assumptions": [{"zh": note.zh, "en": note.en} for note in proof.assumptions],
    }


def _tell_proof(one: TableProof) -> None:
    def answer(value: bool | None) -> str:
        return say("未证", "not proved") if value is None else say("是", "yes") if value else say("否", "no")

    proof = one.proof
    out.print(
        say(
            f"{one.file} “{one.decision}”：完整 {answer(proof.complete)}，不重叠 {answer(proof.disjoint)}（{proof.regions} 个区域）",
            f"{one.file} “{one.decision}”: complete {answer(proof.complete)}, disjoint {answer(proof.disjoint)} "
            f"({proof.regions} regions)",
        ),
        markup=False,
    )
    for finding in proof.findings:
        out.print(f"  {finding.level}: {say(finding.zh, finding.en)}", markup=False)
    for note in proof.assumptions:
        out.print(f"  · {say(note.zh, note.en)}", markup=False)
