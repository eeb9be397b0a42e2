"""A file that a service made, handed to the reader under its own name."""

from __future__ import annotations

from django.http import FileResponse

from yiwang.data.exports import Download


def file_answer(made: Download) -> FileResponse:
    # The answer closes the file when it has been sent; its name goes at once, so that nothing of it stays behind.
    file = made.path.open("rb")
    made.path.unlink()
    answer = FileResponse(file, as_attachment=True, filename=made.name, content_type=made.media_type)
    answer.headers["Cache-Control"] = "no-store"
    return answer
