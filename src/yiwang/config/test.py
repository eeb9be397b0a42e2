"""Settings of the test suite: tasks run in the calling process, static files come from the package."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each test process gets a home of its own, so that no test can touch a city that is in use nor another worker's lake.
# Workers inherit the environment of the process that starts them; a process that a test starts shares its worker's home.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "YIWANG_HOME" not in os.environ or os.environ.get("YIWANG_TEST_WORKER", _WORKER) != _WORKER:
    os.environ["YIWANG_HOME"] = tempfile.mkdtemp(prefix="yiwang-test-")
    os.environ["YIWANG_TEST_WORKER"] = _WORKER
    atexit.register(shutil.rmtree, os.environ["YIWANG_HOME"], ignore_errors=True)
os.environ.setdefault("YIWANG_SECRET_KEY", "only-for-tests")

from yiwang.config.base import *  # noqa: E402, F403
from yiwang.config.base import PLACE  # noqa: E402

# Whitenoise warns of a missing folder for static files, and warnings are errors here.
Path(PLACE.home, "static").mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Every test comes from one address.
PUBLIC_PER_HOUR = 0
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
