"""The pack files the rules engine owns, how they are checked, and the verb its pack tests use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import FileKind, Finding, Pack, View, kind_register
from yiwang.kernel.core.packtest import verb_register
from yiwang.rules.casework import decide_verb
from yiwang.rules.installing import decision_install, pack_text
from yiwang.rules.packchecking import companion_check, table_check
from yiwang.rules.parameters import parameter_install
from yiwang.rules.schema import DecisionFile, ParameterFile


def _table(data: bytes, where: str) -> bytes:
    """Read whole by the check, which knows the companion beside it."""
    return data


def parameter_check(path: str, file: ParameterFile, view: View) -> Iterator[Finding]:
    where = f"{view.pack.manifest.id}/{path}"
    if path != f"parameters/{file.id}.yaml":
        yield Finding(where, f"文件应名为 {file.id}.yaml", f"the file must be called {file.id}.yaml")
    same = [other for other in view.every(PARAMETERS.id) if other.id == file.id]
    if len(same) > 1:
        yield Finding(where, f"参数 {file.id} 在别的包里已有", f"another pack has a parameter {file.id}")


def _install_parameter(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    text = pack_text(pack, path)
    assert text is not None  # the path is one of the pack's files
    parameter_install(actor=actor, file=file, text=text, pack=pack)


def _install_table(path: str, data: Any, pack: Pack, actor: Actor) -> None:
    decision_install(actor=actor, path=path, pack=pack)


# In this order, so that a decision finds its parameters installed.
PARAMETERS = FileKind(
    id="parameters",
    pattern="parameters/*.yaml",
    model=ParameterFile,
    check=parameter_check,
    install=_install_parameter,
)
COMPANIONS = FileKind(id="companions", pattern="decisions/*.yaml", model=DecisionFile, check=companion_check)
DECISIONS = FileKind(id="decisions", pattern="decisions/*.dmn", parse=_table, check=table_check, install=_install_table)


def kinds_register() -> None:
    """Called once when the program starts."""
    kind_register(PARAMETERS)
    kind_register(COMPANIONS)
    kind_register(DECISIONS)
    verb_register("decide", decide_verb)
