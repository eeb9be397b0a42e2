"""yiwang keys, yiwang archive, yiwang verify-credential: proofs from the shell."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say, shell_actor
from yiwang.flow.service import cases_archive
from yiwang.kernel.errors import InputError
from yiwang.trust import selectors as reads
from yiwang.trust import service as trust
from yiwang.trust.selectors import ANSWERS, Answer

keys = typer.Typer(help="密钥台账 / the ledger of keys", no_args_is_help=True)
archive = typer.Typer(help="电子档案 / the archive", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]


@keys.command("list")
def keys_list(as_json: AsJson = False) -> None:
    """List every version of every key; no key is shown. 列出密钥台账，不显示密钥。"""
    rows = reads.key_list(shell_actor())
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        state = say("在用", "in use") if row.retired_at is None else say("已退役", "retired")
        out.print(f"{row.purpose} {row.version}  {row.algorithm}  {row.fingerprint}  {row.made_at:%Y-%m-%d}  {state}")


@keys.command("check")
def keys_check() -> None:
    """Open every key with the master key. 用主密钥逐个打开全部密钥。"""
    out.print(say(f"全部 {reads.keys_check()} 把密钥都打得开", f"all {reads.keys_check()} keys open"))


@keys.command("rotate")
def keys_rotate(
    purpose: str,
    cipher: Annotated[str, typer.Option(help="aes-256-gcm, sm4-gcm；不写则照旧 / as before when empty")] = "",
) -> None:
    """Retire the newest key of a purpose and make the next. 轮换一个用途的密钥。"""
    row = trust.key_rotate(actor=shell_actor(), purpose=purpose, cipher=cipher)
    out.print(f"{row.purpose} {row.version}  {row.algorithm}  {row.fingerprint}")


@archive.command("run")
def archive_run(
    before: Annotated[str, typer.Option(help="归档此日之前办结的 / archive what ended before this day")],
    as_json: AsJson = False,
) -> None:
    """Archive closed cases. 把办结的案件归档。"""
    done = cases_archive(actor=shell_actor(), closed_before=_day(before))
    if as_json:
        print_json(asdict(done))
    else:
        out.print(say(f"归档 {len(done.packed)} 件", f"archived {len(done.packed)}"))
        for number, reason in done.refused:
            out.print(f"✗ {number}: {reason}")
    if done.refused:
        raise typer.Exit(1)


@archive.command("list")
def archive_list(
    over: Annotated[bool, typer.Option("--over", help="只列保管期满的 / only those whose time is over")] = False,
    as_json: AsJson = False,
) -> None:
    """List packages. 列出档案。"""
    rows = reads.archive_list(shell_actor(), over=over).items
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        kept = row.keep_until or say("永久", "for good")
        holds = "✓" if row.holds else "✗"
        out.print(f"{holds} {row.number}  {row.state}  {row.closed_on}  {row.retention}  {kept}  {row.title}")


@archive.command("check")
def archive_check(number: str) -> None:
    """Run the four checks of a package. 对一个档案包做四性检测。"""
    trust.archive_check(actor=shell_actor(), number=number)
    run = reads.archive_get(shell_actor(), number).checks[0]
    for name, looked, problems in run.results:
        out.print(f"{'✗' if problems else '✓'} {say(name.zh, name.en)}: {say(looked.zh, looked.en)}")
        for problem in problems:
            out.print(f"    {problem}")
    if not run.holds:
        raise typer.Exit(1)


@archive.command("transfer")
def archive_transfer(number: str, office: str) -> None:
    """Hand a package over to an archive office. 向档案馆移交。"""
    out.print(str(trust.archive_transfer(actor=shell_actor(), number=number, office=office)))


@archive.command("receipt")
def archive_receipt(number: str, receipt: str) -> None:
    """Note the receipt of the archive office. 登记档案馆的回执。"""
    trust.archive_received(actor=shell_actor(), number=number, receipt=receipt)


def verify_credential(
    file: Path,
    on: Annotated[str, typer.Option(help="核验哪一天 / as of which day")] = "",
    as_json: AsJson = False,
) -> None:
    """Check a credential in a file; exits with 1 unless it is genuine. 核验文件里的电子证照。"""
    if not file.is_file():
        raise InputError(zh=f"没有文件 {file}", en=f"there is no file {file}", where=str(file))
    found = reads.credential_check(file.read_text(encoding="utf-8", errors="replace"), on=_day(on) if on else None)
    if as_json:
        print_json({**asdict(found), "reason": found.reason.model_dump(), "answer": found.answer.value})
    else:
        word = ANSWERS[found.answer]
        out.print(f"{say(word.zh, word.en)}: {say(found.reason.zh, found.reason.en)}")
    if found.answer is not Answer.GENUINE:
        raise typer.Exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(zh=f"不是日期：{text}", en=f"not a day: {text}", where="day") from None
