"""The pack files the flow engine owns, how they are checked, and the verbs its pack tests use."""

from __future__ import annotations

from typing import Any

from yiwang.flow.duties import duties_install
from yiwang.flow.dutyfile import DutyFile, duties_check
from yiwang.flow.formchecks import form_check
from yiwang.flow.forms import form_parse
from yiwang.flow.formversions import form_install
from yiwang.flow.itemchecks import item_check
from yiwang.flow.items import item_install
from yiwang.flow.processes import process_install
from yiwang.flow.processkinds import process_check, process_parse
from yiwang.flow.rehearsal import walk_verb
from yiwang.flow.schema import ItemFile
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import FileKind, Pack, kind_register
from yiwang.kernel.core.packtest import verb_register


def _install_duties(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    duties_install(actor=actor, file=file, pack=pack)


DUTIES = FileKind(id="duties", pattern="duties/*.yaml", model=DutyFile, check=duties_check, install=_install_duties)


def _install_form(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    form_install(actor=actor, file=file, pack=pack)


def _install_item(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    item_install(actor=actor, file=file, pack=pack)


def _install_process(path: str, reading: Any, pack: Pack, actor: Actor) -> None:
    process_install(actor=actor, path=path, pack=pack)


FORMS = FileKind(id="forms", pattern="forms/*.form", parse=form_parse, check=form_check, install=_install_form)
PROCESSES = FileKind(
    id="processes", pattern="processes/*.bpmn", parse=process_parse, check=process_check, install=_install_process
)
ITEMS = FileKind(id="items", pattern="items/*.yaml", model=ItemFile, check=item_check, install=_install_item)


def kinds_register() -> None:
    """Called once when the program starts."""
    kind_register(DUTIES)
    kind_register(FORMS)
    kind_register(PROCESSES)
    kind_register(ITEMS)
    verb_register("walk", walk_verb)
