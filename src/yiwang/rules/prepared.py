"""A decision ready to be taken: its content read, once for each digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from yiwang.kernel.errors import PackError
from yiwang.rules.content import Content
from yiwang.rules.core.dmn.model import Decision, InputData, Model
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.standing import Reached, Reading, reached, top_decision
from yiwang.rules.schema import DecisionFile, InputFile

KEPT = 256


@dataclass(frozen=True, eq=False)
class Prepared:
    """`inputs` are those the decision reaches, by name; parameters are among them."""

    content: Content
    file: DecisionFile
    model: Model
    decision: Decision
    reach: Reached
    reading: Reading
    inputs: Mapping[str, InputData]
    bindings: Mapping[str, InputFile]
    uses: Mapping[str, str]


def prepared(content: Content) -> Prepared:
    """Raises PackError or DmnRefused when the content is no decision."""
    return _prepared(content.dmn, content.companion, tuple(sorted(content.parameters.items())), content.where)


@lru_cache(maxsize=KEPT)
def _prepared(dmn: bytes, companion: str, parameters: tuple[tuple[str, str], ...], where: str) -> Prepared:
    content = Content(dmn, companion, dict(parameters), where)
    file = content.file
    model = read(dmn, f"{where}.dmn")
    decision = top_decision(model, file.decision)
    if decision is None:
        names = [one.name for one in model.decisions]
        raise PackError(
            zh=f"DMN 里没有名为 {file.decision or '（唯一的）'} 的决定；有：{'、'.join(names)}",
            en=f"the DMN has no decision {file.decision or '(the only one)'}; there are: {', '.join(names)}",
            where=f"{where}.yaml",
            hint_zh="在伴随文件里写 decision: 名称。",
            hint_en="Name it in the companion: decision: NAME.",
        )
    found = reached(model, decision)
    return Prepared(
        content=content,
        file=file,
        model=model,
        decision=decision,
        reach=found,
        reading=Reading(file.output.granted, tuple(file.output.grants), file.output.amount),
        inputs={one.name: one for _, one in found.inputs},
        bindings={one.name: one for one in file.inputs},
        uses={one.name: one.parameter for one in file.parameters},
    )
