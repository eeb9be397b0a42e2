"""The lake's part in a backup: which versions stand in a copy of it, and whether every file of them is there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from yiwang.data.adapters.lake import LAYERS, STAGED, Table
from yiwang.trust.errors import ProofWrong
from yiwang.trust.service import Part, part_declare

LOG = "_delta_log"
# Only a short cut for readers; copied while a table grows it could name what the copy lacks.
SHORT_CUT = "_last_checkpoint"


def lake_marks(folder: Path) -> dict[str, str]:
    """layer/table → its newest version and rows. Raises ProofWrong naming a file that a version needs and that is not there."""
    marks = {}
    for layer in LAYERS:
        for place in sorted(path for path in (folder / layer).glob("*") if path.is_dir()):
            table = Table(place, place.name)
            missing = [file for file in table.files() if not Path(file).is_file()]
            if missing:
                raise ProofWrong(
                    zh=f"数据湖的文件 {missing[0]} 不在",
                    en=f"the lake's file {missing[0]} is not there",
                    where=missing[0],
                    hint_zh="请在没有清理任务运行时再备份一次。",
                    hint_en="Make the backup again while no tidying runs.",
                )
            marks[f"{layer}/{place.name}"] = f"{table.version()} {table.rows()}"
    return marks


def keeping_register() -> None:
    """Called once when the program starts. The logs are copied first: the files they name are there already."""
    part_declare(
        Part(
            name="lake",
            folder=lambda: Path(settings.PLACE.lake_url),
            marks=lake_marks,
            first=lambda path: path.parent.name == LOG,
            skip=lambda path: path.name == SHORT_CUT or path.name.startswith(STAGED),
        )
    )
