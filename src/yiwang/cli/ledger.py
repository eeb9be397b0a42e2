"""yiwang verify and witness: looking through a log, from inside and from outside."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from yiwang.cli.output import out, print_json, say, shell_actor
from yiwang.kernel.errors import InputError
from yiwang.trust.core.note import NoteWrong
from yiwang.trust.core.verifier import Fault, Found, check_folder, check_proof
from yiwang.trust.core.witness import Fetch, witness_key, witness_look
from yiwang.trust.service import ledger_append_pending, ledger_export, ledger_verify

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
        fault = check_proof(_json(path))
        _tell(fault, say("证明成立", "the proof holds"), {}, as_json)
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
