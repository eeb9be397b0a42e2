"""The words of a form: paragraphs, headings and lists with strong words and links, read from a small part of Markdown.

Nothing else is markup: what looks like HTML is shown as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPAN = re.compile(
    r"\*\*(?P<strong>[^*\n]+)\*\*|\[(?P<words>[^\]\n]+)\]\((?P<link>(?:https?://|/|mailto:|tel:)[^)\s]*)\)"
)
_HEADING = re.compile(r"#{1,6}\s+(?P<words>.+)")
_ITEM = re.compile(r"\s*(?:[-*]|[0-9]+[.、])\s+(?P<words>.+)")


@dataclass(frozen=True, slots=True)
class Span:
    """Some words; with `link`, they lead there."""

    words: str
    strong: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is `heading`, `paragraph` or `list`; a list has one line for each of its items."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


def passage_read(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        blocks += _blocks([line for line in part.split("\n") if line.strip()])
    return tuple(blocks)


def _blocks(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for line in lines:
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if heading:
            found.append(Block("heading", (_spans(heading["words"]),)))
        elif item:
            before = found.pop().lines if found and found[-1].kind == "list" else ()
            found.append(Block("list", (*before, _spans(item["words"]))))
        elif found and found[-1].kind == "paragraph":
            found[-1] = Block("paragraph", (found[-1].lines[0] + _spans(" " + line.strip()),))
        else:
            found.append(Block("paragraph", (_spans(line.strip()),)))
    return found


def _spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    end = 0
    for match in _SPAN.finditer(text):
        if match.start() > end:
            spans.append(Span(text[end : match.start()]))
        if match["strong"] is not None:
            spans.append(Span(match["strong"], strong=True))
        else:
            spans.append(Span(match["words"], link=match["link"]))
        end = match.end()
    if end < len(text) or not spans:
        spans.append(Span(text[end:]))
    return tuple(spans)
