"""What two versions of a decision say differently: dated values of parameters, rules of tables, and who would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.rules.answers import VersionRow
from yiwang.rules.asking import day, parameter_value
from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel.wording import Words, joined, value_words
from yiwang.rules.core.proofs.difference import Difference, difference
from yiwang.rules.core.standing import all_tables
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proofwork import proof_domains
from yiwang.rules.rows import content_of, decision_row, version_row, version_told
from yiwang.rules.schema import ParameterFile, ParameterValue


@dataclass(frozen=True)
class TableDifference:
    """One table: `change` None when only one of the versions has it."""

    name: str
    title: Text
    change: Difference | None
    is_new: bool = False


@dataclass(frozen=True)
class VersionDifference:
    before: VersionRow
    after: VersionRow
    parameters: tuple[Text, ...]
    texts: tuple[Text, ...]
    tables: tuple[TableDifference, ...]

    @property
    def same(self) -> bool:
        told = any(one.change is None or one.change.changes for one in self.tables)
        return not (told or self.parameters or self.texts)


def decision_difference(
    actor: Actor, decision_id: str, *, number: int, against: int | None = None, on: date
) -> VersionDifference:
    """What version `number` says that `against` (the one that holds by default) does not. Effects are those of the day `on`.

    Raises NotFound, PackError when one of the two cannot be read.
    """
    demand(actor, "decision.read")
    decision = decision_row(decision_id)
    rows = version_row(decision, against), version_row(decision, number)
    old, new = (prepared(content_of(row)) for row in rows)
    return VersionDifference(
        before=version_told(rows[0]),
        after=version_told(rows[1]),
        parameters=tuple(_parameters(old, new)),
        texts=tuple(_texts(old, new)),
        tables=tuple(_tables(old, new, on)),
    )


def _tables(old: Prepared, new: Prepared, on: date) -> Iterator[TableDifference]:
    """Tables are the same one when they belong to the same decision or function, in order."""
    left, right = _named(old), _named(new)
    values = {
        name: parameter_value(value)
        for name, parameter in new.uses.items()
        for value in [new.content.values[parameter].find(on)]
        if value is not None
    }
    for name in dict.fromkeys([*right, *left]):
        for at in range(max(len(left.get(name, ())), len(right.get(name, ())))):
            title = new.explainer.term(name).title
            text = Text(zh=title.zh, en=title.en)
            if at >= len(left.get(name, ())) or at >= len(right.get(name, ())):
                yield TableDifference(name, text, None, is_new=at < len(right.get(name, ())))
                continue
            found = difference(left[name][at], right[name][at], proof_domains(new), values, day(on))
            if found.changes or found.effects:
                yield TableDifference(name, text, _in_english(found, new))


def _in_english(found: Difference, new: Prepared) -> Difference:
    """With the English words for the table's own names in the English sentences."""
    names = sorted(new.explainer.terms, key=len, reverse=True)

    def told(text: str) -> str:
        for name in names:
            text = text.replace(name, new.explainer.term(name).title.en)
        return text

    return replace(
        found,
        changes=tuple(replace(one, zh=one.zh, en=told(one.en)) for one in found.changes),
        effects=tuple(replace(one, zh=one.zh, en=told(one.en)) for one in found.effects),
    )


def _named(found: Prepared) -> dict[str, list[DecisionTable]]:
    tables: dict[str, list[DecisionTable]] = {}
    for name, table in all_tables(found.reach):
        tables.setdefault(name, []).append(table)
    return tables


def _parameters(old: Prepared, new: Prepared) -> Iterator[Text]:
    left, right = old.content.values, new.content.values
    for name in sorted({*left, *right}):
        if name not in right:
            title = left[name].title
            yield Text(zh=f"不再使用参数“{title.zh}”", en=f"The parameter “{title.en}” is not used any more")
        elif name not in left:
            title = right[name].title
            yield Text(zh=f"新用参数“{title.zh}”", en=f"The parameter “{title.en}” is used now")
        else:
            yield from _values(left[name], right[name])


def _values(old: ParameterFile, new: ParameterFile) -> Iterator[Text]:
    was, now = ({one.first: one for one in file.values} for file in (old, new))
    for first in sorted({*was, *now}):
        before = was.get(first) or old.find(first) or (old.values[-1] if first >= old.first else None)
        after = now.get(first)
        if after is None:
            yield Text(
                zh=f"“{new.title.zh}”：取消自 {first} 起的值 {_said(was[first], old).zh}",
                en=f"“{new.title.en}”: the value from {first}, {_said(was[first], old).en}, is taken back",
            )
        elif first not in was or was[first].value != after.value:
            yield _changed(new, first, before, after)
        elif was[first] != after:
            yield Text(
                zh=f"“{new.title.zh}”自 {first} 起的依据改为：{_basis(after).zh}",
                en=f"“{new.title.en}” from {first}: the basis is now {_basis(after).en}",
            )
    if old.until != new.until:
        yield Text(
            zh=f"“{new.title.zh}”的有效期改至 {new.until or '不定'}（原为 {old.until or '不定'}）",
            en=f"“{new.title.en}” now ends on {new.until or 'no set day'} (before: {old.until or 'no set day'})",
        )


def _changed(file: ParameterFile, first: date, before: ParameterValue | None, after: ParameterValue) -> Text:
    now, basis = _said(after, file), _basis(after)
    if before is None:
        return Text(
            zh=f"“{file.title.zh}”：自 {first} 起为 {now.zh}（{basis.zh}）",
            en=f"“{file.title.en}”: {now.en} from {first} ({basis.en})",
        )
    was = value_words(parameter_value(before))
    return Text(
        zh=f"“{file.title.zh}”：自 {first} 起由 {was.zh} 改为 {now.zh}（{basis.zh}）",
        en=f"“{file.title.en}”: from {first}, {was.en} becomes {now.en} ({basis.en})",
    )


def _said(value: ParameterValue, file: ParameterFile) -> Words:
    return joined([value_words(parameter_value(value)), Words(file.unit.zh, file.unit.en)], " ", " ")


def _basis(value: ParameterValue) -> Text:
    if value.reference is not None:
        return Text(zh=f"依据 {value.reference.say()}", en=f"basis: {value.reference.say()}")
    return Text(zh="假定", en="an assumption")


def _texts(old: Prepared, new: Prepared) -> Iterator[Text]:
    """What else the companion says otherwise, by its parts."""
    parts = {
        "title": Text(zh="名称", en="the title"),
        "summary": Text(zh="摘要", en="the summary"),
        "department": Text(zh="主管部门", en="the department"),
        "legal_basis": Text(zh="法律依据", en="the legal basis"),
        "subject": Text(zh="决定的对象", en="whom it is about"),
        "inputs": Text(zh="输入及其来源", en="the inputs and where they come from"),
        "parameters": Text(zh="所用的参数", en="which parameters are used"),
        "output": Text(zh="结果的读法", en="how the result reads"),
        "names": Text(zh="名称的译法", en="what names are called"),
        "sentences": Text(zh="告知的句子", en="the sentences people are told"),
    }
    for key, title in parts.items():
        if getattr(old.file, key) != getattr(new.file, key):
            yield Text(zh=f"修改了{title.zh}", en=f"Changed: {title.en}")
