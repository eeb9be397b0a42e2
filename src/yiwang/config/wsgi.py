"""The WSGI entry point (sync views behind ASGI were measured 9–30 times slower)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.config.demo")
application = get_wsgi_application()
