"""A file given as an answer: its size, its type by its bytes, a look for viruses, and only then kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from yiwang.flow.adapters.scanning import scan
from yiwang.flow.core.forms.elements import Question
from yiwang.flow.core.forms.filetypes import FILE_TYPES, file_problem, file_type
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError
from yiwang.kernel.selectors import file_title
from yiwang.kernel.service import file_put


@dataclass(frozen=True)
class KeptFile:
    """A file of a draft; its bytes are stored under the digest."""

    digest: str
    name: str
    media_type: str
    size: int


def file_keep(actor: Actor, question: Question, source: BinaryIO, name: str) -> KeptFile:
    """Check and keep a file that answers `question`. Raises InputError, VirusFound, Unavailable."""
    title = file_title(name)
    # Read once: what is looked at and what is kept are the same bytes.
    content = source.read(question.limits.max_bytes + 1)
    _sized(content, question.limits.max_bytes, title)
    problem = file_problem(content, title, question.limits.accept)
    if problem is not None:
        raise InputError(zh=problem.zh, en=problem.en, where=title)
    scan(io.BytesIO(content), title)
    media_type = FILE_TYPES[file_type(content) or ""].media_type
    stored = file_put(actor=actor, source=io.BytesIO(content), name=title, media_type=media_type, sealed=True)
    return KeptFile(stored.digest, title, media_type, len(content))


def _sized(content: bytes, most: int, name: str) -> None:
    if not content:
        raise InputError(zh=f"文件 {name} 是空的", en=f"the file {name} is empty", where=name)
    if len(content) > most:
        raise InputError(
            zh=f"文件 {name} 超过 {_size(most)}",
            en=f"the file {name} has more than {_size(most)}",
            where=name,
            hint_zh="请缩小后再上传。",
            hint_en="Make it smaller and send it again.",
        )


def _size(most: int) -> str:
    return f"{most >> 20} MB" if most >= 1 << 20 and most % (1 << 20) == 0 else f"{most >> 10} KB"
