"""Settings every city shares. Values that differ by place come from config.place; nothing here reads the network."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from yiwang.config.place import django_database, place_from_environment

# A start makes some 200,000 objects that stay: by default the collector looks through them so often that it is a fifth of the start,
# and a tenth of a short request (measured).
gc.set_threshold(50_000, 10, 10)

PLACE = place_from_environment()
ROOT = Path(__file__).resolve().parents[1]

DEBUG = False
SECRET_KEY = (
    PLACE.secret_file.read_text(encoding="ascii").strip()
    if PLACE.secret_file.exists()
    else os.environ.get("YIWANG_SECRET_KEY", "")
)
ALLOWED_HOSTS = os.environ.get("YIWANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Where people reach the city from outside: what a printed code or a signed statement leads to.
PUBLIC_URL = os.environ.get("YIWANG_PUBLIC_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("YIWANG_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "oauth2_provider",
    "yiwang.kernel",
    "yiwang.rules",
    "yiwang.trust",
    "yiwang.data",
    "yiwang.flow",
    "yiwang.web",
]

MIDDLEWARE = [
    # programs need no session, no cookie and no page
    "yiwang.web.api.exchangedoor.ExchangeDoor",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yiwang.web.middleware.LanguageMiddleware",
    # before the check against forgery, which reads the body
    "yiwang.web.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yiwang.web.middleware.ContentPolicyMiddleware",
    "yiwang.web.middleware.SignInRequiredMiddleware",
    "yiwang.web.middleware.ErrorPageMiddleware",
]

ROOT_URLCONF = "yiwang.web.urls"
WSGI_APPLICATION = "yiwang.config.wsgi.application"
AUTH_USER_MODEL = "kernel.Account"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/work/"
LOGOUT_REDIRECT_URL = "/"

DATABASES = {"default": django_database(PLACE.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yiwang.web.context.shell",
            ],
            "builtins": ["yiwang.web.templatetags.say"],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = PLACE.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

# What one load may use; measured to check five million rows within it (docs/reference/bench.md).
ENGINE_MEMORY = os.environ.get("YIWANG_ENGINE_MEMORY", "1GB")
ENGINE_THREADS = int(os.environ.get("YIWANG_ENGINE_THREADS", "2"))

# Where uploads are scanned for viruses (clamd://host:port or clamd:///socket); empty: only the EICAR test file is known.
SCANNER_URL = os.environ.get("YIWANG_SCANNER_URL", "")

# What one address may begin, give and send within an hour without an account; 0 counts nothing.
PUBLIC_PER_HOUR = int(os.environ.get("YIWANG_PUBLIC_PER_HOUR", "200"))
# How many proxies of ours stand in front and write X-Forwarded-For: without them that header is anybody's word.
PROXIES = int(os.environ.get("YIWANG_PROXIES", "0"))

# The most a request may carry, files and all: from somebody without an account (what a form's files may come to), and from
# somebody signed in, who may upload a table.
BODY_PUBLIC = int(os.environ.get("YIWANG_BODY_PUBLIC", str(60 << 20)))
BODY_SIGNED_IN = int(os.environ.get("YIWANG_BODY_SIGNED_IN", str(4 << 30)))

# Programs come in with client credentials and nothing else: no code, password, device or refresh grant is served.
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "yiwang.trust.adapters.oauth.ClientValidator",
    "SCOPES": {"exchange": "数据交换 / data exchange"},
    "DEFAULT_SCOPES": ["exchange"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # A token is kept as its digest only.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
# Roles whose holders must give a second factor at sign-in, e.g. "admin,data-lead"; empty: whoever has set one up.
SECOND_FACTOR_ROLES = [r for r in os.environ.get("YIWANG_SECOND_FACTOR_ROLES", "").split(",") if r]

# The name of this city's ledger in its checkpoints; never changed once a witness has seen one.
LEDGER_ORIGIN = os.environ.get("YIWANG_LEDGER_ORIGIN", "yiwang.local/ledger")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Calls a second of one API client in each process, twice as many at once; 0 counts nothing.
EXCHANGE_PER_SECOND = int(os.environ.get("YIWANG_EXCHANGE_PER_SECOND", "200"))
# Whether deliveries may go to this machine itself: for tests and demos.
EXCHANGE_LOCAL = os.environ.get("YIWANG_EXCHANGE_LOCAL", "") == "1"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("YIWANG_LOG", "WARNING")},
}
