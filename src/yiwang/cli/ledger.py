"""yiwang verify, witness and ledger: looking through a log from inside and from outside, and taking in what witnesses signed."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from yiwang.cli.output import out, print_json, say, shell_actor
from yiwang.kernel.errors import InputError
from yiwang.trust.core.note import NoteWrong
from yiwang.trust.core.verifier import Fault, Found, check_folder, check_proof, cosigners
from yiwang.trust.core.witness import Fetch, witness_key, witness_look
from yiwang.trust.selectors import witness_list
from yiwang.trust.service import (
    cosignature_take,
    ledger_append_pending,
    ledger_export,
    ledger_verify,
    witness_end,
    witness_register,
)

app = typer.Typer(help="账本的见证 / witnesses of the ledger", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")]
PATIENCE = 30


def verify(
    path: Annotated[
        Path | None,
        typer.Argument(help="证明文件或导出的账本；不写则核对本市账本 / a proof, an exported log, or nothing"),
    ] = None,
    export: Annotated[Path | None, typer.Option("--export", help="把账本导出到空目录 / export the log")] = None,
    as_json: Json = False,
) -> None:
    """Check a proof or a whole log; without an argument the city's own. Exit 1 with the first bad entry. 核验账本。"""
    if export is not None:
        ledger_append_pending()
        count = ledger_export(actor=shell_actor(), folder=export)
        out.print(say(f"导出 {count} 条", f"exported {count} entries"))
        return
    if path is not None and path.is_file():
        _proof(_json(path), as_json)
        return
    if path is not None and not path.is_dir():
        raise InputError(zh=f"没有 {path}", en=f"there is no {path}", where=str(path))
    if path is None:
        ledger_append_pending()
    found: Found = check_folder(path) if path else ledger_verify(shell_actor())
    text = say(
        f"账本成立：{found.entries} 条，{found.heads} 个检查点，根 {found.root}",
        f"the log holds: {found.entries} entries, {found.heads} checkpoints, root {found.root}",
    )
    _tell(found.fault, text, {"entries": found.entries, "heads": found.heads, "root": found.root}, as_json)


def witness(
    log: Annotated[str, typer.Argument(help="账本网址或目录（…/ledger） / address or folder of the log")],
    state: Annotated[Path, typer.Option("--state", help="见证人自己的目录 / the witness's own folder")],
    name: Annotated[str, typer.Option("--name", help="见证人的名称 / the witness's name")] = "witness.local",
    key: Annotated[str, typer.Option("--key", help="城市的公钥（vkey） / the city's verifier key")] = "",
    every: Annotated[int, typer.Option("--every", help="每隔几秒看一次；0 只看一次 / seconds between looks")] = 0,
    as_json: Json = False,
) -> None:
    """Remember a log from outside, cosign what only grew; exit 1 and name the entry when something was taken back. 见证。"""
    while True:
        try:
            seen = witness_look(state, _fetcher(log), name, int(time.time()), key)
        except NoteWrong as wrong:
            raise InputError(
                zh=f"{log} 给出的不是检查点：{wrong}",
                en=f"what {log} gives is no checkpoint: {wrong}",
                where=log,
                hint_zh="请检查地址；城市的账本在 /ledger 下。",
                hint_en="Look at the address: a city's log is under /ledger.",
            ) from wrong
        said = {"size": seen.size, "before": seen.before, "key": str(witness_key(state, name))}
        fault = Fault(seen.entry, seen.alarm_zh, seen.alarm_en) if seen.alarm_zh else None
        _tell(
            fault,
            say(f"从 {seen.before} 条长到 {seen.size} 条，已见证", f"grew from {seen.before} to {seen.size}, cosigned"),
            said,
            as_json,
        )
        if not every:
            return
        time.sleep(every)


@app.command("witness-add")
def witness_add(
    key: Annotated[
        str, typer.Argument(help="见证方的公钥（yiwang witness --json 的 key） / the witness's verifier key")
    ],
) -> None:
    """Let a witness's signatures count from now on. 登记见证方。"""
    row = witness_register(actor=shell_actor(), key=key)
    out.print(say(f"已登记见证方 {row.name}", f"registered the witness {row.name}"))


@app.command("witness-end")
def witness_stop(name: str) -> None:
    """Take nothing more from a witness; what it signed stays. 停用见证方。"""
    row = witness_end(actor=shell_actor(), name=name)
    out.print(say(f"已停用见证方 {row.name}", f"ended the witness {row.name}"))


@app.command("witnesses")
def witnesses(as_json: Json = False) -> None:
    """List the witnesses and how far each has signed. 列出见证方。"""
    rows = witness_list()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        state = say("在用", "in use") if row.ended_at is None else say("已停用", "ended")
        out.print(f"{row.name}  {row.size}  {row.since:%Y-%m-%d}  {state}")


@app.command("take-cosignature")
def take_cosignature(
    file: Annotated[
        Path, typer.Argument(help="见证方目录里的 checkpoint 文件 / the file checkpoint of the witness's folder")
    ],
    as_json: Json = False,
) -> None:
    """Check, keep and publish what witnesses signed under a checkpoint of this city. 收下见证方的联署。"""
    if not file.is_file():
        raise InputError(zh=f"没有 {file}", en=f"there is no {file}", where=str(file))
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(zh=f"{file} 不是检查点", en=f"{file} is no checkpoint", where=str(file)) from error
    taken = cosignature_take(actor=shell_actor(), text=text)
    if as_json:
        print_json(asdict(taken))
        return
    out.print(
        say(
            f"{taken.size} 条的检查点由 {'、'.join(taken.witnesses)} 联署，新收 {taken.fresh} 个",
            f"the checkpoint of {taken.size} entries is also signed by {', '.join(taken.witnesses)}; {taken.fresh} new",
        )
    )


def _proof(said: dict[str, Any], as_json: bool) -> None:
    fault = check_proof(said)
    held = [] if fault else cosigners(said["checkpoint"], said.get("witnesses", ()))[0]
    others = [(name, f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC") for name, at in held]
    text = say("证明成立", "the proof holds") + "".join(
        say(f"；{name} 于 {at} 联署", f"; also signed by {name} at {at}") for name, at in others
    )
    _tell(fault, text, {"witnesses": [{"name": name, "at": at} for name, at in others]}, as_json)


def _tell(fault: Fault | None, text: str, said: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(
            {**said, "holds": fault is None, "entry": fault.entry if fault else None, "fault": fault and fault.en}
        )
    else:
        out.print(say(fault.zh, fault.en) if fault else text)
    if fault:
        raise typer.Exit(1)


def _json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(zh=f"{path} 不是 JSON", en=f"{path} is no JSON", where=str(path)) from error
    if not isinstance(found, dict) or not {"leaf", "index", "size", "hashes", "checkpoint", "keys"} <= set(found):
        raise InputError(zh=f"{path} 不是证明", en=f"{path} is no proof", where=str(path))
    return found


def _fetcher(log: str) -> Fetch:
    if not log.startswith(("http://", "https://")):
        folder = Path(log)
        return lambda path: (folder / path).read_bytes() if (folder / path).is_file() else None

    def fetch(path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{log.rstrip('/')}/{path}", timeout=PATIENCE) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    return fetch
