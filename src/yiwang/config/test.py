"""Settings of the test suite: tasks run in the calling process, static files come from the package."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Each test process gets a home of its own, so that no test can touch a city that is in use.
os.environ.setdefault("YIWANG_HOME", tempfile.mkdtemp(prefix="yiwang-test-"))
os.environ.setdefault("YIWANG_SECRET_KEY", "only-for-tests")

from yiwang.config.base import *  # noqa: E402, F403
from yiwang.config.base import PLACE  # noqa: E402

Path(PLACE.home).mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
