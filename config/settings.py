"""The one settings file. What differs between machines comes from the environment (config/env.py)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext

from config import env
from config.answers import Answers

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What the environment says -----------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY", help="set it to at least 50 random characters, kept secret.")
BASE_URL = env.address(
    "BASE_URL", schemes=("https", "http"), help="set it to where people find the service, https://HOST."
).geturl()
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", help="set it to the host names the service answers to.")
DATABASES = {"default": env.database("DATABASE_URL")}
if env.text("REPLICA_URL", help="", default=""):
    DATABASES["replica"] = env.database("REPLICA_URL")
# How many seconds the replica may be behind; further behind, the primary is read.
REPLICA_SECONDS = env.whole_number("REPLICA_SECONDS", default=5, least=1)
# Whether the database is reached through PgBouncer in transaction mode (docs/deploy.md).
DATABASE_POOLER = env.flag("DATABASE_POOLER", default=False)
CELERY_BROKER_URL = env.address(
    "REDIS_URL", schemes=("redis", "rediss"), help="set it to redis://:PASSWORD@HOST:PORT/0."
).geturl()
DEMO = env.demo(allowed_hosts=ALLOWED_HOSTS)
MFA_REQUIRED = env.flag("MFA_REQUIRED", default=not DEMO)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", help="", default="Check Back <no-reply@localhost>")
globals().update(env.mail("EMAIL_URL"))
TEXT_URL = env.texts("TEXT_URL")
CLAMD_URL = env.scanner("CLAMD_URL")
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", default=0)

DEBUG = False
HTTPS = urlsplit(BASE_URL).scheme == "https"

# --- Parts -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sharing",
    "consent",
    "records",
    "agencies",
    "notifications",
    "audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_forms_gds",
    "pgtrigger",
]

MIDDLEWARE = [
    "config.proxies.RealAddress",
    "config.headers.SecurityHeaders",
    "config.methods.KnownMethods",
    "config.origins.OnlyFromHere",
    "config.replica.OwnWrites",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "agencies.sessions.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "agencies.sessions.SessionMiddleware",
    "agencies.middleware.HatMiddleware",
    "sharing.links.middleware.LinkMiddleware",
    "agencies.middleware.HoldText",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"agencies.templatetags.{name}" for name in ("addresses", "days", "parts")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "agencies.context.menu",
                "records.context.opened",
            ],
        },
    }
]
# Widgets are drawn by agencies/widgets.py, or looked for in templates/ first, like every other template.
FORM_RENDERER = "agencies.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("gds",)
CRISPY_TEMPLATE_PACK = "gds"
# The template pack knows no class for these widgets and would draw them bare.
CRISPY_CLASS_CONVERTERS = {
    "numberinput": "govuk-input govuk-input--width-5",
    "timeinput": "govuk-input govuk-input--width-5",
    "searchinput": "govuk-input",
    "urlinput": "govuk-input",
    "telinput": "govuk-input",
    "fileinput": "govuk-file-upload",
}

# --- Database ----------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Only the web server has threads that can share connections, so only config/wsgi.py asks for a pool.
DATABASE_POOL = env.whole_number("DATABASE_POOL", default=0)
# A connection that a firewall has forgotten is noticed within half a minute, to the replica at once.
NOTICED = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
OF_A_REPLICA = {"connect_timeout": 2, "tcp_user_timeout": 5_000}
for _name, _database in DATABASES.items():
    _options = NOTICED if _name == "default" else {**NOTICED, **OF_A_REPLICA}
    _database["OPTIONS"] = {**_options, **_database["OPTIONS"]}
    if DATABASE_POOL:
        _database["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": DATABASE_POOL,
            # A page waits for the primary, and goes to the primary rather than wait for the replica.
            "timeout": 10 if _name == "default" else 2,
            # It would wait twice as long after each failure, and go on waiting when the server is back.
            "reconnect_timeout": 5,
            "connection_class": Answers,
        }
    _database["CONN_HEALTH_CHECKS"] = True
    # A question (agencies/prepared/) is prepared where a connection asks it for the second time.
    _database["OPTIONS"]["prepare_threshold"] = 1
    if DATABASE_POOLER:
        # The next transaction may run in another session of the server: nothing may be left in one.
        _database["DISABLE_SERVER_SIDE_CURSORS"] = True
        _database["OPTIONS"]["prepare_threshold"] = None
DATABASE_ROUTERS = ["config.replica.Router"]
# What runs in the background acts for every agency (agencies/row_security.py). A role of its own may do that;
# a small installation, where the worker has the web server's role, says so as it connects. A pooler would
# pass that on to whoever connects next: behind one the worker needs its own role, or stops.
if env.flag("BACKGROUND", default=False) and not DATABASE_POOLER:
    DATABASES["default"]["OPTIONS"]["options"] = "-c check_back.across=on"

# Rate limits live here and nothing else does: no rendered page is ever cached.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# --- Signing in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["agencies.backends.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "agencies.passwords.NotOfOurWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "agencies.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An administrator makes the account for an address that the agency owns.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Check Back"
MFA_ADAPTER = "agencies.second_factor.Encrypted"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- Cookies, transport, headers ---------------------------------------------------------------

# Sessions are rows in the database that know when somebody was last there (decision 0030).
SESSION_ENGINE = "agencies.session_store"
SESSION_IDLE_SECONDS = 20 * 60
SESSION_WARNING_SECONDS = 2 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Secured cookies and redirects follow the address, so that the demo works on http://localhost.
# Behind a proxy, gunicorn's FORWARDED_ALLOW_IPS says whose X-Forwarded-Proto is believed.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "check_back_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "check_back_csrf"
MESSAGES_COOKIE_NAME = "__Host-messages" if HTTPS else "check_back_messages"
MESSAGE_STORAGE = "config.messages.Messages"
CSRF_FAILURE_VIEW = "config.errors.form_not_trusted"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Preloading is for whoever holds the whole domain to decide, not for one service below it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# Files go to a temporary file, never into memory, and no further than 20 MB (agencies/uploads.py).
FILE_UPLOAD_HANDLERS = ["agencies.uploads.NoMoreThanIsKept"]
DATA_UPLOAD_MAX_NUMBER_FILES = 4

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STATIC_ROOT = env.text("STATIC_ROOT", help="", default=str(BASE_DIR / ".local" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.Kept"},
}

# --- Background work ---------------------------------------------------------------------------
# A tick without arguments every 5 seconds. The broker holds nothing that may not be lost.

CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
# Without these time-outs a worker whose connection went half-open stays deaf for ever.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 3,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 3,
    "visibility_timeout": 300,
    "global_keyprefix": "check-back:",
    "retry_on_timeout": False,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SOFT_TIME_LIMIT = 25
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "config.beat.SeenScheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "sharing.tasks.tick", "schedule": 5.0, "options": {"expires": 10}},
    # What takes longer than a tick may (a long PDF, an import) has a task of its own.
    "work": {"task": "sharing.tasks.work", "schedule": 5.0, "options": {"expires": 10}},
}

# --- Wiring ------------------------------------------------------------------------------------
# What a lower part calls in its own transaction without knowing who listens.

# What follows in the transaction of a change, in an app above: everyone who was given it is told.
STATEMENT_AMENDED_FOLLOWED_BY = "sharing.operations.corrections.statement_amended"
STATEMENT_STRUCK_FOLLOWED_BY = "sharing.operations.corrections.statement_struck"
DETAIL_PROTECTED_FOLLOWED_BY = "sharing.operations.corrections.detail_protected"
CONSENT_VIEW_FOLLOWED_BY = "sharing.operations.corrections.view_recorded"
# What a page says before that is saved: who has been told already.
STATEMENT_TOLD_BEFORE = "sharing.told_before.of_statement"
STATEMENT_STRUCK_TOLD_BEFORE = "sharing.told_before.of_struck_statement"
PERSON_TOLD_BEFORE = "sharing.told_before.about_person"
PERSON_TOLD_IN_ANY_CONCERN = "sharing.told_before.in_any_concern"
# What Find asks of the app above: which concerns are open, and where a reference leads.
CONCERN_IS_OPEN = "sharing.found.is_open"
FOUND_BY_REFERENCE = "sharing.found.by_reference"
# With whom the versions of a document were shared, and who opened them.
DOCUMENT_SHARED_WITH = "sharing.attached.of_document"
# What was told and had to be said again, for the words that stand in it.
SAID_AGAIN = "sharing.found.said_again"
# What is read with the hat on every page: which closed records are open to them in an emergency.
FACTS_OF_A_HAT = "records.closed.facts_of_a_hat"
BREAK_GLASS_FOLLOWED_BY = "sharing.operations.obligations.follow_break_glass"
CONSENT_DECISION_FOLLOWED_BY = "sharing.operations.obligations.follow_decision"
# What does the jobs that people ask for, by their kind (agencies/jobs.py).
JOBS: dict[str, str] = {
    "export": "sharing.exports.jobs.run",
    "paper": "sharing.paper.job.run",
    "subject-access": "sharing.subject_access.bundle.run",
    "chronology-read": "records.importing.jobs.read",
    "chronology-add": "records.importing.jobs.add",
}
# Of these, the kinds that take a whole record away: whoever fetches the file proves again who they are.
JOBS_TAKEN_AWAY = frozenset({"export", "subject-access"})

# --- Logs --------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.log.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own handlers would mail or print the whole request.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
