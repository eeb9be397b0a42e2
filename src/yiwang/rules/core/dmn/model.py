"""What a DMN file says (DMN 1.5, chapters 6 to 8), read once and never changed.

A model holds requirements by reference (`Link`), not by object, so that files that import one another stay trees. Every element keeps
the `Place` it was read from: errors, proofs and explanations quote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from yiwang.rules.core.dmn.boxed import Boxed, BoxedFunction
from yiwang.rules.core.dmn.places import Place, Refusal
from yiwang.rules.core.feel import nodes


@dataclass(frozen=True, slots=True)
class Variable:
    """`type` is the typeRef as FEEL writes it, None when none was given."""

    name: str
    type: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class FunctionItem:
    parameters: tuple[tuple[str, str | None], ...]
    result: str | None


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type. Exactly one of `base`, `components` and `function` says what it is; none of them: Any.

    `allowed` holds for each item of a collection, `constraint` (DMN 1.5) for the collection as a whole.
    """

    name: str
    place: Place
    base: str | None = None
    components: tuple[ItemDefinition, ...] = ()
    function: FunctionItem | None = None
    collection: bool = False
    allowed: nodes.UnaryTests | None = None
    allowed_text: str = ""
    constraint: nodes.UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What an href points at: an element of this model (`prefix` None) or of the import whose `key` that is."""

    prefix: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Requirements:
    inputs: tuple[Link, ...] = ()
    decisions: tuple[Link, ...] = ()
    knowledge: tuple[Link, ...] = ()
    authorities: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class InputData:
    id: str
    name: str
    variable: Variable
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """Without `logic` its value is null. `refused` says why it cannot be taken, in a model read with `tolerant`."""

    id: str
    name: str
    variable: Variable
    place: Place
    requires: Requirements
    logic: Boxed | None
    question: str = ""
    description: str = ""
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function with a name."""

    id: str
    name: str
    variable: Variable
    place: Place
    requires: Requirements
    function: BoxedFunction | None
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service. Its parameters are its inputs, then its input decisions, in the order of the file."""

    id: str
    name: str
    variable: Variable
    place: Place
    outputs: tuple[Link, ...]
    encapsulated: tuple[Link, ...]
    input_decisions: tuple[Link, ...]
    inputs: tuple[Link, ...]
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A knowledge source: the law, the notice or the person a decision rests on."""

    id: str
    name: str
    place: Place
    uri: str = ""
    description: str = ""


Element = InputData | Decision | Knowledge | Service | Source


@dataclass(frozen=True, slots=True)
class Import:
    """`prefix` is the name its elements are known by here; empty: by their own names, where nothing else has those."""

    prefix: str
    namespace: str
    place: Place
    model: Model

    @property
    def key(self) -> str:
        """What tells the imports of a file apart: several may have no name."""
        return self.prefix or self.namespace


@dataclass(frozen=True, slots=True)
class Model:
    namespace: str
    name: str
    file: str
    imports: tuple[Import, ...]
    items: dict[str, ItemDefinition]
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]
    sources: tuple[Source, ...]
    refusals: tuple[Refusal, ...] = ()
    by_id: dict[str, Element] = field(default_factory=dict)

    def elements(self) -> Iterator[Element]:
        yield from self.inputs
        yield from self.decisions
        yield from self.knowledge
        yield from self.services
        yield from self.sources

    def find(self, link: Link) -> tuple[Model, Element]:
        """The element a link of this model points at, with the model it stands in."""
        if link.prefix is None:
            return self, self.by_id[link.id]
        held = next(one for one in self.imports if one.key == link.prefix)
        return held.model, held.model.by_id[link.id]

    def named(self, name: str) -> Element | None:
        """The element of that name, or of that id."""
        wanted = " ".join(name.split())
        return next((one for one in self.elements() if one.name == wanted), None) or self.by_id.get(name)
