"""Checking and proving decisions where they lie: a pack by id or folder, or one .dmn file, in a pack or alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.core.pack import MANIFEST, Finding, View
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import pack_view_of
from yiwang.rules.checking import content_check
from yiwang.rules.content import Content
from yiwang.rules.core.dmn.model import Decision, Model
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.plan.refusal import PlanRefused
from yiwang.rules.core.proofs.findings import Proof
from yiwang.rules.core.proofs.proving import prove
from yiwang.rules.core.standing import tables_in
from yiwang.rules.packchecking import view_content
from yiwang.rules.planwork import PlanAccount, plan_accounts
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proofwork import proofs


@dataclass(frozen=True)
class RulesCheck:
    """What checking one table found."""

    file: str
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True)
class TableProof:
    """The proof of one decision table; `decision` is the decision or function it stands in."""

    file: str
    decision: str
    place: str
    proof: Proof


@dataclass(frozen=True)
class Found:
    """A table's file with its companion and parameters; without one it is taken bare."""

    file: str
    data: bytes
    content: Content | None


def rules_files(name: str) -> list[Found]:
    """The decisions of a pack (id or folder), or the one of a .dmn file. Raises NotFound, InputError, PackError."""
    path = Path(name)
    if path.suffix != ".dmn":
        return list(_of_pack(pack_view_of(name)))
    if not path.is_file():
        raise InputError(zh=f"找不到文件 {name}", en=f"there is no file {name}", where="rules")
    folder = path.resolve().parents[1]
    if path.resolve().parent.name == "decisions" and (folder / MANIFEST).is_file():
        inside = f"decisions/{path.name}"
        return [one for one in _of_pack(pack_view_of(str(folder))) if one.file.endswith(f"/{inside}")]
    return [Found(path.name, path.read_bytes(), None)]


def _of_pack(view: View) -> Iterator[Found]:
    for path in sorted(view.pack.files):
        if path.startswith("decisions/") and path.endswith(".dmn"):
            yield Found(f"{view.pack.manifest.id}/{path}", view.pack.files[path], view_content(view, path))


def rules_check(name: str) -> tuple[RulesCheck, ...]:
    """Check every table of a pack, or one file: it reads, fits its companion, cites its articles, is complete and disjoint."""
    return tuple(RulesCheck(one.file, tuple(_findings(one))) for one in rules_files(name))


def _findings(one: Found) -> Iterator[Finding]:
    if one.content is not None:
        yield from content_check(one.content)
        return
    try:
        model = read(one.data, one.file)
    except DmnRefused as refused:
        yield from (Finding(str(each.place), each.zh, each.en) for each in refused.refusals)
        return
    for told in _bare(one, model):
        for finding in told.proof.findings:
            yield Finding(
                told.place, f"“{told.decision}”：{finding.zh}", f"“{told.decision}”: {finding.en}", finding.level
            )


def rules_prove(name: str) -> tuple[TableProof, ...]:
    """Prove every decision table of a pack, or of one file. Raises PackError and DmnRefused when it cannot be read."""
    found: list[TableProof] = []
    for one in rules_files(name):
        if one.content is None:
            found += _bare(one, read(one.data, one.file))
        else:
            whole: Prepared = prepared(one.content)
            found += [TableProof(one.file, decision, place, proof) for decision, place, proof in proofs(whole)]
    return tuple(found)


def rules_plan(name: str) -> tuple[PlanAccount, ...]:
    """How each expression of a pack's decisions, or of one file in a pack, runs over everyone.

    What cannot run so is told as refused, with the reason. Raises InputError for a file without a companion: its columns are unknown.
    """
    found: list[PlanAccount] = []
    for one in rules_files(name):
        if one.content is None:
            raise InputError(
                zh=f"{one.file} 没有伴随文件，不知道输入从哪里来",
                en=f"{one.file} has no companion that says where its inputs come from",
                where=one.file,
            )
        whole = prepared(one.content)
        try:
            found += plan_accounts(whole)
        except PlanRefused as refused:
            found.append(PlanAccount(whole.file.id, refused.where, "", "refused", refused.zh, refused.en))
    return tuple(found)


def _bare(one: Found, model: Model) -> Iterator[TableProof]:
    """Each table as it stands, over the types it declares."""
    for element in model.elements():
        logic = element.logic if isinstance(element, Decision) else getattr(element, "function", None)
        for table in tables_in(logic):
            yield TableProof(one.file, element.name, str(table.place), prove(table))
