"""All commands in one place."""

from __future__ import annotations

import typer

from yiwang.cli import (
    backups,
    city,
    clocks,
    hotline,
    ledger,
    loading,
    packs,
    parent,
    processes,
    proofs,
    routing,
    rules,
    serving,
    synthetic,
    tck,
)

app = typer.Typer(
    name="yiwang",
    help="一网：小城市的数字政府。Yiwang: the digital government of a small city.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(city.init)
app.command("demo")(serving.demo)
app.command("up")(serving.up)
app.command("verify")(ledger.verify)
app.command("witness")(ledger.witness)
app.add_typer(ledger.app, name="ledger")
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("load")(loading.load)
app.command("decide")(rules.decide)
app.command("match")(rules.match)
app.command("rerun")(rules.rerun)
app.command("tck")(tck.tck)
app.add_typer(synthetic.app, name="synth")
app.add_typer(packs.app, name="pack")
app.add_typer(clocks.app, name="clock")
app.add_typer(rules.app, name="rules")
app.add_typer(processes.app, name="process")
app.add_typer(routing.app, name="eval")
app.add_typer(hotline.routing, name="routing")
app.add_typer(hotline.report, name="report")
app.add_typer(hotline.open311, name="open311")
app.command("verify-credential")(proofs.verify_credential)
app.add_typer(proofs.keys, name="keys")
app.add_typer(proofs.archive, name="archive")
app.add_typer(parent.app, name="parent")
