"""A file that a service made, handed to the reader under its own name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from django.http import FileResponse


class Made(Protocol):
    """What the data engine answers for a download; whoever sends it deletes `path`."""

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> Path: ...

    @property
    def media_type(self) -> str: ...


def file_answer(made: Made) -> FileResponse:
    # The answer closes the file when it has been sent; its name goes at once, so that nothing of it stays behind.
    file = made.path.open("rb")
    made.path.unlink()
    answer = FileResponse(file, as_attachment=True, filename=made.name, content_type=made.media_type)
    answer.headers["Cache-Control"] = "no-store"
    return answer
