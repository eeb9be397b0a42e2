"""Fusions as declared (`fusions/*.yaml`): which public resource meets which bought one, and what leaves: figures of groups.

A declaration names fields of a closed form; nothing in it is run. What it may not ask for is refused when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yiwang.data.core.checks import column_types
from yiwang.data.errors import Block, FusionRefused
from yiwang.data.looking import SUBJECTS
from yiwang.data.models import Fusion
from yiwang.data.opening.blocks import CLOSED_GRADE
from yiwang.data.opening.plans import LEAST_THRESHOLD, USUAL_THRESHOLD
from yiwang.data.products.clauses import AGGREGATES, ClauseText
from yiwang.data.schema import FieldName, Name, ResourceFile
from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.canonical import canonical_digest
from yiwang.kernel.core.pack import FileKind, Finding, Pack, View
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import NotFound
from yiwang.kernel.service import audit
from yiwang.trust.core.purposes import PURPOSES

SIDES: dict[str, Text] = {"public": Text(zh="公共数据", en="public"), "purchased": Text(zh="统采数据", en="bought")}
NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE")
RESERVED = {"kind", "count", "hidden"}
Side = Literal["public", "purchased"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JoinFile(_File):
    """One side: a resource and the field it is joined by, which must be its one key."""

    resource: Name
    key: FieldName


class ByFile(_File):
    side: Side
    field: FieldName


class MeasureFile(ByFile):
    """A sum or an average over the cells that are told, rounded to `rounding`. Counts are always told."""

    id: FieldName
    title: Text
    kind: Literal["sum", "average"]
    rounding: Decimal = Field(gt=0)

    @model_validator(mode="after")
    def _free(self) -> MeasureFile:
        if self.id in RESERVED:
            raise ValueError(f"{self.id} is a column of every fusion already")
        return self


# the rules an example may name
RULES = ("resource", "field", "share", "key", "type", "person", "grade", "number", "contract")


class RefusedFile(_File):
    """An example that must be refused by `rule`: `change` replaces parts of the declaration, `clauses` the purchase's."""

    rule: str
    change: dict[str, Any] = {}
    clauses: tuple[dict[str, str], ...] | None = None

    @model_validator(mode="after")
    def _known(self) -> RefusedFile:
        if self.rule not in RULES:
            raise ValueError(f"rule must be one of {', '.join(RULES)}")
        return self


class FusionFile(_File):
    id: Name
    title: Text
    summary: Text
    purpose: str
    public: JoinFile
    purchased: JoinFile
    by: tuple[ByFile, ...] = Field(min_length=1, max_length=2)
    measures: tuple[MeasureFile, ...] = Field(default=(), max_length=12)
    threshold: int = Field(default=USUAL_THRESHOLD, ge=LEAST_THRESHOLD, le=1000)
    rounding: int = Field(default=5, ge=1, le=1000)
    refused: tuple[RefusedFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sensible(self) -> FusionFile:
        ids = [m.id for m in self.measures] + [column_of(one) for one in self.by]
        if len(set(ids)) != len(ids):
            raise ValueError("a field or a measure stands twice")
        if self.purpose not in PURPOSES:
            raise ValueError(f"purpose must be one of {', '.join(PURPOSES)}")
        if self.public.resource == self.purchased.resource:
            raise ValueError("a resource is not joined with itself")
        return self

    def side(self, name: str) -> JoinFile:
        return self.public if name == "public" else self.purchased

    def used(self, side: str) -> tuple[str, ...]:
        """The fields of a side that are read: the key first, then what is grouped by or measured."""
        others = [one.field for one in (*self.by, *self.measures) if one.side == side]
        return tuple(dict.fromkeys((self.side(side).key, *others)))

    @property
    def pair(self) -> str:
        return "+".join(sorted((self.public.resource, self.purchased.resource)))

    @property
    def shape(self) -> str:
        """Of all that decides the figures."""
        return canonical_digest(self.model_dump(mode="json", exclude={"id", "title", "summary", "purpose", "refused"}))


def column_of(one: ByFile) -> str:
    return f"{one.side}_{one.field}"


def _block(element: str, rule: str, zh: str, en: str) -> Block:
    return Block(element, rule, Text(zh=zh, en=en))


# What a declaration may not ask for -------------------------------------------------------------------------------------


def _keys(fusion: FusionFile, sides: Mapping[str, ResourceFile]) -> Iterator[Block]:
    sound = True
    for name, file in sides.items():
        key = fusion.side(name).key
        # one row a key on either side: else one person would stand in several cells, and totals would count twice
        if file.key != (key,) or file.load.mode == "append":
            sound = False
            said = SIDES[name]
            yield _block(
                f"{name}.key",
                "key",
                f"{said.zh} {file.id} 不是以 {key} 为唯一主键，不能按它对接",
                f"{key} is not the one key of the {said.en} resource {file.id}",
            )
    if not sound:
        return
    kinds = [(file.field(fusion.side(n).key).semantic, _kind_of(file, fusion.side(n).key)) for n, file in sides.items()]
    if kinds[0] != kinds[1]:
        zh, en = "、".join(k[0] for k in kinds), ", ".join(k[0] for k in kinds)
        yield _block("purchased.key", "type", f"两边主键的类型不同：{zh}", f"the two keys are of different types: {en}")


def _kind_of(file: ResourceFile, field: str) -> str:
    return column_types(file).get(field, "")


def _unknown(fusion: FusionFile, sides: Mapping[str, ResourceFile]) -> Iterator[Block]:
    for name, file in sides.items():
        for field in fusion.used(name)[1:]:
            if field not in {f.id for f in file.fields}:
                yield _block(name, "field", f"{file.id} 没有信息项 {field}", f"{file.id} has no field {field}")


def _groups(fusion: FusionFile, sides: Mapping[str, ResourceFile]) -> Iterator[Block]:
    for number, one in enumerate(fusion.by, 1):
        field = sides[one.side].field(one.field)
        if field.id == fusion.side(one.side).key or field.semantic in SUBJECTS:
            yield _block(
                f"by {number}",
                "person",
                f"不得按“{field.title.zh}”分组：它就是人或企业本身",
                f"figures are not grouped by {field.title.en}: it names somebody",
            )
        elif field.effective_grade >= CLOSED_GRADE:
            n = field.effective_grade
            yield _block(
                f"by {number}",
                "grade",
                f"“{field.title.zh}”为 {n} 级，不得作为分组项",
                f"{field.title.en} is of grade {n}: figures are not grouped by it",
            )


def _measures(fusion: FusionFile, sides: Mapping[str, ResourceFile]) -> Iterator[Block]:
    for one in fusion.measures:
        if not _kind_of(sides[one.side], one.field).startswith(NUMBERS):
            title = sides[one.side].field(one.field).title
            yield _block(
                f"measure {one.id}", "number", f"“{title.zh}”不是数，不能求和或平均", f"{title.en} is no number"
            )


def _shared(fusion: FusionFile, sides: Mapping[str, ResourceFile]) -> Iterator[Block]:
    for name, file in sides.items():
        if file.share.type == "refused":
            yield _block(name, "share", f"{file.id} 不予共享：{file.share.basis}", f"{file.id} is not shared at all")


Rule = Callable[[FusionFile, Mapping[str, ResourceFile]], Iterator[Block]]
_CHECKS: tuple[Rule, ...] = (_shared, _keys, _groups, _measures)


def fusion_blocks(fusion: FusionFile, resources: Mapping[str, ResourceFile]) -> tuple[Block, ...]:
    """Everything the two catalogue entries say against a declaration."""
    sides: dict[str, ResourceFile] = {}
    for name in SIDES:
        found = resources.get(fusion.side(name).resource)
        if found is None:
            id = fusion.side(name).resource
            return (_block(f"{name}.resource", "resource", f"没有资源 {id}", f"there is no resource {id}"),)
        sides[name] = found
    unknown = tuple(_unknown(fusion, sides))
    return unknown or tuple(block for rule in _CHECKS for block in rule(fusion, sides))


def contract_blocks(clauses: Iterable[ClauseText], what: str) -> tuple[Block, ...]:
    """A purchase may be joined only where its contract has a clause for it that the program enforces."""
    if any(c.kind == "enforced" and c.control == AGGREGATES for c in clauses):
        return ()
    zh = f"采购“{what}”的合同没有允许融合、且由系统执行“只出汇总数”的条款"
    en = f"the contract of the purchase {what} has no enforced clause that allows joining for aggregates only"
    return (_block("purchased.contract", "contract", zh, en),)


def blocks_stop(found: tuple[Block, ...], where: str) -> None:
    """Raises FusionRefused when there is any block."""
    if found:
        raise FusionRefused(found, where)


# In a pack --------------------------------------------------------------------------------------------------------------


def fusion_check(path: str, file: FusionFile, view: View) -> Iterator[Finding]:
    """The declaration keeps every rule, is the only one of its pair, and each of its bad examples is caught by its rule."""
    where = f"{view.pack.manifest.id}/{path}"
    resources = {r.id: r for r in view.every("resources")}
    for block in fusion_blocks(file, resources):
        yield Finding(f"{where} {block.field}", block.reason.zh, block.reason.en)
    for other in view.every("fusions"):
        if other.id != file.id and other.pair == file.pair:
            yield Finding(
                f"{where} purchased.resource",
                f"这两个资源已由 {other.id} 融合；换一种分组会让小数被相减算出",
                f"{other.id} joins these two already: by another breakdown small figures could be subtracted",
            )
    for number, example in enumerate(file.refused, 1):
        place = f"{where} refused {number}"
        try:
            caught = {b.rule for b in _example(file, example, resources)}
        except ValidationError as error:
            yield Finding(place, f"反例写得不对：{error.errors()[0]['msg']}", f"no example: {error.errors()[0]['msg']}")
            continue
        if example.rule not in caught:
            said = ", ".join(sorted(caught)) or "-"
            yield Finding(
                place,
                f"反例没有被规则 {example.rule} 拒绝（{said}）",
                f"the example is not refused by {example.rule} ({said})",
            )


def _example(file: FusionFile, example: RefusedFile, resources: Mapping[str, ResourceFile]) -> tuple[Block, ...]:
    changed = FusionFile.model_validate(file.model_dump(mode="json") | example.change)
    if example.clauses is None:
        return fusion_blocks(changed, resources)
    said = tuple(ClauseText(c.get("text", ""), c.get("kind", ""), c.get("control", "")) for c in example.clauses)
    return contract_blocks(said, file.purchased.resource)


@transaction.atomic
def fusion_install(*, actor: Actor, file: FusionFile, pack: Pack, path: str) -> Fusion:
    """Make or renew a declaration. Installing the same content again changes nothing. Raises FusionRefused."""
    demand(actor, "pack.install")
    known = Fusion.objects.filter(pk=file.id).first()
    if known is not None and known.pack_digest == pack.digest:
        return known
    where = f"{pack.manifest.id}/{path}"
    other = Fusion.objects.filter(pair=file.pair).exclude(pk=file.id).first()
    if other is not None:
        zh, en = f"这两个资源已由 {other.pk} 融合", f"{other.pk} joins these two already"
        blocks_stop((_block("purchased.resource", "pair", zh, en),), where)
    row, _ = Fusion.objects.update_or_create(
        id=file.id,
        defaults={
            "path": where,
            "pack_digest": pack.digest,
            "definition": file.model_dump(mode="json"),
            "pair": file.pair,
        },
    )
    audit(actor=actor, act="pack.install", object_kind="fusion", object_id=file.id, details={"pack": pack.manifest.id})
    return row


def fusion_row(fusion_id: str) -> tuple[Fusion, FusionFile]:
    row = Fusion.objects.filter(pk=fusion_id).first()
    if row is None:
        raise NotFound(zh=f"没有融合 {fusion_id}", en=f"there is no fusion {fusion_id}", where="fusion")
    return row, FusionFile.model_validate(row.definition)


def _install(path: str, file: Any, pack: Pack, actor: Actor) -> None:
    fusion_install(actor=actor, file=file, pack=pack, path=path)


FUSIONS = FileKind(id="fusions", pattern="fusions/*.yaml", model=FusionFile, check=fusion_check, install=_install)
