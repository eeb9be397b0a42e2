"""What every part of the reader needs: where it is, how a fault is told, and how the texts of a diagram are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from yiwang.flow.core.bpmn import xmlfile
from yiwang.flow.core.bpmn.faults import REASONS, Fault
from yiwang.flow.core.bpmn.xmlfile import Tag
from yiwang.flow.core.process.nodes import Binding, Named
from yiwang.rules.core.feel import nodes as feel
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.errors import FeelSyntaxError

LANGUAGES = frozenset(
    {
        "feel",
        "FEEL",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "http://www.omg.org/spec/FEEL/20140401",
    }
)
_SHOWN = 80


@dataclass(slots=True)
class Basis:
    """`ids` are the elements of the file by id; `language` is what the file says its expressions are in, empty for nothing."""

    file: str
    ids: dict[str, Tag]
    language: str = ""
    faults: list[Fault] = field(default_factory=list)

    def place(self, element: Tag) -> str:
        name = xmlfile.name_of(element)
        said = " ".join((element.get("name") or "").split())
        parts = [name, f"id={element.get('id')}" if element.get("id") else "", f"“{said}”" if said else ""]
        return f"{self.file}:{xmlfile.line_of(element)} <{' '.join(part for part in parts if part)}>"

    def say(self, code: str, element: Tag, *, level: str = "error", at: int | None = None, **values: object) -> None:
        """Keep a fault. It is told of the nearest element with an id."""
        text, owner = REASONS[code], element
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        self.faults.append(
            Fault(
                where=self.place(element),
                zh=text.zh.format(**values),
                en=text.en.format(**values),
                level=level,
                code=code,
                element="" if owner is None else str(owner.get("id")),
                line=xmlfile.line_of(element),
                at=at,
            )
        )

    @property
    def is_sound(self) -> bool:
        return not any(fault.level == "error" for fault in self.faults)

    # Texts ---------------------------------------------------------------------------------------------------------------

    def named(self, element: Tag) -> Named | None:
        """The element's name in both languages; a name without its English stands in both places."""
        zh = " ".join((element.get("name") or "").split())
        en = " ".join((xmlfile.own(element, "en") or "").split())
        return Named(zh or en, en or zh) if zh or en else None

    def feel(self, text: str | None, element: Tag, name: str) -> str | None:
        """FEEL that can be read; None with a fault for what cannot, and for nothing at all."""
        said = (text or "").strip()
        if not said:
            self.say("missing", element, name=name)
            return None
        try:
            parse_expression(said)
        except FeelSyntaxError as error:
            shown = said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
            self.say(
                "bad_feel",
                element,
                at=error.at,
                name=name,
                why=_one_line(error.zh),
                why_en=_one_line(error.en),
                text=shown,
            )
            return None
        return said

    def own_feel(self, element: Tag, name: str) -> str | None:
        """One of our own attributes that holds FEEL; None when it is not there."""
        said = xmlfile.own(element, name)
        return None if said is None else self.feel(said, element, f"yw:{name}")

    def expression(self, element: Tag) -> str | None:
        """The FEEL of an element that BPMN gives an expression language."""
        language = (element.get("language") or self.language).strip()
        if language and language not in LANGUAGES:
            self.say("language", element, language=language)
            return None
        return self.feel(xmlfile.text_of(element), element, xmlfile.name_of(element))

    def variable(self, text: str | None, element: Tag, name: str) -> str | None:
        """The name of a variable: one word that FEEL reads as a name."""
        said = (text or "").strip()
        if not said:
            self.say("missing", element, name=name)
            return None
        try:
            is_name = isinstance(parse_expression(said), feel.Name) and said.isidentifier()
        except FeelSyntaxError:
            is_name = False
        if not is_name:
            self.say("bad_name", element, name=name, text=said)
            return None
        return said

    def own_variable(self, element: Tag, name: str) -> str | None:
        said = xmlfile.own(element, name)
        return None if said is None else self.variable(said, element, f"yw:{name}")

    def bindings(self, elements: Iterable[Tag]) -> tuple[Binding, ...]:
        """`yw:input` or `yw:output` elements; each name once."""
        found: dict[str, Binding] = {}
        for element in elements:
            tag = f"yw:{xmlfile.name_of(element)}"
            name = self.variable(element.get("name"), element, f"{tag} name")
            value = self.feel(element.get("value"), element, f"{tag} value")
            if name in found:
                self.say("twice", element, name=f"{tag} {name}")
            if name is not None and value is not None:
                found[name] = Binding(name, value)
        return tuple(found.values())

    def one(self, element: Tag, found: list[Tag], name: str) -> Tag | None:
        """The only one; a fault for none and for several."""
        if len(found) > 1:
            self.say("twice", found[1], name=name)
        if not found:
            self.say("missing", element, name=name)
        return found[0] if found else None

    def target(self, element: Tag, attribute: str, *kinds: str) -> Tag | None:
        """The element an attribute points at; one of another kind is a fault, one that is not there is one already."""
        found = self.ids.get(xmlfile.bare(element.get(attribute)))
        if found is not None and xmlfile.name_of(found) not in kinds:
            self.say("wrong_kind", element, name=attribute, id=found.get("id"), wanted=" / ".join(kinds))
            return None
        return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
