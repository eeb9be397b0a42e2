"""yiwang synth: make the synthetic city's files; yiwang synth score: how well its errors are found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.progress import Progress

from yiwang.cli.output import out, print_json, say, shell_actor, told
from yiwang.data.service import city_score, city_write

app = typer.Typer(help="合成城市 / the synthetic city", invoke_without_command=True)
THRESHOLD = 0.99


def synth_folder() -> Path:
    return Path(settings.PLACE.home) / "synth"


@app.callback()
def synth(
    context: typer.Context,
    residents: Annotated[int, typer.Option("--residents", min=1, help="人口 / residents")] = 150_000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / seed")] = 7,
    target: Annotated[Path | None, typer.Option("--out", help="输出文件夹 / folder")] = None,
) -> None:
    """Write people, households, firms and the dirty lists departments would bring. 生成合成城市。"""
    if context.invoked_subcommand is None:
        make(target or synth_folder(), residents, seed)


def make(folder: Path, residents: int, seed: int) -> None:
    with Progress(console=told, transient=True) as bar:
        tasks: dict[str, object] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        manifest = city_write(folder, residents, seed, progress=report)
    errors = sum(sum(classes.values()) for classes in manifest.errors.values())
    told.print(
        say(
            f"合成城市已写入 {folder}：{residents} 人，{len(manifest.files)} 个文件，{errors} 处注入错误（全部为虚构）",
            f"The synthetic city is in {folder}: {residents} people, {len(manifest.files)} files, {errors} errors put in",
        )
    )


@app.command("score")
def score(
    folder: Annotated[Path | None, typer.Option("--in", help="合成城市文件夹 / folder of the city")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """Load the lists that are not loaded yet and print recall and precision per error class. 评价查错效果。"""
    classes = city_score(actor=shell_actor(), folder=folder or synth_folder())
    low = [c for c in classes if c.decided and c.injected and min(c.recall, c.precision) < THRESHOLD]
    if as_json:
        print_json(
            {"classes": [c.as_dict() for c in classes], "threshold": THRESHOLD, "below": [c.error_class for c in low]}
        )
    else:
        head = say("错误类别", "class")
        out.print(f"{head:<28}{'n':>8}{'recall':>9}{'precision':>11}  {say('规则可判定', 'decided by rule')}")
        for c in classes:
            out.print(
                f"{c.error_class:<28}{c.injected:>8}{c.recall:>9.4f}{c.precision:>11.4f}  {'✓' if c.decided else '–'}"
            )
    raise typer.Exit(1 if low else 0)
