"""The tree as files (C2SP tlog-tiles): a tile holds up to 256 hashes of one level; a level stands eight tree levels above the last.

Tiles are made from leaf hashes alone, so that they can be written again at any time. A partial tile is kept under its
width; a full one replaces them all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from yiwang.trust.core.disk import folder_flush
from yiwang.trust.core.merkle import SIZE, Nodes, node_hash

WIDTH = 256
HEIGHT = 8


class TileMissing(LookupError):
    """A tile that the tree of this size has, and the folder has not; named by its path."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """ "tile/1/x001/067" or, of `width` hashes, "tile/1/x001/067.p/3"."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def tile_hashes(folder: Path, level: int, number: int, width: int) -> list[bytes]:
    """The first `width` hashes of a tile, from the full one or from any partial one that is wide enough. Raises TileMissing."""
    full = folder / tile_path(level, number)
    places = [full, folder / tile_path(level, number, width)] if width < WIDTH else [full]
    if width < WIDTH and not any(place.is_file() for place in places):
        partial = (
            sorted(int(p.name) for p in places[1].parent.glob("*") if p.name.isdigit())
            if places[1].parent.is_dir()
            else []
        )
        places += [places[1].with_name(str(wide)) for wide in partial if wide > width]
    for place in places:
        if place.is_file():
            body = place.read_bytes()
            if len(body) < width * SIZE:
                raise TileMissing(str(place))
            return [body[at : at + SIZE] for at in range(0, width * SIZE, SIZE)]
    raise TileMissing(tile_path(level, number, width))


def tile_nodes(folder: Path, size: int) -> Nodes:
    """Subtree hashes of a tree of `size` leaves, read from its tiles; each tile is read once."""
    held: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(level: int, index: int) -> bytes:
        at, inner = divmod(level, HEIGHT)
        number, place = divmod(index << inner, WIDTH)
        if (at, number) not in held:
            width = min(WIDTH, (size >> HEIGHT * at) - number * WIDTH)
            held[at, number] = [tile_hashes(folder, at, number, width)]
        levels = held[at, number]
        while len(levels) <= inner:
            below = levels[-1]
            levels.append([node_hash(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)])
        return levels[inner][place >> inner]

    return node


def tiles_write(folder: Path, before: int, leaves: Sequence[bytes], start: int) -> int:
    """Bring tiles of `before` leaves up to date. `leaves` begin at `start`, the first leaf of the tile `before` stands in.

    Returns the new size. Raises TileMissing when a tile of `before` that is needed is not there.
    """
    size, row, first, level = start + len(leaves), list(leaves), start, 0
    written: list[Path] = []
    while row:
        whole: list[bytes] = []
        for at in range(0, len(row), WIDTH):
            part, number = row[at : at + WIDTH], (first + at) // WIDTH
            written.append(_write(folder, level, number, part))
            if len(part) == WIDTH:
                whole.append(_root(part))
        above = first // WIDTH
        first, level = above - above % WIDTH, level + 1
        # the tile above already holds those before
        row = (tile_hashes(folder, level, first // WIDTH, above - first) if above > first and whole else []) + whole
    for place in {path.parent for path in written}:
        folder_flush(place)
    return size


def _write(folder: Path, level: int, number: int, hashes: Sequence[bytes]) -> Path:
    place = folder / tile_path(level, number, len(hashes))
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(b"".join(hashes))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    return place


def _root(hashes: Sequence[bytes]) -> bytes:
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
