"""From the journal into the tree: one appender at a time gives each line its index, then tiles and a signed checkpoint follow.

Entries, the size of the tree and how far the journal was read change in one transaction; whatever is killed in between is
done again from there. Tiles and checkpoints come after it and are made from the rows, so they can lag but never lead.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from yiwang.kernel.errors import YiwangError
from yiwang.trust.adapters.rows import durable, rows_insert
from yiwang.trust.core.merkle import SIZE, Frontier, leaf_hash
from yiwang.trust.core.note import SM2, Checkpoint, Note, Signature, Verifier, signature_ed25519
from yiwang.trust.core.tiles import WIDTH, tiles_write
from yiwang.trust.errors import ProofWrong
from yiwang.trust.heads import head_cosigned, head_text, witness_keys
from yiwang.trust.journal import Read, damaged, framed, journal_folder, pending, segment_drop, segments
from yiwang.trust.keys import signing_key, sm2_key
from yiwang.trust.models import Entry, EntrySubject, LedgerState, SignedHead
from yiwang.trust.uses import use_body

BATCH = 20_000
STATE = 1
PURPOSE = "ledger"
PERIOD_SECONDS = 1.0
ENTRY_COLUMNS = (
    *("index", "use", "leaf", "at", "who", "department", "resource", "purpose", "grant", "via", "rows", "hidden_until"),
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Appended:
    """How many entries got their place, and the size of the tree then."""

    entries: int
    size: int


def tiles_folder() -> Path:
    return Path(settings.PLACE.home) / "ledger" / "tiles"


def ledger_append_pending(limit: int = 1_000_000) -> Appended:
    """Give up to `limit` lines of the journal their place in the tree. Raises KeysLocked.

    Raises ProofWrong for a damaged journal, after all lines before the damage and of other journals have their place.
    """
    done = 0
    fault: ProofWrong | None = None
    while done < limit:
        entries, read, fault = _take(min(BATCH, limit - done))
        done += entries
        if not read or not entries:
            break
    size = _publish()
    if fault is not None:
        raise fault
    return Appended(done, size)


def append_until(stop: threading.Event, *, period: float = PERIOD_SECONDS) -> None:
    """Append until `stop` is set. The server runs this in a thread; any number of processes may."""
    while not stop.is_set():
        close_old_connections()
        try:
            report = ledger_append_pending()
        except (DatabaseError, YiwangError, OSError):
            log.exception("the ledger could not be appended to; trying again")
            stop.wait(5 * period)
            continue
        # What comes in meanwhile goes together: a checkpoint for every few lines would take a processor from the answers.
        if report.entries < BATCH:
            stop.wait(period)
    close_old_connections()


def _take(most: int) -> tuple[int, bool, ProofWrong | None]:
    """One transaction: lines → entries. Answers how many, whether there may be more, and the first damage met."""
    with durable(), transaction.atomic():
        state = _state()
        lines = _Lines(state.size)
        reads = [lines.take(read) for read in pending(journal_folder(), state.marks, most)]
        _append(state, lines)
        _mark(state, reads)
        state.save()
    for read in reads:
        if read.over:
            segment_drop(journal_folder() / read.name)
    return len(lines.leaves), len(lines.leaves) == most, next((read.fault for read in reads if read.fault), None)


def _state() -> LedgerState:
    """The one row, locked until the end of the transaction."""
    LedgerState.objects.get_or_create(pk=STATE)
    return LedgerState.objects.select_for_update().get(pk=STATE)


def _mark(state: LedgerState, reads: Sequence[Read]) -> None:
    there = {path.name for path in segments(journal_folder())}
    kept = {name: end for name, end in state.marks.items() if name in there}
    state.marks = kept | {read.name: read.end for read in reads}


class _Lines:
    """Rows of the lines read so far, and the hashes of their leaves; the first gets the index `first`."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.entries: list[tuple[Any, ...]] = []
        self.subjects: list[tuple[int, str, int]] = []
        self.leaves: list[bytes] = []

    def take(self, read: Read) -> Read:
        """Take the lines of a segment, as far as they are uses: what is not holds up its segment, as a damaged line does, and no other."""
        for place, body in enumerate(read.bodies):
            try:
                self._add(body)
            except (ValueError, LookupError, TypeError, AttributeError):
                offset = read.end - sum(len(framed(left)) for left in read.bodies[place:])
                fault = damaged(journal_folder() / read.name, offset)
                return Read(read.name, read.bodies[:place], offset, False, fault)
        return read

    def _add(self, body: bytes) -> None:
        index = self.first + len(self.leaves)
        leaf, about = use_body(body)
        # parsed and let go one by one: twenty thousand dicts at once keep the garbage collector busy
        said = json.loads(leaf)
        one, row = said["about"], _row(index, said, leaf)
        self.subjects += [(index, subject, place) for place, subject in enumerate(about or ((one,) if one else ()))]
        self.entries.append(row)
        self.leaves.append(leaf_hash(leaf))


def _append(state: LedgerState, lines: _Lines) -> None:
    if not lines.leaves:
        return
    rows_insert(Entry, ENTRY_COLUMNS, lines.entries)
    rows_insert(EntrySubject, ("entry", "subject", "place"), lines.subjects)
    tree = frontier(state).extend(lines.leaves)
    state.size, state.peaks = tree.size, b"".join(tree.peaks)


def frontier(state: LedgerState) -> Frontier:
    body = bytes(state.peaks)
    return Frontier(state.size, tuple(body[at : at + SIZE] for at in range(0, len(body), SIZE)))


def _row(index: int, said: dict[str, Any], leaf: bytes) -> tuple[Any, ...]:
    hidden = said["hidden_until"]
    return (
        index,
        said["id"],
        leaf,
        datetime.fromisoformat(said["at"]),
        said["who"]["id"],
        said["who"]["department"],
        said["resource"],
        said["purpose"],
        said["grant"],
        said["via"],
        said["rows"],
        date.fromisoformat(hidden) if hidden else None,
    )


def _publish() -> int:
    """Tiles up to the tree, then its checkpoint; one process at a time, and nothing where nothing is new."""
    with transaction.atomic():
        state = _state()
        if state.tiled != state.size:
            _tile(state)
        if state.size and not SignedHead.objects.filter(size=state.size).exists():
            _sign(state)
    heads_put()
    return int(state.size)


def heads_put() -> None:
    """The small files beside the tiles: keys of the city and of its witnesses, the newest head, the newest cosigned one."""
    _put("keys", "".join(f"{one}\n" for one in verifiers()))
    head = SignedHead.objects.order_by("-size").first()
    if head is not None:
        _put("checkpoint", head_text(head))
    witnesses = witness_keys()
    if witnesses:
        _put("witnesses", "".join(f"{one}\n" for one in witnesses))
    cosigned = head_cosigned() if witnesses else None
    if cosigned is not None:
        _put("cosigned", head_text(cosigned))


def _put(name: str, text: str) -> None:
    """A small file beside the tiles, as outsiders fetch it; written only when it changes."""
    path = tiles_folder() / name
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _tile(state: LedgerState) -> None:
    """Write the tiles that are missing, a stretch at a time, from the leaves of the entries."""
    while state.tiled < state.size:
        start = state.tiled - state.tiled % WIDTH
        rows = Entry.objects.filter(index__gte=start, index__lt=start + 4 * BATCH).order_by("index")
        leaves = [leaf_hash(bytes(leaf)) for leaf in rows.values_list("leaf", flat=True)]
        if len(leaves) != min(start + 4 * BATCH, state.size) - start:
            raise ProofWrong(
                zh=f"账本在第 {start} 条之后缺少条目",
                en=f"entries are missing from the ledger after {start}",
                where=f"entry {start}",
                hint_zh="请运行 yiwang verify。",
                hint_en="Run yiwang verify.",
            )
        state.tiled = tiles_write(tiles_folder(), state.tiled, leaves, start)
    state.save(update_fields=["tiled"])


def _sign(state: LedgerState) -> None:
    text = Checkpoint(origin(), state.size, frontier(state).root()).text()
    note = Note(text, (signature_ed25519(origin(), signing_key(PURPOSE), text), _sm2(text)))
    SignedHead.objects.create(size=state.size, root=frontier(state).root(), note=str(note), at=timezone.now())


def origin() -> str:
    """The name of this city's ledger, as checkpoints carry it."""
    return str(settings.LEDGER_ORIGIN)


def _sm2(text: str) -> Signature:
    key = sm2_key(PURPOSE)
    return Signature(origin(), Verifier(origin(), SM2, key.public).key_id, key.sign(text.encode()))


def verifiers() -> tuple[Verifier, Verifier]:
    """The public keys of this city's checkpoints: Ed25519 and SM2, the newest versions."""
    return (
        Verifier(origin(), b"\x01", signing_key(PURPOSE).public_key().public_bytes_raw()),
        Verifier(origin(), SM2, sm2_key(PURPOSE).public),
    )
