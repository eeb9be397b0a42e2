"""Behind a proxy that ends TLS."""

from __future__ import annotations

import os

from yiwang.config.base import *  # noqa: F403
from yiwang.config.base import DATABASES, SECRET_KEY

if not SECRET_KEY:
    raise RuntimeError("no secret key: run `yiwang init`, or set YIWANG_SECRET_KEY")

# As in the demo: a connection opened anew for each request costs more than most requests do.
DATABASES["default"]["CONN_MAX_AGE"] = 60
PROXIES = int(os.environ.get("YIWANG_PROXIES", "1"))
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
