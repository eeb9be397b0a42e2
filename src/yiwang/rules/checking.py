"""Checking a decision before it may hold: the table reads, the companion fits it, each rule cites its article, and it is proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from yiwang.kernel.core.pack import Finding
from yiwang.kernel.errors import PackError
from yiwang.rules.content import Content, finding_of
from yiwang.rules.core.dmn.places import DmnRefused
from yiwang.rules.core.standing import output_names
from yiwang.rules.planwork import plan_findings
from yiwang.rules.prepared import Prepared, prepared
from yiwang.rules.proofwork import base_type, proof_findings
from yiwang.rules.schema import DERIVED_TYPES

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def content_check(content: Content) -> Iterator[Finding]:
    """Everything that can be said of the content alone, without the resources it binds to."""
    where = content.where or content.digest[:12]
    try:
        found = prepared(content)
    except DmnRefused as refused:
        yield from (Finding(str(one.place), one.zh, one.en) for one in refused.refusals)
        return
    except PackError as error:
        yield finding_of(error, where)
        return
    if found.decision.refused is not None:
        yield Finding(str(found.decision.place), found.decision.refused.zh, found.decision.refused.en)
        return
    fits = [*_names(found), *_types(found), *_outputs(found)]
    yield from fits
    if not fits:
        # Only a decision that fits its companion can be proved over the companion's domains.
        yield from proof_findings(found)
        yield from plan_findings(found)


def _names(found: Prepared) -> Iterator[Finding]:
    """Inputs of the table and of the companion are the same; parameters are there."""
    where = f"{found.content.where}.yaml"
    told = {*found.bindings, *found.uses}
    for name, one in found.inputs.items():
        if name not in told:
            yield Finding(
                str(one.place),
                f"输入“{name}”在伴随文件里没有说明（inputs 或 parameters）",
                f"the companion says nothing of the input “{name}” (inputs or parameters)",
            )
    for name in sorted(told - set(found.inputs)):
        yield Finding(where, f"决定不用输入“{name}”", f"the decision takes no input “{name}”")
    for name in sorted(set(found.uses.values()) - set(found.content.values)):
        yield Finding(where, f"没有参数 {name}", f"there is no parameter {name}")


def _types(found: Prepared) -> Iterator[Finding]:
    """What a derivation or a parameter gives is what the table's input is declared to be."""
    where = f"{found.content.where}.yaml"
    for name, binding in found.bindings.items():
        one = found.inputs.get(name)
        given = DERIVED_TYPES.get(binding.derive)
        declared = base_type(found, one.variable.type) if one is not None else None
        if given is not None and declared is not None and declared not in (given, "Any"):
            yield Finding(
                where,
                f"输入“{name}”声明为 {declared}，as: {binding.derive} 得到 {given}",
                f"the input “{name}” is declared {declared}; as: {binding.derive} gives a {given}",
            )
    for name, parameter in found.uses.items():
        one, file = found.inputs.get(name), found.content.values.get(parameter)
        if one is None or file is None:
            continue
        declared, given = base_type(found, one.variable.type), _kind(file.values[0].value)
        if declared is not None and declared not in (given, "Any"):
            yield Finding(
                where,
                f"参数 {parameter} 的值是 {given}，输入“{name}”声明为 {declared}",
                f"the parameter {parameter} is a {given}; the input “{name}” is declared {declared}",
            )


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Decimal):
        return "number"
    return "date" if isinstance(value, date) else "string"


def _outputs(found: Prepared) -> Iterator[Finding]:
    where = f"{found.content.where}.yaml"
    members, output = output_names(found.model, found.decision), found.file.output
    for key, name in (("granted", output.granted), ("amount", output.amount)):
        if name and name not in (*members, found.decision.name):
            yield Finding(
                where,
                f"output.{key}：结果里没有“{name}”；有：{'、'.join(members) or '（单个值）'}",
                f"output.{key}: the result has no “{name}”; there are: {', '.join(members) or '(one value)'}",
            )
    known = {*found.inputs, *members, "amount"}
    for text in (found.file.sentences.granted, found.file.sentences.refused):
        for name in sorted({*PLACEHOLDER.findall(text.zh), *PLACEHOLDER.findall(text.en)} - known):
            yield Finding(
                where,
                f"句子里的 {{{name}}} 既不是输入也不是结果",
                f"{{{name}}} in a sentence is neither an input nor a result",
            )
