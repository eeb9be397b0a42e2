"""Changes that make a DMN file one that must be refused; each is False when the file has nothing of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from bench.fuzzing.dmn import DmnMutator

_BROKEN_FEEL = (
    "< ",
    "[1..",
    "1 +",
    "not(",
    '"a',
    ")",
    "1 2",
    "if x then 1",
    "for x in",
    "{a: }",
    "@",
    "x in ",
    "..",
    "/* x",
)

Tag = Any


def reference(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "requiredInput", "requiredDecision", "requiredKnowledge", "outputDecision", "inputData")
    if one is None or one.get("href") is None:
        return False
    one.set("href", mutator.chance.choice(("#nowhere", "", "nowhere", "http://x#y", "#")))
    return True


def policy(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "decisionTable")
    if one is not None:
        one.set("hitPolicy", mutator.chance.choice(("UNIQ", "unique", "FIRST HIT", "ALL", "C+", "0")))
    return one is not None


def aggregation(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "decisionTable")
    if one is not None:
        one.set("aggregation", mutator.chance.choice(("AVERAGE", "sum", "COUNT,SUM")))
    return one is not None


def cell(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "inputEntry", "outputEntry", "inputExpression")
    text = None if one is None else next((each for each in one if str(each.tag).endswith("}text")), None)
    if text is not None:
        text.text = mutator.chance.choice(_BROKEN_FEEL)
    return text is not None


def literal(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "literalExpression")
    text = None if one is None else next((each for each in one if str(each.tag).endswith("}text")), None)
    if text is not None:
        text.text = mutator.chance.choice(_BROKEN_FEEL)
    return text is not None


def requirement(mutator: DmnMutator, root: Tag) -> bool:
    """Logic that uses what nothing gives."""
    found = [one for one in root.iterfind("{*}decision/{*}literalExpression/{*}text") if (one.text or "").strip()]
    if found:
        mutator.chance.choice(found).text = mutator.chance.choice(
            ("nowhere", "nowhere + 1", "if true then 1 else nowhere")
        )
    return bool(found)


def row(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "inputEntry", "outputEntry")
    if one is not None:
        one.getparent().remove(one)
    return one is not None


def kind(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "variable")
    if one is not None:
        one.set("typeRef", mutator.chance.choice(("nosuchtype", "list<", "number,", "numbre")))
    return one is not None


def language(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "literalExpression", "definitions")
    if one is not None:
        one.set("expressionLanguage", "http://www.java.com")
    return one is not None


def identity(mutator: DmnMutator, root: Tag) -> bool:
    found = [one for one in root.iter("{*}decision", "{*}inputData") if one.get("id")]
    if len(found) < 2:
        return False
    found[0].set("id", found[1].get("id"))
    return True


def logic(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "literalExpression", "decisionTable")
    if one is None:
        return False
    one.tag = f"{{{etree.QName(one).namespace}}}decisionTabel"
    return True


def circle(mutator: DmnMutator, root: Tag) -> bool:
    one = mutator.one(root, "decision")
    if one is None or not one.get("id"):
        return False
    space = etree.QName(one).namespace
    need = etree.SubElement(one, f"{{{space}}}informationRequirement")
    etree.SubElement(need, f"{{{space}}}requiredDecision").set("href", f"#{one.get('id')}")
    return True


CHANGES = (reference, policy, aggregation, cell, literal, requirement, row, kind, language, identity, logic, circle)
