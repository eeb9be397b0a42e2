"""A decision ready to be taken: its content read, once for each digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import PackError
from yiwang.rules.content import Content
from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.model import Decision, InputData, Model
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.explaining import Explainer, Term
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.wording import Words
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
    engine: PreparedModel
    types: Mapping[str, Type]
    explainer: Explainer


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
    found, engine = reached(model, decision), PreparedModel(model)
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
        engine=engine,
        types={one.name: engine.root.types.of(one.variable.type) for _, one in found.inputs},
        explainer=Explainer(model, decision, found, _terms(content, decision)),
    )


def _terms(content: Content, decision: Decision) -> dict[str, Term]:
    """What the names of the table are called in both languages."""
    file, values = content.file, content.values
    terms = {name: Term(_words(text)) for name, text in file.names.items()}
    terms[decision.name] = Term(_words(file.title))
    for one in file.inputs:
        if one.title is not None:
            terms[one.name] = Term(_words(one.title), _words(one.unit) if one.unit else None)
    for use in file.parameters:
        if use.parameter in values:
            told = values[use.parameter]
            terms[use.name] = Term(_words(told.title), _words(told.unit))
    return terms


def _words(text: Text) -> Words:
    return Words(text.zh, text.en)
