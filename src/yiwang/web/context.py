"""What every page's frame needs: language, menu, who is signed in."""

from __future__ import annotations

from django.http import HttpRequest

from yiwang.web.language import active_language


def shell(request: HttpRequest) -> dict[str, object]:
    return {"language": active_language(), "here": request.get_full_path()}
