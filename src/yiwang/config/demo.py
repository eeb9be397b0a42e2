"""One machine, plain HTTP on loopback: the demo and a first look."""

from __future__ import annotations

from yiwang.config.base import *  # noqa: F403
from yiwang.config.base import DATABASES

# Opening SQLite anew for each request costs more than most requests do (measured: 5 of 6 ms).
DATABASES["default"]["CONN_MAX_AGE"] = 60

# The demo's static files come straight from the package, so that `yiwang demo` writes nothing but the city itself.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STATIC_ROOT = None  # type: ignore[assignment]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
