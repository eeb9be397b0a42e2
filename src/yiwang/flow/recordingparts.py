"""What of the recordings goes into a case's archive package: all that is said of them and their custody, and the bytes up to a
declared amount. What is too large stays sealed in the store and is in the package by its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import BinaryIO

from yiwang.flow.casework import moment
from yiwang.flow.core.media import MEDIA
from yiwang.flow.models import Case, CaseRecording
from yiwang.flow.recordinggaps import recording_gaps
from yiwang.flow.recordingrows import PARTS, recording_row
from yiwang.flow.recordingrules import recordings_until
from yiwang.kernel.core.canonical import canonical_json
from yiwang.kernel.errors import Conflict
from yiwang.kernel.selectors import file_open

# Bytes of recordings in one package, in the order they came in.
MOST_PACKED = 512 << 20
_ENDINGS = {kind.media_type: kind.endings[0] for kind in MEDIA.values()}


def demand_complete(case: Case) -> None:
    """Raises Conflict while a recording may still come in: a package is made once."""
    until = recordings_until(case)
    if until is not None and moment() < until:
        raise Conflict(
            zh=f"办件 {case.number} 在 {until:%Y-%m-%d %H:%M} 之前仍可收录音像，暂不归档",
            en=f"recordings of {case.number} may come in until {until:%Y-%m-%d %H:%M}; it is not archived yet",
            where="recordings",
            hint_zh="到期以后再归档。",
            hint_en="Archive it after that.",
        )


def recording_parts(case: Case) -> dict[str, bytes | Callable[[], BinaryIO]]:
    """Empty for a case that has no recording and wants none."""
    rows = CaseRecording.objects.filter(case=case).select_related(*PARTS).prefetch_related("custody").order_by("number")
    found, gaps = [recording_row(row) for row in rows], recording_gaps(case)
    if not found and not gaps:
        return {}
    packed: dict[str, bytes | Callable[[], BinaryIO]] = {}
    told, left = [], MOST_PACKED
    for row in found:
        part = f"recordings/{row.number:03d}{_ENDINGS[row.media_type]}" if row.size <= left else ""
        if part:
            packed[part] = partial(file_open, row.digest)
            left -= row.size
        # Without a part the bytes are in the sealed store, under this digest.
        told.append({"part": part, "said": row})
    said: Mapping[str, object] = {"most_bytes_packed": MOST_PACKED, "recordings": told, "gaps": gaps}
    return packed | {"recordings.json": canonical_json(said)}
