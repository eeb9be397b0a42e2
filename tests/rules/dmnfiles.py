"""DMN files for tests, written from small parts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from yiwang.rules.core.dmn.evaluating import PreparedModel
from yiwang.rules.core.dmn.model import Model
from yiwang.rules.core.dmn.reading import read
from yiwang.rules.core.feel.running import Run
from yiwang.rules.core.feel.values import Date, DateTime, Time, Zone

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"
NOON = DateTime(Date(2026, 7, 1), Time(12, 0, 0, 0, Zone(offset=0)))


def file(*parts: str, namespace: str = "urn:test", dmn: str = DMN15, more: str = "") -> bytes:
    """A whole file around its elements; one line before the first of them."""
    head = f'<definitions xmlns="{dmn}" namespace="{namespace}" name="test" id="defs" {more}>'
    return "\n".join((head, *parts, "</definitions>")).encode()


def number_input(name: str, type_: str = "number") -> str:
    return f'<inputData id="in-{name}" name="{name}"><variable name="{name}" typeRef="{type_}"/></inputData>'


def literal(text: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{typed}><text>{escape(text)}</text></literalExpression>"


def decision(name: str, logic: str, inputs: str = "", decisions: str = "", knowledge: str = "", type_: str = "") -> str:
    """A decision `d-name`; what it requires is given as names with blanks between, or as whole hrefs."""
    typed = f' typeRef="{type_}"' if type_ else ""
    needs = [
        f'<informationRequirement><requiredInput href="{_href(one, "in")}"/></informationRequirement>'
        for one in inputs.split()
    ]
    needs += [
        f'<informationRequirement><requiredDecision href="{_href(one, "d")}"/></informationRequirement>'
        for one in decisions.split()
    ]
    needs += [
        f'<knowledgeRequirement><requiredKnowledge href="{_href(one, "k")}"/></knowledgeRequirement>'
        for one in knowledge.split()
    ]
    variable = f'<variable name="{name}"{typed}/>'
    return f'<decision id="d-{name}" name="{name}">{variable}{"".join(needs)}{logic}</decision>'


def _href(name: str, kind: str) -> str:
    return name if "#" in name else f"#{kind}-{name}"


def knowledge(name: str, parameters: dict[str, str], logic: str, needs: str = "", type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    given = "".join(f'<formalParameter name="{one}" typeRef="{kind}"/>' for one, kind in parameters.items())
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{_href(one, "k")}"/></knowledgeRequirement>'
        for one in needs.split()
    )
    return (
        f'<businessKnowledgeModel id="k-{name}" name="{name}"><variable name="{name}"{typed}/>'
        f"<encapsulatedLogic>{given}{logic}</encapsulatedLogic>{required}</businessKnowledgeModel>"
    )


def table(inputs: list[str], outputs: list[str], rules: list[str], more: str = 'hitPolicy="UNIQUE"') -> str:
    """`inputs` as `expression` or `expression | values`; `outputs` as `name | values | default`; `rules` as `cell | cell | output`."""
    parts = [f"<decisionTable {more}>"]
    for one in inputs:
        expression, _, values = one.partition("|")
        listed = f"<inputValues><text>{escape(values.strip())}</text></inputValues>" if values.strip() else ""
        parts.append(
            f"<input><inputExpression><text>{escape(expression.strip())}</text></inputExpression>{listed}</input>"
        )
    for one in outputs:
        name, values, default = (*(part.strip() for part in one.split("|")), "", "")[:3]
        listed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        fallback = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        named = f' name="{name}"' if name else ""
        parts.append(f"<output{named}>{listed}{fallback}</output>")
    for rule in rules:
        cells = [part.strip() for part in rule.split("|")]
        tags = ["inputEntry"] * len(inputs) + ["outputEntry"] * (len(cells) - len(inputs))
        parts.append("<rule>")
        parts.extend(f"<{tag}><text>{escape(cell)}</text></{tag}>" for tag, cell in zip(tags, cells, strict=True))
        parts.append("</rule>")
    return "".join((*parts, "</decisionTable>"))


def model(*parts: str, **options: Any) -> Model:
    return read(file(*parts, **options), "test.dmn")


def take(name: str, *parts: str, run: Run | None = None, **inputs: Any) -> Any:
    """The value of a decision in a file of these parts; whole numbers among the inputs become decimals."""
    given = {key: Decimal(value) if type(value) is int else value for key, value in inputs.items()}
    return PreparedModel(model(*parts)).decide(name, given, run or Run(NOON))
