"""The page of the built-in packs. A city takes a pack's new content only under a new version: whoever forgets it is stopped here."""

from __future__ import annotations

import re
from pathlib import Path

from yiwang.kernel.core.pack import Pack
from yiwang.kernel.packing import BUILT_IN, pack_read, pack_roots, packs_find

PAGE = Path(__file__).parent / "reference" / "packs.md"
LINE = re.compile(r"^\| `([a-z0-9-]+)` \|.*\| ([0-9.]+) \| `([0-9a-f]+)` \|$", re.MULTILINE)
SHOWN = 16


class VersionForgotten(ValueError):
    """A pack says something else under the version it had."""


def packs_page(generated: str, known: str | None = None) -> str:
    """`known` is the page as it stands. Raises VersionForgotten."""
    if known is None:
        known = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    packs = sorted((pack_read(folder, pack_roots()) for folder in packs_find([BUILT_IN]).values()), key=_place)
    before = {name: (version, digest) for name, version, digest in LINE.findall(known)}
    for pack in packs:
        version_demand(pack, before.get(pack.manifest.id))
    head = "| pack | title | department | demands | needs | version | content |\n|---|---|---|---|---|---|---|"
    return (
        "\n\n".join(
            (
                "# Built-in packs · 内置应用包",
                generated,
                "Content is the beginning of the digest over all files. What changes a pack raises its `version` in `pack.yaml`: "
                "a city refuses the same version with another content. 改了内容就要提高版本号，否则已在运行的城市不会接受。",
                "\n".join([head, *map(_line, packs)]),
            )
        )
        + "\n"
    )


def version_demand(pack: Pack, before: tuple[str, str] | None) -> None:
    """Raises VersionForgotten."""
    manifest = pack.manifest
    if before is not None and before[0] == manifest.version and before[1] != pack.digest[:SHOWN]:
        raise VersionForgotten(
            f"pack {manifest.id}: its content changed and its version is still {manifest.version}; raise it"
        )


def _place(pack: Pack) -> str:
    return pack.manifest.id


def _line(pack: Pack) -> str:
    said = pack.manifest
    needs = ", ".join(f"`{name}`" for name in said.needs) or "—"
    serves = ", ".join(str(one) for one in said.serves) or "—"
    title = f"{said.title.zh} {said.title.en}"
    return (
        f"| `{said.id}` | {title} | {said.department} | {serves} | {needs} | {said.version} | `{pack.digest[:SHOWN]}` |"
    )
